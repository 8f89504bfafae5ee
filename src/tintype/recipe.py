"""Recipes: what is needed to make a result again, bit for bit, as a JSON file beside it.

>>> recipe_path(Path("box/grandma.color.jpg")).as_posix()
'box/grandma.color.jpg.recipe.json'
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tintype._version import __version__
from tintype.errors import NetworkError, PhotoError, SettingsError
from tintype.settings import Settings

if TYPE_CHECKING:
    from tintype.colorizer import Colorizer

FORMAT = 1
"""Version of the file format; a recipe of another version is refused."""

_FILES = ("reference", "keep_grey")


def recipe_path(target: Path) -> Path:
    """Where the recipe of a result is written: beside it, with its whole name."""
    return target.with_name(target.name + ".recipe.json")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one photograph was coloured.

    Attributes
    ----------
    settings : Settings
        All of them, hints included.
    networks : tuple of (str, str)
        Name and SHA-256 of the weights of each network asked.
    input_name, input_sha256 : str
        The photograph.
    files : mapping of str to str
        SHA-256 of the files that the settings name (``reference``, ``keep_grey``).
    output_name, output_sha256 : str
        The result (the first proposal).
    program : str
        Version of Tintype.
    """

    settings: Settings
    networks: tuple[tuple[str, str], ...]
    input_name: str
    input_sha256: str
    files: dict[str, str]
    output_name: str = ""
    output_sha256: str = ""
    program: str = __version__

    @classmethod
    def of(cls, colorizer: Colorizer, source: Path | bytes, target: Path | None, *, name: str = "") -> Recipe:
        """The recipe of what a colorizer, with its own settings, has made of a photograph.

        Parameters
        ----------
        colorizer : Colorizer
        source : Path or bytes
            The photograph.
        target : Path or None
            The result, already written (the first proposal).
        name : str
            What a source that has no path is called.
        """
        settings = colorizer.settings
        names = [n.strip() for n in settings.model.split(",")]
        hashes = [n.sha256 for n in colorizer.networks()]
        files = {f: _digest(getattr(settings, f)) for f in _FILES if getattr(settings, f)}
        return cls(
            settings,
            tuple(zip(names, hashes, strict=True)),
            source.name if isinstance(source, Path) else name,
            hashlib.sha256(source).hexdigest() if isinstance(source, bytes) else _digest(source),
            files,
            target.name if target else "",
            _digest(target) if target else "",
        )

    def to_json(self) -> dict[str, Any]:
        """The recipe as plain JSON values."""
        return {
            "tintype_recipe": FORMAT,
            "program": self.program,
            "networks": [{"name": n, "sha256": h} for n, h in self.networks],
            "settings": self.settings.to_json(),
            "input": {"name": self.input_name, "sha256": self.input_sha256},
            "files": self.files,
            "output": {"name": self.output_name, "sha256": self.output_sha256},
        }

    @classmethod
    def from_json(cls, values: Any, name: str = "recipe") -> Recipe:
        """Read what `to_json` wrote. Raises SettingsError that names what is wrong."""
        if not isinstance(values, dict) or "tintype_recipe" not in values:
            msg = f"{name}: not a recipe of Tintype; `tintype colorize --recipe PHOTO` writes one"
            raise SettingsError(msg)
        if values["tintype_recipe"] != FORMAT:
            msg = f"{name}: a recipe of version {values['tintype_recipe']!r}; this Tintype ({__version__}) "
            msg += (
                f"reads version {FORMAT}; use the version that wrote it, {values.get('program', 'unknown')}"
            )
            raise SettingsError(msg)
        try:
            recipe = cls(
                settings=Settings.from_json(values["settings"]),
                networks=tuple((str(n["name"]), str(n["sha256"])) for n in values["networks"]),
                input_name=str(values["input"]["name"]),
                input_sha256=str(values["input"]["sha256"]),
                files={str(k): str(v) for k, v in values["files"].items()},
                output_name=str(values["output"]["name"]),
                output_sha256=str(values["output"]["sha256"]),
                program=str(values["program"]),
            )
            if len(recipe.networks) != len(recipe.settings.model.split(",")):
                raise KeyError("networks")
            return recipe
        except SettingsError as error:
            msg = f"{name}: {error}"
            raise SettingsError(msg) from error
        except (KeyError, TypeError, AttributeError) as error:
            msg = f"{name}: the recipe is damaged ({type(error).__name__}: {error}); write it again"
            raise SettingsError(msg) from error

    @classmethod
    def read(cls, path: Path) -> Recipe:
        """Read a recipe file. Raises SettingsError that names it."""
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            msg = f"{path}: can't read the recipe: {why}"
            raise SettingsError(msg) from error
        return cls.from_json(values, str(path))

    def write(self, path: Path, *, overwrite: bool = False) -> None:
        """Write the recipe; the file is whole or not there. Raises PhotoError."""
        text = json.dumps(self.to_json(), ensure_ascii=False, indent=2) + "\n"
        write_whole(path, text, overwrite=overwrite)

    def check(self, networks: tuple[str, ...]) -> None:
        """Raise when the weights or files are others than those of the recipe.

        Parameters
        ----------
        networks : tuple of str
            SHA-256 of the weights that the recipe's names mean here and now.

        Raises
        ------
        NetworkError, SettingsError
        """
        for (name, wanted), here in zip(self.networks, networks, strict=True):
            if wanted != here:
                msg = f"network {name} has other weights here ({here[:12]}…) than in the recipe "
                msg += (
                    f"({wanted[:12]}…), which Tintype {self.program} wrote; install those weights, or colour "
                )
                msg += "without the recipe"
                raise NetworkError(msg)
        for setting, wanted in self.files.items():
            path = getattr(self.settings, setting, "")
            if _digest(path) != wanted:
                msg = f"{path}: the file of {setting} is not the one that the recipe was made with"
                raise SettingsError(msg)


def write_whole(path: Path, text: str, *, overwrite: bool) -> None:
    """Write a text file beside its place and move it there when it is whole. Raises PhotoError."""
    if not overwrite and os.path.lexists(path):
        msg = f"{path}: the file exists already; --force replaces it"
        raise PhotoError(msg)
    # Names that are no valid Unicode (they occur on Linux) stay readable as JSON escapes.
    data = text.encode("utf-8", "backslashreplace")
    temporary = path.with_name(f".tintype-{secrets.token_hex(6)}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        msg = f"{path}: can't write: {error.strerror}"
        raise PhotoError(msg) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def _digest(path: str | Path) -> str:
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        msg = f"{path}: can't read the file: {error.strerror}"
        raise SettingsError(msg) from error
