"""A film from beginning to end: planned, coloured in segments that are never done twice, joined, marked."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tintype import files, names
from tintype._version import __version__
from tintype.colorizer import Colorizer
from tintype.errors import Cancelled, DiskFull, FilmChanged, FilmError, SettingsError, TargetExists
from tintype.film import join, outputs, plan
from tintype.film.ahead import ahead
from tintype.film.camera import Camera
from tintype.film.dependencies import av
from tintype.film.encode import Piece, codec_of, halves
from tintype.film.follow import followed
from tintype.film.options import FilmOptions, Span
from tintype.film.paint import painted
from tintype.film.plan import Plan, Segment
from tintype.film.recipe import FilmRecipe
from tintype.film.segment import Colors
from tintype.film.source import Decoder, FilmInfo, fingerprint, probe
from tintype.network.adapter import Network
from tintype.settings import WITHOUT_EFFECT, Settings

FORMAT = 2
"""Version of what is kept between two runs; work of another version is not gone on with."""

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
    """

    source: Path
    target: Path
    settings: Settings = field(default_factory=Settings)
    options: FilmOptions = field(default_factory=FilmOptions)
    span: Span | None = None
    shard: tuple[int, int] = (1, 1)
    overwrite: bool = False
    recipe: bool = False

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
        """
        told = progress or (lambda *_: None)
        outputs.check(self.target, self.source, overwrite=self.overwrite)
        info = probe(self.source)
        network = self._network()
        with self._disk():
            left_out = join.check(self.target, info, files.temporary_beside(self.target.parent))
            self.folder.mkdir(exist_ok=True)
            files.sweep(self.folder)
            with self._alone():
                return self._run(info, network, left_out, told)

    def _run(self, info: FilmInfo, network: Network, left_out: tuple[str, ...], told: Progress) -> FilmResult:
        stated = self._stated(info, network.sha256)
        found = self._planned(info, stated, told)
        camera = Camera(info, found.area, network, self.settings)
        colors = Colors(found, camera, Decoder(info, deinterlace=self.options.deinterlace))
        colors.hints = followed(self.options.hints, colors, self.options)
        segments = found.segments()
        mine = segments[self.shard[0] - 1 :: self.shard[1]]
        waiting = [s for s in mine if not self._piece(s).exists()]
        frames = [sum(s.end - s.start for s in some) for some in (mine, waiting)]
        done, total = frames[0] - frames[1], frames[0]
        for segment in waiting:
            done = self._color(segment, colors, info, done, total, told)
        notes = (*_notes(info, found, self.options), *left_out)
        reused = len(mine) - len(waiting)
        target = self.target if all(self._piece(s).exists() for s in segments) else None
        if target:
            told("join", 0, 0)
            if fingerprint(info.path) != info.fingerprint:
                raise colors.changed("while it was being coloured")
            self._join(segments, found, info, stated)
        return FilmResult(target, found.frames, len(found.shots), reused, notes)

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

    def _planned(self, info: FilmInfo, stated: dict[str, Any], told: Progress) -> Plan:
        kept = plan.load(self.folder)
        pieces = list(self.folder.glob(f"[0-9]*{codec_of(self.options).suffix}"))
        if kept is not None and kept[1] == stated:
            return kept[0]
        if kept is not None and pieces:
            before = kept[1]
            other = next(k for k in stated if before.get(k) != stated[k])
            what = "on the film before it changed" if other == "source" else f"of a run with another {other}"
            remedy = "delete that folder to begin anew, or choose another name for the result"
            raise FilmChanged(str(self.folder), other, reason=f"it holds work {what}", remedy=remedy)
        for piece in pieces:
            piece.unlink()  # of a run that ended, or whose plan is lost
        span = None
        if self.span:
            first = self.span.start / info.time_base
            span = round(first), round(first + self.span.seconds / info.time_base)
        made = plan.survey(info, self.options, span=span, progress=lambda n: told("plan", n, info.frames))
        plan.save(made, self.folder, stated)
        return made

    def _piece(self, segment: Segment) -> Path:
        return self.folder / f"{segment.index:05d}{codec_of(self.options).suffix}"

    def _color(
        self, segment: Segment, colors: Colors, info: FilmInfo, done: int, total: int, told: Progress
    ) -> int:
        half = halves(self.options)

        def planes() -> Iterator[tuple[Any, int]]:
            for frame, ab in colors.of(segment):
                yield painted(frame.luma, ab, colors.plan.area, info.encoding, halves=half), frame.pts

        path = self._piece(segment)
        with (
            files.replacing(path, overwrite=True) as temporary,
            Piece(temporary, info, self.options) as piece,
        ):
            for ready, pts in ahead(planes()):
                piece.write(ready, pts)
                done += 1
                if told("color", done, total) is False:
                    msg = f"{self.source}: cancelled; the same command goes on with it"
                    raise Cancelled(msg)
        return done

    def _join(self, segments: list[Segment], found: Plan, info: FilmInfo, stated: dict[str, Any]) -> None:
        metadata = {}
        if self.settings.mark:
            metadata["comment"] = f"{outputs.MARK} {__version__} with the network {self.settings.model}"
        pieces = [(self._piece(s), s.start) for s in segments]
        span = (self.span.start, self.span.start + self.span.seconds) if self.span else None
        with files.replacing(self.target, overwrite=self.overwrite) as temporary:
            join.join(pieces, found.pts, info, temporary, self.target, metadata, span=span)
        if self.recipe:
            made = FilmRecipe.of(
                self.source, self.target, self.settings, self.options, self.span, stated["network_sha256"],
                stated["ffmpeg"],
            )  # fmt: skip
            text = json.dumps(made.to_json(), indent=2, ensure_ascii=False) + "\n"
            files.write_text(names.recipe(self.target), text, overwrite=self.overwrite)
        plan.forget(self.folder)

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


def _versions() -> dict[str, Any]:
    return {"av": av().__version__, "libavcodec": list(av().library_versions["libavcodec"])}


def _notes(info: FilmInfo, found: Plan, options: FilmOptions) -> tuple[str, ...]:
    """What the user should know."""
    notes = []
    if info.interlaced and not options.deinterlace:
        notes.append("the film is interlaced, and stays so; --deinterlace makes whole pictures of it")
    if not info.encoding.tagged:
        assumed = f"{info.encoding.matrix} is assumed, as players do"
        notes.append(f"the film does not say its colour matrix; {assumed}")
    if found.missing:
        notes.append(f"{len(found.missing)} damaged frames are made from their neighbours")
    elif found.damaged:
        notes.append(f"{found.damaged} packets of the film are damaged")
    if found.cut_short:
        notes.append(f"the file ends before its time; its first {found.frames} frames are coloured")
    if info.width % 2 or info.height % 2:
        notes.append("an odd side is one pixel longer in the result, as its codec wants")
    if found.area[2:] != (info.width, info.height):
        notes.append("black bars are left black")
    return tuple(notes)
