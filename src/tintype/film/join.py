"""Pieces joined into a film: with the source's sound, subtitles, chapters and attachments, untouched."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.film.dependencies import FilmError, av
from tintype.film.source import FilmInfo, opened

_COPIED = ("audio", "subtitle", "data")
_ATTACHED = "attached_pic"


@dataclass(frozen=True, slots=True)
class Copied:
    """The other streams of a source, as they come into the result.

    Attributes
    ----------
    streams : list of (source stream, output stream)
    notes : tuple of str
        What was left out.
    """

    streams: list[tuple[Any, Any]]
    notes: tuple[str, ...]


def check(target: Path, info: FilmInfo, probe: Path) -> tuple[str, ...]:
    """Try whether a container can hold all streams of the source, before any work is done.

    Parameters
    ----------
    probe : Path
        A temporary name; nothing is left there.

    Returns
    -------
    tuple of str: what will be left out.

    Raises
    ------
    FilmError
        Which says which container could.
    """
    library = av()
    try:
        with opened(info.path) as source, library.open(str(probe), "w", format=_format(target)) as output:
            picture = output.add_stream("libx264", rate=info.rate)
            picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv420p"
            copied = _copies(source, output)
            output.start_encoding()
            return copied.notes
    except (library.FFmpegError, ValueError) as error:
        msg = f"{target}: {target.suffix} can't hold what {info.path.name} holds ({error}); write an .mkv"
        raise FilmError(msg) from error
    finally:
        probe.unlink(missing_ok=True)


def _format(target: Path) -> str:
    names = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm", ".avi": "avi"}
    try:
        return names[target.suffix.lower()]
    except KeyError:
        suffix, known = target.suffix or "no suffix", ", ".join(names)
        msg = f"{target}: {suffix} names no film that Tintype writes; use one of {known}"
        raise FilmError(msg) from None


def join(
    pieces: Sequence[tuple[Path, int]],
    pts: NDArray[np.int64],
    info: FilmInfo,
    to: Path,
    target: Path,
    metadata: Mapping[str, str],
    *,
    span: tuple[float, float] | None = None,
) -> tuple[str, ...]:
    """Write the film.

    Parameters
    ----------
    pieces : sequence of (path, index of its first frame)
    pts : int64 (n,)
        The time of every frame.
    to : Path
        A temporary path; `target` gives the container.
    metadata : mapping
        Tags of the film, over those of the source.
    span : (seconds, seconds), optional
        Part of the source whose sound is wanted; the result begins at 0.

    Returns
    -------
    tuple of str: what was left out.
    """
    library = av()
    start = span[0] if span else 0.0
    shift = -int(pts[0]) if span else 0
    with ExitStack() as stack:
        source = stack.enter_context(opened(info.path))
        first = stack.enter_context(library.open(str(pieces[0][0])))
        options = {"movflags": "+use_metadata_tags"} if _format(target) in ("mp4", "mov") else {}
        output = stack.enter_context(library.open(str(to), "w", format=_format(target), options=options))
        picture = output.add_stream_from_template(first.streams.video[0])
        picture.time_base, picture.sample_aspect_ratio = info.time_base, info.pixel_aspect
        if info.rotation:
            picture.set_display_rotation(info.rotation)
        picture.metadata.update(source.streams.video[0].metadata)
        copied = _copies(source, output)
        output.metadata.update({**source.metadata, **metadata})
        if not span:
            output.set_chapters(source.chapters())
        pictures = _pictures(pieces, pts, shift, picture)
        others = _others(source, copied.streams, start, span[1] if span else None)
        for _, _, packet in heapq.merge(pictures, others, key=lambda item: item[:2]):
            output.mux(packet)
    return copied.notes


def _copies(source: Any, output: Any) -> Copied:
    pairs, notes = [], []
    for stream in source.streams:
        if stream.type == "attachment":
            output.add_attachment(stream.name, stream.mimetype, stream.data)
        elif stream.type in _COPIED or (stream.type == "video" and _ATTACHED in str(stream.disposition)):
            try:
                made = output.add_stream_from_template(stream)
            except (av().FFmpegError, ValueError, AttributeError):
                notes.append(
                    f"stream {stream.index} ({stream.type}) is of a kind that can't be copied; left out"
                )
                continue
            made.metadata.update(stream.metadata)
            made.disposition = stream.disposition
            pairs.append((stream, made))
        elif stream.type == "video" and stream.index != source.streams.video[0].index:
            notes.append(f"stream {stream.index} holds further pictures; left out")
    return Copied(pairs, tuple(notes))


Item = tuple[Fraction, int, Any]


def _pictures(
    pieces: Sequence[tuple[Path, int]], pts: NDArray[np.int64], shift: int, stream: Any
) -> Iterator[Item]:
    """Packets of all pieces in decoding order, with the film's own times.

    A decoder needs some frames before they are shown. Their decoding times are those of frames shown earlier:
    as many earlier as the encoder reorders.
    """
    delay = max(_reordering(path) for path, _ in pieces)
    tick = int(np.median(np.diff(pts))) if len(pts) > 1 else 1
    number = 0
    for path, first in pieces:
        ranks = _ranks(path)
        with av().open(str(path)) as container:
            packets = (p for p in container.demux(container.streams.video[0]) if p.size)
            for packet, rank in zip(packets, ranks, strict=True):
                early = number - delay
                packet.stream, packet.time_base = stream, stream.time_base
                packet.pts = int(pts[first + rank]) + shift
                packet.dts = (int(pts[early]) if early >= 0 else int(pts[0]) + early * tick) + shift
                number += 1
                yield packet.dts * Fraction(stream.time_base), 0, packet


def _ranks(path: Path) -> list[int]:
    """The place of each packet, in decoding order, among the frames as they are shown."""
    with av().open(str(path)) as container:
        times = [p.pts for p in container.demux(container.streams.video[0]) if p.size]
    order = np.argsort(np.argsort(np.array(times), kind="stable"), kind="stable")
    return [int(n) for n in order]


def _reordering(path: Path) -> int:
    return max((place - rank for place, rank in enumerate(_ranks(path))), default=0)


def _others(
    source: Any, streams: Sequence[tuple[Any, Any]], start: float, end: float | None
) -> Iterator[Item]:
    """Packets of the other streams, with their own times; those of a part count from its beginning."""
    made = {inner.index: outer for inner, outer in streams}
    if not made:
        return
    if start:
        source.seek(int(start * 1_000_000))
    last = Fraction(0)
    for packet in source.demux([inner for inner, _ in streams]):
        if not packet.size:
            continue
        base = Fraction(packet.time_base)
        time = packet.dts if packet.dts is not None else packet.pts
        if time is not None:
            seconds = time * base
            if seconds < start or (end is not None and seconds >= end):
                continue
            back = round(Fraction(start) / base)
            packet.dts = None if packet.dts is None else packet.dts - back
            packet.pts = None if packet.pts is None else packet.pts - back
            last = max(last, seconds - Fraction(start))
        packet.stream = made[packet.stream.index]
        yield last, packet.stream.index, packet
