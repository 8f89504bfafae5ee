"""Lightness and chroma joined, strip by strip, while the photograph is being read."""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np

from tintype.color.gamut import paint_rows
from tintype.color.resample import Upsampler
from tintype.errors import Cancelled
from tintype.photo.errors import translate
from tintype.photo.rows import Painted, Rows, paint_strips, read_rows
from tintype.settings import Settings
from tintype.steering import keep_mask
from tintype.steps import Chroma, Progress, Sitting


def paint_sitting(
    sitting: Sitting,
    chroma: Chroma,
    settings: Settings,
    *,
    shape: tuple[int, int] | None = None,
    region: tuple[int, int, int, int] | None = None,
    progress: Progress | None = None,
) -> Painted:
    """Return a sitting painted; see `tintype.Colorizer.paint`."""
    height, width = shape or (sitting.photo.height, sitting.photo.width)
    picture = sitting.grey(height, width)
    upsampled = Upsampler(chroma.ab, height, width)
    keep = keep_mask(settings.keep_grey, height, width, settings) if settings.keep_grey else None
    left, first, width, height = region or (0, 0, width, height)
    if region is not None:
        picture = picture.crop(left, first, width, height)
        keep = keep.crop(left, first, width, height) if keep is not None else None

    def strips() -> Iterator[tuple[int, tuple[Rows, Rows | None]]]:
        masks = read_rows(keep) if keep is not None else None
        for top, rows in read_rows(picture):
            yield top, (rows, next(masks)[1] if masks else None)

    def paint(top: int, strip: tuple[Rows, Rows | None]) -> Rows:
        rows, mask = strip
        ab = upsampled.rows(first + top, first + top + len(rows))[:, :, left : left + width]
        if mask is not None:
            ab *= 1 - mask.astype(np.float32) / np.float32(255)
        return paint_rows(rows, ab)

    def painted() -> Iterator[Rows]:
        done = 0
        with translate(sitting.photo.name):
            for rows in paint_strips(strips, paint, settings.threads or os.cpu_count() or 1):
                done += len(rows)
                if progress is not None and progress(done / height) is False:
                    msg = f"{sitting.photo.name}: cancelled"
                    raise Cancelled(msg)
                if done == height and sitting.source is not None:
                    sitting.source.check()  # else the file would hold one photograph and say another
                yield rows

    return Painted(painted(), width, height, 16 if picture.format == "ushort" else 8)
