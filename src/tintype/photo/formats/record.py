"""What a file format is: one record that reading, writing, settings, folders and the studio derive from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import pyvips

from tintype.photo.metadata.found import Found
from tintype.photo.model import Metadata, Photo
from tintype.photo.source import PhotoFile

if TYPE_CHECKING:
    from tintype.settings import Settings

HEAD = 4096
"""Bytes of a file that `Format.matches` wants to see."""

Encode = Callable[[pyvips.Image, BinaryIO, "Settings", int], None]


@dataclass(frozen=True, slots=True)
class Saving:
    """How a format is written, and what it can hold.

    Attributes
    ----------
    encode
        Writes an image of sRGB or RGB16, with its profile, into an empty file. Also takes the settings and
        the bytes of all pages together.
    bits
        A channel, at most.
    side
        Pixels, at most.
    alpha
        Whether it holds transparency.
    pages
        Whether it holds several pages; others get files of their own.
    lossless
        Whether it keeps pixels exactly: always, as an option (`Settings.lossless`), or never.
    shown
        Whether browsers show it.
    inject
        Copies what `encode` wrote to another file, adding metadata; None where that is not how it gets in.
    amend
        Adds metadata in place, to a file open for reading and writing; None as before.
    holds
        The kinds of metadata that `inject` or `amend` writes: fields of `Metadata`. What a format has no
        place for goes elsewhere in it, or is said to be left out. Without "dpi" EXIF says the resolution.
    room
        Bytes that it has for each kind of metadata; a kind that is not named may be of any size.
    profiles
        Whether it takes profiles other than sRGB.
    """

    encode: Encode
    bits: int
    side: int
    alpha: bool = True
    pages: bool = False
    lossless: Literal["always", "option", "never"] = "never"
    shown: bool = False
    inject: Callable[[BinaryIO, BinaryIO, Metadata], None] | None = None
    amend: Callable[[BinaryIO, Metadata], None] | None = None
    holds: frozenset[str] = frozenset({"exif", "xmp"})
    room: Mapping[str, int] = field(default_factory=dict)
    profiles: bool = True


@dataclass(frozen=True, slots=True)
class Format:
    """A file format.

    Attributes
    ----------
    name
        As in `Settings.format` and `Photo.format`.
    title
        For messages.
    suffixes
        In lower case; the first is the one that results get. Files with another one are still recognised.
    media
        Its media type.
    matches
        Whether a file is of this format: by its first `HEAD` bytes and its suffix in lower case.
    pages
        Looks at headers and yields one `Photo` a page that is to be coloured. Raises PhotoError.
    saving
        How it is written; None: it is only read.
    survey
        Everything that a file, as bytes or a memory map, says beside its pixels; None where `pages` finds it.
    also
        Suffixes that files of this format have too, but that results don't get.
    becomes
        For those only read: the format of the result, where neither name nor settings say.
    extra
        The extra that brings its codec; empty: it comes with Tintype.
    needs
        The module that a writing codec needs; empty: none beyond the core's.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    media: str
    matches: Callable[[bytes, str], bool]
    pages: Callable[[PhotoFile, Settings], Iterable[Photo]]
    saving: Saving | None = None
    survey: Callable[[Any], Found] | None = None
    also: tuple[str, ...] = ()
    becomes: str = ""
    extra: str = ""
    needs: str = ""


def starts(*magic: bytes) -> Callable[[bytes, str], bool]:
    """A test for files that start with one of some bytes."""
    return lambda head, suffix: head.startswith(magic)


def brands(head: bytes) -> frozenset[bytes]:
    """The brands of an ISO base media file (ISO/IEC 14496-12, 4.3); none if it is no such file."""
    if head[4:8] != b"ftyp":
        return frozenset()
    size = min(int.from_bytes(head[:4], "big"), len(head))
    return frozenset({head[8:12], *(head[i : i + 4] for i in range(16, size - 3, 4))})
