"""Recipes on disk: the bundled ones, the user's own, and writing one down again."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

from tintype.errors import TrainingError
from tintype.training.recipe import Recipe


def names() -> list[str]:
    """Names of the bundled recipes."""
    return sorted(
        p.name[:-5] for p in resources.files("tintype.training.recipes").iterdir() if p.name.endswith(".toml")
    )


def load(name: str) -> Recipe:
    """Read a recipe by name, or from a TOML file of the user's.

    Raises
    ------
    TrainingError
        If there is none such, or it has a key or value that is wrong: the message says which.
    """
    if name in names():
        text = (resources.files("tintype.training.recipes") / f"{name}.toml").read_text("utf-8")
        where = f"recipe {name}"
    else:
        path, where = Path(name), name
        if path.suffix != ".toml":
            msg = f"recipe {name!r} is unknown; choose one of {', '.join(names())}, or give a .toml file"
            raise TrainingError(msg)
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            msg = f"{name}: can't read this recipe: {error}"
            raise TrainingError(msg) from None
    try:
        return Recipe.from_table(tomllib.loads(text), where)
    except RecursionError:
        msg = f"{where}: not a recipe: its values lie too deep in one another"
        raise TrainingError(msg) from None
    except ValueError as error:  # no TOML, or a number of thousands of digits
        msg = f"{where}: not TOML: {error}"
        raise TrainingError(msg) from None


def to_toml(table: dict[str, Any]) -> str:
    """Write a recipe's table as TOML: texts, numbers, booleans, lists, tables, lists of tables."""
    lines = [f"{k} = {_value(v)}" for k, v in table.items() if not _is_table(v)]
    for key, value in table.items():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                lines += ["", f"[[{key}]]" if isinstance(value, list) else f"[{key}]"]
                lines += [f"{k} = {_value(v)}" for k, v in part.items()]
    return "\n".join(lines) + "\n"


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, dict) for v in value))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return repr(value)
