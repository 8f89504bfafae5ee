"""From photographs to a training set: look at all, drop what can't teach, split by content, write shards."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from tintype._version import __version__
from tintype.color.lab import Float
from tintype.dataset.curation import Look, Seen, decode, encoded, look
from tintype.dataset.shards import INDEX, VERSION, ShardWriter
from tintype.dataset.sources import Source, photographs
from tintype.errors import DatasetError
from tintype.files import write_bytes

Progress = Callable[[str, int, int], None]  # what is going on, how many are done, of how many


@dataclass(frozen=True)
class Summary:
    """What became of the photographs.

    Attributes
    ----------
    found : int
    dropped : dict of str to int
        Why, and how many.
    splits : dict of str to int
        Photographs in ``train`` and ``val``.
    sizes : int array (n, 2)
        Width and height of those kept, px.
    colourfulness : float array (n,)
    ab : float32 array (m, 2)
        A sample of their colours.
    """

    found: int
    dropped: dict[str, int]
    splits: dict[str, int]
    sizes: Any
    colourfulness: Any
    ab: Float


def make_dataset(
    places: Iterable[str | Path],
    folder: str | Path,
    *,
    short: int = 256,
    smallest: int = 96,
    validation: float = 0.05,
    threads: int = 0,
    progress: Progress | None = None,
) -> Summary:
    """Make a training set.

    Parameters
    ----------
    places : paths
        Folders, uncompressed tar files, or photographs.
    folder : path
        Of the set; it must not hold one yet.
    short : int
        Short side that photographs are shrunk to, px; smaller ones stay as they are.
    smallest : int
        Photographs with a shorter short side are dropped, px.
    validation : float
        Share of photographs for validation. Which ones depends on their bytes alone, so a photograph stays
        on its side when the collection grows.
    threads : int
        0 takes all cores.
    progress : callable, optional

    Raises
    ------
    DatasetError
        If the folder holds a set already, a place is missing, or nothing is left to learn from.
    """
    folder = Path(folder)
    if (folder / INDEX).exists():
        msg = f"{folder}: holds a training set already; choose another folder, or delete it first"
        raise DatasetError(msg)
    if not 0 <= validation < 1:
        msg = f"validation share is {validation}; it must lie between 0 and 1"
        raise DatasetError(msg)
    tell = progress or (lambda *_: None)
    found = list(photographs([Path(p) for p in places]))
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        looks = []
        for seen in _in_order(pool, lambda s: look(s, smallest), found):
            looks.append(seen)
            tell("looking", len(looks), len(found))
        kept, reasons = _sift(looks)
        if not kept:
            told = ", ".join(f"{n} {why}" for why, n in Counter(reasons.values()).items())
            msg = (
                f"none of {len(found)} photographs is fit to learn from ({told or 'none found'}); give others"
            )
            raise DatasetError(msg)
        folder.mkdir(parents=True, exist_ok=True)
        splits = _write(pool, kept, reasons, folder, short, validation, tell)
    kept = [k for k in kept if k.source not in reasons]
    _write_dropped(folder, reasons)
    summary = Summary(
        len(found),
        dict(Counter(reasons.values()).most_common()),
        {name: writer.count for name, writer in splits.items()},
        np.array([(k.width, k.height) for k in kept]),
        np.array([k.colourfulness for k in kept]),
        np.concatenate([k.ab for k in kept if k.ab is not None]),
    )
    from tintype.dataset.report import write_report

    write_report(summary, folder)
    index = {
        "version": VERSION,
        "tintype": __version__,
        "short": short,
        "smallest": smallest,
        "validation": validation,
        "found": summary.found,
        "dropped": summary.dropped,
        "splits": {k: {"photos": w.count, "shards": w.names} for k, w in splits.items()},
    }
    # Last, so that a set that was interrupted is none.
    write_bytes(folder / INDEX, json.dumps(index, indent=1).encode(), overwrite=True)
    return summary


def side(digest: str, validation: float) -> str:
    """``val`` or ``train``, by the first 32 bits of the photograph's SHA-256."""
    return "val" if int(digest[:8], 16) < validation * 2**32 else "train"


def _sift(looks: list[Look]) -> tuple[list[Look], dict[Source, str]]:
    """Those kept, in the order found, and why the others are not. Of duplicates the largest stays."""
    reasons = {seen.source: seen.dropped for seen in looks if seen.dropped}
    seen = Seen()
    fit = [item for item in looks if not item.dropped]
    for item in sorted(fit, key=lambda k: (-k.width * k.height, k.source.name)):
        if why := seen.why(item):
            reasons[item.source] = why
    return [item for item in fit if item.source not in reasons], reasons


def _write(
    pool: ThreadPoolExecutor,
    kept: list[Look],
    reasons: dict[Source, str],
    folder: Path,
    short: int,
    validation: float,
    tell: Progress,
) -> dict[str, ShardWriter]:
    splits = {name: ShardWriter(folder, name) for name in ("train", "val")}
    chosen = {item.digest: side(item.digest, validation) for item in kept}
    if len(kept) > 1:  # both sides need one, however few photographs there are
        for name, other in (("val", "train"), ("train", "val")):
            if name not in chosen.values() and (validation or name == "train"):
                chosen[min(d for d, s in chosen.items() if s == other)] = name

    def load(item: Look) -> Any:
        try:
            return decode(encoded(item.source), short)
        except (OSError, DatasetError, pyvips.Error):  # the thumbnail was whole, the rest is not
            return None

    for done, (item, pixels) in enumerate(zip(kept, _in_order(pool, load, kept), strict=True), 1):
        if pixels is None:
            reasons[item.source] = "broken"
        else:
            splits[chosen[item.digest]].add(pixels, item.source.name)
        tell("writing", done, len(kept))
    for writer in splits.values():
        writer.close()
    return splits


def _write_dropped(folder: Path, reasons: dict[Source, str]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["photograph", "dropped because"])
    writer.writerows(sorted((source.name, why) for source, why in reasons.items()))
    write_bytes(folder / "dropped.csv", text.getvalue().encode(), overwrite=True)


def _in_order(pool: ThreadPoolExecutor, work: Callable[[Any], Any], items: list[Any]) -> Iterator[Any]:
    """Like `pool.map`, but with few results waiting at a time: they are pictures."""
    todo = iter(items)
    waiting = [pool.submit(work, item) for item in islice(todo, 64)]
    while waiting:
        yield waiting.pop(0).result()
        waiting += [pool.submit(work, item) for item in islice(todo, 1)]
