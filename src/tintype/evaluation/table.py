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
    ("frechet_color", "Fréchet (colour)", 0, True),
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
    """Tables of quality, hints, groups, faces, consistency and cost, and what else a reader must know."""
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
    lines += _groups(found) + _faces(found) + _consistency(found)
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


def _groups(found: Evaluation) -> list[str]:
    """By folder, where there is more than one."""
    results = [r for r in found.results if r.setting != "baseline" and len(r.groups) > 1]
    rows = [
        [r.label, name or "–", f"{g['photos']:.0f}", f"{g['dpsnr']:+.2f}".replace("-", "−"),
         f"{g['ab_rmse']:.2f}", f"{g['ciede2000']:.2f}", f"{g['cf']:.1f}", f"{g['cf_truth']:.1f}"]
        for r in results for name, g in r.groups.items()
    ]  # fmt: skip
    head = ["network", "folder", "photographs", "ΔPSNR dB", "ab RMSE", "CIEDE2000", "CF", "CF of truth"]
    return ["", "By folder:", "", *grid(head, rows)] if rows else []


def _faces(found: Evaluation) -> list[str]:
    rows = []
    for result in found.results:
        mean = result.faces.get("all", {}).get("skin", math.nan)
        for tone, g in result.faces.items():
            parts = [f"{g[key]:.1f}" if math.isfinite(g[key]) else "–" for key in ("skin", "lips", "hair")]
            parts += [
                f"{g['chroma']:+.1f}".replace("-", "−"),
                f"{g['skin'] / mean - 1:+.0%}".replace("-", "−"),
            ]
            rows.append([result.label, tone, f"{g['faces']:.0f}", *parts])
    if not rows:
        return []
    text = (
        "Faces by the tone of their true skin: distance in ab, Lab units; chroma of skin less the truth's; "
    )
    head = ["network", "tone", "faces", "skin", "lips", "hair", "chroma", "skin against all"]
    return ["", text + "skin against that of all faces:", "", *grid(head, rows)]


def _consistency(found: Evaluation) -> list[str]:
    rows = [[name, f"{by['views']:.2f}", f"{by['cut']:.2f}"] for name, by in found.consistency.items()]
    if not rows:
        return []
    text = f"CIEDE2000 between results of the same photograph ({found.consistency_photos} photographs): "
    text += "views of 224, 256 and 320 px; the middle 80 % cut out before or after:"
    return ["", text, "", *grid(["network", "views", "cut"], rows)]


def grid(head: list[str], rows: list[list[str]]) -> list[str]:
    """Lines of a Markdown table, numbers to the right."""
    safe = [[cell.replace("|", "\\|") for cell in row] for row in [head, *rows]]
    lines = ["| " + " | ".join(row) + " |" for row in safe]
    return [lines[0], "|---" + "|--:" * (len(head) - 1) + "|", *lines[1:]]
