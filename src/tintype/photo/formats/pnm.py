"""Netpbm's PBM, PGM, PPM and PAM, as `scanimage` and many converters write them; libvips' wheel doesn't.

Layout: netpbm's manual pages pbm(5), pgm(5), ppm(5), pam(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import Damaged, UnsupportedFormat
from tintype.photo.decoder import ArrayDecoder
from tintype.photo.formats.record import Format
from tintype.photo.metadata.pnm import survey
from tintype.photo.model import Metadata, Photo
from tintype.photo.pages import ArrayPage, check_page, check_size, of_array
from tintype.photo.source import PhotoFile

if TYPE_CHECKING:
    from tintype.settings import Settings

_TITLE = "PNM"
_SPACE = rb"(?:\s|#[^\n\r]*[\n\r])+"
_BANDS = {b"P1": 1, b"P2": 1, b"P3": 3, b"P4": 1, b"P5": 1, b"P6": 3}
_TUPLES = {"GRAYSCALE": 1, "GRAYSCALE_ALPHA": 2, "RGB": 3, "RGB_ALPHA": 4, "BLACKANDWHITE": 1}


@dataclass(frozen=True, slots=True)
class _Header:
    kind: bytes
    width: int
    height: int
    bands: int
    white: int  # the value of full white
    start: int  # of the pixels


def _pages(source: PhotoFile, settings: Settings) -> Iterator[Photo]:
    name, content = source.name, source.content()
    header = _parse(content, name)
    check_page(name, settings.page, 1)
    check_size(header.width, header.height, name, settings)
    decoder = ArrayDecoder(lambda: _decode(content, header, name))
    bits = 8 if header.white <= 255 else 16
    page = ArrayPage(header.width, header.height, bits, header.bands, Metadata(), decoder)
    yield of_array(page, "pnm", name, settings, source)


def _parse(data: bytes, name: str) -> _Header:
    kind = data[:2]
    if kind == b"P7":
        return _parse_pam(data, name)
    numbers = 2 if kind in (b"P1", b"P4") else 3
    match = re.match(
        rb"P\d" + (_SPACE + rb"(\d{1,9})") * numbers + rb"(?:#[^\n\r]*[\n\r]|\s)", data[:100_000]
    )
    if match is None:
        raise Damaged(name, "its header is cut short")
    width, height, white = (*map(int, match.groups()), 1)[:3]
    return _checked(_Header(kind, width, height, _BANDS[kind], white, match.end()), name)


def _parse_pam(data: bytes, name: str) -> _Header:
    end = data.find(b"ENDHDR\n", 0, 100_000)
    lines = data[3 : max(end, 0)].decode("ascii", "replace").splitlines()
    fields = dict(line.split(None, 1) for line in lines if not line.startswith("#") and len(line.split()) > 1)
    try:
        width, height, bands, white = (int(fields[k]) for k in ("WIDTH", "HEIGHT", "DEPTH", "MAXVAL"))
    except (KeyError, ValueError):
        raise Damaged(name, "its header is cut short") from None
    what = fields.get("TUPLTYPE", "").strip()
    if what and _TUPLES.get(what) != bands:
        raise UnsupportedFormat(name, f"PAM of the kind {what[:40]!r} with {bands} channels")
    return _checked(_Header(b"P7", width, height, bands, white, end + 7), name)


def _checked(header: _Header, name: str) -> _Header:
    if not (header.width and header.height and 1 <= header.bands <= 4 and 1 <= header.white <= 65535):
        raise Damaged(name, "its header says what can't be")
    return header


def _decode(data: bytes, header: _Header, name: str) -> NDArray[Any]:
    shape = (header.height, header.width, header.bands)[: 2 + (header.bands > 1)]
    count, body = header.width * header.height * header.bands, memoryview(data)[header.start :]
    if header.kind == b"P4":
        stride = (header.width + 7) // 8
        if len(body) < stride * header.height:
            raise Damaged(name, "its pixels are cut short")
        rows = np.frombuffer(body, np.uint8, stride * header.height).reshape(header.height, stride)
        values = 1 - np.unpackbits(rows, axis=1)[:, : header.width]  # 1 is black
    elif header.kind in (b"P1", b"P2", b"P3"):
        values = _numbers(bytes(body), header, count, name)
    else:
        kind = np.dtype(np.uint8 if header.white <= 255 else ">u2")
        if len(body) < count * kind.itemsize:
            raise Damaged(name, "its pixels are cut short")
        values = np.frombuffer(body, kind, count)
    full = 255 if header.white <= 255 else 65535
    if header.white != full:
        values = np.minimum(values, header.white).astype(np.uint64)
        values = (values * full + header.white // 2) // header.white
    return np.ascontiguousarray(values.reshape(shape).astype(np.uint8 if full == 255 else np.uint16))


def _numbers(text: bytes, header: _Header, count: int, name: str) -> NDArray[Any]:
    text = re.sub(rb"#[^\n\r]*", b"", text)
    digits = re.findall(rb"[01]" if header.kind == b"P1" else rb"\d+", text)[:count]
    if len(digits) < count:
        raise Damaged(name, "its pixels are cut short")
    if max(map(len, digits)) > 9:
        raise Damaged(name, "a number among its pixels is too large")
    values = np.array(digits).astype(np.uint32)
    return 1 - values if header.kind == b"P1" else values


def _matches(head: bytes, suffix: str) -> bool:
    return bool(re.match(rb"P[1-6][\s#]|P7\n", head[:4]))


FORMAT = Format(
    name="pnm",
    title=_TITLE,
    suffixes=(".pnm", ".pgm", ".ppm", ".pbm", ".pam"),
    media="image/x-portable-anymap",
    matches=_matches,
    pages=_pages,
    survey=survey,
    becomes="png",
)
