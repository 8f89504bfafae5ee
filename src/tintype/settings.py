"""Every option of Tintype, defined once.

The command line, the HTTP API and the studio's controls are generated from the fields of `Settings`,
so an option has one name, one default, one range and one sentence of help.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypedDict

from tintype.errors import SettingsError

OUTPUT_FORMATS = ("jpeg", "png", "tiff", "webp", "avif", "jxl", "jp2")
"""Formats that are written, in the order of menus; each has a module in `tintype.photo.formats`."""

_LIMITS = {"hints": 500, "palette": 32}
_FAR = 2.0**31  # px: no photograph has a longer side
_LARGEST_JSON = 16 << 20  # bytes of a file of hints or of a recipe
_HEX = re.compile(r"#?([0-9a-fA-F]{6})\Z")


@dataclass(frozen=True, slots=True)
class Hint:
    """A colour that the user knows, at a place of the photograph.

    Attributes
    ----------
    x, y : float
        Where, in pixels of the upright full-size photograph; (0, 0) is the top left corner.
    color : tuple of int
        sRGB, 0-255. Only its chroma counts: lightness is always the photograph's.
    radius : float
        Half the side of the hinted square, in pixels of the photograph; 0 lets Tintype choose (about 1.5 %
        of the short side).
    """

    x: float
    y: float
    color: tuple[int, int, int]
    radius: float = 0.0

    def __post_init__(self) -> None:
        for name, value in (("x", self.x), ("y", self.y), ("radius", self.radius)):
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not (number and 0 <= value <= _FAR):
                place = f"hint at ({self.x!r:.40}, {self.y!r:.40})"
                msg = f"{place}: {name} is {value!r:.40}, not a number of pixels, 0 or more"
                raise SettingsError(msg, setting="hints")
            object.__setattr__(self, name, float(value))
        color = self.color
        whole = isinstance(color, tuple) and len(color) == 3 and all(type(c) is int for c in color)
        if not whole or not all(0 <= c <= 255 for c in color):
            msg = f"hint at ({self.x}, {self.y}): color {color!r:.40} is not three whole numbers 0-255"
            raise SettingsError(msg, setting="hints")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``x,y=#rrggbb`` or ``x,y,radius=#rrggbb``.

        >>> Hint.parse("120,80=#aa3311")
        Hint(x=120.0, y=80.0, color=(170, 51, 17), radius=0.0)
        """
        place, _, color = text.partition("=")
        try:
            numbers = [float(n) for n in place.split(",")]
            x, y, radius = (*numbers, 0.0) if len(numbers) == 2 else numbers
        except ValueError:
            msg = f"hint {text!r:.80} is not of the form x,y=#rrggbb (pixels, an sRGB color)"
            raise SettingsError(msg, setting="hints") from None
        return cls(x, y, parse_color(color), radius)

    def to_json(self) -> dict[str, Any]:
        """The hint as plain JSON values; `from_json` reads it back."""
        return {"x": self.x, "y": self.y, "color": f"#{bytes(self.color).hex()}", "radius": self.radius}

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read what `to_json` wrote. Raises SettingsError, naming what is wrong."""
        if isinstance(value, cls):
            return value
        if not isinstance(value, dict) or not {"x", "y", "color"} <= value.keys():
            msg = f'hint {_short(value)} is not an object like {{"x": 10, "y": 20, "color": "#aa3311"}}'
            raise SettingsError(msg, setting="hints")
        if extra := value.keys() - {"x", "y", "color", "radius"}:
            first = sorted(map(str, extra))[0]
            msg = f"hint {_short(value)}: unknown key {first!r:.40}; a hint has x, y, color and radius"
            raise SettingsError(msg, setting="hints")
        return cls(value["x"], value["y"], parse_color(value["color"]), value.get("radius", 0.0))


def parse_color(text: object) -> tuple[int, int, int]:
    """Read ``#rrggbb``.

    >>> parse_color("#ff8000")
    (255, 128, 0)
    """
    match = _HEX.match(text.strip()) if isinstance(text, str) else None
    if match is None:
        msg = f"color {_short(text)} is not of the form #rrggbb"
        raise SettingsError(msg)
    digits = match[1]
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


def _short(value: object) -> str:
    """Return a value for a message; what comes from a file may be of any size and depth."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):
        return "of great depth or length"
    return text if len(text) <= 80 else text[:77] + "…"


def _option(
    default: Any,
    help: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    step: float | None = None,
    group: str = "color",
    live: bool = False,
    kind: str = "",
    shapes: bool = True,
    aliases: Mapping[str, str] | None = None,
) -> Any:
    """One option.

    Parameters
    ----------
    live
        A slider that acts on a prediction already made, without the network.
    kind
        ``file``: it names a file.
    shapes
        Whether the result depends on it.
    aliases
        Other spellings of its values.
    """
    meta = {"help": help, "low": low, "high": high, "choices": choices, "step": step, "group": group,
            "live": live, "kind": kind, "shapes": shapes, "aliases": aliases or {}}  # fmt: skip
    return field(default=default, metadata=meta)


_SPELLINGS = {"already_colour": "already_color"}
"""Names that options once had: recipes hold them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a photograph is coloured and written. All options, with their defaults and ranges."""

    # --- the network
    model: str = _option("tintype", "Network to ask, by name or path; several, with commas, are merged.",
                         group="network")  # fmt: skip
    merge: str = _option("mean", "How the chroma of several networks is joined.",
                         choices=("mean", "confidence"), group="network")  # fmt: skip
    size: int = _option(0, "Short side of the view that the network sees, px; 0 takes the network's own.",
                        low=0, high=2048, group="network")  # fmt: skip
    device: str = _option("cpu", "ONNX Runtime provider; a missing one is an error, not a fallback.",
                          choices=("cpu", "cuda", "coreml", "directml", "openvino"),
                          group="network")  # fmt: skip
    threads: int = _option(0, "Threads of the network and the painter; 0 takes all cores.",
                           low=0, high=1024, group="network", shapes=False)  # fmt: skip

    # --- steering
    vividness: float = _option(0.5, "From the safe mean (0) to the most likely, vivid colour (1).",
                               low=0.0, high=1.0, step=0.01, live=True)  # fmt: skip
    saturation: float = _option(1.0, "Multiplies chroma after decoding; 0 is grey.",
                                low=0.0, high=3.0, step=0.01, live=True)  # fmt: skip
    warmth: float = _option(0.0, "Shifts the light from cool (-1) to warm (1).",
                            low=-1.0, high=1.0, step=0.01, live=True)  # fmt: skip
    candidates: int = _option(1, "How many distinct proposals to make; each is written beside the first.",
                              low=1, high=12)  # fmt: skip
    hints: tuple[Hint, ...] = _option((), "Known colours at places: x,y=#rrggbb in pixels of the photograph.")
    palette: tuple[str, ...] = _option((), "Colours (#rrggbb) that the result should prefer.")
    reference: str = _option("", "A colour photograph whose colours the result should prefer.",
                             kind="file")  # fmt: skip
    keep_grey: str = _option("", "Mask picture: white stays grey, black is coloured.", kind="file")

    # --- which grey
    grey: str = _option("auto", "Which grey is coloured; auto measures the print.", group="grey",
                        choices=("auto", "lightness", "luma", "red", "green", "blue"))  # fmt: skip
    already_color: str = _option("skip", "What to do with a photograph that is already in colour.",
                                 choices=("skip", "recolor"), group="grey",
                                 aliases={"recolour": "recolor"})  # fmt: skip
    keep_colors: bool = _option(False, "Keep real colours that a photograph has: of a mount, a stamp, one "
                                "red thing.", group="grey")  # fmt: skip
    invert: bool = _option(False, "Turn a negative into a positive first.", group="grey")
    descreen: bool = _option(False, "Turn the dots of a halftone, or a scan of one bit, into tones first.",
                             group="grey")  # fmt: skip
    page: int = _option(0, "Page to colour, from 1; 0 is every page of a TIFF or PDF, else the first frame.",
                        low=0, high=100_000, group="grey")  # fmt: skip
    max_pixels: int = _option(1_000_000_000, "Refuse photographs with more pixels than this.",
                              low=1, high=100_000_000_000, group="grey", shapes=False)  # fmt: skip
    max_memory: int = _option(8000, "Refuse photographs that would take more memory than this, MB.",
                              low=1, high=10_000_000, group="grey", shapes=False)  # fmt: skip

    # --- the file
    format: str = _option("", "Output format; empty follows the output's name, else the input.",
                          choices=("", *OUTPUT_FORMATS), group="file")  # fmt: skip
    quality: int = _option(92, "Quality of formats that compress with loss.", low=1, high=100, group="file")
    subsampling: str = _option("4:4:4", "Chroma subsampling of JPEG, WebP and AVIF; colour is the product.",
                               choices=("4:4:4", "4:2:0"), group="file")  # fmt: skip
    lossless: bool = _option(False, "Write WebP, AVIF and JPEG XL without loss.", group="file")
    profile: str = _option("srgb", "Profile of the result: sRGB, or the photograph's own RGB profile.",
                           choices=("srgb", "original"), group="file")  # fmt: skip
    mark: bool = _option(True, "Say in the file (XMP, EXIF) that its colour was made by a network.",
                         group="file")  # fmt: skip
    keep_dates: bool = _option(False, "Give the result's file the dates of the photograph's.", group="file",
                               shapes=False)  # fmt: skip

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        for name, most in _LIMITS.items():
            value = getattr(self, name)
            if not isinstance(value, list | tuple | str):
                msg = f"{name} is {_short(value)}, not a list"
                raise SettingsError(msg, setting=name)
            if len(value) > most and not isinstance(value, str):
                msg = f"{name} has {len(value):,} entries; {most} are the most"
                raise SettingsError(msg, setting=name)
        given = (self.hints,) if isinstance(self.hints, str) else self.hints
        hints = tuple(Hint.parse(h) if isinstance(h, str) else Hint.from_json(h) for h in given)
        set_(self, "hints", hints)
        colors = (self.palette,) if isinstance(self.palette, str) else self.palette
        set_(self, "palette", tuple(f"#{bytes(parse_color(c)).hex()}" for c in colors))
        for f in dataclasses.fields(self):
            value = getattr(self, f.name)
            if isinstance(f.default, float) and type(value) is int and abs(value) < _FAR:
                value = float(value)
                set_(self, f.name, value)
            if isinstance(value, str) and value in f.metadata["aliases"]:
                value = f.metadata["aliases"][value]
                set_(self, f.name, value)
            if isinstance(value, os.PathLike):
                value = str(os.fspath(value))
                set_(self, f.name, value)
            _check(f.name, value, f.default, f.metadata)

    @property
    def models(self) -> tuple[str, ...]:
        """The networks that `model` names.

        >>> Settings(model="tintype, ddcolor").models
        ('tintype', 'ddcolor')
        """
        return split_models(self.model)

    @property
    def files(self) -> dict[str, str]:
        """The options that name files, where they do: by name, their paths.

        >>> Settings(keep_grey="mask.png").files
        {'keep_grey': 'mask.png'}
        """
        return {name: value for name in FILES if (value := getattr(self, name))}

    def replace(self, **changes: Any) -> Settings:
        """A copy with some options changed; an unknown name is an error that lists the known ones."""
        changes = {_SPELLINGS.get(name, name): value for name, value in changes.items()}
        known = {f.name for f in dataclasses.fields(self)}
        if unknown := changes.keys() - known:
            first = sorted(map(str, unknown))[0]
            msg = f"unknown setting {first!r:.60}; settings are {', '.join(sorted(known))}"
            raise SettingsError(msg, setting=first[:60])
        return dataclasses.replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """All options as plain JSON values; `from_json` reads them back."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return values | {"hints": [h.to_json() for h in self.hints], "palette": list(self.palette)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Settings:
        """Read what `to_json` wrote; options left out take their defaults."""
        if not isinstance(values, dict):
            msg = f"settings are {_short(values)}, not an object of options"
            raise SettingsError(msg)
        return cls().replace(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


FILES = tuple(f.name for f in dataclasses.fields(Settings) if f.metadata["kind"] == "file")
"""Options that name files: what the file holds shapes the result, where it lies is nobody's business."""

WITHOUT_EFFECT = tuple(f.name for f in dataclasses.fields(Settings) if not f.metadata["shapes"])
"""Options that change how the work is done, and nothing of the result."""

MOST_HINTS = _LIMITS["hints"]
"""How many hints one photograph may have."""

MOST_COLORS = _LIMITS["palette"]
"""How many colors a palette may have."""


def split_models(text: str) -> tuple[str, ...]:
    """Return the networks that a text names, with commas between them.

    >>> split_models("tintype, ddcolor")
    ('tintype', 'ddcolor')
    """
    return tuple(name.strip() for name in text.split(","))


class SettingsDict(TypedDict, total=False):
    """Single options, as keywords: the fields of `Settings` and what each may be given as."""

    model: str
    merge: str
    size: int
    device: str
    threads: int
    vividness: float
    saturation: float
    warmth: float
    candidates: int
    hints: str | Sequence[Hint | str | dict[str, Any]]
    palette: str | Sequence[str]
    reference: str | os.PathLike[str]
    keep_grey: str | os.PathLike[str]
    grey: str
    already_color: str
    keep_colors: bool
    invert: bool
    descreen: bool
    page: int
    max_pixels: int
    max_memory: int
    format: str
    quality: int
    subsampling: str
    lossless: bool
    profile: str
    mark: bool
    keep_dates: bool


def _check(name: str, value: object, default: object, meta: Any) -> None:
    if type(value) is not type(default):
        msg = f"{name} is {_short(value)}, not {_KINDS[type(default)]}"
        raise SettingsError(msg, setting=name)
    if meta["choices"] and value not in meta["choices"]:
        choices = ", ".join(c or "(empty)" for c in meta["choices"])
        msg = f"{name} is {_short(value)}; choose one of {choices}"
        raise SettingsError(msg, setting=name)
    low, high = meta["low"], meta["high"]
    if isinstance(value, int | float) and low is not None and not low <= value <= high:
        msg = f"{name} is {_short(value)}; it must lie between {low} and {high}"
        raise SettingsError(msg, setting=name)


_KINDS: dict[type, str] = {
    str: "a text", int: "a whole number", float: "a number", bool: "true or false", tuple: "a list",
}  # fmt: skip


def read_hints(path: str | Path) -> tuple[Hint, ...]:
    """Read a JSON file that holds a list of hints (as `Hint.to_json` writes them).

    Raises SettingsError that names the file when it can't be read or is not such a list.
    """
    values = read_json(path, "hints")
    if isinstance(values, dict):
        values = values.get("hints")
    if not isinstance(values, list):
        msg = f'{path}: no list of hints; write [{{"x": 10, "y": 20, "color": "#aa3311"}}]'
        raise SettingsError(msg, setting="hints", name=str(path))
    if len(values) > MOST_HINTS:
        msg = f"{path}: {len(values):,} hints; {MOST_HINTS} are the most"
        raise SettingsError(msg, setting="hints", name=str(path))
    try:
        return tuple(Hint.from_json(v) for v in values)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}", setting="hints", name=str(path)) from None


def read_json(path: str | Path, what: str) -> Any:
    """Read a JSON file that somebody wrote; `what` says in messages what it holds.

    Raises
    ------
    SettingsError
        That names the file: when it can't be read, is no JSON, too large, or too deep.
    """
    why: object
    try:
        with Path(path).open("rb") as file:
            data = file.read(_LARGEST_JSON + 1)
        if len(data) <= _LARGEST_JSON:
            return json.loads(data.decode("utf-8"))
        why = f"it has more than {_LARGEST_JSON >> 20} MiB"
    except RecursionError:
        why = "its values lie too deep in one another"
    except OSError as error:
        why = error.strerror
    except ValueError as error:  # no JSON, no UTF-8, or a number of thousands of digits
        why = str(error)
    msg = f"{path}: can't read {what}: {why}"
    raise SettingsError(msg, name=str(path)) from None
