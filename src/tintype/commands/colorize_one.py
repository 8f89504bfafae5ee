"""``tintype colorize`` on one photograph, or a pipe."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import click

from tintype.archive.hashes import network_digests
from tintype.archive.plan import suffix_of_result
from tintype.archive.report import Line, Report
from tintype.archive.trees import is_folder
from tintype.archive.work import Outcome, copy_date
from tintype.colorizer import Colorizer, target_beside
from tintype.commands.colorize import PIPE, Extras
from tintype.commands.console import emit, listening, photo_bar, say
from tintype.errors import PhotoError, SettingsError, TintypeError
from tintype.files import sha256
from tintype.photo.read import read
from tintype.proofs import check_name, comparison, confidence_map, save_picture
from tintype.recipe import Recipe, recipe_path
from tintype.settings import Settings


def colorize_one(photo: str, output: str | None, settings: Settings, extras: Extras) -> None:
    """Colour one photograph, say what became of it, and let the library's errors through."""
    source: Path | bytes
    if photo == PIPE:
        if sys.stdin.isatty():
            msg = "stdin is a terminal; send a photograph, as in: tintype colorize - < in.png > out.png"
            raise click.UsageError(msg)
        name, source = "<stdin>", sys.stdin.buffer.read()
    elif _is_pipe(Path(photo)):  # of the shell's, as in <(scan): it can be read once only
        name, source = photo, Path(photo).read_bytes()
    else:
        name, source = photo, Path(photo)
    start = time.perf_counter()
    made: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    status, why = "failed", ""
    try:
        status, made, notes = _colour(source, name, output, settings, extras)
        if status == "colour":
            why = f"{name}: in colour already, so nothing was written; "
            why += "--already-colour recolour colours it again"
            raise PhotoError(why)
    except TintypeError as error:
        why = str(error)
        raise
    finally:
        if extras.report is not None or extras.json:
            seconds = time.perf_counter() - start
            outcome = Outcome(status, input=_digest(source), seconds=seconds, notes=notes, error=why)
            try:
                _tell(Line(Path(name), outcome, made), settings, extras)
            except TintypeError as error:
                if not why:
                    raise
                say(f"tintype: {error}")  # what failed first is what the command ends with
    if not extras.quiet:
        for note in notes:
            say(note if name in note else f"{name}: {note}")
        for path in made:
            say(f"{name} → {path}")


def _is_pipe(path: Path) -> bool:
    try:
        return path.is_fifo()
    except OSError:
        return False


def _colour(
    source: Path | bytes, name: str, output: str | None, settings: Settings, extras: Extras
) -> tuple[str, tuple[Path, ...], tuple[str, ...]]:
    """Status, files and notes."""
    if source == b"":
        msg = "<stdin>: nothing came; send a photograph, as in: tintype colorize - < in.png > out.png"
        raise PhotoError(msg)
    target = _target(source, output, settings, extras)
    _refuse_to_replace(source, target, settings, extras)
    colorizer = Colorizer(settings)
    with photo_bar(name, quiet=extras.quiet) as progress:
        result = listening(
            lambda: colorizer.save(source, target, overwrite=extras.force, progress=progress, name=name)
        )
    if result.status == "skipped":
        return "colour", (), result.notes
    if result.data is not None:
        sys.stdout.buffer.write(result.data)
        sys.stdout.buffer.flush()
    if extras.keep_dates and isinstance(source, Path):
        for path in result.targets:
            copy_date(source, path)
    made = [*result.targets, *_beside(colorizer, source, name, result.targets, extras)]
    return "coloured", tuple(made), result.notes


def _target(source: Path | bytes, output: str | None, settings: Settings, extras: Extras) -> Path | None:
    """Where the result goes; None is stdout."""
    if output == PIPE or (output is None and isinstance(source, bytes)):
        _check_pipe(settings, extras)
        return None
    if output is not None and not _is_folder(output):
        if not Path(output).suffix and not settings.format:
            msg = f"{output}: a file or a folder? Write {output}{os.sep} to have a folder made, "
            msg += f"or name a file, such as {output}.jpg"
            raise SettingsError(msg)
        if not is_folder(Path(output).parent):
            msg = f"{output}: there is no folder {Path(output).parent}; make it first, or check the spelling"
            raise PhotoError(msg)
        return Path(output)
    if isinstance(source, bytes):
        msg = f"{output}: what comes from stdin has no name; name a file in that folder"
        raise PhotoError(msg)
    if output is None:
        target = target_beside(source, read(source, settings)[0], settings)
    else:
        target = Path(output) / (source.stem + suffix_of_result(source, settings.format))
        if target.parent.resolve() == source.parent.resolve():
            target = target.with_name(f"{source.stem}.color{target.suffix}")
        target.parent.mkdir(parents=True, exist_ok=True)
    if extras.repeat is not None and extras.repeat.output_name:
        # A recipe repeated gives a file of the same kind.
        target = target.with_suffix(Path(extras.repeat.output_name).suffix)
    return target


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


def _refuse_to_replace(source: Path | bytes, target: Path | None, settings: Settings, extras: Extras) -> None:
    """Say before any work is done what may not be replaced; the writer looks once more when it publishes."""
    wanted = [p for p in (extras.confidence, extras.compare) if p is not None]
    for path in wanted:
        check_name(path)
    if target is not None:
        numbered = [
            target.with_name(f"{target.stem}.{n}{target.suffix}") for n in range(2, settings.candidates + 1)
        ]
        wanted += [target, *numbered]
        if extras.recipe:
            wanted.append(recipe_path(target))
    for path in wanted:
        if wanted.count(path) > 1:
            msg = f"{path}: two things can't be written to one file; give each a name of its own"
            raise PhotoError(msg)
        if isinstance(source, Path) and path.exists() and source.exists() and path.samefile(source):
            msg = f"{path}: that is the photograph itself; choose another name for the result"
            raise PhotoError(msg)
        if not extras.force and os.path.lexists(path):
            msg = f"{path}: exists already; --force replaces it, -o chooses another name"
            raise PhotoError(msg)


def _beside(
    colorizer: Colorizer, source: Path | bytes, name: str, targets: tuple[Path, ...], extras: Extras
) -> list[Path]:
    """Write recipe, confidence and comparison; return their paths."""
    made: list[Path] = []
    if extras.recipe or extras.repeat is not None:
        made += _recipe(colorizer, source, name, targets, extras)
    if extras.confidence is not None or extras.compare is not None:
        sitting = colorizer.prepare(source, name=name)[0]
        chroma = colorizer.decode(sitting, colorizer.predict(sitting))[0]
        if extras.confidence is not None:
            save_picture(confidence_map(sitting, chroma), extras.confidence, overwrite=extras.force)
            made.append(extras.confidence)
        if extras.compare is not None:
            save_picture(comparison(colorizer, sitting, chroma), extras.compare, overwrite=extras.force)
            made.append(extras.compare)
    return made


def _recipe(
    colorizer: Colorizer, source: Path | bytes, name: str, targets: tuple[Path, ...], extras: Extras
) -> list[Path]:
    recipe = Recipe.of(colorizer, source, targets[0] if targets else None, name=name)
    if extras.repeat is not None and not extras.quiet:
        if recipe.input_sha256 != extras.repeat.input_sha256:
            say(f"{name}: not the photograph that the recipe was made with ({extras.repeat.input_name})")
        elif targets and recipe.output_sha256 != extras.repeat.output_sha256:
            say(f"{name}: the result differs from the recorded one (another machine, format or version?)")
    if not extras.recipe:
        return []
    path = recipe_path(targets[0])
    recipe.write(path, overwrite=extras.force)
    return [path]


def _tell(line: Line, settings: Settings, extras: Extras) -> None:
    if extras.json:
        emit(line)
    if extras.report is not None:
        networks: tuple[str, ...] = ()
        with suppress(TintypeError):  # a network that is missing is what the line is about
            networks = network_digests(settings)
        Report(settings, networks, [line], line.outcome.seconds).write(extras.report)


def _digest(source: Path | bytes) -> str:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    try:
        return sha256(source)
    except OSError:
        return ""
