"""The report of a training set: what was dropped and why, and what the rest looks like."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import numpy as np

from tintype.dataset.figures import figure, save
from tintype.dataset.groups import Terms
from tintype.dataset.summary import Summary
from tintype.files import write_bytes

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Training set</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
img {{ max-width: 100% }} td, th {{ padding: .2rem 1rem .2rem 0; text-align: left }}</style></head><body>
<h1>Training set</h1>
<p>{found} photographs found; {kept} kept: {splits}.</p>
<table><tr><th>Dropped because</th><th>Photographs</th></tr>
{rows}</table>
<p>Which ones: <a href="dropped.csv">dropped.csv</a>.</p>
<h2>Groups</h2>
<table><tr><th>Folder</th><th>Photographs</th><th>Share</th><th>Source</th><th>Terms that it states</th>
<th>Commercial use</th></tr>
{groups}</table>
{left_out}<h2>Sizes</h2><img src="sizes.png" alt="Histogram of the short sides of the photographs kept">
<h2>Colours</h2><img src="colors.png" alt="How often each ab colour occurs, logarithmic">
<p>Most of it is near neutral: that is why a network that only guesses the mean is brown.</p>
<h2>Colourfulness</h2><img src="colorfulness.png" alt="Histogram of colourfulness">
</body></html>
"""


def write_report(summary: Summary, folder: Path) -> None:
    """Write ``report.html`` and its three plots."""
    short = np.min(summary.sizes, axis=1)
    _histogram(short, "short side of the original, px", folder / "sizes.png")
    _histogram(summary.colorfulness, "colourfulness (Hasler-Süsstrunk)", folder / "colorfulness.png")
    fig, axes = figure(6, 5)
    counts = axes.hist2d(
        summary.ab[:, 0], summary.ab[:, 1], bins=np.arange(-110, 111, 4), norm="log", cmap="viridis"
    )
    fig.colorbar(counts[3], label="pixels of thumbnails")
    axes.set(xlabel="a", ylabel="b", aspect="equal")
    save(fig, folder / "colors.png")
    rows = "".join(
        f"<tr><td>{html.escape(why)}</td><td>{n}</td></tr>\n" for why, n in summary.dropped.items()
    )
    page = _PAGE.format(
        found=summary.found,
        kept=sum(summary.splits.values()),
        splits=", ".join(f"{n} for {name}" for name, n in summary.splits.items()),
        groups="".join(
            _group(name, n, terms, len(summary.sizes)) for name, (n, terms) in summary.groups.items()
        ),
        left_out=_left_out(summary),
        rows=rows or "<tr><td>nothing</td><td>0</td></tr>\n",
    )
    write_bytes(folder / "report.html", page.encode(), overwrite=True)


def _group(name: str, count: int, terms: Terms, total: int) -> str:
    cells = (name or "(none)", str(count), f"{count / total:.1%}", terms.source or "not stated",
             terms.terms or "not stated", terms.permission)  # fmt: skip
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>\n"


def _left_out(summary: Summary) -> str:
    if not summary.left_out:
        return ""
    names = ", ".join(f"{name or '(none)'} ({count})" for name, (count, _) in summary.left_out.items())
    return f"<p>Left out for their terms: {html.escape(names)}.</p>\n"


def _histogram(values: Any, label: str, path: Path) -> None:
    fig, axes = figure(6, 3)
    axes.hist(values, bins=40, color="#4c72b0")
    axes.set(xlabel=label, ylabel="photographs")
    save(fig, path)
