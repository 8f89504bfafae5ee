"""From a table of TOML to a dataclass, checked key by key."""

from __future__ import annotations

import dataclasses
from typing import Any

from tintype.errors import TrainingError

_KINDS: dict[type, str] = {int: "a whole number", float: "a number", str: "a text", bool: "true or false",
                           tuple: "a list of numbers"}  # fmt: skip


def fill(cls: type[Any], table: Any, where: str) -> Any:
    """Return a dataclass with what a table says, in types and ranges; what it leaves out keeps its default.

    A field's metadata may have ``choices``, and ``each``: the dataclass of a list's tables. Keys that are no
    field go to ``options``, where there is such a field.

    Raises TrainingError, which begins with `where` and names key and value.
    """
    if not isinstance(table, dict):
        msg = f"{where}: expected a table, got {table!r:.80}"
        raise TrainingError(msg)
    fields = {f.name: f for f in dataclasses.fields(cls)}
    default = cls()
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in fields or key == "options":
            if "options" in fields:
                values.setdefault("options", {})[key] = value
                continue
            known = ", ".join(sorted(fields.keys() - {"options"}))
            msg = f"{where}: unknown key {key!r:.80}; known are {known}"
            raise TrainingError(msg)
        values[key] = _checked(fields[key], getattr(default, key), value, where)
    return cls(**values)


def _checked(field_: dataclasses.Field[Any], default: Any, value: Any, where: str) -> Any:
    here = f"{where}: {field_.name}"
    if dataclasses.is_dataclass(default):
        return fill(type(default), value, here)
    if "each" in field_.metadata and isinstance(value, list | tuple):
        return tuple(fill(field_.metadata["each"], v, here) for v in value)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        value = _float(value, here)
    if isinstance(default, tuple) and isinstance(value, list | tuple):
        if len(value) != len(default) or not all(isinstance(v, int | float) for v in value):
            msg = f"{here} is {value!r:.80}, not {len(default)} numbers"
            raise TrainingError(msg)
        value = tuple(_float(v, here) for v in value)
    if type(value) is not type(default):
        msg = f"{here} is {value!r:.80}, not {_KINDS[type(default)]}"
        raise TrainingError(msg)
    choices = field_.metadata.get("choices", ())
    if choices and value not in choices:
        msg = f"{here} is {value!r:.80}; choose one of {', '.join(choices)}"
        raise TrainingError(msg)
    if isinstance(value, int | float) and value < 0:
        msg = f"{here} is {value}; it must not be negative"
        raise TrainingError(msg)
    return value


def _float(value: float, where: str) -> float:
    try:
        return float(value)
    except OverflowError:
        msg = f"{where} is a number of {len(str(value))} digits, too large"
        raise TrainingError(msg) from None
