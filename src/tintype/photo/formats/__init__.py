"""Which format a file is, told from its content (a wrong extension does no harm); what each can hold.

A format is one module here, with one record, `FORMAT`. Those that are written too are listed, in the order of
menus, by `tintype.settings.OUTPUT_FORMATS`; those only read, by `_ONLY_READ`.
"""

from __future__ import annotations

from importlib import import_module

from tintype.photo.formats.record import HEAD, Format, Saving
from tintype.photo.formats.unknown import describe
from tintype.settings import OUTPUT_FORMATS

__all__ = [
    "FORMATS",
    "HEAD",
    "READABLE_SUFFIXES",
    "WRITABLE",
    "Format",
    "Saving",
    "describe",
    "saving",
    "sniff",
]

_ONLY_READ = ("bmp", "gif", "heic", "raw", "pdf", "psd", "pnm")


def _record(name: str) -> Format:
    found: Format = import_module(f"{__name__}.{name}").FORMAT
    assert found.name == name
    assert (found.saving is not None) == (name in OUTPUT_FORMATS)
    return found


FORMATS = {name: _record(name) for name in (*OUTPUT_FORMATS, *_ONLY_READ)}
"""Every format, by name."""

WRITABLE = {name: FORMATS[name] for name in OUTPUT_FORMATS}

READABLE_SUFFIXES = frozenset(s for f in FORMATS.values() for s in f.suffixes + f.also)
"""Suffixes worth trying when a folder is walked; what a file is, is decided by its content."""

# Camera RAW is mostly built on TIFF, and says so in the same first bytes.
_ASKED = (FORMATS["raw"], *(f for f in FORMATS.values() if f.name != "raw"))


def sniff(head: bytes, suffix: str = "") -> str | None:
    """The name of the format (a key of `FORMATS`), or None.

    Parameters
    ----------
    head
        The first `HEAD` bytes of the file (fewer if it is shorter).
    suffix
        The file's extension; it only tells camera RAW, which is built on TIFF, from TIFF.
    """
    return next((f.name for f in _ASKED if f.matches(head, suffix.lower())), None)


def saving(name: str) -> Saving:
    """How a format of `WRITABLE` is written."""
    found = WRITABLE[name].saving
    assert found is not None
    return found
