"""Whether a photograph keeps its colours when it is looked at in another size, or cut."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from tintype.color.lab import lab_from_srgb
from tintype.evaluation.entrants import Entrant, sit
from tintype.evaluation.metrics import Truth
from tintype.metrics import RGB, ciede2000

VIEWS = (224, 256, 320)
_KEPT = 0.8  # share of each side that the cut leaves


def consistency(entrant: Entrant, truth: Truth) -> dict[str, float]:
    """CIEDE2000 between results of one photograph that ought to be the same.

    Parameters
    ----------
    entrant : Entrant
        A network.
    truth : Truth

    Returns
    -------
    dict of str to float
        ``views``: mean over the pairs of the view's short side of 224, 256 and 320 px. ``cut``: between the
        middle of the whole photograph's result and the result of the middle alone.
    """
    results = [_painted(entrant, truth, size) for size in VIEWS]
    labs = [lab_from_srgb(result) for result in results]
    views = float(np.mean([ciede2000(a, b) for a, b in combinations(labs, 2)]))
    middle = _middle(truth.rgb)
    cut = _painted(entrant, Truth(f"{truth.name}, cut", middle), 0)
    whole = _middle(_painted(entrant, truth, 0))
    return {"views": views, "cut": ciede2000(lab_from_srgb(whole), lab_from_srgb(cut))}


def _painted(entrant: Entrant, truth: Truth, size: int) -> RGB:
    sitting = sit(entrant.colorizer, truth)
    predictions = entrant.predict(sitting, size=size)
    return entrant.paint(sitting, entrant.chroma(sitting, predictions, truth, (0.0, 0.0)))


def _middle(rgb: RGB) -> RGB:
    height, width = rgb.shape[:2]
    top, left = round(height * (1 - _KEPT) / 2), round(width * (1 - _KEPT) / 2)
    return np.ascontiguousarray(rgb[top : height - top, left : width - left])
