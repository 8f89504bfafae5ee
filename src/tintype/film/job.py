"""A film from beginning to end: planned, coloured in segments that are never done twice, joined, marked."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tintype import files, names
from tintype._version import __version__
from tintype.colorizer import Colorizer
from tintype.errors import Cancelled, DiskFull, FilmChanged, FilmError, SettingsError, TargetExists
from tintype.film import outputs, plan
from tintype.film.camera import Camera
from tintype.film.dependencies import av
from tintype.film.door import probe, reader
from tintype.film.follow import followed
from tintype.film.notes import notes_of
from tintype.film.options import FilmHint, FilmOptions, Span
from tintype.film.plan import Plan, Segment
from tintype.film.recipe import FilmRecipe
from tintype.film.segment import Colors, changed
from tintype.film.source import FilmInfo, fingerprint
from tintype.film.target import Target, target_of
from tintype.network.adapter import Network
from tintype.settings import WITHOUT_EFFECT, Settings

FORMAT = 2
"""Version of what is kept between two runs; work of another version is not gone on with."""

_JOINING = "join.lock"
_FULL = (errno.ENOSPC, errno.EDQUOT)
Progress = Callable[[str, int, int], bool | None]


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
    notes: tuple[str, ...]


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

    def run(self, progress: Progress | None = None) -> FilmResult:
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
        told = progress or (lambda *_: None)
        outputs.check(self.target, self.source, overwrite=self.overwrite)
        if self.recipe and not plan.is_kept(self.folder):  # a job that was broken off has asked already
            outputs.check_recipe(self.target, self.source, overwrite=self.overwrite)
        with self._disk():
            timed = not self.options.frames or bool(self.options.hints) or self.span is not None
            info = probe(self.source, self.options, self.settings, timed=timed)
            network = self._network()
            left_out = self._repeated(network)
            target = target_of(self.target, info, self.options, self.settings, self.span, self.overwrite)
            left_out += target.check(files.temporary_beside(self.target.parent))
            self.folder.mkdir(exist_ok=True)
            files.sweep(self.folder)
            with self._alone():
                return self._run(info, network, target, left_out, told)

    def _repeated(self, network: Network) -> tuple[str, ...]:
        """Hold the run to the recipe it repeats, before any work; what differs without harm is returned."""
        if self.repeat is None:
            return ()
        self.repeat.check(self.source, network.sha256)
        return self.repeat.differing(_versions())

    def _run(
        self, info: FilmInfo, network: Network, target: Target, left_out: Sequence[str], told: Progress
    ) -> FilmResult:
        stated = self._stated(info, network.sha256)
        found = self._planned(info, stated, target, told)
        camera = Camera(info, found.area, network, self.settings)
        colors = Colors(found, camera, reader(info, self.options, self.settings))
        colors.hints = followed(self._hints(info), colors, self.options)
        segments = found.segments()
        mine = segments[self.shard[0] - 1 :: self.shard[1]]
        waiting = [s for s in mine if not self._piece(s, target).exists()]
        frames = [sum(s.end - s.start for s in some) for some in (mine, waiting)]
        step = _Steps(self.source, told, frames[0] - frames[1], frames[0])
        for segment in waiting:
            target.piece(colors.of(segment), found, self._piece(segment, target), step)
        notes = [*notes_of(info, found, self.options), *left_out]
        reused = len(mine) - len(waiting)
        pieces = [(self._piece(s, target), s.start) for s in segments]
        written = None
        if all(path.exists() for path, _ in pieces):
            told("join", 0, 0)
            seal = partial(self._seal, info=info, stated=stated, notes=notes)
            if self._join(lambda: target.join(pieces, found, self.folder, seal), notes):
                written = self.target
        return FilmResult(written, found.frames, len(found.shots), reused, tuple(dict.fromkeys(notes)))

    def _join(self, join: Callable[[], tuple[str, ...]], notes: list[str]) -> bool:
        """Make the result, unless another part that ended too does so; whether it was made here."""
        try:
            with files.lock(self.folder / _JOINING):
                if not plan.is_kept(self.folder):
                    return False
                notes += join()
                plan.forget(self.folder)
        except BlockingIOError:
            return False
        return True

    def _hints(self, info: FilmInfo) -> tuple[FilmHint, ...]:
        """The hints of the film, or of the part of it that is coloured."""
        if self.span is None:
            return self.options.hints
        first = self.span.start - float(info.begins * info.time_base)
        return tuple(h for h in self.options.hints if first <= h.seconds < first + self.span.seconds)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two runs of one part would do all work twice."""
        try:
            with files.lock(self.folder / f"part-{self.shard[0]}.lock"):
                try:
                    yield
                finally:
                    if not plan.is_kept(self.folder):  # the film is whole, or nothing came of it
                        shutil.rmtree(self.folder, ignore_errors=True)
        except BlockingIOError as error:
            reason, remedy = "another run is at work on it", "wait for its end, or end it"
            raise FilmError(name=str(self.target), reason=reason, remedy=remedy) from error

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

    def _planned(self, info: FilmInfo, stated: dict[str, Any], target: Target, told: Progress) -> Plan:
        kept = plan.load(self.folder)
        pieces = list(self.folder.glob(f"[0-9]*{target.suffix}"))
        if kept is not None and kept[1] == stated:
            return kept[0]
        if kept is not None and pieces:
            before = kept[1]
            other = next(k for k in stated if before.get(k) != stated[k])
            what = "on the film before it changed" if other == "source" else f"of a run with another {other}"
            remedy = "delete that folder to begin anew, or choose another name for the result"
            raise FilmChanged(str(self.folder), other, reason=f"it holds work {what}", remedy=remedy)
        for piece in pieces:
            files.discard(piece)  # of a run that ended, or whose plan is lost
        span = None
        if self.span:
            first = self.span.start / info.time_base
            span = round(first), round(first + self.span.seconds / info.time_base)
        made = plan.survey(
            info, self.options, reader(info, self.options, self.settings), span=span,
            progress=lambda n: told("plan", n, info.frames),
        )  # fmt: skip
        plan.save(made, self.folder, stated)
        return made

    def _piece(self, segment: Segment, target: Target) -> Path:
        return self.folder / f"{segment.index:05d}{target.suffix}"

    def _recipe(self, made: Path, stated: dict[str, Any]) -> FilmRecipe:
        return FilmRecipe.of(
            self.source, made, self.target.name, self.settings, self.options, self.span,
            stated["network_sha256"], stated["ffmpeg"],
        )  # fmt: skip

    def _seal(self, made: Path, info: FilmInfo, stated: dict[str, Any], notes: list[str]) -> None:
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
                notes.append(f"another recipe has its name, so that of this film is {named.name}")
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
    told: Progress
    done: int
    total: int

    def __call__(self) -> None:
        self.done += 1
        if self.told("color", self.done, self.total) is False:
            msg = f"{self.source}: cancelled; the same command goes on with it"
            raise Cancelled(msg)


def _versions() -> dict[str, Any]:
    return {"av": av().__version__, "libavcodec": list(av().library_versions["libavcodec"])}
