"""What the system and libvips say becomes an error with a class."""

import errno
import os

import pytest
import pyvips

from tintype import errors
from tintype.photo.errors import explain, is_damage, one_line, translate


def _system(number):
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (_system(errno.ENOENT), errors.FileMissing),
        (_system(errno.EEXIST), errors.TargetExists),
        (_system(errno.ENOSPC), errors.DiskFull),
        (_system(errno.EDQUOT), errors.DiskFull),
        (_system(errno.EFBIG), errors.DiskFull),
        (_system(errno.EACCES), errors.PhotoError),
        (_system(errno.EIO), errors.PhotoError),
        (MemoryError(), errors.OutOfMemory),
        (RuntimeError("write error: No space left on device"), errors.DiskFull),
        (RuntimeError("Premature end of JPEG file"), errors.Damaged),
        (RuntimeError("image too large"), errors.UnsupportedFormat),
        (RuntimeError("something odd"), errors.PhotoError),
    ],
    ids=str,
)
def test_what_the_system_says_becomes_a_class(raised, kind):
    error = explain(raised, "a.jpg")
    assert type(error) is kind
    assert str(error).startswith("a.jpg: ")
    assert error.remedy


def test_only_what_tells_something_is_kept():
    told = one_line(pyvips.Error("x", b"unable to call load\nbad header\nbad header\nVipsForeign: y\nlast"))
    assert told == "bad header, VipsForeign: y"
    assert one_line(pyvips.Error("x", "unable to call load")) == "the decoder says no more"
    assert len(one_line(ValueError("word " * 100))) == 200


def test_a_full_disk_is_no_damage_of_what_is_read():
    assert is_damage(ValueError("read error"))
    assert not is_damage(ValueError("write error: no space left on device"))


def test_failures_inside_are_translated_and_mistakes_of_ours_are_not():
    with pytest.raises(errors.OutOfMemory, match=r"^grandma\.jpg: "), translate("grandma.jpg"):
        raise MemoryError
    with pytest.raises(ZeroDivisionError), translate("grandma.jpg"):
        _ = 1 / 0
