"""A film from beginning to end: planned, coloured in segments that are never done twice, joined, marked."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tintype import files, names
from tintype._version import __version__
from tintype.colorizer import Colorizer
from tintype.errors import Cancelled, DiskFull, FilmError, SettingsError, TargetExists
from tintype.film import outputs
from tintype.film.camera import Camera
from tintype.film.dependencies import av
from tintype.film.door import probe, reader
from tintype.film.follow import followed
from tintype.film.info import FilmInfo, fingerprint
from tintype.film.notes import notes_of
from tintype.film.options import FilmHint, FilmOptions, Span
from tintype.film.plan import Plan
from tintype.film.recipe import FilmRecipe
from tintype.film.segment import Colors, changed
from tintype.film.survey import survey
from tintype.film.target import Target, target_of
from tintype.film.work import Work
from tintype.network.adapter import Network
from tintype.notes import Note
from tintype.settings import WITHOUT_EFFECT, Settings
from tintype.steps import StageProgress

FORMAT = 3
"""Version of what is kept between two runs; work of another version is not gone on with."""

_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True, slots=True)
class FilmResult:
    """What became of a film.

    Attributes
    ----------
    target : Path or None
        The film written; None while other shards have pieces to do.
    frames, shots : int
    reused : int
        Segments that an earlier run had finished.
    notes : tuple of str
        What the user should know: anything assumed, repaired or left out.
    """

    target: Path | None
    frames: int
    shots: int
    reused: int
    notes: tuple[Note, ...]


@dataclass(slots=True)
class FilmJob:
    """Colours one film.

    Attributes
    ----------
    source, target : Path
    settings : Settings
        As for photographs. `size`, `device`, `threads`, vividness, saturation, warmth, palette, reference and
        mark act on films.
    options : FilmOptions
    span : Span, optional
        A part only, for a look at it.
    shard : (int, int)
        Which part of the segments is done here, as (1, 3); the last one to end joins the film.
    overwrite : bool
        Whether an earlier result of ours may be replaced; nothing else ever is.
    recipe : bool
        Whether to write beside the result how it was made.
    repeat : FilmRecipe, optional
        The recipe that is repeated, whose settings, options and span the job has; any other film, network or
        file is refused.
    """

    source: Path
    target: Path
    settings: Settings = field(default_factory=Settings)
    options: FilmOptions = field(default_factory=FilmOptions)
    span: Span | None = None
    shard: tuple[int, int] = (1, 1)
    overwrite: bool = False
    recipe: bool = False
    repeat: FilmRecipe | None = None

    @property
    def folder(self) -> Path:
        """Where finished pieces wait until the film is whole: beside the target."""
        part = f".{self.span.start:g}-{self.span.seconds:g}" if self.span else ""
        return self.target.with_name(f".{self.target.name}{part}.tintype-film")

    def run(self, progress: StageProgress | None = None) -> FilmResult:
        """Colour the film, or go on where a run like this one was broken off.

        Parameters
        ----------
        progress : callable, optional
            Called with what is being done (``plan``, ``color``, ``join``), the frames done and their number
            (0 if it isn't known); returning False cancels.

        Raises
        ------
        FilmError, FileMissing, TargetExists, NotReplaceable, DiskFull, SettingsError, NetworkError, Cancelled
        FilmChanged
            When work that was broken off, or a recipe, is of another film, network or settings.
        """
        told, work = progress or (lambda *_: None), Work(self.folder, self.target)
        work.sweep()
        if not work.is_published():
            self._check(begun=work.is_begun)
        with self._disk():
            timed = not self.options.frames or bool(self.options.hints) or self.span is not None
            info = probe(self.source, self.options, self.settings, timed=timed)
            network = self._network()
            left_out = self._repeated(network)
            target = target_of(self.target, info, self.options, self.settings, self.span, self.overwrite)
            left_out += target.check(files.temporary_beside(self.target.parent))
            with work.alone(self.shard[0]):
                return self._run(work, info, network, target, left_out, told)

    def _check(self, *, begun: bool) -> None:
        """Say before any work whether the result may be written; a job that was begun has asked for more."""
        outputs.check(self.target, self.source, overwrite=self.overwrite)
        if self.recipe and not begun:
            outputs.check_recipe(self.target, self.source, overwrite=self.overwrite)

    def _repeated(self, network: Network) -> tuple[Note, ...]:
        """Hold the run to the recipe it repeats, before any work; what differs without harm is returned."""
        if self.repeat is None:
            return ()
        self.repeat.check(self.source, network.sha256)
        return self.repeat.differing(_versions())

    def _run(
        self, work: Work, info: FilmInfo, network: Network, target: Target, left_out: Sequence[Note],
        told: StageProgress,
    ) -> FilmResult:  # fmt: skip
        stated = self._stated(info, network.sha256)
        if work.is_published() and not work.is_of(stated):  # what is there is whole, and of another run
            work.forget()
            self._check(begun=False)
        found = work.planned(stated, target.suffix, lambda: self._surveyed(info, told))
        camera = Camera(info, found.area, network, self.settings)
        colors = Colors(found, camera, reader(info, self.options, self.settings))
        colors.hints = followed(self._hints(info), colors, self.options)
        segments = found.segments()
        paths = {s: work.piece(s, target.suffix) for s in segments}
        mine = segments[self.shard[0] - 1 :: self.shard[1]]
        waiting = [s for s in mine if not paths[s].exists()]
        frames = [sum(s.end - s.start for s in some) for some in (mine, waiting)]
        step = _Steps(self.source, told, frames[0] - frames[1], frames[0])
        for segment in waiting:
            target.piece(colors.of(segment), found, paths[segment], step)
        notes = [*notes_of(info, found, self.options), *left_out]
        written = None

        def join() -> None:
            pieces = [(paths[s], s.start) for s in segments]
            notes.extend(target.join(pieces, found, work.folder, seal))

        def seal(made: Path) -> None:
            self._seal(made, info, stated, notes)
            work.seal(made)

        if all(path.exists() for path in paths.values()):
            told("join", 0, 0)
            written = self.target if work.join(join) else None
        reused = len(mine) - len(waiting)
        return FilmResult(written, found.frames, len(found.shots), reused, tuple(dict.fromkeys(notes)))

    def _hints(self, info: FilmInfo) -> tuple[FilmHint, ...]:
        """The hints of the film, or of the part of it that is coloured."""
        if self.span is None:
            return self.options.hints
        first = self.span.start - float(info.begins * info.time_base)
        return tuple(h for h in self.options.hints if first <= h.seconds < first + self.span.seconds)

    def _network(self) -> Network:
        networks = Colorizer(self.settings).networks()
        if len(networks) != 1:
            msg = f"model is {self.settings.model!r}; a film asks one network, name one"
            raise SettingsError(msg, setting="model")
        return networks[0]

    def _stated(self, info: FilmInfo, weights: str) -> dict[str, Any]:
        """What a result depends on: work goes on only where all of it is as it was."""
        settings = {k: v for k, v in self.settings.to_json().items() if k not in WITHOUT_EFFECT}
        stated = {
            "tintype_film": FORMAT,
            "program": __version__,
            "source": {"name": info.path.name, "fingerprint": info.fingerprint},
            "network_sha256": weights,
            "settings": settings,
            "film": self.options.to_json(),
            "span": [self.span.start, self.span.seconds] if self.span else None,
            "ffmpeg": _versions(),
        }
        return json.loads(json.dumps(stated))

    def _surveyed(self, info: FilmInfo, told: StageProgress) -> Plan:
        span = None
        if self.span:
            first = self.span.start / info.time_base
            span = round(first), round(first + self.span.seconds / info.time_base)
        return survey(
            info, self.options, reader(info, self.options, self.settings), span=span,
            progress=lambda n: told("plan", n, info.frames),
        )  # fmt: skip

    def _recipe(self, made: Path, stated: dict[str, Any]) -> FilmRecipe:
        return FilmRecipe.of(
            self.source, made, self.target.name, self.settings, self.options, self.span,
            stated["network_sha256"], stated["ffmpeg"],
        )  # fmt: skip

    def _seal(self, made: Path, info: FilmInfo, stated: dict[str, Any], notes: list[Note]) -> None:
        """Look at the finished result once more before it gets its name; write its recipe, hold it to one."""
        if fingerprint(info.path) != info.fingerprint:
            raise changed(info, "while it was being coloured")
        if not self.recipe and self.repeat is None:
            return
        recipe = self._recipe(made, stated)
        if self.repeat is not None:
            notes += self.repeat.compared(recipe)
        if self.recipe:
            named = names.recipe(self.target)
            if not recipe.may_replace(named, overwrite=self.overwrite):
                named = outputs.free_recipe(self.target)
                told = f"another recipe has its name, so that of this film is {named.name}"
                notes.append(Note(told, "recipe_named", name=named.name))
            text = json.dumps(recipe.to_json(), indent=2, ensure_ascii=False) + "\n"
            files.write_text(named, text, overwrite=True)

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except FileExistsError as error:
            raise TargetExists(self.target) from error
        except OSError as error:
            name, remedy = (
                str(error.filename or self.target),
                "what is done is kept: the same command goes on",
            )
            if error.errno in _FULL:
                raise DiskFull(name, remedy=f"free some space; {remedy}") from error
            raise FilmError(name=name, reason=error.strerror or str(error), remedy=remedy) from error


@dataclass(slots=True)
class _Steps:
    """Tells each finished frame, and stops the work when that is asked for."""

    source: Path
    told: StageProgress
    done: int
    total: int

    def __call__(self) -> None:
        self.done += 1
        if self.told("color", self.done, self.total) is False:
            remedy = "the same command goes on with it"
            raise Cancelled(name=str(self.source), reason="cancelled", remedy=remedy)


def _versions() -> dict[str, Any]:
    return {"av": av().__version__, "libavcodec": list(av().library_versions["libavcodec"])}
