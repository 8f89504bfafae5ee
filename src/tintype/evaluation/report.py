"""The report for the browser: a folder that needs nothing else, photographs side by side, worst first."""

from __future__ import annotations

import hashlib
import html
import json
import os
import shutil
import tempfile
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tintype import outputs
from tintype.errors import NotReplaceable, TargetExists, TintypeError
from tintype.evaluation.results import Evaluation, Result
from tintype.evaluation.table import COLUMNS, number
from tintype.metrics import RGB

_MARK = "tintype-report.json"  # what tells a report that may be replaced from somebody's folder
_SORTS = (("ab_rmse", -1), ("dpsnr", 1), ("ciede2000", -1), ("ssim", 1), ("auc", 1), ("cf_gap", -1))
_QUALITY = 88


class Album:
    """Collects pictures while networks are measured, and makes the report of those that matter.

    Parameters
    ----------
    folder : Path or None
        Where the report will be; with None nothing is kept.
    count : int
        Photographs shown: the worst.
    """

    def __init__(self, folder: Path | None, count: int = 100) -> None:
        self.folder, self.count = folder, count
        self._work: Path | None = None

    def __enter__(self) -> Self:
        if self.folder is not None:
            try:
                self.folder.parent.mkdir(parents=True, exist_ok=True)
                made = tempfile.mkdtemp(dir=self.folder.parent, prefix=f".{self.folder.name}.")
            except OSError as error:
                msg = f"{self.folder}: can't be written ({error.strerror or error})"
                raise TintypeError(msg) from error
            self._work = Path(made)
            (self._work / "photos").mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._work is not None:
            shutil.rmtree(self._work, ignore_errors=True)

    def keep(self, name: str, column: str, pixels: RGB) -> None:
        """Take one picture; may be called from several threads."""
        import pyvips

        assert self._work is not None, "an album without a folder keeps nothing"
        image = pyvips.Image.new_from_array(pixels).copy(interpretation="srgb")
        image.jpegsave(str(self._work / picture(name, column)), Q=_QUALITY, subsample_mode="off")

    def finish(self, found: Evaluation, *, replace: bool = False) -> None:
        """Write the page, drop the pictures that it does not show, and put the folder in its place.

        Raises
        ------
        TargetExists, NotReplaceable
            As `check` does.
        """
        assert self.folder is not None
        assert self._work is not None
        shown = worst(found)[: self.count]
        columns = ["truth", *(_column(r) for r in found.results)]
        wanted = {picture(name, c) for name in shown for c in columns}
        for file in (self._work / "photos").iterdir():
            if f"photos/{file.name}" not in wanted:
                file.unlink()
        outputs.write_text(self._work / "index.html", page(found, shown), overwrite=False)
        outputs.write_text(self._work / _MARK, found.to_json(), overwrite=False)
        self._work.chmod(0o755)
        check(self.folder, force=replace)
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self._work.replace(self.folder)
        self._work = None


def check(folder: Path, *, force: bool) -> None:
    """Say before any work is done whether a report may be written into a folder.

    Raises
    ------
    TargetExists
        When a report is there and `force` is False.
    NotReplaceable
        When anything else is there, but for an empty folder.
    """
    if not os.path.lexists(folder) or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / _MARK).is_file():
        raise NotReplaceable(
            folder, "what is there is no report of an evaluation", remedy="choose another folder"
        )
    if not force:
        raise TargetExists(
            folder, reason="exists already", remedy="choose another folder, or --force replaces it"
        )


def picture(name: str, column: str) -> str:
    """Where a picture lies in the report; names of photographs may hold anything."""
    digest = hashlib.sha256(f"{name}\0{column}".encode()).hexdigest()[:20]
    return f"photos/{digest}.jpg"


def worst(found: Evaluation) -> list[str]:
    """Photographs, those first whose colours the first network (else the first baseline) misses most."""
    result = next((r for r in found.results if r.setting != "baseline"), found.results[0])
    return [r.name for r in sorted(result.rows, key=lambda r: -r.numbers["ab_rmse"])]


def page(found: Evaluation, shown: list[str]) -> str:
    """The HTML of the report."""
    rows: dict[str, dict[str, dict[str, float]]] = {name: {} for name in shown}
    for result in found.results:
        for row in result.rows:
            if row.name in rows:
                rows[row.name][_column(result)] = row.numbers
    body = "\n".join(_figure_row(found, name, rows[name]) for name in shown)
    options = "".join(
        f'<option value="{html.escape(json.dumps([_column(r), key, sign]))}">{html.escape(r.label)}: '
        f"{_headings()[key]}</option>"
        for r in found.results
        if r.setting != "baseline"
        for key, sign in _SORTS
    )
    head = "".join(f"<th>{html.escape(heading)}</th>" for _, heading, _, _ in COLUMNS)
    table = "".join(
        f"<tr><th>{html.escape(r.label)}</th>"
        + "".join(f"<td>{number(r, key, digits)}</td>" for key, _, digits, _ in COLUMNS)
        + "</tr>"
        for r in found.results
    )
    notes = [n for r in found.results for n in r.notes]
    notes += [f"not measured: {name}: {why}" for name, why in found.failed.items()]
    template = (files("tintype.evaluation") / "report.html").read_text("utf-8")
    values = {
        "title": f"{found.photos} photographs of {found.data}",
        "size": f"{found.short} px short side" if found.short else "full size",
        "cf": f"{found.truth['cf']:.1f}",
        "shown": str(len(shown)),
    }
    for key, text in values.items():
        template = template.replace(f"@{key}@", html.escape(text))
    raw = {
        "head": head, "table": table, "options": options, "body": body,
        "notes": "".join(f"<li>{html.escape(n)}</li>" for n in notes),
        "hints": _hints(found), "cost": _cost(found),
    }  # fmt: skip
    for key, text in raw.items():
        template = template.replace(f"<!--{key}-->", text)
    return template


def _headings() -> dict[str, str]:
    return {key: heading for key, heading, _, _ in COLUMNS}


def _figure_row(found: Evaluation, name: str, numbers: dict[str, dict[str, float]]) -> str:
    cells = [_figure(name, "truth", "truth", "")]
    for result in found.results:
        values = numbers[_column(result)]
        text = f"{values['dpsnr']:+.1f} dB · ab {values['ab_rmse']:.1f} · CF {values['cf']:.0f}".replace(
            "-", "−"
        )
        cells.append(_figure(name, _column(result), result.label, text))
    data = html.escape(json.dumps({c: {k: round(v, 4) if v == v else None for k, v in n.items()}
                                   for c, n in numbers.items()}))  # fmt: skip
    return f'<section data-numbers="{data}"><h2>{html.escape(name)}</h2><div>{"".join(cells)}</div></section>'


def _figure(name: str, column: str, label: str, text: str) -> str:
    alt = html.escape(f"{name}: {label}")
    return (
        f'<figure><img loading="lazy" src="{picture(name, column)}" alt="{alt}">'
        f"<figcaption><b>{html.escape(label)}</b> {text}</figcaption></figure>"
    )


def _small(title: str, head: list[str], rows: list[list[str]]) -> str:
    top = "".join(f"<th>{html.escape(h)}</th>" for h in head)
    body = "".join(
        f"<tr><th>{html.escape(r[0])}</th>" + "".join(f"<td>{html.escape(c)}</td>" for c in r[1:]) + "</tr>"
        for r in rows
    )
    return f"<h3>{html.escape(title)}</h3><table><tr>{top}</tr>{body}</table>"


def _hints(found: Evaluation) -> str:
    if not found.hints:
        return ""
    counts = list(next(iter(found.hints.values())))
    rows = [[name, *(f"{by[n]:.2f}" for n in counts)] for name, by in found.hints.items()]
    title = f"PSNR, dB, against random hints of 7×7 px ({found.hint_photos} photographs)"
    return _small(title, ["network", *map(str, counts)], rows)


def _cost(found: Evaluation) -> str:
    if not found.costs:
        return ""
    rows: list[list[Any]] = [
        [name, f"{c.predict_ms:.0f}", f"{c.paint_ms:.0f}", "–" if c.peak_mb is None else f"{c.peak_mb:.0f}"]
        for name, c in found.costs.items()
    ]
    return _small("Time and memory", ["network", "network ms", "decode and paint ms", "peak MB"], rows)


def _column(result: Result) -> str:
    return f"{result.model}|{result.setting}"
