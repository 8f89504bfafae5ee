"""What the system and libvips say becomes an error with a class."""

import errno
import os

import pytest
import pyvips

from tintype import errors, outputs
from tintype.photo.errors import explain, is_damage, one_line, translate
from tintype.photo.write import replacing


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


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_what_may_not_be_written_is_not_said_to_be_unreadable(number):
    reading, writing = (str(explain(_system(number), "a.jpg", writing=w)) for w in (False, True))
    assert reading == "a.jpg: it may not be opened; check its permissions"
    assert writing == "a.jpg: it may not be written; check the permissions of its folder, or write elsewhere"
    assert "a folder is there" in str(explain(_system(errno.EISDIR), "a.jpg", writing=True))


def test_writers_say_that_they_write(tmp_path, monkeypatch):
    def refused(*_, **__):
        raise _system(errno.EACCES)

    monkeypatch.setattr("tintype.files.temporary_beside", refused)
    with pytest.raises(errors.PhotoError, match=r"out\.jpg: it may not be written"):  # noqa: SIM117
        with replacing(tmp_path / "out.jpg", overwrite=False):
            pass
    with pytest.raises(errors.PhotoError, match=r"a\.json: it may not be written"):
        outputs.write_text(tmp_path / "a.json", "{}", overwrite=False)
