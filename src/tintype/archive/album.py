"""What a finished run leaves for people: a page with contact sheets, and a table of everything."""

from __future__ import annotations

import base64
import csv
import html
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tintype._version import __version__
from tintype.archive import parts
from tintype.archive.entry import Entry
from tintype.archive.manifest import Manifest
from tintype.archive.model import Item
from tintype.archive.planner import Archive
from tintype.archive.tally import Tally
from tintype.archive.walk import STATE
from tintype.errors import MissingExtra, TintypeError

if TYPE_CHECKING:
    from tintype.settings import Settings

_SIDE = 176  # px of a picture on a contact sheet
_SHEET = 48  # pictures on a sheet
_COLUMNS = ("source", "target", "state", "status", "cause", "error", "notes", "confidence", "seconds",
            "retries", "input", "settings", "networks", "program")  # fmt: skip

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Tintype: {title}</title>
<meta name="viewport" content="width=device-width"><style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem }}
table {{ border-collapse: collapse }} th, td {{ text-align: left; padding: .2rem 1.5rem .2rem 0 }}
.sheet {{ display: flex; flex-wrap: wrap; gap: 1rem }}
figure {{ margin: 0; width: {side}px }} figure img {{ max-width: 100% }}
figcaption {{ font-size: .75rem; overflow-wrap: anywhere }}
</style></head><body><h1>{title}</h1>
{body}
</body></html>
"""


def write(archive: Archive, tally: Tally, settings: Settings, *, per_hour: float = 0.0) -> list[str]:
    """Write report and tables into the archive's state, in place of earlier ones; return their names.

    Parameters
    ----------
    archive : Archive
    tally : Tally
        Of the run that has ended.
    settings : Settings
    per_hour : float
        What the machines cost an hour, together; 0: not told.

    Raises
    ------
    OSError
    """
    destination, shard = archive.destination, archive.manifest.of_shard
    made = [f"{STATE}/report{shard}.html"]
    destination.write(made[0], page(archive, tally, settings, per_hour=per_hour).encode("utf-8", "replace"))
    stage = archive.manifest.stage / "tables"
    stage.mkdir(exist_ok=True)
    for suffix, fill in ((".csv", _csv), (".parquet", _parquet)):
        path = stage / f"photographs{suffix}"
        with suppress(MissingExtra):  # Parquet needs an extra; the other says the same
            fill(archive.manifest, path)
            name = f"{STATE}/photographs{shard}{suffix}"
            destination.put(path, name)
            made.append(name)
    return [destination.show(name) for name in made]


def _csv(manifest: Manifest, path: Path) -> None:
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        table = csv.writer(file)
        table.writerow(_COLUMNS)
        for entry in manifest.entries():
            values = [getattr(entry, name) for name in _COLUMNS]
            table.writerow("; ".join(v) if isinstance(v, tuple) else v for v in values)


def _parquet(manifest: Manifest, path: Path) -> None:
    parts.write(manifest.entries(), path)


def page(archive: Archive, tally: Tally, settings: Settings, *, per_hour: float = 0.0) -> str:
    """Return the report as HTML: one file, without scripts, its pictures within it."""
    manifest = archive.manifest
    body = [_table(_facts(archive, tally, settings, per_hour))]
    colored = "status = 'coloured' AND state = 'done'"
    # Hashes are as good as dice, and fall the same way each time.
    sample = _some(manifest, colored, lambda e: e.input, "input")
    least = _some(manifest, f"{colored} AND confidence >= 0", lambda e: e.confidence, "confidence")
    body += _sheet("A random sample", sample, lambda e: _result(archive, e))
    body += _sheet("The least certain", least, lambda e: _result(archive, e))
    bad = _some(
        manifest, "state IN ('failed', 'quarantined')", lambda e: (e.cause, e.source), "cause, source"
    )
    for cause, group in groupby(bad, lambda e: e.cause):
        body += _sheet(f"Failed: {cause}", list(group), lambda e: _photograph(archive, e))
    return _PAGE.format(title=html.escape(archive.destination.title), side=_SIDE, body="\n".join(body))


def _some(manifest: Manifest, where: str, key: Callable[[Entry], Any], order: str) -> list[Entry]:
    return sorted(manifest.entries(where, order=order, most=_SHEET), key=key)[:_SHEET]


def _facts(
    archive: Archive, tally: Tally, settings: Settings, per_hour: float
) -> Iterator[tuple[str, object]]:
    yield "Photographs", archive.source.title
    for state, count in sorted(archive.manifest.counts().items()):
        yield state.capitalize(), count
    yield "This run", ", ".join(f"{n} {s}" for s, n in tally.statuses.items()) or "nothing to do"
    if tally.lost:
        yield "Lost", f"{tally.lost} results of earlier runs weren't there as they were written"
    yield "Time", f"{tally.seconds:.0f} s, {tally.rate:.2f} photographs a second"
    if tally.finished:
        yield "Work", f"{tally.work / tally.finished:.3f} s a photograph and worker"
    if per_hour and tally.finished:
        cost = tally.cost_per_million(per_hour)
        yield "Cost of a million", f"{cost:.2f}, at this rate and {per_hour:g} an hour"
    yield "Machine", f"{os.cpu_count()} cores (the one that keeps the manifest)"
    changed = {k: v for k, v in settings.to_json().items() if v != type(settings)().to_json()[k]}
    yield "Settings", ", ".join(f"{k} = {v}" for k, v in changed.items()) or "as they come"
    yield "Program", f"Tintype {__version__}"


def _table(rows: Iterable[tuple[str, object]]) -> str:
    made = [f"<tr><th>{html.escape(k)}</th><td>{html.escape(str(v))}</td></tr>" for k, v in rows]
    return f"<table>{''.join(made)}</table>"


def _sheet(title: str, entries: Sequence[Entry], picture: Callable[[Entry], bytes]) -> Iterator[str]:
    if not entries:
        return
    yield f'<h2>{html.escape(title)}</h2><div class="sheet">'
    for entry in entries:
        data = picture(entry)
        shown = f'<img alt="" src="data:image/jpeg;base64,{base64.b64encode(data).decode()}">' if data else ""
        said = entry.error or (
            f"{entry.source}: {entry.confidence:.2f}" if entry.confidence >= 0 else entry.source
        )
        yield f'<figure>{shown}<figcaption dir="auto">{html.escape(said)}</figcaption></figure>'
    yield "</div>"


def _result(archive: Archive, entry: Entry) -> bytes:
    folder = archive.manifest.stage / "sheet"
    try:
        return _small(archive.destination.local(next(iter(entry.outputs)), folder), folder)
    except (OSError, StopIteration):
        return b""


def _photograph(archive: Archive, entry: Entry) -> bytes:
    if entry.cause == "WorkerDied":
        return b""  # it would take this process with it
    folder = archive.manifest.stage / "sheet"
    item = Item(entry.source, entry.place, version=entry.version)
    try:
        return _small(archive.source.local(item, folder), folder)
    except (OSError, TintypeError, ValueError):
        return b""


def _small(path: Path, folder: Path) -> bytes:
    """Return a small JPEG; empty where the file can't be read as a picture."""
    import pyvips

    try:
        try:
            image = pyvips.Image.thumbnail(str(path), _SIDE, height=_SIDE, size="down")
        except UnicodeEncodeError:  # libvips takes no such name
            image = pyvips.Image.thumbnail_buffer(path.read_bytes(), _SIDE, height=_SIDE, size="down")
        return bytes(image.flatten().jpegsave_buffer(Q=75, keep="none") if image.hasalpha() else
                     image.jpegsave_buffer(Q=75, keep="none"))  # fmt: skip
    except (pyvips.Error, OSError):
        return b""
    finally:
        if path.is_relative_to(folder):
            path.unlink(missing_ok=True)
