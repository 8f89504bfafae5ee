"""Where the time of a film goes: CPU seconds a frame by step, beside colouring frame by frame, in one run.

``python benchmarks/film.py [FILM] [--height 480] [--frames 96]``; without FILM, a pan over photographs of
scikit-image. Memory is that of the whole process, whatever the film's length.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from skimage import data

from tintype.colorizer import Colorizer
from tintype.film.camera import Camera
from tintype.film.encode import Piece
from tintype.film.job import FilmJob
from tintype.film.options import FilmOptions
from tintype.film.paint import painted
from tintype.film.segment import Colors
from tintype.film.source import Decoder, probe
from tintype.film.survey import survey
from tintype.settings import Settings


def pan(path: Path, height: int, frames: int) -> Path:
    """A film of a pan over two photographs, with a cut in the middle."""
    width = height * 16 // 9 // 2 * 2
    wholes = [
        cv2.resize(getattr(data, name)(), (width * 3 // 2, height * 5 // 4), interpolation=cv2.INTER_AREA)
        for name in ("astronaut", "coffee")
    ]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": "18", "preset": "veryfast"}
        for number in range(frames):
            whole = wholes[number * 2 // frames]
            left = (number * 4) % (whole.shape[1] - width)
            top = number % (whole.shape[0] - height)
            gray = cv2.cvtColor(whole[top : top + height, left : left + width], cv2.COLOR_RGB2GRAY)
            frame = av.VideoFrame.from_ndarray(np.repeat(gray[..., None], 3, axis=-1), format="rgb24")
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return path


def cpu(work: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of all threads, and the result."""
    began = time.process_time()
    made = work()
    return time.process_time() - began, made


def limited(items: Iterator[Any], count: int) -> list[Any]:
    return [item for _, item in zip(range(count), items, strict=False)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("film", nargs="?", type=Path)
    parser.add_argument("--height", type=int, default=480)
    parser.add_argument("--frames", type=int, default=96)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        film = given.film or pan(Path(folder) / "pan.mp4", given.height, given.frames)
        measure(film, Path(folder), given.frames)


def measure(film: Path, folder: Path, frames: int) -> None:
    settings, options = Settings(), FilmOptions()
    info = probe(film)
    seconds: dict[str, float] = {}
    seconds["first pass"], plan = cpu(lambda: survey(info, options))
    count = min(frames, plan.frames)
    share = count / plan.frames
    seconds["first pass"] *= share
    camera = Camera(info, plan.area, Colorizer(settings).networks()[0], settings)
    seconds["decode"], some = cpu(lambda: limited(Decoder(info).frames(), min(count, 24)))
    seconds["decode"] *= count / len(some)
    camera.ask(some[0][1])
    asked = [0.0]

    class Timed(Colors):
        def _ask(self, seen: Any) -> Any:
            spent, said = cpu(lambda: super(Timed, self)._ask(seen))
            asked[0] += spent
            return said

    colors = Timed(plan, camera, Decoder(info))
    ordered = (made for segment in plan.segments() for made in colors.of(segment))
    whole, made = cpu(lambda: limited(((f.pts, ab) for f, ab in ordered), count))
    seconds["network on keys"] = asked[0]
    seconds["motion and evidence"] = max(0.0, whole - asked[0] - seconds["decode"])
    picked = [(luma, made[i][1], made[i][0]) for i, (_, luma) in enumerate(some)]
    spent, planes = cpu(
        lambda: [painted(y, ab, plan.area, info.encoding, halves=True) for y, ab, _ in picked]
    )
    seconds["paint"] = spent * count / len(some)

    def encode() -> None:
        with Piece(folder / "piece.mp4", info, options) as piece:
            for ready, (_, _, pts) in zip(planes, picked, strict=True):
                piece.write(ready, pts)

    seconds["encode"] = cpu(encode)[0] * count / len(some)
    spent, _ = cpu(lambda: [camera.ask(luma) for luma, _, _ in picked[:8]])
    by_frame = sum(seconds[k] for k in ("decode", "paint", "encode")) + spent / 8 * count
    total = sum(seconds.values())
    print(f"{film.name}: {info.width} × {info.height}, {count} frames, {len(plan.shots)} shots")
    for name, value in seconds.items():
        print(f"{name:22}{value / count * 1000:8.1f} ms of CPU a frame")
    print(f"{'film':22}{total / count * 1000:8.1f}")
    print(f"{'frame by frame':22}{by_frame / count * 1000:8.1f}   ×{by_frame / total:.1f}")
    print(f"on two idle cores at best {2 * count / total:.1f} frames a second")
    began, spent_before = time.perf_counter(), time.process_time()
    result = FilmJob(film, folder / "new.mp4", settings, options).run()
    wall, spent = time.perf_counter() - began, time.process_time() - spent_before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"the whole command: {spent / result.frames * 1000:.1f} ms of CPU a frame, {result.frames / wall:.1f}"
        f" frames a second here and now; at most {peak:.0f} MB, with the frames that this benchmark holds"
    )


if __name__ == "__main__":
    main()
