"""Work on films, inside a process of its own: what a film holds, single frames, previews, whole films."""

from __future__ import annotations

import os
from collections.abc import Callable
from multiprocessing import connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tintype.color.resample import fit_longest
from tintype.errors import FilmError, TintypeError
from tintype.limited import limit_memory
from tintype.photo.decoder import forget_operations
from tintype.studio.film_models import FilmState, Summary

if TYPE_CHECKING:
    from tintype.film.segment import Colors

Told = Callable[[str, int, int], None]

PREVIEW_SECONDS = 6.0
"""Of a shot that is shown coloured, at the most."""

_CRF = {"preview": 23, "film": 18}
_QUALITY = 88  # of the JPEG pictures of single frames


def serve(line: connection.Connection[Any, Any], memory_bytes: int) -> None:
    """Answer requests (name, arguments) until the line is closed: progress, then a value or an error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    limit_memory(memory_bytes)
    forget_operations()
    desk = Desk(lambda *progress: line.send(("progress", progress)))
    while True:
        try:
            name, arguments = line.recv()
        except (EOFError, OSError):
            return
        try:
            answer = "done", getattr(desk, name)(**arguments)
        except (TintypeError, OSError, MemoryError) as error:
            answer = "failed", error
        except Exception as error:
            answer = "failed", RuntimeError(f"{type(error).__name__}: {error}")
        try:
            line.send(answer)
        except OSError:
            return


class Desk:
    """Does the work; `told` hears of progress."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._colors: tuple[object, Colors] | None = None

    def look(self, source: Path, folder: Path) -> Summary:
        """Read a film once, keep its plan in `folder`, and say what is in it."""
        from tintype.film import plan
        from tintype.film.door import probe
        from tintype.film.notes import notes_of
        from tintype.film.options import FilmOptions
        from tintype.film.survey import survey

        info, options = probe(source), FilmOptions()
        found = survey(info, options, progress=lambda n: self._told("plan", n, info.frames))
        plan.save(found, folder, {})
        height, width = info.upright_size
        begin = int(found.pts[0])
        last = float((found.pts[-1] - begin) * info.time_base + 1 / info.rate)

        def time(frame: int) -> float:
            return last if frame >= found.frames else float((int(found.pts[frame]) - begin) * info.time_base)

        shots = [
            {"start": s.start, "end": s.end, "time": time(s.start), "seconds": time(s.end) - time(s.start)}
            for s in found.shots
        ]
        return {
            "width": width, "height": height, "frames": found.frames, "rate": float(info.rate),
            "notes": list(notes_of(info, found, options)), "shots": shots,
        }  # fmt: skip

    def frame(
        self, source: Path, folder: Path, index: int, side: int, model: str, state: dict[str, Any] | None
    ) -> bytes:
        """One frame as a JPEG, upright: in grey, or with a state coloured by itself."""
        import numpy as np

        from tintype.film.dependencies import cv2
        from tintype.film.follow import followed
        from tintype.film.paint import painted
        from tintype.film.show import rgb_of

        colors, options = self._opened(source, folder, model, state)
        info, cv = colors.decoder.info, cv2()
        (frame,) = list(colors.frames(index, index + 1))
        camera = colors.camera
        if state is None:
            ab = np.zeros((8, 8, 2), np.float32)
        else:
            shot = colors.plan.shot_at(index)
            near = [h for h in options.hints if self._lies_in(colors, h.seconds, shot)]
            hints = followed(near, colors, options).get(index, [])
            ab = camera.steer(camera.decode(camera.ask(frame.luma, hints)), camera.small(frame.luma), hints)
        planes = painted(frame.luma, ab, colors.plan.area, info.encoding, halves=True)
        rgb = np.rot90(rgb_of(planes, (info.width, info.height), info.encoding), info.rotation // 90)
        height, width = info.upright_size
        size = fit_longest(height, width, side)[::-1]
        shown = cv.resize(np.ascontiguousarray(rgb[..., ::-1]), size, interpolation=cv.INTER_AREA)
        _, data = cv.imencode(".jpg", shown, [cv.IMWRITE_JPEG_QUALITY, _QUALITY])
        return bytes(data)

    @staticmethod
    def _lies_in(colors: Colors, seconds: float, shot: object) -> bool:
        return colors.plan.shot_at(colors.plan.frame_at(seconds, colors.decoder.info)) == shot

    def _opened(
        self, source: Path, folder: Path, model: str, state: dict[str, Any] | None
    ) -> tuple[Colors, Any]:
        """The film with a camera before it; kept while the same is asked for."""
        from tintype.colorizer import Colorizer
        from tintype.film import plan
        from tintype.film.camera import Camera
        from tintype.film.door import probe, reader
        from tintype.film.segment import Colors

        settings, options = chosen(state or {}, model)
        key = source, settings
        if self._colors is None or self._colors[0] != key:
            kept = plan.load(folder)
            if kept is None:
                raise FilmError(name=source.name, reason="its plan is gone", remedy="open it again")
            info = probe(source)
            camera = Camera(info, kept[0].area, Colorizer(settings).networks()[0], settings)
            self._colors = key, Colors(kept[0], camera, reader(info))
        return self._colors[1], options

    def color(
        self, source: Path, target: Path, model: str, state: dict[str, Any], kind: str,
        span: tuple[float, float] | None,
    ) -> dict[str, Any]:  # fmt: skip
        """Colour a film, or a part of it, into `target`; where its streams don't fit, into an .mkv."""
        from tintype.film.door import probe
        from tintype.film.job import FilmJob
        from tintype.film.join import holds
        from tintype.film.options import Span

        settings, options = chosen(state, model, crf=_CRF[kind])
        if not holds(target, probe(source), target.with_name(f".{target.name}.probe")):
            target = target.with_suffix(".mkv")
        if target.exists():  # asked for once more
            return {"target": target, "notes": []}
        part = Span(*span) if span else None
        made = FilmJob(source, target, settings, options, part).run(self._told)
        return {"target": target, "notes": list(made.notes)}


def chosen(state: dict[str, Any], model: str, crf: int = 18) -> tuple[Any, Any]:
    """Settings and options that a page's state stands for. Raises SettingsError."""
    from tintype.film.options import FilmHint, FilmOptions
    from tintype.settings import Settings

    given = FilmState.model_validate(state)
    hints = tuple(FilmHint.from_json(h.model_dump()) for h in given.hints)
    settings = Settings.from_json(given.settings | {"model": model})
    return settings, FilmOptions(hints=hints, scene_hints=given.scene_hints, crf=crf)
