"""Pieces: closed groups of pictures with the frames' own times; odd sides; depths."""

import dataclasses
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from tintype.film.dependencies import av
from tintype.film.encode import Piece, halves
from tintype.film.info import FilmInfo
from tintype.film.luma import Encoding
from tintype.film.options import CODECS, FilmOptions

INFO = FilmInfo(
    Path("a.mp4"), 64, 48, Fraction(16, 15), 0, Encoding("bt709", False, 8), Fraction(25), Fraction(1, 1000),
    0, False, "x", {"color_primaries": 1, "color_trc": 1},
)  # fmt: skip


def written(path, info, options, times=(1200, 1240, 1290, 1330)):
    rows = (info.height + 1) // 2 if halves(options) else info.height
    half = np.full((rows, (info.width + 1) // 2), 90, np.uint8)
    with Piece(path, info, options) as piece:
        for number, pts in enumerate(times):
            luma = np.full((info.height, info.width), 60 + 20 * number, np.uint8)
            piece.write((luma, half, half), pts)
    with av().open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        return stream, [float(f.pts * f.time_base) for f in frames], frames


@pytest.mark.parametrize("codec", ["h264", "ffv1", "prores"])
def test_a_piece_begins_at_zero_and_keeps_its_steps(tmp_path, codec):
    options = FilmOptions(codec=codec, crf=4)
    stream, times, frames = written(tmp_path / f"a{CODECS[codec].suffix}", INFO, options)
    assert times == pytest.approx([0, 0.04, 0.09, 0.13])
    assert frames[0].key_frame and stream.sample_aspect_ratio == Fraction(16, 15)
    assert (int(frames[0].colorspace), int(frames[0].color_range)) == (1, 1)
    assert ("10" in frames[0].format.name) == (codec == "prores")
    luma = frames[2].reformat(format="yuv420p").planes[0]
    assert abs(int(np.frombuffer(luma, np.uint8)[0]) - 100) <= 2


def test_odd_sides_repeat_their_last_pixel(tmp_path):
    info = dataclasses.replace(INFO, width=63, height=47)
    _, _, frames = written(tmp_path / "a.mp4", info, FilmOptions(crf=0))
    assert (frames[0].width, frames[0].height) == (64, 48)
    rows = np.frombuffer(frames[0].planes[0], np.uint8).reshape(48, -1)
    assert abs(int(rows[47, 63]) - int(rows[46, 62])) <= 1


def test_the_same_pictures_give_the_same_bytes(tmp_path):
    for name in ("a.mp4", "b.mp4"):
        written(tmp_path / name, INFO, FilmOptions())
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_x264_does_without_what_differs_from_run_to_run(tmp_path):
    """It writes its settings into what it makes. By chance alone the bytes are mostly the same."""
    path = tmp_path / "piece.mp4"
    written(path, INFO, FilmOptions())
    assert b" mbtree=0 " in path.read_bytes()
