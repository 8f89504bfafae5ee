"""Write photographs: metadata kept, provenance said, nothing half written, nothing overwritten unasked."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

import pyvips

from tintype import files, names
from tintype.errors import MissingDecoder, PhotoError, printable
from tintype.notes import Note
from tintype.photo import formats
from tintype.photo.encode import Page, check_side, draw, facts, fitted, labeled
from tintype.photo.errors import explain, translate
from tintype.photo.metadata import sidecar
from tintype.photo.metadata.carry import renewed
from tintype.photo.model import Photo
from tintype.photo.rows import Painted
from tintype.photo.tiff import append_page

if TYPE_CHECKING:
    from tintype.settings import Settings

Overwrite: TypeAlias = bool | Callable[[Path], bool]
"""Whether an existing file may be replaced; a function is told which, and may raise."""

Sealing: TypeAlias = Callable[[BinaryIO, BinaryIO, str, str], None]
"""Copies a finished file into an empty one and signs it there; told the format and the file's name."""

__all__ = ["Page", "Written", "check_fits", "output_format", "replacing", "write"]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: files, or bytes where no path was asked for; and what was reduced on the way.

    `sidecars` are XMP files beside the first target, for a photograph that had them.
    """

    targets: tuple[Path, ...] = ()
    data: bytes | None = None
    notes: tuple[Note, ...] = ()
    sidecars: tuple[Path, ...] = ()


def output_format(target: Path | None, photo: Photo, settings: Settings) -> str:
    """The format to write: `settings.format`, else the target's suffix, else the photograph's own.

    A format that is only read (BMP, GIF, HEIC, RAW, PDF) becomes TIFF if it is deep or has several pages,
    else PNG if it was lossless, else JPEG. Raises PhotoError for a suffix that names no format that can be
    written.
    """
    kind = _asked_for(target, settings) or own_format(photo, settings)
    form = formats.WRITABLE[kind]
    if form.needs and find_spec(form.needs) is None:
        name = photo.name if target is None else printable(target)
        raise MissingDecoder(name, form.title, extra=form.extra, package=form.needs)
    return kind


def _asked_for(target: Path | None, settings: Settings) -> str:
    if settings.format:
        return settings.format
    if target is not None and target.suffix:
        for known in formats.WRITABLE.values():
            if target.suffix.lower() in known.suffixes:
                return known.name
        suffixes = ", ".join(s for f in formats.WRITABLE.values() for s in f.suffixes)
        msg = f"{target}: {target.suffix!r} names no format that Tintype writes; use one of {suffixes}"
        raise PhotoError(msg)
    return ""


def check_fits(photos: Iterable[Photo], target: Path | None, settings: Settings) -> None:
    """Raise PhotoError where the format can't be written here, or can't hold the pictures.

    `write` would find it too, but only when everything has been painted.
    """
    for photo in photos:
        check_side(photo.width, photo.height, output_format(target, photo, settings), photo.name)


def own_format(photo: Photo, settings: Settings) -> str:
    """The format to write a photograph in when nobody names one."""
    if photo.format in formats.WRITABLE:
        return photo.format
    becomes = formats.FORMATS[photo.format].becomes if photo.format in formats.FORMATS else "png"
    if becomes == "tiff" and photo.bits == 8 and (photo.pages == 1 or settings.page):
        return "jpeg"
    return "tiff" if photo.bits == 16 else becomes


def write(
    pages: Iterable[Page],
    target: Path | None,
    settings: Settings,
    *,
    overwrite: Overwrite = False,
    total_bytes: int = 0,
    seal: Sealing | None = None,
) -> Written:
    """Write the pages of a photograph.

    A TIFF holds them all. Other formats hold one: the first goes to `target`, the second to ``out.page2.jpg``
    beside it. Memory doesn't grow with the pictures (but WebP and AVIF encoders hold a whole one).

    Parameters
    ----------
    pages
        At least one; taken one at a time, so that a generator may open each when its turn comes.
    target
        Where to write; None gives the bytes of the file.
    overwrite
        Whether existing files may be replaced; a function is asked for each.
    total_bytes
        `Photo.raw_bytes` of all pages together: decides whether a TIFF needs 64-bit offsets.
    seal
        Signs each finished file before it takes its name.

    Raises
    ------
    PhotoError
        When a file exists already, the format can't hold the picture, or the system refuses; nothing is left
        over.
    """
    if target is not None:
        _sweep_once(target.parent)
    rest = iter(pages)
    first = next(rest)
    kind = output_format(target, first.photo, settings)
    packets: list[bytes | None] = []
    encode = partial(_encode, kind=kind, settings=settings, total_bytes=total_bytes, packets=packets)
    if target is None:
        held = io.BytesIO()
        with translate(first.photo.name):
            notes = encode(first, held, None)
            for page in rest:
                notes += _add(page, held, None, encode, kind)
        if seal is not None:
            plain, held = held, io.BytesIO()
            seal(plain, held, kind, first.photo.name)
        return Written(data=held.getvalue(), notes=_distinct(notes))
    if formats.saving(kind).pages:
        with _written(target, overwrite, seal, kind) as file:
            notes = encode(first, file, target.parent)
            for page in rest:
                notes += _add(page, file, target.parent, encode, kind)
        sidecars, more = _sidecars(first.photo, target, packets, overwrite is not False)
        return Written((target,), None, _distinct(notes + more), sidecars)
    targets: list[Path] = []
    notes = ()
    for number, page in enumerate(chain([first], rest), start=1):
        path = names.page(target, number)
        with _written(path, overwrite, seal, kind) as file:
            notes += encode(page, file, target.parent)
        targets.append(path)
    if len(targets) > 1:
        title = formats.WRITABLE[kind].title
        told = f"{title} holds one page: pages 2 to {len(targets)} are files of their own"
        notes += (Note(told, "pages_apart", format=title, last=len(targets)),)
    sidecars, more = _sidecars(first.photo, target, packets, overwrite is not False)
    return Written(tuple(targets), None, _distinct(notes + more), sidecars)


@contextmanager
def _written(target: Path, overwrite: Overwrite, seal: Sealing | None, kind: str) -> Iterator[BinaryIO]:
    """Give a file to write to, which is signed and becomes `target` when all went well."""
    with replacing(target, overwrite=overwrite) as temporary, temporary.open("wb+") as file:
        if seal is None:
            yield file
            return
        with _scratch(target.parent) as plain:
            yield plain
            seal(plain, file, kind, printable(target.name))


def _sidecars(
    photo: Photo, target: Path, packets: list[bytes | None], overwrite: bool
) -> tuple[tuple[Path, ...], tuple[Note, ...]]:
    """Write the XMP files beside a result whose photograph had them: named as they were."""
    written: list[Path] = []
    notes: tuple[Note, ...] = ()
    read = [one.path for one in photo.metadata.sidecars if one.path]
    for one in photo.metadata.sidecars:
        packet = packets[0] or one.packet
        with translate(printable(target)):
            path, more = sidecar.write(target, packet, whole=one.whole, overwrite=overwrite, read=read)
        written += [path] if path else []
        notes += more
    return tuple(written), notes


def _distinct(notes: Iterable[Note]) -> tuple[Note, ...]:
    return tuple(dict.fromkeys(notes))


def _add(
    page: Page, file: BinaryIO, near: Path | None, encode: Callable[..., tuple[Note, ...]], kind: str
) -> tuple[Note, ...]:
    """One more page of a TIFF."""
    if not formats.saving(kind).pages:
        title = formats.WRITABLE[kind].title
        msg = f"{page.photo.name}: {title} holds one page, this has {page.photo.pages}; "
        raise PhotoError(msg + "choose one with page, or the format tiff")
    with _scratch(near) as scratch:
        notes = encode(page, scratch, near)
        append_page(file, scratch)
    return notes


def _encode(
    page: Page,
    file: BinaryIO,
    near: Path | None,
    *,
    kind: str,
    settings: Settings,
    total_bytes: int,
    packets: list[bytes | None],
) -> tuple[Note, ...]:
    """Write one picture with its metadata into an empty file; scratch files may lie in the folder `near`.

    Its XMP packet is added to `packets`: a sidecar says the same.
    """

    def save(image: pyvips.Image) -> tuple[Note, ...]:
        return _save(page, image, file, near, kind, settings, total_bytes, packets)

    return page.image.encode(save) if isinstance(page.image, Painted) else save(page.image)


def _save(
    page: Page,
    image: pyvips.Image,
    file: BinaryIO,
    near: Path | None,
    kind: str,
    settings: Settings,
    total_bytes: int,
    packets: list[bytes | None],
) -> tuple[Note, ...]:
    """See `_encode`."""
    image, notes = fitted(page, image, kind, settings)
    image = labeled(image, page.photo, kind, settings)
    metadata, more = renewed(page.photo, facts(image, page.photo, kind), page.mark)
    packets.append(metadata.xmp)
    total = max(total_bytes, page.photo.raw_bytes)
    form = formats.saving(kind)
    if form.inject is not None:
        with _scratch(near) as plain:
            draw(image, kind, plain, page, settings, total)
            form.inject(plain, file, metadata)
    else:
        draw(image, kind, file, page, settings, total)
        if form.amend is not None:
            form.amend(file, metadata)
    file.flush()
    return notes + more


@contextmanager
def _scratch(near: Path | None) -> Iterator[BinaryIO]:
    """A file for what is only needed in between: in memory, or in the folder `near`."""
    if near is None:
        yield io.BytesIO()
        return
    path = files.temporary_beside(near)
    try:
        with path.open("wb+") as file:
            yield file
    finally:
        with suppress(OSError):
            path.unlink()


@lru_cache(maxsize=1024)
def _sweep_once(folder: Path) -> None:
    """Delete what killed processes of this computer have left in a folder; looked for once a process."""
    files.sweep(folder)


@contextmanager
def replacing(target: Path, *, overwrite: Overwrite) -> Iterator[Path]:
    """As `tintype.files.replacing`; failures of libvips, the disk and the system become PhotoError."""
    may = overwrite(target) if callable(overwrite) else overwrite
    try:
        with files.replacing(target, overwrite=may) as temporary:
            yield temporary
    except (pyvips.Error, OSError, MemoryError) as error:
        raise explain(error, printable(target), writing=True) from error
