"""Time and peak memory of a network, in a fresh process: a peak never falls, and another's must not count."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from tintype.evaluation.results import Cost
from tintype.settings import Settings


def cost(settings: dict[str, Any], photos: list[bytes]) -> Cost:
    """Colour a few photographs (encoded) in a process of its own; `settings` as `Settings.to_json`.

    The first photograph is not timed: sessions warm up.
    """
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_cost, settings, photos).result()


def _cost(settings: dict[str, Any], photos: list[bytes]) -> Cost:
    from tintype.colorizer import Colorizer
    from tintype.photo.decoder import forget_operations

    forget_operations()
    colorizer = Colorizer(Settings.from_json(settings))
    predict, paint = [], []
    for data in photos:
        sitting = colorizer.prepare(data)[0]
        began = time.perf_counter()
        predictions = colorizer.predict(sitting)
        asked = time.perf_counter()
        painted = colorizer.paint(sitting, colorizer.decode(sitting, predictions)[0])
        painted.to_array()
        paint.append(time.perf_counter() - asked)
        predict.append(asked - began)
    threads = colorizer.settings.threads or os.cpu_count() or 1
    return Cost(1000 * median(predict[1:] or predict), 1000 * median(paint[1:] or paint), peak_mb(), threads)


def peak_mb() -> float | None:
    """Peak resident memory of this process, 10⁶ bytes; None where the system does not tell."""
    # On Linux getrusage would also count the parent, from before this program was started.
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    if sys.platform == "darwin":
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return None
