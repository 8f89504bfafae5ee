"""What a format says of itself is whole."""

import pytest

from tintype.photo.formats import FORMATS, READABLE_SUFFIXES


@pytest.mark.parametrize("name", FORMATS)
def test_a_record_is_whole(name):
    found = FORMATS[name]
    assert found.name == name and found.title and found.media.startswith(("image/", "application/pdf"))
    assert all(s == s.lower() and s[0] == "." and s in READABLE_SUFFIXES for s in found.suffixes + found.also)
    assert (found.saving is None) == bool(found.becomes)


def test_no_suffix_belongs_to_two_formats():
    every = [s for f in FORMATS.values() for s in f.suffixes + f.also]
    assert len(every) == len(set(every))
