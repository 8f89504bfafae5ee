"""The unit of work: colour one photograph. A picklable callable, so that any pool or cluster can run it."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from tintype import names
from tintype._version import __version__
from tintype.archive.entry import Entry
from tintype.archive.hashes import network_digests, settings_digest
from tintype.archive.publish import may_replace, not_ours, publish
from tintype.archive.task import Outcome, Task
from tintype.errors import AlreadyInColor, SettingsError, TintypeError
from tintype.files import sha256
from tintype.settings import Settings

if TYPE_CHECKING:
    from tintype.colorizer import Colorizer
    from tintype.sources import Source
    from tintype.steps import Result


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
    _own: dict[str, tuple[Settings, str]] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, settings: Settings, *, recipe: bool = False) -> ColorizeJob:
        """The unit of work for settings: one core a worker, unless `threads` says otherwise.

        Raises NetworkError when a network is missing, SettingsError when a file that the settings name is.
        """
        settings = settings.replace(threads=settings.threads or 1)
        networks = network_digests(settings)
        if settings.credentials:
            from tintype.credentials import load

            load()  # a key that is missing is said once, not for each photograph
        return cls(settings, settings_digest(settings, networks), recipe, networks)

    def __reduce__(self) -> tuple[Any, ...]:
        # Without the open network: each process opens its own.
        return ColorizeJob, (self.settings, self.digest, self.recipe, self.networks)

    def settings_of(self, options: Mapping[str, Any] | None) -> Settings:
        """Return the settings of a photograph that has some of its own. Raises SettingsError."""
        return self._of(options)[0] if options else self.settings

    def digest_of(self, options: Mapping[str, Any] | None) -> str:
        """Return their digest. Raises SettingsError, NetworkError."""
        return self._of(options)[1] if options else self.digest

    def _of(self, options: Mapping[str, Any]) -> tuple[Settings, str]:
        key = json.dumps(dict(options), sort_keys=True)
        if key not in self._own:
            if len(self._own) >= 64:  # hints are nearly always of one photograph alone
                self._own.clear()
            values = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
            settings = self.settings.replace(**values)
            same = settings.model == self.settings.model
            networks = self.networks if same else network_digests(settings)
            self._own[key] = settings, settings_digest(settings, networks)
        return self._own[key]

    def __call__(self, task: Task) -> Outcome:
        start = time.perf_counter()
        told: dict[str, str] = {}
        try:
            outcome = self._outcome(task, told)
        except TintypeError as error:
            why = _of_the_target(error, task)
            outcome = Outcome("failed", error=why, cause=type(error).__name__)
        except FileNotFoundError as error:
            why = f"{error.filename or task.shown}: there is no such file; check the spelling"
            outcome = Outcome("failed", error=why, cause="FileMissing")
        except OSError as error:
            why = f"{error.filename or task.shown}: {error.strerror or error}"
            outcome = Outcome("failed", error=why, cause=type(error).__name__, again=True)
        except MemoryError:
            why = f"{task.shown}: out of memory; colour it alone, or with fewer --jobs"
            outcome = Outcome("failed", error=why, cause="OutOfMemory", again=True)
        finally:
            if task.destination.by_worker:  # it may lie on another machine than the manifest
                shutil.rmtree(task.stage, ignore_errors=True)
        seconds = time.perf_counter() - start
        digest = told.get("digest", self.digest)
        return replace(outcome, input=told.get("input", ""), seconds=seconds, digest=digest)

    def entry(self, task: Task, outcome: Outcome) -> Entry:
        """The manifest's row for an outcome."""
        return Entry(
            source=task.item.name,
            target=task.target,
            input=outcome.input,
            settings=outcome.digest,
            status=outcome.status,
            outputs={name: digest for _, name, digest in outcome.made},
            sizes=outcome.sizes,
            program=__version__,
            networks=",".join(self.networks),
            place=task.item.place,
            version=task.item.version,
            options=task.item.options or {},
            seconds=outcome.seconds,
            time=_after(task.known),
            confidence=outcome.confidence,
            notes=outcome.notes,
            retries=task.retries,
            # Its own settings are among those it was made with: the planner has seen to that.
            review="redone" if task.known is not None and task.known.review == "redone" else "",
        )

    def _outcome(self, task: Task, told: dict[str, str]) -> Outcome:
        from tintype.sources import open_source

        try:
            settings = self.settings_of(task.item.options)
            told["digest"] = digest = self.digest_of(task.item.options)
        except SettingsError as error:  # of a list, which may be long
            raise SettingsError(f"{task.shown}: {error}", setting=error.setting) from error
        path = task.source.local(task.item, task.stage / "photograph")
        source = open_source(path, name=task.shown)
        told["input"] = source.sha256()
        if self._is_done(task, told["input"], digest):
            return Outcome("done" if task.known and task.known.status == "coloured" else "colour")
        outcome = self._color(task, source, settings, told["input"])
        source.check()  # what was hashed and what was coloured may be two photographs
        if outcome.status == "coloured" and task.destination.by_worker:
            notes = publish(task, outcome)
            outcome = replace(outcome, notes=outcome.notes + notes)
        return outcome

    def _is_done(self, task: Task, digest: str, settings: str) -> bool:
        known = task.known
        if known is None or (known.input, known.settings) != (digest, settings):
            return False
        # The result itself is read too: a truncated copy or one that somebody edited is not "done".
        try:
            return all(task.destination.sha256(n) == d for n, d in known.outputs.items())
        except OSError:
            return False

    def _color(self, task: Task, source: Source, settings: Settings, digest: str) -> Outcome:
        asked = Outcome("coloured", input=digest, digest=self.digest_of(task.item.options))
        if not task.destination.by_worker and not may_replace(task, asked, task.target):
            raise not_ours(task, task.target)
        task.stage.mkdir(parents=True, exist_ok=True)
        target = task.stage / PurePosixPath(task.target).name
        colorizer = self._open()
        try:
            result = colorizer.save(source, target, settings, overwrite=task.overwrite)
        except AlreadyInColor as error:
            return Outcome("colour", notes=(error.reason,))
        files = list(result.targets)
        if self.recipe:
            files.append(self._recipe(source, files[0], settings, overwrite=task.overwrite))
        made = tuple((f, task.beside(f.name), sha256(f)) for f in files)
        sizes = tuple(f.stat().st_size for f in files)
        return replace(asked, made=made, sizes=sizes, notes=result.notes, confidence=_confidence(result))

    def _recipe(self, source: Source, target: Path, settings: Settings, *, overwrite: bool) -> Path:
        from tintype.recipe import Recipe

        path = names.recipe(target)
        Recipe.of(self._open(), source, target, settings).write(path, overwrite=overwrite)
        if settings.keep_dates:
            source.keep_dates(path)
        return path

    def _open(self) -> Colorizer:
        if self._colorizer is None:
            from tintype.colorizer import Colorizer
            from tintype.photo.decoder import forget_operations

            forget_operations()
            self._colorizer = Colorizer(self.settings)
        return self._colorizer


def _after(known: Entry | None) -> float:
    """Return the time, but one behind that of an earlier result: clocks go back, and the later one counts."""
    return max(time.time(), known.time + 0.001) if known is not None else time.time()


def _confidence(result: Result) -> float:
    sure = [c.confidence for page in result.pages for c in page.choices[:1] if c.confidence is not None]
    return float(sum(s.mean() for s in sure) / len(sure)) if sure else -1.0


def _of_the_target(error: TintypeError, task: Task) -> str:
    """Return an error's message; the user knows the target, not the stage in which it is made."""
    name = Path(error.name)
    if not error.reason or not name.is_relative_to(task.stage):
        return str(error)
    where = task.destination.show(task.beside(name.relative_to(task.stage).as_posix()))
    return str(TintypeError(name=where, reason=error.reason, remedy=error.remedy))
