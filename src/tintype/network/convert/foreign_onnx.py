"""ONNX files of other programs into networks of ours: a rule says how, and is written into the graph."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

from tintype.errors import NetworkError
from tintype.files import sha256
from tintype.network.convert.apply_rule import tag, wrap
from tintype.network.convert.guess_rule import complete
from tintype.network.convert.inspect_onnx import inspect
from tintype.network.descriptor import GAIN, KEY, NetworkDescriptor
from tintype.network.registry import embedded, known
from tintype.network.rule import Rule, Scaling


def convert(file: Path, rule: Rule | None = None) -> tuple[Any, NetworkDescriptor, tuple[str, ...]]:
    """Turn a foreign ONNX file into one that carries a descriptor.

    Parameters
    ----------
    file : Path
        ``<file>.json`` beside it, if there, is read as a rule (`tintype.network.rule`), or as a descriptor of
        Tintype.
    rule : Rule, optional
        Goes before the sidecar's; what both leave open is guessed.

    Returns
    -------
    onnx.ModelProto, NetworkDescriptor, notes

    Raises
    ------
    NetworkError
        If the file is damaged, is no network that takes one picture and gives one, contradicts the rule, or
        leaves something untold.
    """
    model = _read(file)
    told, notes = rule or Rule(), list[str]()
    sidecar = file.with_name(f"{file.name}.json")
    if sidecar.is_file():
        if _is_descriptor(sidecar):
            descriptor = NetworkDescriptor.from_json(sidecar.read_text(encoding="utf-8"), name=str(sidecar))
            tag(model, {KEY: descriptor.to_json()})
            return model, descriptor, (f"described by {sidecar.name}",)
        told = told.over(Rule.read(sidecar))
        notes.append(f"rule read from {sidecar.name}")
    network = inspect(file, model, told)
    guess = complete(network, told)
    full, (kind, scaling) = guess.rule, guess.rule.given()
    descriptor = NetworkDescriptor(
        name=_name(file),
        family="generic",
        output="ab" if kind == "ab" else "rgb",
        size=guess.views,
        vividness=GAIN,
        normalise=f"{full}; part of the graph",
        licence=full.licence,
        citation=full.citation,
        source=f"{file.name}, sha256 {sha256(file)}",
    )
    fixed = network.fixed or "h"
    wrap(
        model,
        fed=(network.input, full.input, Scaling.parse(full.normalise, full.input)),
        given=(network.output, kind, scaling),
        channels_last=network.last,
        size=(fixed, network.fixed or "w"),
        properties={KEY: descriptor.to_json()},
    )
    notes += [f"guessed {why}" for why in guess.why]
    return model, descriptor, (*notes, f"the whole rule: {full}")


def _read(file: Path) -> Any:
    if importlib.util.find_spec("onnx") is None:
        msg = f"{file}: importing it needs onnx, which is not installed; get it with: pip install "
        raise NetworkError(msg + "'tintype[onnx]' (running the imported network needs nothing)")
    import onnx

    try:
        return onnx.load(file)  # with weights that lie in files beside it, but nowhere else
    except Exception as error:  # protobuf, onnx and the system have types of their own
        msg = (
            f"{file}: damaged, cut short, or not an ONNX file ({str(error).splitlines()[0].strip()}); get it "
        )
        msg += "again, with all files that belong to it"
        raise NetworkError(msg) from None


def _is_descriptor(sidecar: Path) -> bool:
    """A descriptor tells its family; a rule can't."""
    try:
        return "family" in json.loads(sidecar.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def _name(file: Path) -> str:
    """A network's name from a file's; never that of one whose weights Tintype knows and converts itself."""
    name = re.sub(r"[^a-z0-9._-]+", "-", file.stem.lower()).strip("-._")[:59] or "network"
    return f"{name}-onnx" if name in known() or name in embedded() else name
