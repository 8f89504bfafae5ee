"""Recipes of films: those of photographs, with what only films have."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tintype import files, outputs
from tintype._version import __version__
from tintype.errors import FilmChanged, SettingsError
from tintype.film.folder import sha256
from tintype.film.options import CODECS, FilmOptions, Span
from tintype.notes import Note
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
        cls, source: Path, made: Path, name: str, settings: Settings, options: FilmOptions, span: Span | None,
        weights: str, ffmpeg: dict[str, Any],
    ) -> FilmRecipe:  # fmt: skip
        """The recipe of a film, or a folder of frames, that lies at `made` and will be called `name`.

        Raises
        ------
        OSError
        """
        recipe = Recipe(
            settings=settings,
            networks=((settings.model, weights),),
            input_name=source.name,
            input_sha256=sha256(source),
            files={f: files.sha256(path) for f, path in settings.files.items()},
            output_name=name,
            output_sha256=sha256(made),
        )
        return cls(recipe, options, span, ffmpeg)

    def check(self, source: Path, weights: str) -> None:
        """Raise when the film, the network or a file that the settings name is not that of the recipe.

        Raises
        ------
        FilmChanged, NetworkError, SettingsError, OSError
        """
        self.recipe.check((weights,))
        if sha256(source) != self.recipe.input_sha256:
            reason = f"it is not the film that the recipe was made with ({self.recipe.input_name})"
            remedy = "name that film, or colour this one without the recipe"
            raise FilmChanged(str(source), "source", reason=reason, remedy=remedy)

    def differing(self, ffmpeg: dict[str, Any]) -> tuple[Note, ...]:
        """Notes on what may give other bytes: another version of Tintype or of FFmpeg, some encoders."""
        notes = []
        if self.recipe.program != __version__:
            made = self.recipe.program
            told = f"the recipe is of Tintype {made}, this is {__version__}"
            notes.append(Note(told, "recipe_program", made=made, now=__version__))
        if ffmpeg != self.ffmpeg and not self.options.frames:
            told = "the recipe is of another version of FFmpeg: the encoder may give other bytes"
            notes.append(Note(told, "recipe_ffmpeg"))
        if not CODECS[self.options.codec].repeats and not self.options.frames:
            codec = self.options.codec
            notes.append(Note(f"{codec} never gives the same bytes twice", "codec_varies", codec=codec))
        return tuple(notes)

    def compared(self, made: FilmRecipe) -> tuple[Note, ...]:
        """Notes on how a repetition came out."""
        if made.recipe.output_sha256 == self.recipe.output_sha256:
            return (Note("the same bytes as the recipe's", "same_bytes"),)
        return (Note("the bytes differ from the recipe's", "other_bytes"),)

    def may_replace(self, path: Path, *, overwrite: bool) -> bool:
        """Whether a recipe may be written there: over nothing, over its own leftover, or when told to."""
        if not os.path.lexists(path):
            return True
        try:
            there = FilmRecipe.read(path)
        except SettingsError:
            return overwrite and outputs.kind_of(path) == outputs.Kind.RECIPE
        mine = (self.recipe.input_sha256, self.recipe.output_name, self.recipe.output_sha256)
        its = (there.recipe.input_sha256, there.recipe.output_name, there.recipe.output_sha256)
        return overwrite or its == mine

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
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            reason = f"the recipe is damaged ({type(error).__name__}: {error!s:.80})"
            raise SettingsError(name=str(path), reason=reason, remedy="write it again") from error
