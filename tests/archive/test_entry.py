"""Entries and rows: what goes in comes out."""

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from tintype.archive.entry import COLUMNS, Entry, decoded, encoded

TEXT = st.text(st.characters(codec=None, exclude_characters="\0"), max_size=8)


@given(source=TEXT, error=TEXT, notes=st.lists(TEXT, max_size=3),
       outputs=st.dictionaries(TEXT, TEXT, max_size=3), options=st.dictionaries(TEXT, TEXT, max_size=3),
       seconds=st.floats(allow_nan=False), retries=st.integers(0, 9))  # fmt: skip
def test_an_entry_survives_its_row(source, error, notes, outputs, options, seconds, retries):
    entry = Entry(source, "t", error=error, notes=tuple(notes), outputs=outputs, options=options,
                  seconds=seconds, retries=retries)  # fmt: skip
    row = encoded(entry)
    assert decoded(row) == entry
    assert all(isinstance(v, str | bytes | int | float) for v in row)


def test_every_field_has_a_column():
    assert list(COLUMNS) == [f.name for f in fields(Entry)]
