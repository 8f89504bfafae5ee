"""Turn what libvips, the system and the decoders raise into one line that names the file and the remedy."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from tintype.errors import (
    Damaged,
    DiskFull,
    FileMissing,
    OutOfMemory,
    PhotoError,
    TargetExists,
    UnsupportedFormat,
)

# libvips gives its reasons as text only; these are the ones worth a sentence of their own.
_DAMAGE = re.compile(
    r"premature end|truncat|end of (file|data)|corrupt|unexpected end|read error|invalid|bad |incorrect|"
    r"not enough|error (reading|decoding|during reading)|(unable to|can ?not) (read|decode|parse)|decode|"
    r"bogus|seek error|not defined|required (field )?|out of range|directory|incompatible type|sanity check|"
    r"not yet in table|says no more|libspng|lzw|zlib|inflate|huffman",
    re.IGNORECASE,
)
# Lines that say only that something failed.
_EMPTY = re.compile(r"^unable to (call|copy to memory)|: load error$|^source: bad seek", re.IGNORECASE)
_KIND = re.compile(r"samples out of range", re.IGNORECASE)
_FULL = re.compile(r"no space left|disk full|quota exceeded|file too large", re.IGNORECASE)
_MEMORY = re.compile(r"out of memory|(unable|failed) to allocate", re.IGNORECASE)
_LIMIT = re.compile(r"limit|too large|too big", re.IGNORECASE)


def one_line(error: BaseException) -> str:
    """What an error's text tells, in one line of at most 200 characters."""
    text = getattr(error, "detail", "") or str(error)
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    lines = list(dict.fromkeys(line.strip() for line in str(text).splitlines() if line.strip()))
    telling = [line for line in lines if not _EMPTY.search(line)]
    return ", ".join(telling[:2])[:200] or "the decoder says no more"


def is_damage(error: BaseException) -> bool:
    """Whether a failure lies in what is read, not in where it is written."""
    detail = one_line(error)
    return not _FULL.search(detail) and bool(_DAMAGE.search(detail))


def explain(error: BaseException, name: str, *, writing: bool = False) -> PhotoError:
    """Return the error for a failure on the file `name`: its class says what went wrong.

    Parameters
    ----------
    error, name
    writing
        Whether the file was to be written, not read: permissions are then those of its folder.
    """
    detail = one_line(error)
    if isinstance(error, OSError) and error.errno is not None:
        return _system(error, name, writing=writing)
    if isinstance(error, MemoryError):
        return OutOfMemory(name)
    if _FULL.search(detail):
        return DiskFull(name)
    if _KIND.search(detail):
        reason = f"its samples are of a kind that isn't read ({detail})"
        return UnsupportedFormat(name, detail, reason=reason, remedy="save it with 16 bits a channel")
    if _MEMORY.search(detail):
        return OutOfMemory(name)
    if _LIMIT.search(detail):
        reason = f"it asks for more than the decoder allows ({detail})"
        return UnsupportedFormat(name, detail, reason=reason, remedy="save it again as a plain TIFF")
    if _DAMAGE.search(detail):
        return Damaged(name, detail)
    reason = f"it can't be read or written ({detail})"
    return PhotoError(name=name, reason=reason, remedy="get a fresh copy of it, or save it as a plain TIFF")


def _system(error: OSError, name: str, *, writing: bool) -> PhotoError:
    match error.errno:
        case errno.ENOENT:
            return FileMissing(name)
        case errno.EEXIST:
            return TargetExists(error.filename or name)
        case errno.ENOSPC | errno.EFBIG:
            return DiskFull(name)
        case errno.EDQUOT:
            return DiskFull(name, reason="the disk quota is used up")
    forbidden = "it may not be opened", "check its permissions"
    folder = "this is a folder, not a photograph"
    if writing:
        forbidden = "it may not be written", "check the permissions of its folder, or write elsewhere"
        folder = "a folder is there"
    others = {
        errno.EISDIR: (folder, "name a file in it"),
        errno.EACCES: forbidden,
        errno.EPERM: forbidden,
        errno.EROFS: ("the disk can only be read", "write elsewhere"),
        errno.ENAMETOOLONG: ("the name is too long for this disk", "choose a shorter one"),
        errno.ENOTDIR: ("a part of this path is a file, not a folder", "check the spelling"),
    }
    usual = f"the system refuses it ({error.strerror})", "check the disk and the file"
    reason, remedy = others.get(error.errno or 0, usual)
    return PhotoError(name=name, reason=reason, remedy=remedy)


@contextmanager
def translate(name: str) -> Iterator[None]:
    """Raise PhotoError, with one line that names `name`, for every failure of decoding or encoding inside.

    Decoding is lazy: wrap whatever draws pixels from `Photo.open`, not only the call itself.
    """
    # Imported here so that `tintype.photo.errors` costs nothing where no photograph is touched.
    import pyvips

    try:
        yield
    except (pyvips.Error, OSError, MemoryError) as error:
        raise explain(error, name) from error
