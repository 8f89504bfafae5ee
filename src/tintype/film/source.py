"""Films in: what a file holds, and its frames' luma, each with its exact time."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from tintype.errors import FileMissing, FilmError, NotAFilm
from tintype.film.dependencies import av
from tintype.film.info import FilmInfo, fingerprint
from tintype.film.luma import Plane, encoding_of, is_rgb, luma_of, negative, plane_of
from tintype.notes import Note

_LISTS = ("hls", "applehttp", "concat", "dash", "imf", "sdp", "rtsp")
"""Formats of FFmpeg's that hold no pictures but names of files and addresses: a stranger's could name any."""

_DURATION = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)\Z")
# Pixel formats whose first plane is luma in 8, or in 10 bits in the low bits of 16.
_LUMA8 = ("yuv420p", "yuv422p", "yuv444p", "yuv411p", "yuv410p", "yuv440p", "yuvj420p", "yuvj422p",
          "yuvj444p", "yuva420p", "yuva422p", "yuva444p", "nv12", "nv21", "nv16", "gray")  # fmt: skip
_LUMA10 = ("yuv420p10le", "yuv422p10le", "yuv444p10le", "gray10le")


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """An open `av` container with a video stream. Raises FileMissing, FilmError."""
    library = av()
    try:
        container = library.open(str(path), options={"protocol_whitelist": "file"})
    except FileNotFoundError as error:
        raise FileMissing(str(path)) from error
    except (library.FFmpegError, OSError) as error:
        raise _unreadable(path, error) from error
    with container:
        if container.format.name.split(",")[0] in _LISTS:
            reason = "it is a list that names other files"
            raise NotAFilm(name=str(path), reason=reason, remedy="name a film")
        if not container.streams.video:
            raise NotAFilm(name=str(path), reason="there are no pictures in it", remedy="name a film")
        yield container


def _unreadable(path: Path, error: BaseException) -> FilmError:
    why = getattr(error, "strerror", None) or error
    if isinstance(error, PermissionError):
        return FilmError(name=str(path), reason="it may not be opened", remedy="check its permissions")
    if path.is_dir():
        return NotAFilm(name=str(path), reason="that is a folder", remedy="name a film")
    remedy = "get a fresh copy of it (an MP4 that was cut short can't be opened at all; repair tools exist)"
    return NotAFilm(name=str(path), reason=f"FFmpeg can't open it ({why})", remedy=remedy)


def probe(path: Path) -> FilmInfo:
    """Look at a film's header and its first frame that can be decoded. Raises FileMissing, FilmError."""
    library = av()
    with opened(path) as container:
        stream = container.streams.video[0]
        try:
            first = next(_decoded(container, stream, _Damage()))
        except (library.FFmpegError, StopIteration) as error:
            reason = "none of its pictures can be decoded"
            raise NotAFilm(name=str(path), reason=reason, remedy="get a fresh copy of it") from error
        context = stream.codec_context
        encoding = encoding_of(int(first.color_range), int(first.colorspace), first.format.name, first.height)
        tags = {"color_primaries": int(context.color_primaries), "color_trc": int(context.color_trc)}
        return FilmInfo(
            path=path,
            width=first.width,
            height=first.height,
            pixel_aspect=Fraction(stream.sample_aspect_ratio or 1) or Fraction(1),
            rotation=round(first.rotation) % 360,
            encoding=encoding,
            rate=Fraction(stream.average_rate or stream.guessed_rate or 25),
            time_base=Fraction(stream.time_base),
            frames=stream.frames,
            interlaced=bool(first.interlaced_frame),
            fingerprint=fingerprint(path),
            tags=tags,
            timeless=first.pts is None,
            seconds=_seconds(stream),
            begins=first.pts or 0,
        )


def _seconds(stream: Any) -> Fraction:
    if stream.duration:
        return Fraction(stream.duration * stream.time_base)
    tags = {key.upper(): value for key, value in stream.metadata.items()}
    found = _DURATION.match(tags.get("DURATION", ""))  # Matroska's statistics
    if found is None:
        return Fraction(0)
    hours, minutes, seconds = found.groups()
    return int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)


@dataclass(slots=True)
class _Damage:
    """What a decoder could not make sense of."""

    packets: int = 0
    cut_short: bool = False


class Decoder:
    """The pictures of a film in the order in which they are shown.

    Damaged packets are passed over and counted: what is missing shows in the times.

    Parameters
    ----------
    info : FilmInfo
    deinterlace : bool
        Make whole pictures of fields (FFmpeg's bwdif), as many as there were frames.
    invert : bool
        The film is a negative: turn its luma.
    """

    def __init__(self, info: FilmInfo, *, deinterlace: bool = False, invert: bool = False) -> None:
        self.info = info
        self._deinterlace, self._invert = deinterlace, invert
        self._damage = _Damage()

    @property
    def damaged(self) -> int:
        """Packets of the last run that could not be decoded, so far."""
        return self._damage.packets

    @property
    def cut_short(self) -> bool:
        """Whether the last run has met the end of the file before that of the film."""
        return self._damage.cut_short

    @property
    def notes(self) -> tuple[Note, ...]:
        """Nothing but what the header says already."""
        return ()

    def frames(self, start: int | None = None) -> Iterator[tuple[int, Plane]]:
        """Time (pts) and luma of each picture, from the first at or after `start`.

        Luma is a copy. Where a film states no time for a picture, it follows the one before at the average
        rate.
        """
        self._damage = damage = _Damage()
        tick = max(1, round(1 / (self.info.rate * self.info.time_base)))
        last: int | None = None
        with opened(self.info.path) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            stream.codec_context.thread_count = 2
            if start is not None and not self.info.timeless:
                container.seek(start, stream=stream, backward=True, any_frame=False)
            frames = _decoded(container, stream, damage)
            for picture in _deinterlaced(frames, stream) if self._deinterlace else frames:
                pts = picture.pts if picture.pts is not None else (0 if last is None else last + tick)
                if last is not None and pts <= last:
                    pts = last + 1
                last = pts
                if start is None or pts >= start:
                    luma = self._luma(picture)
                    yield pts, negative(luma, self.info.encoding) if self._invert else luma

    def _luma(self, frame: Any) -> Plane:
        if (frame.width, frame.height) != (self.info.width, self.info.height):
            frame = frame.reformat(width=self.info.width, height=self.info.height)
        name = frame.format.name
        if name in _LUMA8 or name in _LUMA10:
            return plane_of(frame, 0, 10 if name in _LUMA10 else 8).copy()
        deep = self.info.encoding.bits == 10
        if is_rgb(name):
            return luma_of(frame.to_ndarray(format="rgb48le" if deep else "rgb24"), self.info.encoding)
        # Rare depths and layouts: by FFmpeg's own converter, range kept.
        wanted = frame.reformat(format="yuv444p10le" if deep else "yuv444p")
        return plane_of(wanted, 0, self.info.encoding.bits).copy()


def _decoded(container: Any, stream: Any, damage: _Damage) -> Iterator[Any]:
    library = av()
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except library.FFmpegError:
            damage.cut_short = True
            packet = None
        try:
            # The empty packet at the end flushes the decoder; one without a time is as good as any.
            yield from stream.decode(packet) if packet is not None else stream.codec_context.decode(None)
        except library.FFmpegError:
            damage.packets += 1
        if packet is None:
            return


def _deinterlaced(frames: Iterator[Any], stream: Any) -> Iterator[Any]:
    """Whole pictures made of fields, as many as there were frames and with their times."""
    library, graph = av(), av().filter.Graph()
    source = graph.add_buffer(template=stream)
    made = graph.add("bwdif", "mode=send_frame:deint=all")
    sink = graph.add("buffersink")
    source.link_to(made)
    made.link_to(sink)
    graph.configure()
    # The filter counts in ticks of its own, and gives each picture after the one that follows it.
    waiting: deque[int | None] = deque()

    def pulled() -> Iterator[Any]:
        while True:
            try:
                picture = graph.pull()
            except (library.error.BlockingIOError, library.error.EOFError):
                return
            picture.pts = waiting.popleft()
            yield picture

    for frame in frames:
        waiting.append(frame.pts)
        graph.push(frame)
        yield from pulled()
    graph.push(None)
    yield from pulled()
