"""How a foreign network is fed and read, in words: for ONNX files that other programs made.

A rule has four parts, each of which may be left to the graph to tell:

=========== ===================================================================================
input       ``L`` (lightness, 0-100), ``grey`` (sRGB code, 0-1), ``rgb`` (that, three times)
normalize   what is done to it first: ``none``, ``*255``, ``/100``, ``-50``, ``-50/100``,
            ``signed`` (to -1 … 1), ``imagenet`` (mean and deviation of ImageNet; only for rgb)
size        side of the view, px: ``256``, or ``256,multiple=8,square=0`` (fields of `SizeRule`)
output      ``ab`` (Lab units), ``rgb`` (0-1) or ``bgr``, with what was done to it, in the same words:
            ``ab/110``, ``ab+128``, ``rgb*255``, ``rgb:signed``, ``rgb:imagenet``
=========== ===================================================================================
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from tintype.color.lab import Float
from tintype.errors import NetworkError
from tintype.network.descriptor import LARGEST_VIEW, SizeRule
from tintype.network.rgb import IMAGENET_MEAN, IMAGENET_STD

INPUTS = {"L": 1, "grey": 1, "rgb": 3}  # and their channels
OUTPUTS = {"ab": 2, "rgb": 3, "bgr": 3}
_SUM = re.compile(r"(?:([-+])(\d+(?:\.\d+)?))?(?:([*/])(\d+(?:\.\d+)?))?\Z")
_EXTREME = 1e6
_SPELLED_BEFORE = {"licence": "license", "normalise": "normalize"}
_NUMBER = re.compile(r"[0-9]{1,5}\Z")
_SIZES = tuple(f.name for f in fields(SizeRule))
_HOW = "give none, signed, imagenet, or a sum such as -50, /100, -50/100 or *255"


@dataclass(frozen=True, slots=True)
class Scaling:
    """(x - mean) · factor, for one channel or for three.

    Attributes
    ----------
    mean, factor : tuple of float
        Of one length: 1 or 3.
    """

    mean: tuple[float, ...] = (0.0,)
    factor: tuple[float, ...] = (1.0,)

    @classmethod
    def parse(cls, text: str, kind: str) -> Scaling:
        """Read ``none``, ``signed``, ``imagenet`` or a sum, for values of this kind (``L``, ``rgb``, …)."""
        if text == "none":
            return cls()
        if text == "signed" and kind != "ab":
            return cls((50.0,), (1 / 50,)) if kind == "L" else cls((0.5,), (2.0,))
        if text == "imagenet" and kind in ("rgb", "bgr"):
            way = -1 if kind == "bgr" else 1
            return cls(IMAGENET_MEAN[::way], tuple(1 / d for d in IMAGENET_STD[::way]))
        found = _SUM.match(text)
        if not text or found is None or (found[4] is not None and float(found[4]) == 0):
            msg = f"{text!r} says nothing that can be done to {kind}; {_HOW}"
            raise NetworkError(msg)
        sign, mean, how, number = found.groups()
        shift = float(mean or 0) * (-1 if sign == "+" else 1)
        factor = 1 / float(number) if how == "/" else float(number or 1)
        if not (abs(shift) < _EXTREME and 1 / _EXTREME < factor < _EXTREME):
            msg = f"{text[:40]!r} has numbers that no network takes; {_HOW}"
            raise NetworkError(msg)
        return cls((shift,), (factor,))

    def apply(self, values: Float) -> Float:
        """Return scaled values, float32 (channels, h, w)."""
        mean, factor = self._arrays()
        return np.asarray((values - mean) * factor, np.float32)

    def invert(self, values: Float) -> Float:
        """Return the values that `apply` was given."""
        mean, factor = self._arrays()
        return np.asarray(values / factor + mean, np.float32)

    def _arrays(self) -> tuple[Float, Float]:
        mean, factor = (np.array(v, np.float32).reshape(-1, 1, 1) for v in (self.mean, self.factor))
        return mean, factor


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule; what is empty is guessed from the graph.

    Attributes
    ----------
    input, normalize, size, output : str
        See the module.
    license, citation : str
        For `tintype models info`; nothing in a graph tells them.
    """

    input: str = ""
    normalize: str = ""
    size: str = ""
    output: str = ""
    license: str = ""
    citation: str = ""

    def __post_init__(self) -> None:
        if self.input and self.input not in INPUTS:
            msg = f"input {self.input!r} is not one of {', '.join(INPUTS)}"
            raise NetworkError(msg)
        if self.normalize:
            Scaling.parse(self.normalize, self.input or "rgb")
        if self.output:
            self.parsed_output()
        self._sizes()

    def parsed_output(self) -> tuple[str, Scaling]:
        """Return the kind of the output (of `OUTPUTS`), and how it was scaled."""
        kind = next((k for k in OUTPUTS if self.output.startswith(k)), "")
        if not kind:
            msg = f"output {self.output!r} begins with none of {', '.join(OUTPUTS)}"
            raise NetworkError(msg)
        done = self.output.removeprefix(kind).removeprefix(":")
        return kind, Scaling.parse(done or "none", kind)

    def views(self, base: SizeRule) -> SizeRule:
        """Return the size rule: what `size` says over what is known already."""
        return replace(base, **self._sizes())

    def _sizes(self) -> dict[str, Any]:
        """Return what `size` says, by the fields of `SizeRule`."""
        values: dict[str, Any] = {}
        for part in filter(None, self.size.replace(" ", "").split(",")):
            key, _, value = part.partition("=") if "=" in part else ("default", "", part)
            if part in ("square", "fixed"):
                key, value = part, "1"
            flag = key in ("square", "fixed")
            if (
                key not in _SIZES
                or not _NUMBER.match(value)
                or not (0 if flag else 1) <= int(value) <= LARGEST_VIEW
            ):
                msg = f"size {self.size!r} can't be read at {part!r}; give for example 256, or "
                msg += "256,multiple=8,minimum=64,maximum=1024,square,fixed"
                raise NetworkError(msg)
            values[key] = bool(int(value)) if flag else int(value)
        return values

    @property
    def side(self) -> int:
        """Side of the view that it says, px; 0 if it says none."""
        return int(self._sizes().get("default", 0))

    def filled_from(self, other: Rule) -> Rule:
        """Return this rule, with the other one's parts where this one is silent."""
        return Rule(**{k: v or getattr(other, k) for k, v in asdict(self).items()})

    def __str__(self) -> str:
        parts = ((f.name, getattr(self, f.name)) for f in fields(self)[:4])
        return " ".join(f"{name}={value}" for name, value in parts if value)

    @classmethod
    def read(cls, path: Path) -> Rule:
        """Read a sidecar: a JSON object with some of the fields.

        Raises
        ------
        NetworkError
            If it can't be read, or has a field that no rule has.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            msg = f"{path}: not a rule: it can't be read as JSON ({error})"
            raise NetworkError(msg) from None
        if isinstance(values, dict):  # sidecars may be older than the spelling
            values = {_SPELLED_BEFORE.get(key, key): value for key, value in values.items()}
        can = [f.name for f in fields(cls)]
        if not isinstance(values, dict) or (wrong := [k for k in values if k not in can]):
            what = f"unknown field {wrong[0]!r}" if isinstance(values, dict) else "not an object"
            msg = f"{path}: not a rule: {what}; its fields are {', '.join(can)}"
            raise NetworkError(msg)
        if isinstance(values.get("size"), dict):
            values["size"] = ",".join(
                f"{k}={int(v) if isinstance(v, bool) else v}" for k, v in values["size"].items()
            )
        if bad := [k for k, v in values.items() if not isinstance(v, (str, int)) or isinstance(v, bool)]:
            msg = f"{path}: field {bad[0]!r} is {str(values[bad[0]])[:60]!r}; write it as text"
            raise NetworkError(msg)
        try:
            return cls(**{k: str(v) for k, v in values.items()})
        except NetworkError as error:
            msg = f"{path}: {error}"
            raise NetworkError(msg) from None
