"""Skin in faces, by how light the true skin is: no group of people may come out worse unseen.

Faces are found in the true photograph by scikit-image's cascade of local binary patterns. A box counts as a
face when its middle has the colours of skin: the cascade also sees faces in foliage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.color.lab import Float
from tintype.metrics import RGB, ab_distances

TONES = (("very light", 55.0), ("light", 41.0), ("intermediate", 28.0), ("tan", 10.0), ("brown", -30.0),
         ("dark", -90.0))  # fmt: skip
"""Names of skin tones and the smallest individual typology angle, degrees, of each (Chardon et al. 1991)."""

_SMALLEST = 32  # px: in smaller boxes mouth and hair are a few pixels
_SKIN = 0.4  # share of a face's middle that must have the colours of skin
# Parts of a face's box, as shares of its side: rows from, to, columns from, to.
_MIDDLE = (0.3, 0.65, 0.25, 0.75)
_LIPS = (0.72, 0.88, 0.36, 0.64)
_HAIR = (-0.18, 0.02, 0.25, 0.75)


@dataclass(frozen=True, slots=True)
class Face:
    """A square box around a face, px: the row and column of its corner, and its side."""

    row: int
    column: int
    side: int


@dataclass(frozen=True, slots=True)
class FaceNumbers:
    """What one face says of one result, Lab units.

    Attributes
    ----------
    tone : str
        Of `TONES`, by the true skin.
    skin, lips, hair : float
        Mean distance in ab; nan where that part lies outside the photograph.
    chroma : float
        Chroma of the result's skin less the truth's, medians: above 0 it is too vivid.
    """

    tone: str
    skin: float
    lips: float
    hair: float
    chroma: float


def find_faces(rgb: RGB, lab: Float) -> list[Face]:
    """Faces of a true photograph, largest first, none over another.

    Parameters
    ----------
    rgb : uint8, shape (h, w, 3)
    lab : float32, shape (h, w, 3)
        The same in Lab.
    """
    largest = min(rgb.shape[:2])
    if largest < _SMALLEST:
        return []
    boxes = _cascade().detect_multi_scale(
        img=rgb, scale_factor=1.2, step_ratio=1, min_size=(_SMALLEST, _SMALLEST), max_size=(largest, largest)
    )
    found: list[Face] = []
    for box in sorted(boxes, key=lambda b: -int(b["width"])):
        face = Face(int(box["r"]), int(box["c"]), int(box["width"]))
        middle = part(lab, face, _MIDDLE)
        apart = all(not _overlap(face, other) for other in found)
        if apart and middle.size and skin_colored(middle).mean() >= _SKIN:
            found.append(face)
    return found


def skin_colored(lab: Float) -> NDArray[np.bool_]:
    """Where colours are those that skin has in ordinary light: hue 15-80°, chroma 6-50, L 12-95."""
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1]))
    skin = (hue > 15) & (hue < 80) & (chroma > 6) & (chroma < 50) & (lab[..., 0] > 12) & (lab[..., 0] < 95)
    return np.asarray(skin)


def tone_of(skin: Float) -> str:
    """Name of a skin's tone, by the individual typology angle of its median.

    ITA = atan((L - 50) / b) (Chardon et al. 1991).

    Parameters
    ----------
    skin : float32, shape (n, 3)
        Lab.
    """
    L, _, b = np.median(skin, axis=0)
    angle = float(np.degrees(np.arctan2(L - 50, max(float(b), 1e-3))))
    return next(name for name, least in TONES if angle >= least)


def measure_faces(truth: Float, result: Float, faces: Sequence[Face]) -> list[FaceNumbers]:
    """What every face says of a result; both pictures in Lab (h, w, 3)."""
    distances = ab_distances(truth, result)
    numbers = []
    for face in faces:
        true, made = part(truth, face, _MIDDLE), part(result, face, _MIDDLE)
        skin = skin_colored(true)
        chroma = [float(np.median(np.hypot(x[skin][:, 1], x[skin][:, 2]))) for x in (true, made)]
        numbers.append(
            FaceNumbers(
                tone_of(true[skin]),
                float(part(distances, face, _MIDDLE)[skin].mean()),
                _mean(part(distances, face, _LIPS)),
                _mean(part(distances, face, _HAIR)),
                chroma[1] - chroma[0],
            )
        )
    return numbers


def by_tone(numbers: Sequence[FaceNumbers]) -> dict[str, dict[str, float]]:
    """Means by tone, light first, and of ``all``; ``faces`` is their number."""
    groups = {name: [n for n in numbers if n.tone == name] for name, _ in TONES}
    groups["all"] = list(numbers)
    return {
        name: {"faces": float(len(group))}
        | {
            key: _mean(np.array([getattr(n, key) for n in group]))
            for key in ("skin", "lips", "hair", "chroma")
        }
        for name, group in groups.items()
        if group
    }


def part(picture: NDArray[Any], face: Face, shares: tuple[float, float, float, float]) -> NDArray[Any]:
    """A part of a face, as far as it lies inside the picture (h, w, …)."""
    height, width = picture.shape[:2]
    top, bottom, left, right = (round(s * face.side) for s in shares)
    rows = slice(max(face.row + top, 0), min(max(face.row + bottom, 0), height))
    columns = slice(max(face.column + left, 0), min(max(face.column + right, 0), width))
    return picture[rows, columns]


def _overlap(one: Face, other: Face) -> bool:
    return (
        one.row < other.row + other.side
        and other.row < one.row + one.side
        and one.column < other.column + other.side
        and other.column < one.column + one.side
    )


def _mean(values: NDArray[Any]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


@cache
def _cascade() -> Any:
    from skimage.data import lbp_frontal_face_cascade_filename
    from skimage.feature import Cascade

    return Cascade(lbp_frontal_face_cascade_filename())
