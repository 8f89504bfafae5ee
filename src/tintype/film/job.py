"""A film from beginning to end: planned, coloured in segments that are never done twice, joined, marked."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tintype import files
from tintype._version import __version__
from tintype.colorizer import Colorizer
from tintype.errors import Cancelled, SettingsError
from tintype.film import join, plan
from tintype.film.ahead import ahead
from tintype.film.camera import Camera
from tintype.film.dependencies import FilmError, av
from tintype.film.encode import Piece, codec_of, halves
from tintype.film.follow import followed
from tintype.film.options import FilmOptions, Span
from tintype.film.paint import painted
from tintype.film.plan import Plan, Segment
from tintype.film.segment import Colors
from tintype.film.source import Decoder, FilmInfo, probe
from tintype.settings import WITHOUT_EFFECT, Settings

FORMAT = 1
"""Version of what is kept between two runs; work of another version is not gone on with."""

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
        Whether an existing target may be replaced.
    """

    source: Path
    target: Path
    settings: Settings = field(default_factory=Settings)
    options: FilmOptions = field(default_factory=FilmOptions)
    span: Span | None = None
    shard: tuple[int, int] = (1, 1)
    overwrite: bool = False

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
        FilmError, SettingsError, NetworkError, Cancelled
        """
        told = progress or (lambda *_: None)
        if not self.overwrite and self.target.exists():
            msg = f"{self.target}: the file exists already; allow overwriting or choose another name"
            raise FilmError(msg)
        if self.source.exists() and self.target.exists() and self.source.samefile(self.target):
            msg = f"{self.target}: the result can't take the place of the film itself; choose another name"
            raise FilmError(msg)
        info = probe(self.source)
        network = self._network()
        with self._disk():
            self.folder.mkdir(exist_ok=True)
            files.sweep(self.folder)
            left_out = join.check(self.target, info, files.temporary_beside(self.folder))
            stated = self._stated(info, network.sha256)
            found = self._planned(info, stated, told)
            camera = Camera(info, found.area, network, self.settings)
            decoder = Decoder(info, deinterlace=self.options.deinterlace)
            colors = Colors(found, camera, decoder)
            colors.hints = followed(self.options.hints, colors, self.options)
            segments = found.segments()
            mine = segments[self.shard[0] - 1 :: self.shard[1]]
            reused = sum(self._piece(s).exists() for s in mine)
            done = sum(s.end - s.start for s in mine if self._piece(s).exists())
            total = sum(s.end - s.start for s in mine)
            for segment in mine:
                if not self._piece(segment).exists():
                    done = self._color(segment, colors, info, done, total, told)
            notes = (*_notes(info, found, self.options), *left_out)
            if not all(self._piece(s).exists() for s in segments):
                return FilmResult(None, found.frames, len(found.shots), reused, notes)
            told("join", 0, 0)
            self._join(segments, found, info, stated)
        return FilmResult(self.target, found.frames, len(found.shots), reused, notes)

    def _network(self) -> Any:
        networks = Colorizer(self.settings).networks()
        if len(networks) != 1:
            msg = f"model is {self.settings.model!r}; a film asks one network, name one"
            raise SettingsError(msg)
        return networks[0]

    def _stated(self, info: FilmInfo, weights: str) -> dict[str, Any]:
        """What a result depends on: work goes on only where all of it is as it was."""
        library = av()
        span = [self.span.start, self.span.seconds] if self.span else None
        return {
            "tintype_film": FORMAT,
            "program": __version__,
            "source": {"name": info.path.name, "fingerprint": info.fingerprint},
            "network_sha256": weights,
            "settings": {k: v for k, v in self.settings.to_json().items() if k not in WITHOUT_EFFECT},
            "film": json.loads(json.dumps(self.options.to_json())),
            "span": span,
            "ffmpeg": {"av": library.__version__, "libavcodec": list(library.library_versions["libavcodec"])},
        }

    def _planned(self, info: FilmInfo, stated: dict[str, Any], told: Progress) -> Plan:
        kept = plan.load(self.folder)
        if kept is not None:
            before = kept[1]
            if before == stated:
                return kept[0]
            other = next(k for k in stated if before.get(k) != stated[k])
            msg = f"{self.folder}: it holds work of another run ({other} was different"
            msg += ", the film has changed" if other == "source" else ""
            msg += "); delete that folder to begin anew, or choose another name for the result"
            raise FilmError(msg)
        span = None
        if self.span:
            first = self.span.start / info.time_base
            span = round(first), round(first + self.span.seconds / info.time_base)

        def counted(count: int) -> bool | None:
            return told("plan", count, info.frames)

        made = plan.survey(info, self.options, span=span, progress=counted)
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
            network = stated["settings"]["model"]
            metadata["comment"] = f"Colour made by Tintype {__version__} with the network {network}"
        pieces = [(self._piece(s), s.start) for s in segments]
        span = (self.span.start, self.span.start + self.span.seconds) if self.span else None
        with files.replacing(self.target, overwrite=self.overwrite) as temporary:
            join.join(pieces, found.pts, info, temporary, self.target, metadata, span=span)
        recipe = self.target.with_name(self.target.name + ".recipe.json")
        files.write_text(recipe, json.dumps(stated, indent=2, ensure_ascii=False) + "\n", overwrite=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def _disk(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            name = error.filename or self.target
            msg = f"{name}: {error.strerror or error}; "
            msg += "what is done is kept, and the same command goes on with it"
            raise FilmError(msg) from error


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
