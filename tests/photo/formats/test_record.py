"""What a format says of itself is whole; its module is loaded when it is met."""

import subprocess
import sys

import pytest

from tintype.photo.formats import FORMATS, readable_suffixes


@pytest.mark.parametrize("name", FORMATS)
def test_a_record_is_whole(name):
    found = FORMATS[name]
    assert found.name == name and found.title and found.media.startswith(("image/", "application/pdf"))
    assert all(
        s == s.lower() and s[0] == "." and s in readable_suffixes() for s in found.suffixes + found.also
    )
    assert (found.saving is None) == bool(found.becomes)


def test_no_suffix_belongs_to_two_formats():
    every = [s for f in FORMATS.values() for s in f.suffixes + f.also]
    assert len(every) == len(set(every))


def test_only_the_formats_that_are_met_are_loaded():
    program = """if True:
        import sys, tintype
        from tintype.photo.formats import FORMATS, sniff
        def loaded():
            return {name for name in FORMATS if f"tintype.photo.formats.{name}" in sys.modules}
        tintype.Colorizer
        assert not loaded(), loaded()
        assert sniff(b"\\xff\\xd8\\xff\\xe0") == "jpeg" and loaded() == {"jpeg"}, loaded()
        assert "tintype.network.families" not in sys.modules
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
