"""What an option is, and how what people wrote is read: colors, JSON files, values within their ranges."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from tintype.errors import SettingsError

_LARGEST_JSON = 16 << 20  # bytes of a file of hints or of a recipe
_HEX = re.compile(r"#?([0-9a-fA-F]{6})\Z")
_KINDS: dict[type, str] = {
    str: "a text", int: "a whole number", float: "a number", bool: "true or false", tuple: "a list",
}  # fmt: skip


def option(
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


def check(name: str, value: object, default: object, meta: Any) -> None:
    if type(value) is not type(default):
        msg = f"{name} is {short(value)}, not {_KINDS[type(default)]}"
        raise SettingsError(msg, setting=name)
    if meta["choices"] and value not in meta["choices"]:
        choices = ", ".join(c or "(empty)" for c in meta["choices"])
        msg = f"{name} is {short(value)}; choose one of {choices}"
        raise SettingsError(msg, setting=name)
    low, high = meta["low"], meta["high"]
    if isinstance(value, int | float) and low is not None and not low <= value <= high:
        msg = f"{name} is {short(value)}; it must lie between {low} and {high}"
        raise SettingsError(msg, setting=name)


def parse_color(text: object) -> tuple[int, int, int]:
    """Read ``#rrggbb``.

    >>> parse_color("#ff8000")
    (255, 128, 0)
    """
    match = _HEX.match(text.strip()) if isinstance(text, str) else None
    if match is None:
        msg = f"color {short(text)} is not of the form #rrggbb"
        raise SettingsError(msg)
    digits = match[1]
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


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


def short(value: object) -> str:
    """Return a value for a message; what comes from a file may be of any size and depth."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):
        return "of great depth or length"
    return text if len(text) <= 80 else text[:77] + "…"
