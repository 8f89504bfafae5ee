"""Recipes: what is needed to make a result again, bit for bit, as a JSON file beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tintype import files
from tintype._version import __version__
from tintype.errors import NetworkError, SettingsError
from tintype.outputs import write_text
from tintype.settings import Settings, read_json

if TYPE_CHECKING:
    from tintype.colorizer import Colorizer
    from tintype.sources import Source

FORMAT = 1
"""Version of the file format; a recipe of another version is refused."""


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
        The result (the first proposal); a signed one has no hash, as every signature is another.
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
    def of(
        cls,
        colorizer: Colorizer,
        source: Source,
        target: Path | None,
        settings: Settings | None = None,
    ) -> Recipe:
        """Return the recipe of what a colorizer has made of a photograph.

        Parameters
        ----------
        colorizer : Colorizer
        source : Source
            The photograph as it was opened: the recipe names what was read.
        target : Path or None
            The result, already written (the first proposal).
        settings : Settings, optional
            Those that it was made with, if not the colorizer's own.

        Raises
        ------
        PhotoError
            When the photograph has been replaced in the meantime.
        """
        settings = colorizer.resolve(settings)
        hashes = [n.sha256 for n in colorizer.networks(settings)]
        signed = settings.credentials
        return cls(
            settings=settings.replace(credentials=False),  # who signs is no part of how it is coloured
            networks=tuple(zip(settings.models, hashes, strict=True)),
            input_name=source.path.name if source.path else source.name,
            input_sha256=source.sha256(),
            files={name: _digest(path, name) for name, path in settings.files.items()},
            output_name=target.name if target else "",
            output_sha256=_digest(target, "") if target and not signed else "",
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
            raise SettingsError(msg, name=name)
        if values["tintype_recipe"] != FORMAT:
            wrote = str(values.get("program", "unknown"))
            msg = f"{name}: a recipe of version {values['tintype_recipe']!r:.20}; this Tintype "
            msg += f"({__version__}) reads version {FORMAT}; use the version that wrote it, {wrote:.40}"
            raise SettingsError(msg, name=name)
        try:
            recipe = cls(
                settings=Settings.from_json(_dict(values, "settings")),
                networks=tuple((_text(n, "name"), _text(n, "sha256")) for n in _list(values, "networks")),
                input_name=_text(_dict(values, "input"), "name"),
                input_sha256=_text(_dict(values, "input"), "sha256"),
                files={k: _text(_dict(values, "files"), k) for k in _dict(values, "files")},
                output_name=_text(_dict(values, "output"), "name"),
                output_sha256=_text(_dict(values, "output"), "sha256"),
                program=_text(values, "program"),
            )
            recipe._check_whole()
        except SettingsError as error:
            raise SettingsError(f"{name}: {error}", setting=error.setting, name=name) from error
        except _DamagedRecipe as error:
            msg = f"{name}: the recipe is damaged ({error}); write it again"
            raise SettingsError(msg, name=name) from error
        return recipe

    def _check_whole(self) -> None:
        if len(self.networks) != len(self.settings.models):
            raise _DamagedRecipe("networks")
        if unknown := self.files.keys() - self.settings.files.keys():
            raise _DamagedRecipe(f"files: {sorted(unknown)[0]:.40}")

    @classmethod
    def read(cls, path: Path) -> Recipe:
        """Read a recipe file. Raises SettingsError that names it."""
        return cls.from_json(read_json(path, "the recipe"), str(path))

    def write(self, path: Path, *, overwrite: bool = False) -> None:
        """Write the recipe; the file is whole or not there. Raises PhotoError."""
        text = json.dumps(self.to_json(), ensure_ascii=False, indent=2) + "\n"
        write_text(path, text, overwrite=overwrite)

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
            if _digest(path, setting) != wanted:
                msg = f"{path}: the file of {setting} is not the one that the recipe was made with"
                raise SettingsError(msg)


class _DamagedRecipe(Exception):  # noqa: N818 - never leaves this module
    """A recipe lacks something, or holds something of another type."""


def _dict(values: dict[str, Any], key: str) -> dict[str, Any]:
    found = values.get(key)
    if not isinstance(found, dict):
        raise _DamagedRecipe(key)
    return found


def _list(values: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = values.get(key)
    if not isinstance(found, list) or not all(isinstance(v, dict) for v in found):
        raise _DamagedRecipe(key)
    return found


def _text(values: dict[str, Any], key: str) -> str:
    found = values.get(key)
    if not isinstance(found, str):
        raise _DamagedRecipe(key)
    return found


def _digest(path: str | Path, setting: str) -> str:
    try:
        return files.sha256(path)
    except OSError as error:
        msg = f"{path}: can't read the file: {error.strerror}"
        raise SettingsError(msg, setting=setting, name=str(path)) from error
