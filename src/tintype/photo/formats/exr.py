"""OpenEXR: linear light in floating point, as film and compositing use it.

It is read through an extra, the Academy Software Foundation's library, and written here.
"""

from __future__ import annotations

import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.color.lab import linear_from_srgb, srgb_from_linear
from tintype.errors import Damaged, UnsupportedFormat
from tintype.notes import Note
from tintype.photo import exr, memory, wary
from tintype.photo.decoder import ArrayDecoder
from tintype.photo.formats.record import Format, Saving, starts
from tintype.photo.metadata.exr import inject, survey
from tintype.photo.metadata.survey import mapped
from tintype.photo.model import Metadata, Photo
from tintype.photo.pages import ArrayPage, check_page, check_size, failing, need, of_array
from tintype.photo.rows import read_rows
from tintype.photo.source import PhotoFile

if TYPE_CHECKING:
    from tintype.settings import Settings

_TITLE = "OpenEXR"
_GREY, _RGB = ("Y",), ("R", "G", "B")
_ROWS = 64
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_FARTHEST = 1 << 24  # px that a window may lie from the origin


def _pages(source: PhotoFile, settings: Settings) -> Iterator[Photo]:
    name = source.name
    need("OpenEXR", "exr", _TITLE, name)
    with mapped(source.data) as content:
        try:
            header = exr.parse(content)
        except exr.ExrError as error:
            raise Damaged(name, str(error)) from error
    check_page(name, settings.page, 1)
    names = _checked(header, name)
    width, height = _size(header.display)
    for window in (header.display, header.data):
        check_size(*_size(window), name, settings)
        needed = memory.estimate(*_size(window), 8 * len(header.channels), whole=True)
        memory.check(needed, name, settings.max_memory)

    def make() -> NDArray[np.uint16]:
        channels: list[NDArray[Any]] = failing(
            name, _TITLE, lambda: wary.call(settings, name, _samples, source, names)
        )
        across, down = _size(header.data)
        if any(channel.shape != (down, across) for channel in channels):
            raise Damaged(name, f"{channels[0].shape} samples instead of {(down, across)}")
        return _encoded(_windowed(channels, header), header.chromaticities)

    dpi = None
    if header.dpi and np.isfinite(header.dpi) and 0 < header.dpi < 1e6 and 0.01 < header.aspect < 100:
        dpi = (round(header.dpi, 3), round(header.dpi * header.aspect, 3))
    page = ArrayPage(
        width, height, 16, len(names), Metadata(dpi=dpi), ArrayDecoder(make), notes=_notes(header)
    )
    yield of_array(page, "exr", name, settings, source)


def _size(window: tuple[int, int, int, int]) -> tuple[int, int]:
    left, top, right, bottom = window
    return right - left + 1, bottom - top + 1


def _checked(header: exr.Exr, name: str) -> tuple[str, ...]:
    """The channels of the picture; what isn't read is UnsupportedFormat."""
    for window in (header.data, header.display):
        if min(_size(window)) < 1 or max(map(abs, window)) > _FARTHEST:
            raise Damaged(name, "its windows are of a size that can't be")
    if header.deep:
        raise UnsupportedFormat(name, f"{_TITLE} of deep samples")
    there = {c.name: c for c in header.channels}
    names: tuple[str, ...] | None = next(
        (names for names in (_RGB, _GREY) if all(n in there for n in names)), None
    )
    if names is None or (names is _GREY and {"RY", "BY"} & there.keys()):
        listed = ", ".join(there)[:60]
        raise UnsupportedFormat(
            name, f"{_TITLE} with the channels {listed}", remedy="save it as R, G and B, or Y"
        )
    names += ("A",) * ("A" in there)
    for one in names:
        if there[one].kind == "uint" or there[one].sampling != (1, 1):
            raise UnsupportedFormat(name, f"{_TITLE} with {there[one].kind} samples at {there[one].sampling}")
    return names


def _notes(header: exr.Exr) -> tuple[Note, ...]:
    notes = [Note(f"{_TITLE}: 1.0 is white; what is brighter becomes white", "exr_white")]
    if header.parts > 1:
        told = f"{_TITLE}: the first of {header.parts} parts is taken, the others are left out"
        notes.append(Note(told, "one_of", page=1, count=header.parts))
    others = [c.name for c in header.channels if c.name not in (*_RGB, "Y", "A")]
    if others:
        told = f"{_TITLE}: the channels {', '.join(others)[:80]} are left out"
        notes.append(Note(told, "left_out", names=others[:8]))
    if header.data != header.display:
        told = f"{_TITLE}: the display window is taken; its samples reach from {header.data[:2]}"
        notes.append(Note(f"{told} to {header.data[2:]}", "display_window"))
    return tuple(notes)


def _samples(source: PhotoFile, names: tuple[str, ...]) -> list[NDArray[Any]]:
    library = need("OpenEXR", "exr", _TITLE, source.name)
    if isinstance(source.data, str):
        return _read(library, source.data, names)
    with tempfile.TemporaryDirectory(prefix="tintype-") as folder:
        path = Path(folder, "a.exr")
        path.write_bytes(source.data)
        return _read(library, str(path), names)


def _read(library: Any, path: str, names: tuple[str, ...]) -> list[NDArray[Any]]:
    with library.File(path, separate_channels=True, num_threads=0) as opened:
        found = opened.parts[0].channels
        return [np.array(found[n].pixels) for n in names]


def _windowed(channels: list[NDArray[Any]], header: exr.Exr) -> list[NDArray[Any]]:
    """The samples of the display window; where there are none it is black, and transparent."""
    if header.data == header.display:
        return channels
    width, height = _size(header.display)
    left, top = header.data[0] - header.display[0], header.data[1] - header.display[1]
    made = []
    for channel in channels:
        whole = np.zeros((height, width), channel.dtype)
        part = channel[max(0, -top) : height - top, max(0, -left) : width - left]
        if part.size and left < width and top < height:
            row, column = max(top, 0), max(left, 0)
            whole[row : row + part.shape[0], column : column + part.shape[1]] = part
        made.append(whole)
    return made


def _encoded(channels: list[NDArray[Any]], chromaticities: tuple[float, ...]) -> NDArray[np.uint16]:
    """Linear light as sRGB-encoded samples of 16 bits: (height, width) or (height, width, bands)."""
    height, width = channels[0].shape
    made = np.empty((height, width, len(channels)), np.uint16)
    matrix = _to_srgb(chromaticities) if len(channels) >= 3 else None
    for top in range(0, height, _ROWS):
        rows = np.stack([c[top : top + _ROWS].astype(np.float32) for c in channels], axis=-1)
        rows = np.nan_to_num(rows, nan=0.0, posinf=1e6, neginf=0.0)
        if len(channels) in (2, 4):
            # Colours are stored multiplied by their opacity.
            alpha = np.clip(rows[..., -1:], 0, 1)
            colors = np.divide(rows[..., :-1], alpha, out=np.zeros_like(rows[..., :-1]), where=alpha > 0)
        else:
            alpha, colors = rows[..., :0], rows
        if matrix is not None:
            colors = colors @ matrix.T
        coded = np.concatenate([srgb_from_linear(np.clip(colors, 0, 1)), alpha], axis=-1)
        made[top : top + _ROWS] = np.rint(coded * 65535).astype(np.uint16)
    return made[..., 0] if made.shape[2] == 1 else made


def _to_srgb(chromaticities: tuple[float, ...]) -> NDArray[np.float32] | None:
    """From linear RGB of some primaries and white to that of sRGB; None where they are the same, or nonsense.

    SMPTE RP 177 for the primaries, Bradford's cones for the white (ICC.1:2022, annex E).
    """
    if max(abs(a - b) for a, b in zip(chromaticities, exr.REC709, strict=True)) < 1e-4:
        return None
    found, target = _to_xyz(chromaticities), _to_xyz(exr.REC709)
    if found is None or target is None:
        return None
    cones = [_BRADFORD @ matrix.sum(axis=1) for matrix in (found, target)]
    adapted = np.linalg.inv(_BRADFORD) @ np.diag(cones[1] / cones[0]) @ _BRADFORD
    return np.asarray(np.linalg.inv(target) @ adapted @ found, np.float32)


def _to_xyz(chromaticities: tuple[float, ...]) -> NDArray[np.float64] | None:
    xy = np.array(chromaticities, np.float64).reshape(4, 2)
    if not np.isfinite(xy).all() or np.abs(xy).max() > 10 or (np.abs(xy[:, 1]) < 1e-3).any():
        return None
    xyz = np.stack([xy[:, 0] / xy[:, 1], np.ones(4), (1 - xy.sum(axis=1)) / xy[:, 1]])
    if abs(np.linalg.det(xyz[:, :3])) < 1e-6:
        return None
    return np.asarray(xyz[:, :3] * np.linalg.solve(xyz[:, :3], xyz[:, 3]))


def _encode(image: pyvips.Image, file: BinaryIO, settings: Settings, total_bytes: int) -> None:
    """Linear light in the primaries of sRGB: halves, or floats where nothing may be lost."""
    kind: type[np.floating[Any]] = np.float32 if settings.lossless else np.float16
    names = "ABGR" if image.bands == 4 else "BGR"
    file.write(exr.header(image.width, image.height, names, kind))
    table = file.tell()
    count = exr.chunks(image.height)
    file.write(bytes(8 * count))
    places = []
    linear = _linear(256 if image.format == "uchar" else 65536)
    strips = (_stored(rows, linear, kind) for _, rows in read_rows(image))
    for piece in exr.body(strips):
        places.append(file.tell())
        file.write(piece)
    file.seek(table)
    file.write(struct.pack(f"<{count}Q", *places))
    file.seek(0, 2)


def _linear(codes: int) -> NDArray[np.float32]:
    return linear_from_srgb(np.linspace(0, 1, codes).astype(np.float32))


def _stored(rows: NDArray[Any], linear: NDArray[np.float32], kind: type[np.floating[Any]]) -> NDArray[Any]:
    """Rows of RGB or RGBA as (rows, channels, width), the last channel first."""
    light = linear[rows[..., :3]]
    if rows.shape[2] == 4:
        alpha = rows[..., 3:].astype(np.float32) / np.float32(len(linear) - 1)
        light = np.concatenate([light * alpha, alpha], axis=-1)
    return np.ascontiguousarray(np.moveaxis(light[..., ::-1], -1, 1)).astype(kind)


FORMAT = Format(
    name="exr",
    title=_TITLE,
    suffixes=(".exr",),
    media="image/x-exr",
    matches=starts(exr.MAGIC),
    pages=_pages,
    survey=survey,
    saving=Saving(
        encode=_encode,
        bits=16,
        side=_FARTHEST,
        lossless="option",
        inject=inject,
        holds=frozenset({"exif", "xmp", "comments", "dpi"}),
        profiles=False,
    ),
    extra="exr",
)
