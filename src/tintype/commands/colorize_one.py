"""``tintype colorize`` on one photograph, or a pipe."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import click

from tintype import names, outputs
from tintype.archive.hashes import network_digests
from tintype.archive.plan import suffix_of_result
from tintype.archive.report import Line, Report
from tintype.archive.task import Outcome
from tintype.colorizer import Colorizer, target_beside
from tintype.commands import LEFT
from tintype.commands.colorize_extras import PIPE, Extras
from tintype.commands.console import emit, listening, photo_bar, say, to_stdout
from tintype.comparison import before_and_after, check_name, confidence_map, save_picture
from tintype.errors import AlreadyInColor, NotReplaceable, PhotoError, SettingsError, TintypeError
from tintype.files import is_folder
from tintype.outputs import Kind
from tintype.photo.decoder import forget_operations
from tintype.recipe import Recipe
from tintype.settings import Settings
from tintype.sources import Source, open_source
from tintype.steps import Result, Sitting


def colorize_one(photo: str, output: str | None, settings: Settings, extras: Extras) -> None:
    """Colour one photograph, say what became of it, and let the library's errors through."""
    forget_operations()
    name = "<stdin>" if photo == PIPE else photo
    start = time.perf_counter()
    source: Source | None = None
    made: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    status, why = "failed", ""
    try:
        source = _opened(photo)
        made, notes = _Work(source, output, settings, extras).run()
        status = "coloured"
    except AlreadyInColor as error:
        status, why = "colour", _left(name)
        say(f"tintype: {why}")
        raise click.exceptions.Exit(LEFT) from error
    except TintypeError as error:
        why = str(error)
        raise
    finally:
        if extras.report is not None or extras.json:
            seconds = time.perf_counter() - start
            outcome = Outcome(status, input=_digest(source), seconds=seconds, notes=notes, error=why)
            try:
                _tell(Line(name, outcome, tuple(map(str, made))), settings, extras)
            except TintypeError as error:
                if not why:
                    raise
                say(f"tintype: {error}")  # what failed first is what the command ends with
    if not extras.quiet:
        for note in notes:
            say(note if name in note else f"{name}: {note}")
        for path in made:
            say(f"{name} → {path}")


def _left(name: str) -> str:
    why = f"{name}: in colour already, so nothing was written; "
    return why + "--already-color recolor colours it again"


def _opened(photo: str) -> Source:
    if photo != PIPE:
        return open_source(Path(photo))
    if sys.stdin.isatty():
        msg = "stdin is a terminal; send a photograph, as in: tintype colorize - < in.png > out.png"
        raise click.UsageError(msg)
    data = sys.stdin.buffer.read()
    if not data:
        msg = "<stdin>: nothing came; send a photograph, as in: tintype colorize - < in.png > out.png"
        raise PhotoError(msg, name="<stdin>")
    return open_source(data, name="<stdin>")


class _Work:
    """One photograph: read once, measured once, the network asked once, whatever is written of it."""

    def __init__(self, source: Source, output: str | None, settings: Settings, extras: Extras) -> None:
        self.source, self.output, self.settings, self.extras = source, output, settings, extras
        self.colorizer = Colorizer(settings)
        self.replaces: dict[Path, bool] = {}

    def run(self) -> tuple[tuple[Path, ...], tuple[str, ...]]:
        """Return the files made and the notes."""
        target = self._named_target()
        beside = [
            (path, kind)
            for path, kind in (
                (self.extras.confidence, Kind.CONFIDENCE),
                (self.extras.compare, Kind.COMPARISON),
            )
            if path is not None
        ]
        for path, _ in beside:
            check_name(path)
        self._check([*beside, *self._results(target)])
        sittings = self.colorizer.prepare(self.source)
        if target is None and not self._to_stdout():
            target = self._target_beside(sittings)
            self._check([*beside, *self._results(target)])
        result = self._color(sittings, target)
        if result.data is not None:
            to_stdout(result.data)
        made = [*result.targets, *self._recipe(result), *self._pictures(result)]
        return tuple(made), result.notes

    # --- where things go

    def _to_stdout(self) -> bool:
        return self.output == PIPE or (self.output is None and self.source.path is None)

    def _named_target(self) -> Path | None:
        """Return where the result goes as far as names tell; None: stdout, or beside the photograph."""
        output, path = self.output, self.source.path
        if self._to_stdout():
            _check_pipe(self.settings, self.extras)
            return None
        if output is None:
            return None
        if not _is_folder(output):
            if not Path(output).suffix and not self.settings.format:
                msg = f"{output}: a file or a folder? Write {output}{os.sep} to have a folder made, "
                msg += f"or name a file, such as {output}.jpg"
                raise SettingsError(msg)
            if not is_folder(Path(output).parent):
                folder = Path(output).parent
                msg = f"{output}: there is no folder {folder}; make it first, or check the spelling"
                raise PhotoError(msg, name=output)
            return Path(output)
        if path is None:
            msg = f"{output}: what comes from {self.source.name} has no name; name a file in that folder"
            raise PhotoError(msg, name=output)
        target = Path(output) / (path.stem + suffix_of_result(path, self.settings.format))
        if target.parent.resolve() == path.parent.resolve():
            target = names.beside(target, target.suffix)
        target.parent.mkdir(parents=True, exist_ok=True)
        return self._as_repeated(target)

    def _target_beside(self, sittings: Sequence[Sitting]) -> Path:
        assert self.source.path is not None, "what has no path goes to stdout"
        return self._as_repeated(target_beside(self.source.path, sittings[0].photo, self.settings))

    def _as_repeated(self, target: Path) -> Path:
        """A recipe repeated gives a file of the same kind."""
        repeat = self.extras.repeat
        if repeat is None or not repeat.output_name:
            return target
        return target.with_suffix(Path(repeat.output_name).suffix)

    def _results(self, target: Path | None) -> list[tuple[Path, Kind]]:
        if target is None:
            return []
        results = [(path, Kind.RESULT) for path in names.proposals(target, self.settings.candidates)]
        return results + [(names.recipe(target), Kind.RECIPE)] * self.extras.recipe

    def _check(self, wanted: Sequence[tuple[Path, Kind]]) -> None:
        """Say before any work is done what may not be replaced; the writer asks once more."""
        places = [path.parent.resolve() / path.name for path, _ in wanted]
        if self.extras.report is not None:
            places.append(self.extras.report.parent.resolve() / self.extras.report.name)
        for place, (path, kind) in zip(places, wanted, strict=False):
            if places.count(place) > 1:
                reason = "two things can't be written to one file"
                raise NotReplaceable(path, reason, remedy="give each a name of its own")
            self.replaces[path] = outputs.check(path, kind, force=self.extras.force, inputs=self._inputs())

    def _inputs(self) -> list[Path]:
        return [path for path in (self.source.path, *self.extras.read) if path is not None]

    # --- what is made

    def _color(self, sittings: Sequence[Sitting], target: Path | None) -> Result:
        name = self.source.name
        may = partial(outputs.check, kind=Kind.RESULT, force=self.extras.force, inputs=self._inputs())
        with photo_bar(name, quiet=self.extras.quiet) as progress:
            return listening(lambda: self.colorizer.save(sittings, target, overwrite=may, progress=progress))

    def _pictures(self, result: Result) -> list[Path]:
        """Write confidence map and comparison of what was painted; return their paths."""
        made: list[Path] = []
        page = next(page for page in result.pages if page.choices)
        chroma = page.choices[0]
        if (path := self.extras.confidence) is not None:
            image = confidence_map(page.sitting, chroma)
            save_picture(image, path, Kind.CONFIDENCE, overwrite=self.replaces[path])
            made.append(path)
        if (path := self.extras.compare) is not None:
            image = before_and_after(self.colorizer, page.sitting, chroma)
            save_picture(image, path, Kind.COMPARISON, overwrite=self.replaces[path])
            made.append(path)
        return made

    def _recipe(self, result: Result) -> list[Path]:
        repeat, targets = self.extras.repeat, result.targets
        if repeat is None and not self.extras.recipe:
            return []
        recipe = Recipe.of(self.colorizer, self.source, targets[0] if targets else None)
        if repeat is not None and not self.extras.quiet:
            if recipe.input_sha256 != repeat.input_sha256:
                say(
                    f"{self.source.name}: not the photograph that the recipe was made with "
                    f"({repeat.input_name})"
                )
            elif targets and _differs(recipe.output_sha256, repeat.output_sha256):
                say(f"{self.source.name}: the result differs from the recorded one "
                    "(another machine, format or version?)")  # fmt: skip
        if not self.extras.recipe:
            return []
        path = names.recipe(targets[0])
        recipe.write(path, overwrite=self.replaces[path])
        if self.settings.keep_dates:
            self.source.keep_dates(path)
        return [path]


def _differs(made: str, recorded: str) -> bool:
    """Whether a result is another than the recorded one; of those that are signed nobody can say."""
    return bool(made and recorded) and made != recorded


def _is_folder(output: str) -> bool:
    return is_folder(Path(output)) or output.endswith(("/", os.sep))


def _check_pipe(settings: Settings, extras: Extras) -> None:
    if extras.recipe:
        msg = "--recipe writes beside the result; give the result a name with -o"
        raise click.UsageError(msg)
    if extras.json:
        msg = "stdout takes the picture or the JSON; give the picture a name with -o"
        raise click.UsageError(msg)
    if settings.candidates > 1:
        msg = "stdout takes one picture; write several candidates to files with -o"
        raise click.UsageError(msg)
    if sys.stdout.isatty():
        msg = "stdout is a terminal; send the picture to a file: > out.png, or -o out.png"
        raise click.UsageError(msg)


def _tell(line: Line, settings: Settings, extras: Extras) -> None:
    if extras.json:
        emit(line)
    if extras.report is not None:
        networks: tuple[str, ...] = ()
        with suppress(TintypeError):  # a network that is missing is what the line is about
            networks = network_digests(settings)
        Report(settings, networks, [line], line.outcome.seconds).write(extras.report)


def _digest(source: Source | None) -> str:
    try:
        return source.sha256() if source is not None else ""
    except TintypeError:
        return ""
