"""Which format a file is, told from its content (a wrong extension does no harm); what each can hold.

A format is one module here, with one record, `FORMAT`. Those that are written too are listed, in the order of
menus, by `tintype.settings.OUTPUT_FORMATS`; those only read, by `_ONLY_READ`. Its module is
loaded when the format is first met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from tintype.photo.formats.record import HEAD, Format, Saving
from tintype.photo.formats.unknown import describe
from tintype.settings import OUTPUT_FORMATS

__all__ = [
    "FORMATS",
    "HEAD",
    "WRITABLE",
    "Format",
    "Saving",
    "describe",
    "readable_suffixes",
    "saving",
    "sniff",
]

_ONLY_READ = ("bmp", "gif", "heic", "raw", "pdf", "psd", "pnm")


class _Records(Mapping[str, Format]):
    """Records by name, each loaded with its module when it is first asked for."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names

    def __getitem__(self, name: str) -> Format:
        if name not in self._names:
            raise KeyError(name)
        return _record(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@cache
def _record(name: str) -> Format:
    found: Format = import_module(f"{__name__}.{name}").FORMAT
    assert found.name == name
    assert (found.saving is not None) == (name in OUTPUT_FORMATS)
    return found


FORMATS: Mapping[str, Format] = _Records((*OUTPUT_FORMATS, *_ONLY_READ))
"""Every format, by name."""

WRITABLE: Mapping[str, Format] = _Records(OUTPUT_FORMATS)

# What is met most comes first, so that nothing else is loaded for it; its first bytes are nobody else's.
# Camera RAW is mostly built on TIFF, and says so in the same first bytes.
_ASKED = tuple(dict.fromkeys(("jpeg", "png", "raw", *FORMATS)))


@cache
def readable_suffixes() -> frozenset[str]:
    """Suffixes worth trying when a folder is walked; what a file is, is decided by its content."""
    return frozenset(s for f in FORMATS.values() for s in f.suffixes + f.also)


def sniff(head: bytes, suffix: str = "") -> str | None:
    """The name of the format (a key of `FORMATS`), or None.

    Parameters
    ----------
    head
        The first `HEAD` bytes of the file (fewer if it is shorter).
    suffix
        The file's extension; it only tells camera RAW, which is built on TIFF, from TIFF.
    """
    return next((name for name in _ASKED if FORMATS[name].matches(head, suffix.lower())), None)


def saving(name: str) -> Saving:
    """How a format of `WRITABLE` is written."""
    found = WRITABLE[name].saving
    assert found is not None
    return found
