"""The model card of a run: what is known is filled in, what only people know is asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tintype.dataset.groups import Terms
from tintype.dataset.shards import INDEX, PhotoSet
from tintype.files import write_bytes
from tintype.training.run_folder import RunFolder

if TYPE_CHECKING:
    from tintype.training.finish import Finished

ASK = "**to be filled in**"

_CARD = """# {name}

{about}

## Use
`tintype colorize --model RUN PHOTO`. It takes lightness{hints} and gives {output}. {size}

## Data
{train} photographs to learn from and {val} to validate on, after `tintype dataset` dropped {dropped}. Whom \
they show: {ask}.

| group | photographs | source | terms that it states | commercial use |
|---|--:|---|---|---|
{groups}

{choice}

## Licence
Of the network: {ask}. {backbone}

## Figures
On the {val} validation photographs, at vividness 0.5: {figures}

| vividness | temperature | gain |
|---|---|---|
| 0 | {safe} |
| 0.5 | {matched} |
| 1 | {vivid} |

Stored weights against float32: mean ΔE {delta_mean:.3f}, largest {delta_max:.2f}. File: {bytes:,} bytes, \
SHA-256 `{sha256}`.

## Where it fails
Look at `samples/` and at photographs of your own (faces, skies, grass, clothes, old prints) before you \
trust a number: {ask}.

## Training
Recipe `{recipe}` (`recipe.toml` beside this card), {steps:,} steps, {samples:,} samples, {hours:.2f} h on \
{where}. Energy: {energy}.

To do it again: `{command}`

| | |
|---|---|
{environment}
"""

_SILENT = (
    " Of {silent} groups the sources say nothing: their photographs were material to learn from, and "
    "none of their pictures is passed on."
)
_FORBIDDEN = " The sources of {groups} forbid commercial use: this network is not to be passed on."


def write_card(run: RunFolder, done: Finished, saved: dict[str, Any]) -> None:
    """Write ``card.md`` into a run's folder, unless it is there: people may have filled it in.

    Parameters
    ----------
    run : RunFolder
    done : Finished
    saved : dict
        The checkpoint.
    """
    if not run.card.exists():
        write_bytes(run.card, _filled(run, done, saved).encode(), overwrite=True)


def _filled(run: RunFolder, done: Finished, saved: dict[str, Any]) -> str:
    recipe, job, descriptor = run.recipe, run.job, done.descriptor
    index = json.loads((Path(job.data) / INDEX).read_text("utf-8"))
    starts = run.starts()
    last = starts[-1] if starts else {}
    splits = {name: len(PhotoSet.open(job.data, name)) for name in ("train", "val")}
    vividness = done.vividness
    return _CARD.format(
        name=descriptor.name,
        about=recipe.about,
        hints=" and hints" if descriptor.hints else "",
        output=f"a distribution over {len(descriptor.bins)} ab bins" if descriptor.bins else "ab",
        size=f"Its view has a short side of {descriptor.size.default} px.",
        **splits,
        dropped=_dropped(index),
        groups=_groups(index),
        choice=_choice(index),
        ask=ASK,
        backbone=_origin(recipe.network.backbone, job.backbone, job.init) + _more(job.second, job.teacher),
        figures=_figures(done),
        safe=_pair(vividness.safe),
        matched=_pair(vividness.matched),
        vivid=_pair(vividness.vivid),
        delta_mean=done.report.delta_e_mean,
        delta_max=done.report.delta_e_max,
        bytes=done.report.size,
        sha256=done.report.sha256,
        recipe=recipe.name,
        steps=saved["steps"],
        samples=saved["samples"],
        hours=saved["elapsed"] / 3600,
        energy=_energy(saved["elapsed"] / 3600, last),
        where=f"{last.get('processes', 1)} × {last.get('device', ASK)}",
        command=_command(run),
        environment="\n".join(f"| {k} | {v} |" for k, v in last.items()),
    )


def _pair(pair: tuple[float, float]) -> str:
    return f"{pair[0]:g} | {pair[1]:g}"


def _figures(done: Finished) -> str:
    if done.measured is None:
        return "there are none; measure with `tintype evaluate`."
    m = done.measured
    return (
        f"PSNR {m.delta_psnr:+.2f} dB over the grey photograph, mean colourfulness "
        f"{m.colorfulness:.0%} of the truth's. More with `tintype evaluate`."
    )


def _energy(hours: float, start: dict[str, Any]) -> str:
    if watts := start.get("watts"):
        kwh = hours * watts * start.get("processes", 1) / 1000
        return f"at most {kwh:.3f} kWh for the GPU, if it drew the {watts:g} W of its limit all the time"
    return f"{hours:.2f} h × the machine's power in watts ({ASK})"


def _origin(kind: str, backbone: str, init: str) -> str:
    if init:
        return f"It went on from other weights, whose licence counts as well: {ASK}."
    if not kind:
        return "It began from chance, so no other network's licence is involved."
    if backbone == "none":
        return f"Its {kind} encoder began from chance, so no other network's licence is involved."
    return f"It began with a pretrained {kind}; that one's licence and photographs: {ASK}."


def _more(second: str, teacher: str) -> str:
    said = ""
    if second and second != "none":
        said += f" A second, pretrained encoder joined it; that one's licence and photographs: {ASK}."
    if teacher:
        said += f" It followed another network at first, whose licence counts as well: {ASK}."
    return said


def _dropped(index: dict[str, Any]) -> str:
    return ", ".join(f"{n} {why}" for why, n in index.get("dropped", {}).items()) or "none"


def _groups(index: dict[str, Any]) -> str:
    """Rows of a table: what the data are, and what their sources state; what nobody has said is asked for."""
    rows = [
        f"| {_cell(name) or '–'} | {group['photos']} | {_cell(group['source']) or ASK} | "
        f"{_cell(group['terms']) or ASK} | {_terms(group).permission} |"
        for name, group in index.get("groups", {}).items()
    ]
    return "\n".join(rows) or f"| {ASK} | | | | |"


def _choice(index: dict[str, Any]) -> str:
    """Which groups their terms kept out, and what that means for whoever passes the network on."""
    allowed = {name or "–": _terms(group).commercial for name, group in index.get("groups", {}).items()}
    out = ", ".join(f"{_cell(name) or '–'} ({g['photos']})" for name, g in index.get("left_out", {}).items())
    if index.get("commercial"):
        return f"Only groups whose sources allow commercial use were taken. Left out: {out or 'none'}."
    if index.get("unless_forbidden"):
        said = f"Groups whose sources forbid commercial use were left out: {out or 'there were none'}."
        silent = sum(may is None for may in allowed.values())
        return said + _SILENT.format(silent=silent) * bool(silent)
    forbid = ", ".join(name for name, may in allowed.items() if may is False)
    return "Nothing was left out for its terms." + _FORBIDDEN.format(groups=forbid) * bool(forbid)


def _terms(group: dict[str, Any]) -> Terms:
    return Terms(group["source"], group["terms"], group["commercial"])


def _cell(text: str) -> str:
    """Text as it may stand in a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", r"\|")


def _command(run: RunFolder) -> str:
    job = run.job
    words = ["tintype train recipe.toml DATA -o RUN", f"--seed {job.seed}"]
    if job.minutes:
        words.append(f"--minutes {job.minutes:g}")
    files = {"--backbone": job.backbone, "--second": job.second, "--init": job.init, "--teacher": job.teacher}
    for flag, value in files.items():
        if value:
            words.append(f"{flag} {'none' if value == 'none' else 'FILE'}")
    return " ".join(words)
