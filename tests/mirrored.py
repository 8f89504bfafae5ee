"""A second network for tests that need two: the one that comes along, with its bins mirrored."""

from __future__ import annotations

import json
from pathlib import Path

import onnx

from tintype.network.registry import embedded


def write_mirrored(path: Path) -> Path:
    """Write a network that paints otherwise; its own name is Mirror."""
    model = onnx.load(embedded()["tintype"])
    for entry in model.metadata_props:
        if entry.key == "tintype":
            card = json.loads(entry.value)
            card["name"] = "Mirror"
            card["bins"] = [[-a, -b] for a, b in card["bins"]]
            entry.value = json.dumps(card)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)
    return path
