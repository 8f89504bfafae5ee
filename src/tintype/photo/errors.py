"""Turn what libvips, the system and the decoders raise into one line that names the file and the remedy."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from tintype.errors import PhotoError

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
_LIMIT = re.compile(r"limit|too large|too big|out of memory|unable to allocate", re.IGNORECASE)


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


def explain(error: BaseException, name: str) -> str:
    """The one-line message for a failure on the file `name`."""
    detail = one_line(error)
    if isinstance(error, OSError) and error.errno is not None:
        return f"{name}: {_system(error)}"
    if isinstance(error, MemoryError):
        return f"{name}: there isn't enough memory for it; close other programs or use a smaller copy"
    if _FULL.search(detail):
        return f"{name}: the disk is full; free some space or write elsewhere"
    if _KIND.search(detail):
        return f"{name}: its samples are of a kind that isn't read ({detail}); save it with 16 bits a channel"
    if _LIMIT.search(detail):
        return f"{name}: it asks for more than the decoder allows ({detail}); save it again as a plain TIFF"
    if _DAMAGE.search(detail):
        return f"{name}: the file is damaged or cut short ({detail}); get a fresh copy of it"
    return (
        f"{name}: it can't be read or written ({detail}); get a fresh copy of it, or save it as a plain TIFF"
    )


def _system(error: OSError) -> str:
    remedies = {
        errno.ENOENT: "there is no such file or folder; check the spelling",
        errno.EISDIR: "this is a folder, not a photograph; name a file in it",
        errno.EACCES: "it may not be opened; check its permissions",
        errno.EPERM: "it may not be opened; check its permissions",
        errno.ENOSPC: "the disk is full; free some space or write elsewhere",
        errno.EDQUOT: "the disk quota is used up; free some space or write elsewhere",
        errno.EROFS: "the disk can only be read; write elsewhere",
        errno.ENAMETOOLONG: "the name is too long for this disk; choose a shorter one",
        errno.ENOTDIR: "a part of this path is a file, not a folder; check the spelling",
        errno.EEXIST: "the file exists already; allow overwriting or choose another name",
    }
    if error.errno in remedies:
        return remedies[error.errno]
    return f"the system refuses it ({error.strerror}); check the disk and the file"


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
        raise PhotoError(explain(error, name)) from error
