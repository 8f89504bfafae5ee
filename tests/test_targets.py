"""Where results go, and what they may replace."""

from pathlib import Path

import numpy as np
import pytest

from tintype import Colorizer, NotReplaceable, Settings
from tintype.targets import may_replace, path_of, target_beside


@pytest.mark.parametrize(
    ("source", "options", "name"),
    [
        ("a.jpg", {"format": "jpeg"}, "a.color.jpg"),
        ("a.JPEG", {"format": "jpeg"}, "a.color.JPEG"),
        ("a.bmp", {"format": "png"}, "a.color.png"),
        ("a.b.tif", {"format": "avif"}, "a.b.color.avif"),
    ],
)
def test_a_result_goes_beside_its_photograph(source, options, name):
    photo = Colorizer().prepare(np.full((8, 8), 99, np.uint8))[0].photo
    assert target_beside(Path("in", source), photo, Settings(**options)) == Path("in", name)


def test_what_is_read_is_never_replaced(tmp_path):
    photo, other = tmp_path / "a.jpg", tmp_path / "b.jpg"
    photo.write_bytes(b"1")
    other.write_bytes(b"2")
    (tmp_path / "link.jpg").symlink_to(photo)
    for name in ("a.jpg", "./a.jpg", "link.jpg"):
        with pytest.raises(NotReplaceable, match="photograph itself"):
            may_replace([photo], True, tmp_path / name)
    assert may_replace([photo], True, other)
    assert not may_replace([photo], False, other)
    assert may_replace([photo], lambda path: path.name == "b.jpg", other)


def test_a_target_is_a_path():
    assert path_of("a.jpg") == Path("a.jpg")
    with pytest.raises(TypeError, match="the target is a int; give a path"):
        path_of(3)
