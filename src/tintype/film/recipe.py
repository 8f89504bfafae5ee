"""Recipes of films: those of photographs, with what only films have."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tintype import files
from tintype.errors import SettingsError
from tintype.film.options import FilmOptions, Span
from tintype.recipe import Recipe
from tintype.settings import Settings


@dataclass(frozen=True, slots=True)
class FilmRecipe:
    """How one film was coloured.

    Attributes
    ----------
    recipe : Recipe
        Settings, networks, the film and the result, as for a photograph.
    options : FilmOptions
    span : Span or None
    ffmpeg : dict
        Versions of PyAV and libavcodec: with others the encoder may give other bytes.
    """

    recipe: Recipe
    options: FilmOptions
    span: Span | None
    ffmpeg: dict[str, Any]

    @classmethod
    def of(
        cls, source: Path, target: Path, settings: Settings, options: FilmOptions, span: Span | None,
        weights: str, ffmpeg: dict[str, Any],
    ) -> FilmRecipe:  # fmt: skip
        """The recipe of a film that has been written. Raises OSError."""
        names = {f: getattr(settings, f) for f in ("reference", "keep_grey")}
        recipe = Recipe(
            settings=settings,
            networks=((settings.model, weights),),
            input_name=source.name,
            input_sha256=files.sha256(source),
            files={f: files.sha256(path) for f, path in names.items() if path},
            output_name=target.name,
            output_sha256=files.sha256(target),
        )
        return cls(recipe, options, span, ffmpeg)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        part = [self.span.start, self.span.seconds] if self.span else None
        return self.recipe.to_json() | {"film": self.options.to_json(), "span": part, "ffmpeg": self.ffmpeg}

    @classmethod
    def read(cls, path: Path) -> FilmRecipe:
        """Read a recipe file. Raises SettingsError that names it."""
        recipe = Recipe.read(path)
        values = json.loads(path.read_text(encoding="utf-8"))
        if "film" not in values:
            reason, remedy = "the recipe of a photograph", "repeat it with `tintype colorize`"
            raise SettingsError(name=str(path), reason=reason, remedy=remedy)
        try:
            options, span = FilmOptions.from_json(values["film"]), values["span"]
            return cls(recipe, options, Span(*map(float, span)) if span else None, dict(values["ffmpeg"]))
        except SettingsError as error:
            raise SettingsError(f"{path}: {error}", name=str(path)) from error
        except (KeyError, TypeError, ValueError) as error:
            reason = f"the recipe is damaged ({type(error).__name__}: {error})"
            raise SettingsError(name=str(path), reason=reason, remedy="write it again") from error
