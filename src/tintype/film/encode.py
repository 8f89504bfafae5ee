"""Pieces of a film's pictures, each encoded by itself, so that work goes on where it was broken off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tintype.film.dependencies import av
from tintype.film.info import FilmInfo
from tintype.film.luma import Plane
from tintype.film.options import CODECS, Codec, FilmOptions
from tintype.film.paint import Planes

THREADS = 2
"""Of the encoder, always: with another number x264 gives other bytes."""


def codec_of(options: FilmOptions) -> Codec:
    """The codec that the options name."""
    return CODECS[options.codec]


def halves(options: FilmOptions) -> bool:
    """Whether the codec takes 4:2:0; else 4:2:2."""
    return "420" in codec_of(options).formats[8]


class Piece:
    """One piece being encoded; a context manager.

    Parameters
    ----------
    path : Path
        A temporary one: whoever made it renames it when the piece is whole.
    """

    def __init__(self, path: Path, info: FilmInfo, options: FilmOptions) -> None:
        library, codec, encoding = av(), codec_of(options), info.encoding
        self._info, self._first = info, -1
        self._deep = encoding.bits == 10 or "10le" in codec.formats[8]
        self._format = codec.formats[10 if self._deep else 8]
        self._container = library.open(str(path), "w", format=codec.suffix[1:])
        self._stream = stream = self._container.add_stream(codec.encoder, rate=info.rate)
        # 4:2:0 has whole chroma samples: an odd side gets one more row or column.
        stream.width, stream.height = info.width + info.width % 2, info.height + info.height % 2
        stream.pix_fmt, stream.options = self._format, _encoder_options(options)
        context = stream.codec_context
        stream.time_base = context.time_base = info.time_base
        context.thread_count, context.sample_aspect_ratio = THREADS, info.pixel_aspect
        context.color_range, context.colorspace = (2 if encoding.full else 1), encoding.code
        context.color_primaries, context.color_trc = info.tags["color_primaries"], info.tags["color_trc"]

    def __enter__(self) -> Piece:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self._mux(None)
        self._container.close()

    def write(self, planes: Planes, pts: int) -> None:
        """Add a frame; `pts` are the film's own, ever larger."""
        frame = av().VideoFrame(self._stream.width, self._stream.height, self._format)
        for index, plane in enumerate(planes):
            deepened = (
                (plane.astype(np.uint16) << 2).astype(np.uint16)
                if self._deep and plane.dtype == np.uint8
                else plane
            )
            _fill(frame.planes[index], deepened)
        self._first = pts if self._first < 0 else self._first
        frame.pts, frame.time_base = pts - self._first, self._info.time_base
        frame.color_range, frame.colorspace = (2 if self._info.encoding.full else 1), self._info.encoding.code
        self._mux(frame)

    def _mux(self, frame: Any) -> None:
        for packet in self._stream.encode(frame):
            self._container.mux(packet)


def _fill(plane: Any, values: Plane) -> None:
    rows = np.frombuffer(plane, values.dtype).reshape(-1, plane.line_size // values.dtype.itemsize)
    height, width = plane.height, plane.width
    # A row or column more than the film has repeats its last one.
    rows[:height, :width] = np.pad(
        values, ((0, height - values.shape[0]), (0, width - values.shape[1])), "edge"
    )


def _encoder_options(options: FilmOptions) -> dict[str, str]:
    crf = {"crf": str(options.crf)}
    match options.codec:
        case "h264":
            # Closed groups of pictures: nothing in a piece leads out of it. No macroblock tree: with AVX-512
            # x264 computes it from memory that nothing was written to, and the bytes differ from run to run.
            params = "open-gop=0:repeat-headers=1:mbtree=0"
            return crf | {"preset": options.preset, "x264-params": params}
        case "h265":
            return crf | {
                "preset": options.preset,
                "x265-params": "open-gop=0:repeat-headers=1:log-level=error",
            }
        case "av1":
            return crf | {"preset": "8"}
        case "ffv1":
            return {"level": "3", "slicecrc": "1"}
        case _:
            return {"profile": "hq"}
