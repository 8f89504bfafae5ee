"""Films for tests: panned photographs with a moving thing, written and looked at by FFmpeg's own programs."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from numpy.typing import NDArray
from skimage import color, data, transform

from tintype.film.job import FilmJob, FilmResult
from tintype.film.options import FilmOptions
from tintype.settings import Settings

needs_ffmpeg = pytest.mark.skipif(
    not (shutil.which("ffmpeg") and shutil.which("ffprobe")), reason="needs ffmpeg and ffprobe"
)

HEIGHT, WIDTH = 96, 128
SMALL = Settings(size=64, threads=1)
PIECES = FilmOptions(frames="png", segment=8, interval=4)
Frames = NDArray[np.uint8]


@cache
def photograph(name: str, height: int = HEIGHT, width: int = WIDTH) -> NDArray[np.uint8]:
    """A photograph, RGB, half as wide again as the film that pans over it."""
    picture = getattr(data, name)()[..., :3]
    made = transform.resize(picture, (height + height // 8, width + width // 2), anti_aliasing=True)
    return np.rint(made * 255).astype(np.uint8)


def pan(
    name: str = "astronaut", count: int = 24, *, height: int = HEIGHT, width: int = WIDTH, still: bool = False
) -> Frames:
    """A pan over a photograph, with a dark block that goes the other way: RGB (count, height, width, 3)."""
    whole = photograph(name, height, width)
    frames = []
    for number in range(count):
        share = 0.0 if still else number / max(count - 1, 1)
        left, top = round(share * width / 4), round(share * height / 12)
        frame = whole[top : top + height, left : left + width].copy()
        place = round((1 - share) * (width - 24))
        frame[height // 2 : height // 2 + 16, place : place + 20] = (70, 60, 50)
        frames.append(frame)
    return np.stack(frames)


def grey(frames: Frames) -> Frames:
    """The same in grey, (count, height, width)."""
    return np.rint(color.rgb2gray(frames) * 255).astype(np.uint8)


def ffmpeg(*args: str | Path, given: bytes = b"") -> str:
    """Run ffmpeg; its standard output."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, args)]
    if given:
        command.remove("-nostdin")
    ran = subprocess.run(command, input=given, capture_output=True, check=False, timeout=60)
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout.decode()


_written: dict[bytes, bytes] = {}


def film(
    path: Path, frames: Frames, *args: str | Path, rate: str = "25", inputs: Sequence[str | Path] = ()
) -> Path:
    """Write a film of grey or RGB frames; `inputs` are further ones of ffmpeg's, `args` say how to write.

    The same film is encoded once and copied from then on.
    """
    key = hashlib.sha256(
        repr((frames.shape, args, rate, inputs, path.suffix)).encode() + frames.tobytes()
    ).digest()
    if key in _written and not inputs:
        path.write_bytes(_written[key])
        return path
    layout = "gray" if frames.ndim == 3 else "rgb24"
    height, width = frames.shape[1:3]
    usual = [] if "-c:v" in args else ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "4"]
    kind = [] if "-pix_fmt" in args else ["-pix_fmt", "yuv420p"]
    ffmpeg(
        "-f", "rawvideo", "-pix_fmt", layout, "-s", f"{width}x{height}", "-r", rate, "-i", "-",
        *inputs, *usual, *kind, *args, path, given=frames.tobytes(),
    )  # fmt: skip
    _written[key] = path.read_bytes()
    return path


def colored(source: Path, target: Path, *, settings: Settings = SMALL, **options: object) -> FilmResult:
    """Colour a film as the command does."""
    return FilmJob(source, target, settings, FilmOptions(**({"crf": 4} | options))).run()  # type: ignore[arg-type]


def probed(path: Path) -> Any:
    """All that ffprobe says of a film: ``format``, ``streams``, ``chapters``, ``packets_and_frames``."""
    parts = ("-show_format", "-show_streams", "-show_chapters", "-show_packets", "-show_frames")
    return json.loads(_said(("ffprobe", "-v", "error", "-of", "json", *parts), path, _state(path)))


def decoded(path: Path, *args: str) -> bytes:
    """The pictures of a film as ffmpeg decodes them, not turned; asked once while the file stays as it is."""
    command = ("ffmpeg", "-nostdin", "-v", "error", "-noautorotate", "-i")
    rest = ("-map", "0:v:0", "-vsync", "passthrough", *args, "-f", "rawvideo", "-")
    return _said(command, path, _state(path), rest)


def _state(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


@lru_cache(64)
def _said(command: tuple[str, ...], path: Path, state: tuple[int, ...], rest: tuple[str, ...] = ()) -> bytes:
    return subprocess.run([*command, str(path), *rest], capture_output=True, check=True, timeout=60).stdout


def _of(path: Path, stream: int, kind: str) -> list[dict[str, str]]:
    """The packets or frames of a stream, as ffprobe tells them."""
    found = probed(path)["packets_and_frames"]
    return [one for one in found if one["type"] == kind and one.get("stream_index") == stream]


def _video(path: Path) -> dict[str, Any]:
    return next(s for s in streams(path) if s["codec_type"] == "video")


def times(path: Path) -> list[Fraction]:
    """When each frame is shown, seconds, exactly."""
    video = _video(path)
    return [int(frame["pts"]) * Fraction(video["time_base"]) for frame in _of(path, video["index"], "frame")]


def streams(path: Path) -> list[dict[str, Any]]:
    """Every stream as ffprobe sees it."""
    return probed(path)["streams"]


def packet_hash(path: Path, stream: str) -> str:
    """A hash of all packets of a stream (``a:1``)."""
    return ffmpeg("-i", path, "-map", f"0:{stream}", "-c", "copy", "-f", "streamhash", "-").split("=")[-1]


def packet_times(path: Path, stream: str) -> list[str]:
    """When each packet of a stream is shown, seconds."""
    kind, number = {"v": "video", "a": "audio", "s": "subtitle"}[stream[0]], int(stream[2:])
    found = [s["index"] for s in streams(path) if s["codec_type"] == kind][number]
    return [packet["pts_time"] for packet in _of(path, found, "packet")]


def luma(path: Path) -> Frames:
    """Y' of every frame, as stored (count, height, width): decoded by ffmpeg, not turned."""
    return planes(path)[0]


def planes(path: Path) -> tuple[Frames, Frames, Frames]:
    """Y', Cb and Cr (4:2:0) of every frame, in 8 bits, as stored."""
    stream = _video(path)
    width, height = int(stream["width"]), int(stream["height"])
    raw = decoded(path)
    deep = "10" in stream["pix_fmt"]
    values = np.frombuffer(raw, np.uint16 if deep else np.uint8)
    if deep:
        values = values >> 2
    half = ((height + 1) // 2, (width + 1) // 2)
    cells = [height * width, half[0] * half[1], half[0] * half[1]]
    if "422" in stream["pix_fmt"]:
        half = (height, half[1])
        cells[1:] = [half[0] * half[1]] * 2
    rows = values.reshape(-1, sum(cells)).astype(np.uint8)
    y, cb, cr = np.split(rows, np.cumsum(cells)[:-1], axis=1)
    return y.reshape(-1, height, width), cb.reshape(-1, *half), cr.reshape(-1, *half)


def chroma(path: Path) -> NDArray[np.float64]:
    """Mean distance of Cb and Cr from neutral, a frame."""
    _, cb, cr = planes(path)
    return np.hypot(cb.astype(float) - 128, cr.astype(float) - 128).mean(axis=(1, 2))


def light(path: Path) -> NDArray[np.float64]:
    """Lightness L of every frame as a player shows it (count, height, width), turned upright."""
    shape = _video(path)
    raw = decoded(path, "-pix_fmt", "rgb24", "-sws_flags", "accurate_rnd+full_chroma_int+full_chroma_inp")
    frames = np.frombuffer(raw, np.uint8).reshape(-1, int(shape["height"]), int(shape["width"]), 3)
    return np.stack([color.rgb2lab(frame)[..., 0] for frame in frames])


def packets(path: Path) -> list[tuple[int, int]]:
    """Place and size of every packet of the pictures in their file."""
    return [(int(one["pos"]), int(one["size"])) for one in _of(path, _video(path)["index"], "packet")]


def frames_of(
    folder: Path, frames: Frames, *, first: int = 1, suffix: str = ".png", deep: bool = False
) -> Path:
    """A folder of grey frames (count, h, w), named shot_0001_v2 and so on."""
    folder.mkdir()
    for number, frame in enumerate(frames, start=first):
        codes = frame.astype(np.uint16) * 257 if deep else frame
        image = pyvips.Image.new_from_array(codes).copy(interpretation="grey16" if deep else "b-w")
        image.write_to_file(str(folder / f"shot_{number:04d}_v2{suffix}"))
    return folder


def pixels(path: Path) -> NDArray[np.uint8]:
    """The samples of a picture."""
    return pyvips.Image.new_from_file(str(path)).numpy()


def colorful(picture: NDArray[np.uint8]) -> float:
    """A plain measure of colour: how far the channels are apart."""
    return float(np.abs(picture[..., :3].astype(int) - picture[..., 1:2]).mean())
