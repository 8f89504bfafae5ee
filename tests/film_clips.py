"""Films for tests: panned photographs with a moving thing, written and looked at by FFmpeg's own programs."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

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


def film(
    path: Path, frames: Frames, *args: str | Path, rate: str = "25", inputs: Sequence[str | Path] = ()
) -> Path:
    """Write a film of grey or RGB frames; `inputs` are further ones of ffmpeg's, `args` say how to write."""
    layout = "gray" if frames.ndim == 3 else "rgb24"
    height, width = frames.shape[1:3]
    usual = [] if "-c:v" in args else ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "4"]
    kind = [] if "-pix_fmt" in args else ["-pix_fmt", "yuv420p"]
    ffmpeg(
        "-f", "rawvideo", "-pix_fmt", layout, "-s", f"{width}x{height}", "-r", rate, "-i", "-",
        *inputs, *usual, *kind, *args, path, given=frames.tobytes(),
    )  # fmt: skip
    return path


def colored(source: Path, target: Path, *, settings: Settings = SMALL, **options: object) -> FilmResult:
    """Colour a film as the command does."""
    return FilmJob(source, target, settings, FilmOptions(**({"crf": 4} | options))).run()  # type: ignore[arg-type]


def probed(path: Path, *args: str) -> dict[str, list[dict[str, str]]]:
    """What ffprobe says, as JSON."""
    ran = subprocess.run(
        ["ffprobe", "-v", "error", "-of", "json", *args, str(path)],
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    return json.loads(ran.stdout)


def times(path: Path) -> list[Fraction]:
    """When each frame is shown, seconds, exactly."""
    found = probed(path, "-select_streams", "v:0", "-show_entries", "frame=pts:stream=time_base")
    base = Fraction(found["streams"][0]["time_base"])
    return [int(frame["pts"]) * base for frame in found["frames"]]


def streams(path: Path) -> list[dict[str, str]]:
    """Every stream as ffprobe sees it."""
    return probed(path, "-show_streams")["streams"]


def packet_hash(path: Path, stream: str) -> str:
    """A hash of all packets of a stream (``a:1``)."""
    return ffmpeg("-i", path, "-map", f"0:{stream}", "-c", "copy", "-f", "streamhash", "-").split("=")[-1]


def packet_times(path: Path, stream: str) -> list[str]:
    """When each packet of a stream is shown, seconds."""
    found = probed(path, "-select_streams", stream, "-show_entries", "packet=pts_time")
    return [packet["pts_time"] for packet in found["packets"]]


def luma(path: Path) -> Frames:
    """Y' of every frame, as stored (count, height, width): decoded by ffmpeg, not turned."""
    return planes(path)[0]


def planes(path: Path) -> tuple[Frames, Frames, Frames]:
    """Y', Cb and Cr (4:2:0) of every frame, in 8 bits, as stored."""
    stream = next(s for s in streams(path) if s["codec_type"] == "video")
    width, height = int(stream["width"]), int(stream["height"])
    raw = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-noautorotate", "-i", str(path), "-map", "0:v:0", "-vsync",
         "passthrough", "-f", "rawvideo", "-"],
        capture_output=True, check=True, timeout=60,
    ).stdout  # fmt: skip
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
    shape = probed(path, "-select_streams", "v:0", "-show_entries", "stream=width,height")["streams"][0]
    raw = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-noautorotate", "-i", str(path), "-map", "0:v:0", "-vsync",
         "passthrough", "-pix_fmt", "rgb24", "-sws_flags", "accurate_rnd+full_chroma_int+full_chroma_inp",
         "-f", "rawvideo", "-"],
        capture_output=True, check=True, timeout=60,
    ).stdout  # fmt: skip
    frames = np.frombuffer(raw, np.uint8).reshape(-1, int(shape["height"]), int(shape["width"]), 3)
    return np.stack([color.rgb2lab(frame)[..., 0] for frame in frames])


def packets(path: Path) -> list[tuple[int, int]]:
    """Place and size of every packet of the pictures in their file."""
    found = probed(path, "-select_streams", "v:0", "-show_entries", "packet=pos,size")
    return [(int(packet["pos"]), int(packet["size"])) for packet in found["packets"]]


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
