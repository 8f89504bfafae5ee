"""Hints followed through a film: a colour known at one moment holds for the shot, or for its whole scene."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tintype.errors import SettingsError
from tintype.film.camera import Camera
from tintype.film.motion import Flow
from tintype.film.options import FilmHint, FilmOptions
from tintype.film.plan import Plan
from tintype.film.segment import Colors
from tintype.film.shots import Shot
from tintype.settings import Hint

_UNLIKE = 18.0
"""Codes of 255 by which a place may differ from the hinted one before it counts as lost."""


def followed(hints: Sequence[FilmHint], colors: Colors, options: FilmOptions) -> dict[int, list[Hint]]:
    """Hints at every frame that they hold for, in px of `Camera.upright`.

    Each hinted place is followed along the motion, both ways, until it is lost or the shot ends; with
    `scene_hints`, from there into the other shots of the scene.

    Raises
    ------
    SettingsError
        If a hint lies outside the film's time or picture.
    """
    plan, camera, info = colors.plan, colors.camera, colors.decoder.info
    found: defaultdict[int, list[Hint]] = defaultdict(list)
    for one in hints:
        height, width = info.upright_size
        if one.hint.x > width or one.hint.y > height:
            msg = (
                f"the hint at ({one.hint.x:g}, {one.hint.y:g}) lies outside the film's {width} × {height} px"
            )
            raise SettingsError(msg)
        index = plan.frame_at(one.seconds, info)
        shot = plan.shot_at(index)
        place = np.array(camera.to_grid(one.hint.x, one.hint.y), np.float32)
        here = _small(colors, index)
        wanted = _code(here, place)
        shots = [(shot, index, place)]
        if options.scene_hints:
            shots += [
                (other, other.start, _across(here, place, _small(colors, other.start)))
                for other in _scene(plan, shot)
            ]
        for other, begin, at in shots:
            for frame, x, y in _walk(colors, other, begin, at, wanted):
                found[frame].append(_hint(camera, one.hint, x, y))
    return dict(found)


def _scene(plan: Plan, shot: Shot) -> list[Shot]:
    anchor = plan.anchors[plan.shots.index(shot)]
    pairs = zip(plan.shots, plan.anchors, strict=True)
    return [s for s, a in pairs if a == anchor >= 0 and s != shot]


def _small(colors: Colors, index: int) -> Any:
    return colors.camera.small(next(colors.frames(index, index + 1)).luma)


def _across(here: Any, place: Any, there: Any) -> Any:
    return place + _at(Flow()(here, there), place)


def _walk(
    colors: Colors, shot: Shot, begin: int, place: Any, wanted: float
) -> Iterable[tuple[int, float, float]]:
    """Frames of a shot in which the place is seen, and where on the grid."""
    smalls = [colors.camera.small(f.luma) for f in colors.frames(shot.start, shot.end)]
    flow, offset = Flow(), begin - shot.start
    for step in (1, -1):
        at = place
        for number in range(offset, len(smalls) if step == 1 else -1, step):
            if number != offset:
                at = at + _at(flow(smalls[number - step], smalls[number]), at)
            if abs(_code(smalls[number], at) - wanted) > _UNLIKE:
                break
            if step == 1 or number != offset:
                yield shot.start + number, float(at[0]), float(at[1])


def _at(field: Any, place: Any) -> Any:
    height, width = field.shape[:2]
    x, y = (min(max(round(float(v)), 0), most - 1) for v, most in zip(place, (width, height), strict=True))
    return field[y, x]


def _code(small: Any, place: Any) -> float:
    return float(_at(small, place))


def _hint(camera: Camera, hint: Hint, x: float, y: float) -> Hint:
    column, row = camera.to_upright(x, y)
    return dataclasses.replace(hint, x=max(column, 0.0), y=max(row, 0.0))
