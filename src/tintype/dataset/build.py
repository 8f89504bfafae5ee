"""From photographs to a training set: look at all, drop what can't teach, split by content, write shards."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from tintype._version import __version__
from tintype.dataset.curation import DuplicateFinder, Inspection, decode, encoded, inspect_photo
from tintype.dataset.groups import Terms, forbidden, surplus
from tintype.dataset.report import write_report
from tintype.dataset.shards import INDEX, VERSION, ShardWriter
from tintype.dataset.sources import FoundPhoto, photographs
from tintype.dataset.summary import Summary
from tintype.errors import Cancelled, DatasetError
from tintype.files import write_bytes
from tintype.steps import StageProgress

_TERMS = "terms"  # why photographs are dropped whose group may not be used


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a training set is made.

    Attributes
    ----------
    short : int
        Short side that photographs are shrunk to, px; smaller ones stay as they are.
    smallest : int
        Photographs with a shorter short side are dropped, px.
    validation : float
        Share of photographs for validation. Which ones depends on their bytes alone, so a photograph stays
        on its side when the collection grows.
    largest_group : float
        No folder gives more than this share of the photographs; 1 takes all. With fewer folders than that
        needs, all are taken.
    terms : dict of str to Terms
        Of groups; see `tintype.dataset.groups.read_terms`.
    commercial : bool
        Take only groups whose terms allow commercial use.
    unless_forbidden : bool
        Leave out groups whose terms forbid commercial use; those whose terms say neither are taken.
    threads : int
        0 takes all cores.
    """

    short: int = 256
    smallest: int = 96
    validation: float = 0.05
    largest_group: float = 0.1
    terms: Mapping[str, Terms] = field(default_factory=dict)
    commercial: bool = False
    unless_forbidden: bool = False
    threads: int = 0


def make_dataset(
    places: Iterable[str | Path],
    folder: str | Path,
    options: Options | None = None,
    *,
    progress: StageProgress | None = None,
) -> Summary:
    """Make a training set.

    Parameters
    ----------
    places : paths
        Folders, tar files, or photographs.
    folder : path
        Of the set; it must not hold one yet.
    options : Options, optional
    progress : callable, optional
        Called with what is going on, how many are done, and of how many; returning False cancels.

    Raises
    ------
    Cancelled
    DatasetError
        If the folder holds a set already, a place is missing, or nothing is left to learn from.
    """
    folder, options = Path(folder), options or Options()
    _check(folder, options)

    def tell(stage: str, done: int, count: int) -> None:
        if progress and progress(stage, done, count) is False:
            remedy = "the same command begins anew"
            raise Cancelled(name=str(folder), reason="cancelled", remedy=remedy)

    found = list(photographs([Path(p) for p in places]))
    with ThreadPoolExecutor(options.threads or os.cpu_count()) as pool:
        looks = []
        for seen in _in_order(pool, lambda s: inspect_photo(s, options.smallest), found):
            looks.append(seen)
            tell("looking", len(looks), len(found))
        kept, reasons = _chosen(looks, options)
        if not kept:
            told = ", ".join(f"{n} {why}" for why, n in Counter(reasons.values()).items()) or "none found"
            msg = f"none of {len(found)} photographs is fit to learn from ({told}); give others"
            raise DatasetError(msg)
        folder.mkdir(parents=True, exist_ok=True)
        splits = _write(pool, kept, reasons, folder, options.short, options.validation, tell)
    kept = [k for k in kept if k.source not in reasons]
    _write_dropped(folder, reasons)
    summary = _summary(len(found), kept, reasons, splits, options)
    write_report(summary, folder)
    # Last, so that a set that was interrupted is none.
    index = json.dumps(_index(summary, splits, options), indent=1, ensure_ascii=False)
    write_bytes(folder / INDEX, index.encode(), overwrite=True)
    return summary


def _check(folder: Path, options: Options) -> None:
    if (folder / INDEX).exists():
        msg = f"{folder}: holds a training set already; choose another folder, or delete it first"
        raise DatasetError(msg)
    if not 0 <= options.validation < 1:
        msg = f"validation share is {options.validation}; it must lie between 0 and 1"
        raise DatasetError(msg)


def _summary(
    found: int,
    kept: list[Inspection],
    reasons: dict[FoundPhoto, str],
    splits: dict[str, ShardWriter],
    options: Options,
) -> Summary:
    def with_terms(groups: Counter[str]) -> dict[str, tuple[int, Terms]]:
        return {g: (n, options.terms.get(g, Terms())) for g, n in groups.most_common()}

    return Summary(
        found,
        dict(Counter(reasons.values()).most_common()),
        {name: writer.count for name, writer in splits.items()},
        np.array([(k.width, k.height) for k in kept]),
        np.array([k.colorfulness for k in kept]),
        np.concatenate([k.ab for k in kept if k.ab is not None]),
        with_terms(Counter(k.source.group for k in kept)),
        with_terms(Counter(source.group for source, why in reasons.items() if why == _TERMS)),
    )


def _index(summary: Summary, splits: dict[str, ShardWriter], options: Options) -> dict[str, Any]:
    def stated(groups: dict[str, tuple[int, Terms]]) -> dict[str, Any]:
        return {g: {"photos": n, **asdict(terms)} for g, (n, terms) in groups.items()}

    return {
        "version": VERSION,
        "tintype": __version__,
        "short": options.short,
        "smallest": options.smallest,
        "validation": options.validation,
        "largest_group": options.largest_group,
        "commercial": options.commercial,
        "unless_forbidden": options.unless_forbidden,
        "found": summary.found,
        "dropped": summary.dropped,
        "groups": stated(summary.groups),
        "left_out": stated(summary.left_out),
        "splits": {k: {"photos": w.count, "shards": w.names} for k, w in splits.items()},
    }


def _chosen(looks: list[Inspection], options: Options) -> tuple[list[Inspection], dict[FoundPhoto, str]]:
    """Those that are fit, allowed, and not too many of their kind; and why the others are not."""
    kept, reasons = _sift(looks)
    if options.commercial or options.unless_forbidden:
        out = forbidden({k.source.group for k in kept}, options.terms, unstated=not options.commercial)
        reasons |= {k.source: _TERMS for k in kept if k.source.group in out}
        kept = [k for k in kept if k.source not in reasons]
    over = surplus({k.digest: k.source.group for k in kept}, options.largest_group)
    reasons |= {k.source: "balance" for k in kept if k.digest in over}
    return [k for k in kept if k.source not in reasons], reasons


def side(digest: str, validation: float) -> str:
    """``val`` or ``train``, by the first 32 bits of the photograph's SHA-256."""
    return "val" if int(digest[:8], 16) < validation * 2**32 else "train"


def _sift(looks: list[Inspection]) -> tuple[list[Inspection], dict[FoundPhoto, str]]:
    """Those kept, in the order found, and why the others are not. Of duplicates the largest stays."""
    reasons = {seen.source: seen.dropped for seen in looks if seen.dropped}
    seen = DuplicateFinder()
    fit = [item for item in looks if not item.dropped]
    for item in sorted(fit, key=lambda k: (-k.width * k.height, k.source.name)):
        if why := seen.why(item):
            reasons[item.source] = why
    return [item for item in fit if item.source not in reasons], reasons


def _write(
    pool: ThreadPoolExecutor,
    kept: list[Inspection],
    reasons: dict[FoundPhoto, str],
    folder: Path,
    short: int,
    validation: float,
    tell: Callable[[str, int, int], None],
) -> dict[str, ShardWriter]:
    splits = {name: ShardWriter(folder, name) for name in ("train", "val")}
    chosen = {item.digest: side(item.digest, validation) for item in kept}
    if len(kept) > 1:  # both sides need one, however few photographs there are
        for name, other in (("val", "train"), ("train", "val")):
            if name not in chosen.values() and (validation or name == "train"):
                chosen[min(d for d, s in chosen.items() if s == other)] = name

    def load(item: Inspection) -> Any:
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


def _write_dropped(folder: Path, reasons: dict[FoundPhoto, str]) -> None:
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
