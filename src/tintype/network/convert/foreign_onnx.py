"""ONNX files of other programs into networks of ours: a rule says how, and is written into the graph."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

from tintype.errors import NetworkError
from tintype.network.convert.apply_rule import apply_rule, tag
from tintype.network.convert.guess_rule import complete
from tintype.network.convert.inspect_onnx import inspect
from tintype.network.converted import Converted
from tintype.network.descriptor import GAIN, KEY, NetworkDescriptor
from tintype.network.families import published
from tintype.network.registry import embedded
from tintype.network.rule import Rule, Scaling
from tintype.network.session import first_line, out_of_memory
from tintype.network.snapshot import Snapshot


def convert(foreign: Snapshot, rule: Rule | None = None) -> Converted:
    """Turn a foreign ONNX file into one that carries a descriptor.

    Parameters
    ----------
    foreign : Snapshot
        ``<file>.json`` beside it, if there, is read as a rule (`tintype.network.rule`), or as a descriptor of
        Tintype.
    rule : Rule, optional
        Goes before the sidecar's; what both leave open is guessed.

    Raises
    ------
    NetworkError
        If the file is damaged, is no network that takes one picture and returns one, contradicts the rule, or
        leaves something open.
    """
    file = foreign.path
    model, notes = _read(file)
    wanted = rule or Rule()
    sidecar = file.with_name(f"{file.name}.json")
    if sidecar.is_file():
        if _is_descriptor(sidecar):
            descriptor = NetworkDescriptor.from_json(sidecar.read_text(encoding="utf-8"), name=str(sidecar))
            tag(model, {KEY: descriptor.to_json()})
            return Converted(model, descriptor, (*notes, f"described by {sidecar.name}"))
        wanted = wanted.filled_from(Rule.read(sidecar))
        notes.append(f"rule read from {sidecar.name}")
    network = inspect(file, model, wanted)
    guess = complete(network, wanted)
    full, (kind, scaling) = guess.rule, guess.rule.parsed_output()
    descriptor = NetworkDescriptor(
        name=_name(file),
        family="generic",
        input="L" if full.input == "L" else "grey",
        output="ab" if kind == "ab" else "rgb",
        size=guess.views,
        vividness=GAIN,
        normalize=f"{full}; part of the graph",
        license=full.license,
        citation=full.citation,
        source=f"{file.name}, sha256 {foreign.sha256}",
    )
    apply_rule(
        model,
        fed=(network.input, full.input, Scaling.parse(full.normalize, full.input)),
        read=(network.output, kind, scaling),
        channels_last=network.last,
        size=(network.fixed or "h", network.fixed or "w"),
        properties={KEY: descriptor.to_json()},
    )
    notes += [f"guessed {why}" for why in guess.why]
    return Converted(model, descriptor, (*notes, f"the whole rule: {full}"))


def _read(file: Path) -> tuple[Any, list[str]]:
    """Return the model with all its weights, and what is to be noted of files beside it."""
    if importlib.util.find_spec("onnx") is None:
        msg = f"{file}: importing it needs onnx, which is not installed; get it with: pip install "
        raise NetworkError(msg + "'tintype[onnx]' (running the imported network needs nothing)")
    import onnx

    try:
        model = onnx.load(file, load_external_data=False)
        beside = [Snapshot(file.parent / name) for name in sorted(_stored_beside(model))]
        # From files beside it, and from nowhere else: onnx refuses paths that lead away.
        onnx.load_external_data_for_model(model, str(file.parent))
        return model, [f"weights beside it: {one.path.name}, sha256 {one.sha256}" for one in beside]
    except Exception as error:  # protobuf, onnx and the system have types of their own
        if out_of_memory(error):
            msg = f"{file}: there is not enough memory to read it; close other programs"
            raise NetworkError(msg) from None
        msg = (
            f"{file}: damaged, cut short, or not an ONNX file ({first_line(error)}); get it again, with all "
        )
        msg += "files that belong to it"
        raise NetworkError(msg) from None


def _stored_beside(model: Any) -> set[str]:
    """Return the names of the files that hold weights of a model, as it spells them."""
    from onnx.external_data_helper import uses_external_data

    stored = [t for t in model.graph.initializer if uses_external_data(t)]
    return {entry.value for tensor in stored for entry in tensor.external_data if entry.key == "location"}


def _is_descriptor(sidecar: Path) -> bool:
    """Return whether it is a descriptor, which names its family, and no rule."""
    try:
        return "family" in json.loads(sidecar.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, RecursionError):
        return False


def _name(file: Path) -> str:
    """Return a name made from the file's; never that of a network that Tintype converts or comes with."""
    name = re.sub(r"[^a-z0-9._-]+", "-", file.stem.lower()).strip("-._")[:59] or "network"
    return f"{name}-onnx" if name in published() or name in embedded() else name
