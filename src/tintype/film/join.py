"""Pieces joined into a film: with the source's sound, subtitles, chapters and attachments, untouched."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import FilmError
from tintype.film.dependencies import av
from tintype.film.info import FilmInfo
from tintype.film.source import opened
from tintype.notes import Note

_COPIED = ("audio", "subtitle", "data")
_ATTACHED = "attached_pic"
_REORDERED = ("libx264", "libx265", "libsvtav1")
"""Encoders that give frames in another order than they are shown in. AVI has no times to say so."""


def check(target: Path, info: FilmInfo, probe: Path) -> tuple[Note, ...]:
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
        Which says which stream it is, and which container could.
    """
    container = _format(target)
    if info.folder is not None:
        return ()
    with opened(info.path) as source:
        notes: list[Note] = []
        lost: list[str] = []
        for stream in source.streams:
            what, why = f"stream {stream.index} ({_kind(stream)})", ""
            if stream.type == "attachment":
                why = "" if container == "matroska" else " is left out: only .mkv holds attachments"
            elif _is_copied(stream) and not _fits(stream, target, probe):
                if stream.type == "data":
                    why = " is left out"
                else:
                    lost.append(what)
            elif stream.type == "video" and not _is_copied(stream) and stream.index != _main(source).index:
                why = " holds further pictures; left out"
            if why:
                notes.append(Note(f"{what}{why}", "stream_left", n=stream.index, kind=_kind(stream)))
    if lost:
        reason = f"{target.suffix} can't hold all that the film holds: {', '.join(lost)}"
        raise FilmError(name=str(target), reason=reason, remedy="write an .mkv")
    return tuple(notes)


def check_codec(target: Path, encoder: str, probe: Path) -> None:
    """Try whether a container can hold what an encoder of FFmpeg's makes. Raises FilmError."""
    library = av()
    reason = f"{target.suffix} can't hold pictures by {encoder}"
    refusal = FilmError(name=str(target), reason=reason, remedy="write an .mkv")
    if _format(target) == "avi" and encoder in _REORDERED:
        raise refusal
    try:
        with library.open(str(probe), "w", format=_format(target)) as output:
            output.add_stream(encoder, rate=25)
    except (library.FFmpegError, ValueError) as error:
        raise refusal from error
    finally:
        probe.unlink(missing_ok=True)


def holds(target: Path, info: FilmInfo, probe: Path) -> bool:
    """Whether the container that a name tells of holds all sound and subtitles of the source."""
    with opened(info.path) as source:
        streams = [s for s in source.streams if s.type in ("audio", "subtitle")]
        return all(_fits(stream, target, probe) for stream in streams)


def _main(source: Any) -> Any:
    return source.streams.video[0]


def _kind(stream: Any) -> str:
    codec = stream.codec_context.name if stream.codec_context is not None else ""
    return " ".join(word for word in (stream.type, codec) if word)


def _is_copied(stream: Any) -> bool:
    """Whether packets of a stream go into the result as they are.

    The text track that QuickTime and MP4 keep chapters in is no stream of its own: the muxer writes it anew.
    """
    if stream.type == "video":
        return _ATTACHED in str(stream.disposition)
    return stream.type in _COPIED and not (stream.type == "data" and stream.codec_context is None)


def _fits(stream: Any, target: Path, probe: Path) -> bool:
    library = av()
    try:
        with library.open(str(probe), "w", format=_format(target)) as output:
            output.add_stream_from_template(stream)
            output.start_encoding()
    except (library.FFmpegError, ValueError, AttributeError):
        return False
    finally:
        probe.unlink(missing_ok=True)
    return True


def _format(target: Path) -> str:
    names = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm", ".avi": "avi"}
    try:
        return names[target.suffix.lower()]
    except KeyError:
        suffix, known = target.suffix or "no suffix", ", ".join(names)
        reason = f"{suffix} names no film that Tintype writes"
        raise FilmError(name=str(target), reason=reason, remedy=f"use one of {known}") from None


def join(
    pieces: Sequence[tuple[Path, int]],
    pts: NDArray[np.int64],
    info: FilmInfo,
    to: Path,
    target: Path,
    metadata: Mapping[str, str],
    *,
    span: tuple[float, float] | None = None,
) -> None:
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
    """
    library = av()
    shift = -int(pts[0]) if span else 0
    with ExitStack() as stack:
        source = None if info.folder is not None else stack.enter_context(opened(info.path))
        first = stack.enter_context(library.open(str(pieces[0][0])))
        # Else Matroska writes random numbers, and the same work would give other bytes each time.
        options = {"fflags": "+bitexact"}
        if _format(target) in ("mp4", "mov"):
            options["movflags"] = "+use_metadata_tags"
        output = stack.enter_context(library.open(str(to), "w", format=_format(target), options=options))
        picture = output.add_stream_from_template(first.streams.video[0])
        picture.time_base, picture.sample_aspect_ratio = info.time_base, info.pixel_aspect
        if info.rotation:
            picture.set_display_rotation(info.rotation)
        others: Iterator[Item] = iter(())
        if source is not None:
            picture.metadata.update(source.streams.video[0].metadata)
            output.metadata.update(source.metadata)
            others = _others(source, _copies(source, output, target, to.with_suffix(".probe")), span)
            if not span:
                output.set_chapters(source.chapters())
        output.metadata.update(metadata)
        pictures = _pictures(pieces, pts + shift, picture, info.time_base)
        for _, _, packet in heapq.merge(pictures, others, key=lambda item: item[:2]):
            output.mux(packet)


def _copies(source: Any, output: Any, target: Path, probe: Path) -> list[tuple[Any, Any]]:
    """The other streams of a source, each with its own in the result."""
    pairs = []
    for stream in source.streams:
        if stream.type == "attachment":
            if _format(target) == "matroska":
                output.add_attachment(stream.name, stream.mimetype, stream.data)
        elif _is_copied(stream) and _fits(stream, target, probe):
            made = output.add_stream_from_template(stream)
            made.metadata.update(stream.metadata)
            made.disposition = stream.disposition
            pairs.append((stream, made))
    return pairs


Item = tuple[Fraction, int, Any]


def _pictures(
    pieces: Sequence[tuple[Path, int]], pts: NDArray[np.int64], stream: Any, time_base: Fraction
) -> Iterator[Item]:
    """Packets of all pieces in decoding order, with the film's own times.

    A decoder needs some frames before they are shown. Their decoding times are those of frames shown earlier:
    as many earlier as the encoder reorders. The muxer may count in other ticks than the source, so that
    packets say in which theirs are.
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
                packet.stream, packet.time_base = stream, time_base
                packet.pts = int(pts[first + rank])
                packet.dts = int(pts[early]) if early >= 0 else int(pts[0]) + early * tick
                number += 1
                yield packet.dts * time_base, 0, packet


def _ranks(path: Path) -> list[int]:
    """The place of each packet, in decoding order, among the frames as they are shown."""
    with av().open(str(path)) as container:
        times = [p.pts for p in container.demux(container.streams.video[0]) if p.size]
    order = np.argsort(np.argsort(np.array(times), kind="stable"), kind="stable")
    return [int(n) for n in order]


def _reordering(path: Path) -> int:
    return max((place - rank for place, rank in enumerate(_ranks(path))), default=0)


def _others(
    source: Any, streams: Sequence[tuple[Any, Any]], span: tuple[float, float] | None
) -> Iterator[Item]:
    """Packets of the other streams, with their own times; those of a part count from its beginning.

    Some begin before 0: sound that its decoder needs to get going. Of a whole film every packet is copied.
    """
    made = {inner.index: outer for inner, outer in streams}
    if not made:
        return
    if span:
        source.seek(int(span[0] * 1_000_000))
    last = Fraction(-1)
    for packet in source.demux([inner for inner, _ in streams]):
        if not packet.size:
            continue
        base = Fraction(packet.time_base)
        time = packet.dts if packet.dts is not None else packet.pts
        if time is not None:
            seconds = time * base
            if span:
                if not span[0] <= seconds < span[1]:
                    continue
                back = round(Fraction(span[0]) / base)
                packet.dts = None if packet.dts is None else packet.dts - back
                packet.pts = None if packet.pts is None else packet.pts - back
                seconds -= Fraction(span[0])
            last = max(last, seconds)
        packet.stream = made[packet.stream.index]
        yield last, packet.stream.index, packet
