"""Colours that somebody knows, at places of a photograph."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tintype.errors import SettingsError
from tintype.option import parse_color, read_json, short

MOST_HINTS = 500
"""How many hints one photograph may have."""

FAR = 2.0**31  # px: no photograph has a longer side


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
            if not (number and 0 <= value <= FAR):
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
            msg = f'hint {short(value)} is not an object like {{"x": 10, "y": 20, "color": "#aa3311"}}'
            raise SettingsError(msg, setting="hints")
        if extra := value.keys() - {"x", "y", "color", "radius"}:
            first = sorted(map(str, extra))[0]
            msg = f"hint {short(value)}: unknown key {first!r:.40}; a hint has x, y, color and radius"
            raise SettingsError(msg, setting="hints")
        return cls(value["x"], value["y"], parse_color(value["color"]), value.get("radius", 0.0))


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
