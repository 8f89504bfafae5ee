"""CPU seconds of one photograph, step by step, painted by NumPy and by the compiled kernel. Prints Markdown.

Seconds are user + system of the whole process, so that threads count and a busy machine matters less. The
two ways take turns within one run; quote the ratio.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from inputs import write
from measure import machine
from tintype import Colorizer
from tintype.color import gamut, kernel
from tintype.color.resample import Upsampler
from tintype.photo.rows import read_rows

Step = Callable[[], Any]
READ, WHOLE = "read rows of grey", "read, upsample, paint, in threads"
SAVERS = {8: ("jpegsave_buffer", {"Q": 92, "subsample_mode": "off"}), 16: ("tiffsave_buffer", {})}


def seconds(step: Step) -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    step()
    return time.process_time() - began


def steps(path: Path, bits: int) -> tuple[dict[str, Step], dict[str, Step]]:
    """What is independent of the way of painting, and what depends on it."""
    colorizer = Colorizer()
    sitting = colorizer.prepare(path)[0]
    chroma = colorizer.decode(sitting, colorizer.predict(sitting))[0]
    height, width = sitting.photo.height, sitting.photo.width
    strips = list(read_rows(sitting.grey(height, width)))
    upsampler = Upsampler(chroma.ab, height, width)

    def upsampled() -> Iterator[np.ndarray]:
        for top, rows in strips:
            yield upsampler.rows(top, top + len(rows))

    colors = list(upsampled())
    saver, options = SAVERS[bits]

    def read() -> None:
        for _ in read_rows(sitting.grey(height, width)):
            pass

    def save(image: Any) -> Any:
        return getattr(image, saver)(**options)

    picture = colorizer.paint(sitting, chroma).encode(lambda image: image.copy_memory())
    same: dict[str, Step] = {
        "measure the grey": lambda: colorizer.prepare(path),
        READ: read,
        "network": lambda: colorizer.decode(sitting, colorizer.predict(sitting)),
        f"encode ({saver.partition('save')[0].upper()})": lambda: save(picture),
    }

    def paint() -> None:
        for (_, rows), ab in zip(strips, colors, strict=True):
            gamut.paint_rows(rows, ab)

    return same, {
        "upsample": lambda: [None for _ in upsampled()],
        "paint": paint,
        WHOLE: lambda: colorizer.paint(sitting, chroma).to_array(),
        "the same, and encode": lambda: colorizer.paint(sitting, chroma).encode(save),
    }


def main() -> None:
    """Measure, then print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--bits", type=int, choices=(8, 16), default=8)
    options = parser.parse_args()
    compiled = kernel.loaded()
    if compiled is None:
        sys.exit(f"There is nothing to compare: {kernel.status()}. Build it: python hatch_build.py")
    ways: dict[str, Callable[[], kernel.Kernel | None]] = {"NumPy": lambda: None, "kernel": lambda: compiled}
    with tempfile.TemporaryDirectory() as folder:
        suffix = ".jpg" if options.bits == 8 else ".tif"
        photo = write(Path(folder), options.megapixels, bits=options.bits, suffix=suffix)
        same, different = steps(photo, options.bits)
        took: dict[tuple[str, str], list[float]] = {}
        for _ in range(options.times + 1):
            for name, step in same.items():
                took.setdefault((name, ""), []).append(seconds(step))
            for name, step in different.items():
                for way, chosen in ways.items():
                    kernel.loaded = chosen  # type: ignore[assignment]
                    took.setdefault((name, way), []).append(seconds(step))
    # The first round warms up.
    median = {key: statistics.median(all_[1:]) for key, all_ in took.items()}
    print(f"{machine()}; {options.megapixels:g} MP, {options.bits} bits; median of {options.times}")
    print("| step | NumPy, CPU s | kernel, CPU s | ratio |\n|---|---|---|---|")
    for name in same:
        print(f"| {name} | {median[name, '']:.3f} | | |")
    for name in different:
        before, after = median[name, "NumPy"], median[name, "kernel"]
        print(f"| {name} | {before:.3f} | {after:.3f} | {after / before:.2f} |")
    before, after = (median[WHOLE, way] - median[READ, ""] for way in ways)
    print(f"| painting: the same without reading | {before:.3f} | {after:.3f} | {after / before:.2f} |")


if __name__ == "__main__":
    main()
