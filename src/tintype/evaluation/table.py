"""The results as Markdown."""

from __future__ import annotations

import math

from tintype.evaluation.results import Evaluation, Result

# key, heading, digits, whether it is of the set as a whole
COLUMNS = (
    ("dpsnr", "ΔPSNR dB", 2, False),
    ("psnr", "PSNR dB", 2, False),
    ("ssim", "SSIM", 4, False),
    ("ab_rmse", "ab RMSE", 2, False),
    ("ciede2000", "CIEDE2000", 2, False),
    ("auc", "AuC raw", 2, False),
    ("auc_rebalanced", "AuC rebal.", 2, True),
    ("cf", "CF", 1, False),
    ("cf_gap", "CF gap, photo", 1, False),
    ("cf_set_gap", "CF gap, set", 1, True),
    ("cf_abs", "CF abs", 1, False),
    ("cf_abs_set_gap", "CF abs gap, set", 1, True),
    ("frechet_colour", "Fréchet (colour)", 0, True),
)
_SIGNED = {"dpsnr", "cf_set_gap", "cf_abs_set_gap"}


def number(result: Result, key: str, digits: int) -> str:
    """One cell."""
    value = result.whole.get(key, result.means.get(key, math.nan))
    if not math.isfinite(value):
        return "–"
    text = f"{value:+.{digits}f}" if key in _SIGNED else f"{value:.{digits}f}"
    return text.replace("-", "−")


def markdown(found: Evaluation) -> str:
    """Three tables at the most: quality, hints, cost; and what else a reader must know."""
    size = f"{found.short} px short side" if found.short else "full size"
    lines = [
        f"{found.photos} photographs of {found.data}, {size}; true colourfulness {found.truth['cf']:.1f} "
        f"({found.truth['cf_abs']:.1f} with abs).",
        "",
    ]
    rows = [[r.label, *(number(r, key, digits) for key, _, digits, _ in COLUMNS)] for r in found.results]
    lines += grid(["network", *(heading for _, heading, _, _ in COLUMNS)], rows)
    if found.hints:
        counts = list(next(iter(found.hints.values())))
        lines += ["", f"PSNR, dB, against random hints of 7×7 px ({found.hint_photos} photographs):", ""]
        rows = [[name, *(f"{by[n]:.2f}" for n in counts)] for name, by in found.hints.items()]
        lines += grid(["network", *map(str, counts)], rows)
    if found.costs:
        lines += ["", "Time for one photograph, and peak memory of a process that does nothing else:", ""]
        rows = [
            [name, f"{c.predict_ms:.0f}", f"{c.paint_ms:.0f}",
             "–" if c.peak_mb is None else f"{c.peak_mb:.0f}", str(c.threads)]
            for name, c in found.costs.items()
        ]  # fmt: skip
        lines += grid(["network", "network ms", "decode and paint ms", "peak MB", "threads"], rows)
    notes = [n for r in found.results for n in r.notes]
    notes += [f"not measured: {name}: {why}" for name, why in found.failed.items()]
    if notes:
        lines += ["", *(f"- {n}" for n in notes)]
    return "\n".join(lines) + "\n"


def grid(head: list[str], rows: list[list[str]]) -> list[str]:
    """Lines of a Markdown table, numbers to the right."""
    safe = [[cell.replace("|", "\\|") for cell in row] for row in [head, *rows]]
    lines = ["| " + " | ".join(row) + " |" for row in safe]
    return [lines[0], "|---" + "|--:" * (len(head) - 1) + "|", *lines[1:]]
