"""What a network needs and gives: one frozen object, stored as JSON inside its ONNX file."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tintype.color.decode import Vividness
from tintype.color.lab import Float
from tintype.errors import NetworkError

OUTPUTS = ("logits", "ab", "rgb")
# Of a network that gives colours and no distribution: there is no temperature, and vividness is a gain.
GAIN = Vividness(safe=(1.0, 0.75), matched=(1.0, 1.0), vivid=(1.0, 1.4))
KEY = "tintype"  # of the ONNX metadata property that holds the descriptor


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRule:
    """Which views a network takes.

    Attributes
    ----------
    default : int
        Short side that it sees best, px.
    multiple : int
        Height and width must be multiples of this.
    minimum, maximum : int
        Bounds of the short side, px.
    square : bool
        The view is stretched to a square, as the network was trained.
    fixed : bool
        Only the default size is taken.
    """

    default: int = 256
    multiple: int = 32
    minimum: int = 32
    maximum: int = 2048
    square: bool = False
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkDescriptor:
    """All that is known of a network.

    Attributes
    ----------
    name, family : str
        Its own name, and the adapter that runs it (`tintype`, `zhang16`, `siggraph17`, …).
    output : str
        ``logits`` over `bins`, ``ab``, or ``rgb``.
    bins : tuple of (a, b)
        Centres of the bins, in Lab units; empty unless the output is logits.
    hints : bool
        Whether it takes hints as an input.
    size : SizeRule
    vividness : Vividness
        How 0, 0.5 and 1 are decoded.
    normalise : str
        What it is fed, for a reader; of the family ``generic`` it begins with the rule of its import.
    licence, citation, source, trained_on : str
        For `tintype models info`.
    """

    name: str
    family: str
    output: str
    bins: tuple[tuple[float, float], ...] = ()
    hints: bool = False
    size: SizeRule = field(default_factory=SizeRule)
    vividness: Vividness = field(default_factory=Vividness)
    normalise: str = ""
    licence: str = ""
    citation: str = ""
    source: str = ""
    trained_on: str = ""

    def __post_init__(self) -> None:
        if self.output not in OUTPUTS:
            msg = f"network {self.name}: output {self.output!r} is not one of {', '.join(OUTPUTS)}"
            raise NetworkError(msg)
        if (self.output == "logits") != bool(self.bins):
            msg = f"network {self.name}: a network that gives logits needs its ab bins, and only such a one"
            raise NetworkError(msg)

    def to_json(self) -> str:
        """One line of JSON; `from_json` reads it back."""
        return json.dumps(dataclasses.asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str, *, name: str) -> NetworkDescriptor:
        """Read what `to_json` wrote; NetworkError names the network when it can't be read."""
        try:
            values: dict[str, Any] = json.loads(text)
            values["size"] = SizeRule(**values.get("size", {}))
            vivid = {k: tuple(v) for k, v in values.get("vividness", {}).items()}
            values["vividness"] = Vividness(**vivid)
            values["bins"] = tuple((float(a), float(b)) for a, b in values.get("bins", ()))
            return cls(**values)
        except (TypeError, ValueError, AttributeError) as error:
            msg = f"network {name}: its descriptor can't be read ({error}); import the network again"
            raise NetworkError(msg) from None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a network made of one view.

    Attributes
    ----------
    L : float32, shape (h, w)
        Lightness of the view, 0-100.
    logits : float32, shape (Q, h', w'), or None
    bins : float32, shape (Q, 2), or None
    ab : float32, shape (2, h', w'), or None
        Chroma, where the network gives a colour and no distribution.
    vividness : Vividness
    """

    L: Float
    logits: Float | None = None
    bins: Float | None = None
    ab: Float | None = None
    vividness: Vividness = field(default_factory=Vividness)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the chroma map."""
        grid = self.logits if self.logits is not None else self.ab
        assert grid is not None
        return grid.shape[1], grid.shape[2]


def view_size(rule: SizeRule, height: int, width: int, wanted: int = 0) -> tuple[int, int]:
    """Height and width of the view for a photograph of this size.

    The aspect ratio is kept to the next multiple, up to 4 : 1; longer strips are squeezed to that, because
    a network that sees 1 : 20 sees nothing.

    >>> view_size(SizeRule(default=256), 3000, 4000)
    (256, 352)
    """
    if rule.fixed and wanted not in (0, rule.default):
        msg = f"this network only takes views of {rule.default} px; leave size at 0"
        raise NetworkError(msg)
    short = wanted or rule.default
    if not rule.minimum <= short <= rule.maximum:
        msg = f"size is {short} px; this network takes {rule.minimum} to {rule.maximum}"
        raise NetworkError(msg)

    def fit(length: float) -> int:
        return max(rule.multiple, round(length / rule.multiple) * rule.multiple)

    if rule.square:
        return fit(short), fit(short)
    aspect = min(max(height, width) / min(height, width), 4.0)
    sides = fit(short), fit(short * aspect)
    return sides if height <= width else sides[::-1]


def bins_array(descriptor: NetworkDescriptor) -> Float | None:
    """The descriptor's bins as float32 (Q, 2)."""
    return np.array(descriptor.bins, dtype=np.float32) if descriptor.bins else None
