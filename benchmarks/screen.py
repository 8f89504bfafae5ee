"""What the search for a screen costs, how often it is wrong, and how many halftones it finds.

    python benchmarks/screen.py FOLDER_OR_TAR...  [--most 5000] [--halftones 200]

CPU milliseconds are those of a mosaic of the photographs, as JPEG. False are photographs in which a screen or
pure black and white is seen. Halftones are made of photographs of 1024 px: dots 3 to 12 px apart at any
angle, hard or soft, as JPEG of quality 70 to 95.
"""

from __future__ import annotations

import argparse
import tarfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype import Settings
from tintype.errors import TintypeError
from tintype.photo.model import Photo
from tintype.photo.read import read
from tintype.photo.screen import Screen, screened

MEGAPIXELS = (0.5, 1, 2, 3.5)


def files(places: list[str], most: int) -> Iterator[tuple[str, bytes]]:
    """Name and content of files in folders and tars, every so many so that all parts are met."""
    for place in places:
        if Path(place).is_dir():
            for path in islice(sorted(p for p in Path(place).rglob("*") if p.is_file()), most):
                yield path.name, path.read_bytes()
            continue
        with tarfile.open(place) as tar:
            members = [m for m in tar.getmembers() if m.isfile()]
            for member in members[:: max(len(members) // most, 1)]:
                if held := tar.extractfile(member):
                    yield member.name, held.read()


def photographs(places: list[str], most: int) -> Iterator[tuple[str, Photo]]:
    """Those of the files that are photographs."""
    for name, data in files(places, most):
        try:
            yield name, read(data, Settings(), name=name)[0]
        except TintypeError:
            continue


def mosaic(places: list[str], pixels: float) -> bytes:
    """A JPEG of so many pixels, put together of photographs at their own size."""
    side = 128
    across = round((pixels * 4 / 3) ** 0.5 / side)
    down = round(pixels / (across * side * side))
    parts = []
    for _, photo in photographs(places, 1000):
        if min(photo.width, photo.height) >= side and photo.bits == 8:
            part = photo.part(side, side, 0.5).colourspace("srgb")
            parts.append(part)
        if len(parts) == across * down:
            break
    parts = (parts * (across * down // len(parts) + 1))[: across * down]
    made: bytes = pyvips.Image.arrayjoin(parts, across=across).jpegsave_buffer(Q=90)
    return made


def milliseconds(photo: Photo, times: int = 15) -> float:
    """CPU of one look."""
    screened(photo)
    begun = time.process_time()
    for _ in range(times):
        screened(photo)
    return (time.process_time() - begun) / times * 1000


def halftone(grey: NDArray[np.float64], dice: np.random.Generator) -> tuple[str, bytes]:
    """A grey picture (0-1) as a press prints it, scanned; and its kind."""
    period, angle = dice.uniform(3, 12), dice.uniform(0, np.pi / 2)
    y, x = np.mgrid[: grey.shape[0], : grey.shape[1]]
    u, v = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
    cell = (np.cos(2 * np.pi * u / period) + np.cos(2 * np.pi * v / period)) / 4 + 0.5
    soft = bool(dice.random() < 0.5)
    dots = np.clip((grey - cell) * 3 + 0.5, 0, 1) if soft else (grey > cell).astype(float)
    image = pyvips.Image.new_from_array(np.rint(dots * 255).astype(np.uint8))
    return "soft" if soft else "hard", image.jpegsave_buffer(Q=int(dice.integers(70, 96)))


def told(found: Screen | None) -> str:
    """The code of the note."""
    if found is None:
        return "none"
    return "stark" if not found.dots else "bitonal" if found.bitonal else "halftone"


def main() -> None:
    """Print all three."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", nargs="+")
    parser.add_argument("--most", type=int, default=5000, help="photographs of a folder or tar")
    parser.add_argument("--halftones", type=int, default=200)
    asked = parser.parse_args()
    for megapixels in MEGAPIXELS:
        (photo,) = read(mosaic(asked.photos, megapixels * 1e6), Settings())
        print(f"{photo.width} × {photo.height} JPEG: {milliseconds(photo):.1f} ms", flush=True)
    seen, false = 0, list[str]()
    for name, photo in photographs(asked.photos, asked.most):
        seen += 1
        if found := screened(photo):
            false.append(f"{told(found)}: {name}")
    print(f"{len(false)} of {seen} photographs", *false, sep="\n  ", flush=True)
    dice, counts = np.random.default_rng(0), Counter[tuple[str, str]]()
    each = -(-asked.halftones // len(asked.photos))
    for _, photo in islice(photographs(asked.photos, each), asked.halftones):
        high, wide = (round(1024 * n / max(photo.height, photo.width)) for n in (photo.height, photo.width))
        grey = photo.thumbnail(wide, high).colourspace("b-w").numpy().reshape(high, wide) / 255
        kind, data = halftone(grey, dice)
        counts[kind, told(screened(read(data, Settings())[0]))] += 1
    for (kind, what), count in sorted(counts.items()):
        print(f"{kind} dots, told as {what}: {count}")


if __name__ == "__main__":
    main()
