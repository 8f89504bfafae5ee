"""The files that are exported: what goes in and comes out of each, put together, described and written."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tintype import files, outputs
from tintype._version import __version__
from tintype.errors import MissingExtra, NetworkError, TargetExists
from tintype.export import network, parts
from tintype.export.color import Pixels
from tintype.export.decode import Steering, hint_planes
from tintype.export.values import Sheet, Value, described
from tintype.network.descriptor import NetworkDescriptor, bins_array, view_size
from tintype.network.families import FAMILIES
from tintype.network.graph import IR_VERSION
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.registry import find
from tintype.outputs import EXPORT_KEY, Kind
from tintype.settings import Settings

PARTS = ("whole", "look", "view", "network", "choose", "paint")
"""What a file does: all of it, or one step of it."""

PIXELS = ("uint8", "uint16", "float32")
"""How pictures are stored that a file takes and gives; floats run from 0 to 1."""

WEIGHTS = ("float16", "int8")
"""How weights are stored: as in the network's own file, or with 8 bits."""

_KNOBS = ("vividness", "saturation", "warmth")
_VIEW: list[int | str] = ["view_height", "view_width"]
_HINT = ("x", "y", "radius", "red", "green", "blue")


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was made.

    Attributes
    ----------
    path : Path
    bytes : int
    sha256 : str
        Hexadecimal.
    description : dict
        What the file's metadata says of it.
    """

    path: Path
    bytes: int
    sha256: str
    description: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Source:
    """A network that is put into a file."""

    file: Path
    descriptor: NetworkDescriptor
    pixels: Pixels
    size: int  # short side of the view; 0 is the network's own

    @property
    def outputs(self) -> int:
        """Channels of what it answers: bins, or a and b."""
        return len(self.descriptor.bins) or 2


def export(
    target: Path,
    model: str = "tintype",
    *,
    part: str = "whole",
    size: int = 0,
    pixels: str = "uint8",
    weights: str = "float16",
    force: bool = False,
) -> Exported:
    """Write the line, or a step of it, as one ONNX file.

    Parameters
    ----------
    target : Path
    model : str
        A network, by name or path.
    part : str
        Of `PARTS`. ``whole`` takes a picture and gives a colored one. ``look`` takes a picture and gives what
        the network answers; ``choose`` makes chroma of that, ``paint`` a colored picture, or rows of it, of
        that. ``view`` and ``network`` are the two halves of ``look``: what the network is given, and the
        network alone, for programs that run it elsewhere.
    size : int
        Short side of the view that the network sees, px; 0 takes the network's own.
    pixels : str
        Of `PIXELS`.
    weights : str
        Of `WEIGHTS`.
    force : bool
        Whether a file that was exported earlier may be replaced.

    Raises
    ------
    NetworkError
        If there is no such network, or its graph can't be put into another one.
    MissingExtra
        Without the package onnx.
    TargetExists
        If something is there that may not be replaced.
    """
    try:
        import onnx
    except ImportError:
        raise MissingExtra("onnx", package="onnx", purpose="export") from None
    file = find(model)
    replaces = outputs.check(target, Kind.EXPORT, force=force, inputs=[file])
    descriptor = descriptor_of(file)
    view_size(descriptor.size, 1, 1, size)  # says so where the network doesn't take that size
    source = _Source(file, descriptor, Pixels(np.dtype(pixels)), size)
    sheet = Sheet()
    made, version = _MAKERS[part](sheet, source, weights)
    description = _description(source, part, pixels, weights, sheet)
    graph = onnx.helper.make_graph(sheet.nodes, f"tintype {part}", sheet.inputs, made, sheet.constants)
    whole = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", version)], ir_version=IR_VERSION,
        producer_name="tintype", producer_version=__version__,
        doc_string=f"Tintype: {description['does']}. License: {description['license']}",
    )  # fmt: skip
    onnx.helper.set_model_props(whole, {EXPORT_KEY: json.dumps(description, separators=(",", ":"))})
    data = whole.SerializeToString(deterministic=True)
    try:
        files.write_bytes(target, data, overwrite=replaces)
    except FileExistsError as error:
        raise TargetExists(target, remedy="--force replaces it") from error
    except OSError as error:
        msg = f"{target}: can't be written: {error.strerror or error}; choose another folder"
        raise NetworkError(msg) from error
    return Exported(target, len(data), files.sha256(target), description)


# --- the files, each with its inputs and outputs


def _picture(sheet: Sheet, source: _Source, rows: str = "height") -> Value:
    return sheet.input("picture", source.pixels.dtype, [rows, "width", "channels"])


def _steering(sheet: Sheet) -> Steering:
    knobs = {name: sheet.input(name, np.float32, []) for name in _KNOBS}
    return Steering(**knobs, hints=_hints(sheet))


def _hints(sheet: Sheet) -> Value:
    return sheet.input("hints", np.float32, ["count", len(_HINT)])


def _whole(sheet: Sheet, source: _Source, weights: str) -> tuple[list[Any], int]:
    picture, given = _picture(sheet, source), _steering(sheet)
    answer, L, version = _asked(sheet, source, weights, picture, given.hints)
    photo = _sides(picture)
    ab = parts.choose(answer, L, photo, source.descriptor, bins_array(source.descriptor), given)
    top = sheet.constant([0], np.int64)
    colored = parts.paint_rows(picture, source.pixels, ab, top, picture.size(0))
    return [_colored(colored, source, "height"), _chroma(ab)], version


def _look(sheet: Sheet, source: _Source, weights: str) -> tuple[list[Any], int]:
    picture, hints = _picture(sheet, source), _hints(sheet)
    answer, L, version = _asked(sheet, source, weights, picture, hints)
    return [_answered(answer, source), _output(L, "lightness", _VIEW)], version


def _view(sheet: Sheet, source: _Source, weights: str) -> tuple[list[Any], int]:
    picture = _picture(sheet, source)
    size = parts.view_size(source.descriptor.size, picture.size(0), picture.size(1), source.size)
    made = [_output(parts.look(picture, source.pixels, size), "lightness", _VIEW)]
    if source.descriptor.hints:
        made.append(_output(hint_planes(_hints(sheet), _sides(picture), size), "known", [3, *_VIEW]))
    return made, network.OLDEST


def _network(sheet: Sheet, source: _Source, weights: str) -> tuple[list[Any], int]:
    model = network.opened(source.file)
    if weights == "int8":
        network.smaller(model)
    L = sheet.input("lightness", np.float32, _VIEW)
    known = sheet.input("known", np.float32, [3, *_VIEW]) if source.descriptor.hints else None
    answer = network.ask(sheet, model, source.descriptor, L, known)
    return [_answered(answer, source)], network.opset(model)


def _choose(sheet: Sheet, source: _Source, weights: str) -> tuple[list[Any], int]:
    kind = "logits" if source.descriptor.bins else "chroma"
    answer = sheet.input(kind, np.float32, [source.outputs, "map_height", "map_width"])
    L = sheet.input("lightness", np.float32, _VIEW)
    photo = sheet.input("size", np.int64, [2]).to(np.float32)
    bins = bins_array(source.descriptor)
    if bins is not None:
        answer = answer + sheet.input("lean", np.float32, [source.outputs]).reshape(-1, 1, 1)
    ab = parts.choose(answer, L, photo, source.descriptor, bins, _steering(sheet))
    return [_chroma(ab)], network.OLDEST


def _paint(sheet: Sheet, source: _Source, weights: str) -> tuple[list[Any], int]:
    picture = _picture(sheet, source, "rows")
    ab = sheet.input("ab", np.float32, [2, "map_height", "map_width"])
    top, height = (sheet.input(name, np.int64, []).reshape(1) for name in ("top", "height"))
    colored = parts.paint_rows(picture, source.pixels, ab, top, height)
    return [_colored(colored, source, "rows")], network.OLDEST


_Maker = Callable[[Sheet, _Source, str], tuple[list[Any], int]]
_MAKERS: dict[str, _Maker] = {
    "whole": _whole, "look": _look, "view": _view, "network": _network, "choose": _choose, "paint": _paint,
}  # fmt: skip


def _asked(
    sheet: Sheet, source: _Source, weights: str, picture: Value, hints: Value
) -> tuple[Value, Value, int]:
    """Return what the network answers, the lightness of its view, and the operator set."""
    descriptor = source.descriptor
    model = network.opened(source.file)
    if weights == "int8":
        network.smaller(model)
    size = parts.view_size(descriptor.size, picture.size(0), picture.size(1), source.size)
    L = parts.look(picture, source.pixels, size)
    planes = hint_planes(hints, _sides(picture), size) if descriptor.hints else None
    return network.ask(sheet, model, descriptor, L, planes), L, network.opset(model)


def _sides(picture: Value) -> Value:
    return picture.sheet.concat(picture.size(0), picture.size(1), axis=0).to(np.float32)


def _answered(answer: Value, source: _Source) -> Any:
    kind = "logits" if source.descriptor.bins else "chroma"
    return _output(answer, kind, [source.outputs, "map_height", "map_width"])


def _colored(value: Value, source: _Source, rows: str) -> Any:
    return _output(value, "colored", [rows, "width", 3])


def _chroma(value: Value) -> Any:
    return _output(value, "ab", [2, "map_height", "map_width"])


def _output(value: Value, name: str, shape: list[int | str]) -> Any:
    value.sheet.op("Identity", value, name=name)
    return described(name, value.dtype, shape)


# --- what the file says of itself

_DOES = {
    "whole": "picture and settings in, colored picture out",
    "look": "picture in, the network's answer and the lightness that it saw out",
    "view": "picture in, lightness and known colors as the network is given them out",
    "network": "lightness and known colors in, the network's answer out",
    "choose": "the network's answer and settings in, chroma out",
    "paint": "rows of a picture and the chroma of all of it in, colored rows out",
}


def _description(source: _Source, part: str, pixels: str, weights: str, sheet: Sheet) -> dict[str, Any]:
    d = source.descriptor
    family = FAMILIES[d.family]
    asked = part in ("whole", "look", "network")
    return {
        "version": 1,
        "part": part,
        "does": _DOES[part],
        "pixels": pixels,
        "license": d.license or family.license,
        "citation": d.citation or family.citation,
        "network": d.name,
        "network_sha256": files.sha256(source.file),
        "trained_on": d.trained_on,
        "takes_hints": d.hints,
        "weights": weights if asked else "",
        "size": source.size or d.size.default,
        "bins": [list(one) for one in d.bins] if part in ("look", "network", "choose") else [],
        "inputs": [one.name for one in sheet.inputs],
        "settings": {name: _range(name) for name in _KNOBS} if part in ("whole", "choose") else {},
        "hint": list(_HINT),
        "tintype": __version__,
    }


def _range(name: str) -> dict[str, float]:
    field = next(f for f in dataclasses.fields(Settings) if f.name == name)
    return {"default": field.default, "low": field.metadata["low"], "high": field.metadata["high"]}
