"""Which photographs are fit to learn colour from: in colour, large enough, whole, and there once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.color.lab import Float, lab_from_srgb
from tintype.dataset.sources import FoundPhoto
from tintype.errors import DatasetError
from tintype.metrics import colorfulness
from tintype.photo.formats import HEAD, sniff

MAX_PIXELS = 300_000_000
_UNREAD = ("heic", "raw", "pdf")  # formats that need a decoder of their own
_THUMB = 64
# All in Lab units, on a thumbnail. Scans of grey prints keep a little noise; JPEG adds some.
_GREY = 6.0
_TONED = 2.5
_LEVELS = 40
_PRINT = 16
_NEAR = 6.0


@dataclass(frozen=True)
class Inspection:
    """What inspecting one photograph says.

    Attributes
    ----------
    dropped : str
        Why it is of no use (``broken``, ``format``, ``tiny``, ``huge``, ``grey``, ``sepia``), or empty.
        ``format``: HEIC, camera RAW and PDF have to be converted first.
    digest : str
        SHA-256 of its bytes.
    width, height : int
    colorfulness : float
        Hasler and Süsstrunk 2003.
    shape : int
        64-bit difference hash of its lightness.
    stamp : uint8 (16, 16, 3) or None
        Small picture that decides whether two with like hashes are the same.
    ab : (Q, 2) float32 or None
        A few of its colours, for the report.
    """

    source: FoundPhoto
    dropped: str
    digest: str = ""
    width: int = 0
    height: int = 0
    colorfulness: float = 0.0
    shape: int = 0
    stamp: NDArray[np.uint8] | None = None
    ab: Float | None = None


def inspect_photo(source: FoundPhoto, smallest: int) -> Inspection:
    """Judge one photograph; never raises for a bad one.

    Parameters
    ----------
    source : FoundPhoto
    smallest : int
        Short side below which a photograph is ``tiny``, px.
    """
    try:
        data = encoded(source)
        if sniff(data[:HEAD], PurePath(source.name).suffix) in _UNREAD:
            return Inspection(source, "format", hashlib.sha256(data).hexdigest())
        image = pyvips.Image.new_from_buffer(data, "")
        width, height = int(image.width), int(image.height)
        digest = hashlib.sha256(data).hexdigest()
        if min(width, height) < smallest:
            return Inspection(source, "tiny", digest, width, height)
        if width * height > MAX_PIXELS:
            return Inspection(source, "huge", digest, width, height)
        thumb = decode(data, _THUMB, whole=True)
    except (OSError, DatasetError, pyvips.Error):
        return Inspection(source, "broken")
    return Inspection(
        source,
        tint(thumb),
        digest,
        width,
        height,
        colorfulness(thumb),
        difference_hash(thumb),
        _shrink(thumb, _PRINT, _PRINT),
        lab_from_srgb(thumb[::8, ::8]).reshape(-1, 3)[:, 1:],
    )


def encoded(source: FoundPhoto) -> bytes:
    """Return the bytes of a photograph that is not one of a training set already.

    Raises
    ------
    OSError, DatasetError
    """
    data = source.read()
    if not isinstance(data, bytes):
        msg = f"{source.name}: pixels of a training set; a set can't be made from another one"
        raise DatasetError(msg)
    return data


def decode(data: bytes, short: int, *, whole: bool = False) -> NDArray[np.uint8]:
    """Photograph as upright 8-bit sRGB whose short side is at most `short`, cut to 1 : 1.6 at the most.

    Parameters
    ----------
    data : bytes
    short : int
    whole : bool
        Read every pixel, so that a file that was cut off raises; else the reader may shrink while it reads,
        which is much faster but forgives such files.

    Returns
    -------
    uint8, shape (h, w, 3)
    """
    header = pyvips.Image.new_from_buffer(data, "")
    sides = sorted((header.width, header.height))
    box = max(1, round(min(short / sides[0], 1) * sides[1]))
    how = {"height": box, "size": "down", "output_profile": "srgb"}
    if whole:
        image = pyvips.Image.new_from_buffer(data, "", fail_on="truncated", access="sequential")
        image = image.thumbnail_image(box, **how)
    else:
        image = pyvips.Image.thumbnail_buffer(data, box, **how)
    if image.hasalpha():
        image = image.flatten(background=255)
    image = image.colourspace("srgb").cast("uchar")
    limit = max(1, int(min(image.width, image.height) * 1.6))
    if image.width > limit:
        image = image.crop((image.width - limit) // 2, 0, limit, image.height)
    elif image.height > limit:
        image = image.crop(0, (image.height - limit) // 2, image.width, limit)
    pixels: NDArray[np.uint8] = image.numpy()
    return pixels


def tint(rgb: NDArray[np.uint8]) -> str:
    """``grey`` if there is no chroma to speak of, ``sepia`` if its colour says nothing, else empty.

    In a toned print (brown, blue, green) colour is a function of lightness: around the mean colour of each
    lightness hardly anything is left.
    """
    lab = lab_from_srgb(rgb).reshape(-1, 3)
    if float(np.percentile(np.hypot(lab[:, 1], lab[:, 2]), 95)) < _GREY:
        return "grey"
    level = np.clip(lab[:, 0] / 100 * _LEVELS, 0, _LEVELS - 1).astype(np.intp)
    count = np.maximum(np.bincount(level, minlength=_LEVELS), 1)
    left = 0.0
    for channel in (lab[:, 1], lab[:, 2]):
        mean = np.bincount(level, channel, _LEVELS) / count
        left += float(((channel - mean[level]) ** 2).mean())
    return "sepia" if left < _TONED**2 else ""


def difference_hash(rgb: NDArray[np.uint8]) -> int:
    """64 bits: whether each of 8 × 8 places is lighter than its right neighbour."""
    grey = _shrink(rgb, 8, 9).mean(-1)
    bits = (grey[:, :-1] > grey[:, 1:]).ravel()
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _shrink(rgb: NDArray[np.uint8], rows: int, columns: int) -> NDArray[np.uint8]:
    image = pyvips.Image.new_from_array(rgb, interpretation="srgb")
    image = image.resize(columns / image.width, vscale=rows / image.height, kernel="linear")
    small: NDArray[np.uint8] = image.numpy()
    return small[:rows, :columns]


class DuplicateFinder:
    """Remembers photographs and recognises the same ones, whole or nearly.

    Near: hashes that differ in at most 3 of 64 bits (found by equal quarters: of four, one must be equal),
    and stamps that differ by less than 6 of 255 in the mean.
    """

    def __init__(self) -> None:
        self._digests: set[str] = set()
        self._quarters: dict[tuple[int, int], list[Inspection]] = {}

    def why(self, new: Inspection) -> str:
        """``duplicate``, ``near duplicate``, or empty, and then it is remembered."""
        if new.digest in self._digests:
            return "duplicate"
        self._digests.add(new.digest)
        keys = [(i, new.shape >> 16 * i & 0xFFFF) for i in range(4)]
        assert new.stamp is not None
        for key in keys:
            for old in self._quarters.get(key, ()):
                if (old.shape ^ new.shape).bit_count() > 3:
                    continue
                assert old.stamp is not None
                apart = np.abs(old.stamp.astype(int) - new.stamp.astype(int)).mean()
                if apart < _NEAR:
                    return "near duplicate"
        for key in keys:
            self._quarters.setdefault(key, []).append(new)
        return ""
