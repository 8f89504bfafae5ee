"""The unit of work: colour one photograph. A picklable callable, so that any pool or cluster can run it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tintype import names, outputs
from tintype._version import __version__
from tintype.archive.hashes import network_digests, settings_digest
from tintype.archive.manifest import Entry
from tintype.errors import AlreadyInColor, NotReplaceable, TargetExists, TintypeError
from tintype.files import sha256
from tintype.outputs import Kind
from tintype.settings import Settings

if TYPE_CHECKING:
    from tintype.colorizer import Colorizer
    from tintype.sources import Source

STATUSES = ("coloured", "done", "colour", "unread", "failed")


@dataclass(frozen=True, slots=True)
class Task:
    """One photograph to colour.

    Attributes
    ----------
    source, target : Path
        Where it is, and where the result shall be.
    name : Path
        The photograph's name in manifest and report: relative to the input folder.
    stage : Path or None
        An empty name for a folder of half-made files, on the target's disk; None writes to the target at once
        (the writer itself never leaves half a file).
    overwrite : bool
        Whether an existing target may be replaced.
    known : Entry or None
        What the manifest says was done with this photograph earlier.
    root : Path
        The output folder, to which the manifest's names are relative.
    """

    source: Path
    target: Path
    name: Path
    root: Path
    stage: Path | None = None
    overwrite: bool = False
    known: Entry | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one photograph.

    Attributes
    ----------
    status : str
        ``coloured`` now; ``done`` earlier and found as it was; in ``colour`` already and left; ``unread``, of
        a format that isn't read; ``failed``.
    made : tuple of (Path, Path, str)
        Files made: where each lies now, where it belongs, its SHA-256.
    input : str
        SHA-256 of the photograph; empty when it could not be read.
    seconds : float
    notes : tuple of str
        What the user should know of the result.
    error : str
        Why it failed, or isn't read; else empty.
    """

    status: str
    made: tuple[tuple[Path, Path, str], ...] = ()
    input: str = ""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    error: str = ""


@dataclass(slots=True)
class ColorizeJob:
    """Colour a photograph as the settings say; call it with a `Task` to get an `Outcome`.

    A failure that Tintype knows is an outcome, not an exception. The network is opened at the first call and
    kept, so one object in each process is what a pool wants.

    Attributes
    ----------
    settings : Settings
    digest : str
        `settings_digest` of them: with the photograph's own hash it says whether a result is up to date.
    recipe : bool
        Write a recipe beside each result.
    networks : tuple of str
        SHA-256 of the weights.
    """

    settings: Settings
    digest: str = ""
    recipe: bool = False
    networks: tuple[str, ...] = ()
    _colorizer: Colorizer | None = field(default=None, init=False, repr=False)

    @classmethod
    def of(cls, settings: Settings, *, recipe: bool = False) -> ColorizeJob:
        """The unit of work for settings: one core a worker, unless `threads` says otherwise.

        Raises NetworkError when a network is missing, SettingsError when a file that the settings name is.
        """
        settings = settings.replace(threads=settings.threads or 1)
        networks = network_digests(settings)
        return cls(settings, settings_digest(settings, networks), recipe, networks)

    def __reduce__(self) -> tuple[Any, ...]:
        # Without the open network: each process opens its own.
        return ColorizeJob, (self.settings, self.digest, self.recipe, self.networks)

    def __call__(self, task: Task) -> Outcome:
        from tintype.sources import open_source

        start = time.perf_counter()
        digest = ""
        try:
            source = open_source(task.source)
            digest = source.sha256()
            if self._is_done(task, digest):
                status = "done" if task.known and task.known.status == "coloured" else "colour"
                return Outcome(status, input=digest, seconds=time.perf_counter() - start)
            status, made, notes = self._color(task, source, digest)
            source.check()  # what was hashed and what was coloured may be two photographs
        except TintypeError as error:
            why = _of_the_target(error, task)
            return Outcome("failed", input=digest, error=why, seconds=time.perf_counter() - start)
        except FileNotFoundError as error:
            why = f"{error.filename or task.source}: there is no such file; check the spelling"
            return Outcome("failed", error=why, seconds=time.perf_counter() - start)
        except OSError as error:
            why = f"{error.filename or task.source}: {error.strerror or error}"
            return Outcome("failed", input=digest, error=why, seconds=time.perf_counter() - start)
        except MemoryError:
            why = f"{task.source}: out of memory; colour it alone, or with fewer --jobs"
            return Outcome("failed", input=digest, error=why, seconds=time.perf_counter() - start)
        return Outcome(status, made, digest, time.perf_counter() - start, notes)

    def entry(self, task: Task, outcome: Outcome) -> Entry:
        """The manifest's line for an outcome."""
        outputs = {final.relative_to(task.root).as_posix(): digest for _, final, digest in outcome.made}
        return Entry(
            source=task.name.as_posix(),
            target=task.target.relative_to(task.root).as_posix(),
            input=outcome.input,
            settings=self.digest,
            status=outcome.status,
            outputs=outputs,
            program=__version__,
        )

    def _is_done(self, task: Task, digest: str) -> bool:
        known = task.known
        if known is None or (known.input, known.settings) != (digest, self.digest):
            return False
        # The result itself is read too: a truncated copy or one that somebody edited is not "done".
        try:
            return all(sha256(task.root / n) == d for n, d in known.outputs.items())
        except OSError:
            return False

    def may_replace(self, task: Task, digest: str, path: Path) -> bool:
        """Whether an existing file may be replaced.

        Without force that is only a file that an interrupted run has put there, of the very photograph and
        settings, while others of the same photograph (further candidates, the recipe) are still missing.
        """
        if task.overwrite:
            # By force: what Tintype has written and marked, or what the manifest knows; never a photograph.
            kind = Kind.RECIPE if path.name.endswith(names.RECIPE) else Kind.RESULT
            return outputs.kind_of(path) == kind or self._is_recorded(task, path)
        if task.known is None or (task.known.input, task.known.settings) != (digest, self.digest):
            return False
        return self._is_recorded(task, path)

    def _is_recorded(self, task: Task, path: Path) -> bool:
        try:
            name = path.relative_to(task.root).as_posix()
            return task.known is not None and task.known.outputs.get(name) == sha256(path)
        except OSError:
            return False

    def _color(self, task: Task, source: Source, digest: str) -> tuple[str, tuple[Any, ...], tuple[str, ...]]:
        if os.path.lexists(task.target) and not self.may_replace(task, digest, task.target):
            raise not_ours(task, task.target)
        target = task.target
        if task.stage is not None:
            task.stage.mkdir(parents=True)
            target = task.stage / task.target.name
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
        colorizer = self._open()
        try:
            result = colorizer.save(source, target, overwrite=task.overwrite)
        except AlreadyInColor as error:
            return "colour", (), (error.reason,)
        files = list(result.targets)
        if self.recipe:
            from tintype.recipe import Recipe

            path = names.recipe(target)
            Recipe.of(colorizer, source, files[0]).write(path, overwrite=task.overwrite)
            files.append(path)
            if self.settings.keep_dates:
                source.keep_dates(path)
        made = tuple((f, task.target.with_name(f.name), sha256(f)) for f in files)
        return "coloured", made, result.notes

    def _open(self) -> Colorizer:
        if self._colorizer is None:
            from tintype.colorizer import Colorizer
            from tintype.photo.decoder import forget_operations

            forget_operations()
            self._colorizer = Colorizer(self.settings)
        return self._colorizer


def _of_the_target(error: TintypeError, task: Task) -> str:
    """Return an error's message; the user knows the target, not the stage in which it is made."""
    name = Path(error.name)
    if task.stage is None or not error.reason or not name.is_relative_to(task.stage):
        return str(error)
    where = task.target.parent / name.relative_to(task.stage)
    return str(TintypeError(name=str(where), reason=error.reason, remedy=error.remedy))


def not_ours(task: Task, path: Path) -> TargetExists:
    """Return the error for a file that lies where a result of this photograph would go."""
    if task.overwrite:
        reason = "exists, and is nothing that Tintype has written and marked"
        return NotReplaceable(path, reason, remedy="take it away, or choose another -o")
    why = "exists, and was not made from this photograph with these settings"
    return TargetExists(path, reason=why, remedy="--force replaces it")
