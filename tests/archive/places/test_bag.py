"""Results as a bag that an independent program finds valid."""

import bagit
import pytest

from tintype import SettingsError
from tintype.archive.places import open_place
from tintype.files import sha256


def test_what_comes_out_is_a_valid_bag(tmp_path):
    place = open_place(f"bag:{tmp_path / 'out'}")
    outputs = {}
    for name in ("a.jpg", "deep/b c.jpg"):
        (tmp_path / "staged").write_bytes(name.encode())
        outputs[name] = sha256(tmp_path / "staged")
        place.put(tmp_path / "staged", name)
    place.write("deep/a.xmp", b"a sidecar")
    place.finish(iter(outputs.items()))
    place.finish(iter(outputs.items()))  # again, as after a run that went on
    bag = bagit.Bag(str(tmp_path / "out"))
    assert bag.validate()
    assert bag.info["Payload-Oxum"] == "26.3"
    (tmp_path / "out/data/a.jpg").write_bytes(b"b.jpg")
    with pytest.raises(bagit.BagValidationError):
        bag.validate()


def test_line_ends_in_names_are_escaped_as_the_standard_says(tmp_path):
    place = open_place(f"bag:{tmp_path / 'out'}")
    place.write("100%\n.jpg", b"1")
    place.finish(iter([("100%\n.jpg", "5")]))
    assert (tmp_path / "out/manifest-sha256.txt").read_text() == "5  data/100%25%0A.jpg\n"


def test_somebody_elses_bag_is_not_written_to(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"")
    bagit.make_bag(str(tmp_path))
    with pytest.raises(SettingsError, match="has not made"):
        open_place(f"bag:{tmp_path}")
    (tmp_path / ".tintype").mkdir()
    assert open_place(f"bag:{tmp_path}").home == tmp_path
