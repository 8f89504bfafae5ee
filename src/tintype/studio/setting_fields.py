"""The settings as the studio's page and programs see them: described, as a schema, and checked."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any

from pydantic import AfterValidator, WithJsonSchema

from tintype.settings import MOST_COLORS, Settings

# Options that name files of this computer, or are the studio's own business.
_HIDDEN = frozenset(
    ("model", "merge", "device", "threads", "size", "candidates", "hints", "reference", "keep_grey",
     "already_color", "page", "max_pixels", "max_memory", "keep_dates",
     "credentials")
)  # fmt: skip
FIELDS = {f.name: f for f in dataclasses.fields(Settings) if f.name not in _HIDDEN}
COLOR = "^#[0-9a-fA-F]{6}$"


def described() -> list[dict[str, Any]]:
    """The settings as a page needs them to draw controls."""
    return [
        {
            "name": name,
            "label": name.replace("_", " ").capitalize(),
            "help": f.metadata["help"],
            "type": _kind(f),
            "minimum": f.metadata["low"],
            "maximum": f.metadata["high"],
            "step": f.metadata["step"] or (1 if isinstance(f.default, int) else None),
            "default": list(f.default) if isinstance(f.default, tuple) else f.default,
            "choices": list(f.metadata["choices"]) or None,
            "group": f.metadata["group"],
            "live": f.metadata["live"],
        }
        for name, f in FIELDS.items()
    ]


def _kind(f: dataclasses.Field[Any]) -> str:
    if f.metadata["choices"]:
        return "choice"
    if isinstance(f.default, bool):
        return "boolean"
    if isinstance(f.default, tuple):
        return "colors"
    return "text" if isinstance(f.default, str) else "number"


def schema(names: dict[str, dataclasses.Field[Any]] | None = None) -> dict[str, Any]:
    """JSON Schema of the settings, made from the fields of `Settings`."""
    properties: dict[str, Any] = {}
    for name, f in (names or FIELDS).items():
        meta, one = f.metadata, {"description": f.metadata["help"]}
        if meta["choices"]:
            one |= {"type": "string", "enum": list(meta["choices"])}
        elif isinstance(f.default, bool):
            one |= {"type": "boolean"}
        elif isinstance(f.default, tuple):
            one |= {"type": "array", "items": {"type": "string", "pattern": COLOR}, "maxItems": MOST_COLORS}
        elif isinstance(f.default, int | float):
            one |= {"type": "number" if isinstance(f.default, float) else "integer"}
            one |= {"minimum": meta["low"], "maximum": meta["high"]}
        else:
            one |= {"type": "string"}
        properties[name] = one
    return {"type": "object", "properties": properties, "additionalProperties": False}


def checked(values: dict[str, Any]) -> dict[str, Any]:
    """Settings that `Settings` accepts and that differ from the defaults, as plain JSON values.

    Raises SettingsError (a ValueError), naming what is wrong.
    """
    if unknown := values.keys() - FIELDS.keys():
        msg = f"unknown setting {sorted(unknown)[0]!r}; settings are {', '.join(FIELDS)}"
        raise ValueError(msg)
    # In JSON 90.0 is a whole number; in Python it is none.
    whole = {
        k: int(v)
        for k, v in values.items()
        if isinstance(v, float) and type(FIELDS[k].default) is int and v.is_integer()
    }
    made = Settings.from_json(values | whole).to_json()
    plain = Settings().to_json()
    return {k: made[k] for k in values if made[k] != plain[k]}


SettingsValues = Annotated[dict[str, Any], AfterValidator(checked), WithJsonSchema(schema())]
