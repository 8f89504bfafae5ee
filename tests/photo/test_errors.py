"""What the system and libvips say becomes an error with a class."""

import errno
import os

import pytest

from tintype import errors
from tintype.photo.errors import explain


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
