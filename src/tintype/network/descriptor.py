"""What a network takes and returns: one frozen object, stored as JSON inside its ONNX file.

A descriptor comes out of files of strangers, so that every field is checked in type, range and length.
"""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tintype.color.decode import Vividness
from tintype.color.lab import Float
from tintype.errors import DamagedNetwork, NetworkError

INPUTS = ("L", "grey")
OUTPUTS = ("logits", "ab", "rgb")
# Of a network that gives colours and no distribution: there is no temperature, and vividness is a gain.
GAIN = Vividness(safe=(1.0, 0.75), matched=(1.0, 1.0), vivid=(1.0, 1.4))
KEY = "tintype"  # of the ONNX metadata property that holds the descriptor

LARGEST_VIEW = 4096  # px of a side
LONGEST = 4.0  # aspect of a view: a network that sees 1 : 20 sees nothing
MOST_BINS = 2048  # the networks that are known have 313 at most, and memory grows with them
_LONGEST_TEXT = 10_000
_WIDEST = 200.0  # Lab units; no colour has a or b beyond ±128
_SPELLED_BEFORE = {"licence": "license", "normalise": "normalize"}  # in networks made before


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

    def __post_init__(self) -> None:
        for name in ("default", "multiple", "minimum", "maximum"):
            _whole(f"size.{name}", getattr(self, name), 1, LARGEST_VIEW)
        for name in ("square", "fixed"):
            _flag(f"size.{name}", getattr(self, name))
        if not self.minimum <= self.default <= self.maximum:
            raise _Wrong(
                "size.default", self.default, f"{self.minimum} (minimum) to {self.maximum} (maximum)"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkDescriptor:
    """All that is known of a network.

    Attributes
    ----------
    name, family : str
        Its own name, and the family whose adapter runs it; see `tintype.network.families`.
    output : str
        ``logits`` over `bins`, ``ab``, or ``rgb``.
    input : str
        ``L`` or ``grey`` where it is not the same for the whole family; else empty.
    bins : tuple of (a, b)
        Centers of the bins, in Lab units; empty unless the output is logits.
    hints : bool
        Whether it takes hints as an input.
    size : SizeRule
    vividness : Vividness
        How 0, 0.5 and 1 are decoded.
    normalize : str
        What it is fed, for a reader; of the family ``generic`` the rule of its import.
    license, citation, source, trained_on : str
        For `tintype models info`.

    Raises
    ------
    DamagedNetwork
        If a field has another type, or a value outside its range.
    """

    name: str
    family: str
    output: str
    input: str = ""
    bins: tuple[tuple[float, float], ...] = ()
    hints: bool = False
    size: SizeRule = field(default_factory=SizeRule)
    vividness: Vividness = field(default_factory=Vividness)
    normalize: str = ""
    license: str = ""
    citation: str = ""
    source: str = ""
    trained_on: str = ""

    def __post_init__(self) -> None:
        try:
            self._check()
        except _Wrong as wrong:
            msg = f"network {str(self.name)[:100]}: its descriptor is not valid: {wrong}"
            raise DamagedNetwork(msg) from None

    def _check(self) -> None:
        texts = ("name", "family", "output", "input", "normalize")
        for name in (*texts, "license", "citation", "source", "trained_on"):
            _text(name, getattr(self, name))
        if not self.name:
            raise _Wrong("name", self.name, "a text")
        if self.output not in OUTPUTS:
            raise _Wrong("output", self.output, f"one of {', '.join(OUTPUTS)}")
        if self.input not in ("", *INPUTS):
            raise _Wrong("input", self.input, f"one of {', '.join(INPUTS)}")
        _flag("hints", self.hints)
        _check_bins(self.bins, wanted=self.output == "logits")
        for name in ("safe", "matched", "vivid"):
            temperature, gain = _pair(f"vividness.{name}", getattr(self.vividness, name))
            if not (0 < temperature <= 100 and 0 <= gain <= 100):
                value = (temperature, gain)
                raise _Wrong(f"vividness.{name}", value, "a temperature above 0 and a gain, both up to 100")

    def to_json(self) -> str:
        """Return one line of JSON; `from_json` reads it back."""
        return json.dumps(dataclasses.asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str, *, name: str) -> NetworkDescriptor:
        """Read what `to_json` wrote.

        Parameters
        ----------
        text : str
            Of any origin.
        name : str
            The file that it comes from, for messages.

        Raises
        ------
        DamagedNetwork
            If it can't be read, or a field has another type or a value outside its range.
        """
        try:
            values: dict[str, Any] = json.loads(text)
            values = {_SPELLED_BEFORE.get(key, key): value for key, value in values.items()}
            values["size"] = SizeRule(**values.get("size", {}))
            vivid = {k: _pair(f"vividness.{k}", v) for k, v in values.get("vividness", {}).items()}
            values["vividness"] = Vividness(**vivid)
            bins = values.get("bins", ())
            if len(bins) > MOST_BINS:
                raise _Wrong("bins", f"{len(bins)} of them", f"at most {MOST_BINS}")
            values["bins"] = tuple(_pair("bins", each) for each in bins)
            return cls(**values)
        except NetworkError as error:
            msg = f"{name}: {error}; import the network again"
            raise DamagedNetwork(msg, name=name) from None
        except (TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
            msg = (
                f"network {name}: its descriptor can't be read ({str(error)[:200]}); import the network again"
            )
            raise DamagedNetwork(msg, name=name) from None


class _Wrong(DamagedNetwork):
    """A field with a value that it can't have."""

    def __init__(self, name: str, value: object, wanted: str) -> None:
        shown = repr(value)
        super().__init__(f"{name} is {shown[:60]}{'…' * (len(shown) > 60)}; expected {wanted}")


def _whole(name: str, value: object, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise _Wrong(name, value, f"a whole number of {low} to {high}")


def _flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise _Wrong(name, value, "true or false")


def _text(name: str, value: object) -> None:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise _Wrong(name, value, f"a text of at most {_LONGEST_TEXT} characters")


def _pair(name: str, value: object) -> tuple[float, float]:
    """Return two finite numbers."""
    if isinstance(value, (list, tuple)) and len(value) == 2:
        a, b = value
        plain = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in value)
        if plain and math.isfinite(a) and math.isfinite(b):
            return float(a), float(b)
    raise _Wrong(name, value, "two finite numbers")


def _check_bins(bins: object, *, wanted: bool) -> None:
    if not isinstance(bins, tuple) or wanted != bool(bins):
        raise _Wrong("bins", bins, "ab bins of a network that gives logits, and only of such a one")
    if len(bins) > MOST_BINS:
        raise _Wrong("bins", f"{len(bins)} of them", f"at most {MOST_BINS}")
    for each in bins:
        if max(map(abs, _pair("bins", each))) > _WIDEST:
            raise _Wrong("bins", each, f"a and b within ±{_WIDEST:g}")


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
    """Return height and width of the view for a photograph of this size.

    The aspect ratio is kept to the next multiple, up to `LONGEST`; longer strips are squeezed to that.

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
    aspect = min(max(height, width) / min(height, width), LONGEST)
    sides = fit(short), fit(short * aspect)
    return sides if height <= width else sides[::-1]


def bins_array(descriptor: NetworkDescriptor) -> Float | None:
    """Return the descriptor's bins as float32 (Q, 2)."""
    return np.array(descriptor.bins, dtype=np.float32) if descriptor.bins else None
