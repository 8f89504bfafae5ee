"""The 313 ab colours of Zhang et al. 2016 (``pts_in_hull.npy``)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tintype.color.lab import Float
from tintype.errors import NetworkError

COUNT = 313

# The published list is every point of a 10-unit grid inside a convex outline, sorted by a, then b. So the
# lowest and highest b of each row, a = -90, -80, … 100, say it all. The outline is wider than sRGB's colours.
_LOWEST = (50, 20, 0, -20, -30, -40, -50, -50, -60, -70,
           -80, -80, -90, -100, -100, -110, -110, -110, -110, -90)  # fmt: skip
_HIGHEST = (90, 90, 90, 90, 100, 100, 100, 100, 100, 100, 90, 90, 90, 90, 80, 80, 80, 70, 70, 0)


def published_centers() -> Float:
    """Return the 313 centers in their published order, rebuilt from the outline.

    >>> published_centers().shape
    (313, 2)
    """
    rows = zip(range(-90, 110, 10), _LOWEST, _HIGHEST, strict=True)
    return np.array([(a, b) for a, low, high in rows for b in range(low, high + 1, 10)], dtype=np.float32)


def read_centers(path: str | Path) -> Float:
    """Read the cluster centers from a user's ``pts_in_hull.npy``.

    Parameters
    ----------
    path : path
        An array of shape (313, 2) or, as in some copies, (2, 313); Lab units.

    Returns
    -------
    float32, shape (313, 2)

    Raises
    ------
    NetworkError
        If the file can't be read or holds something else; nothing is unpickled.
    """
    try:
        points = np.load(Path(path), allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        msg = f"{path}: can't read cluster centers: {error}; give the published pts_in_hull.npy or none"
        raise NetworkError(msg) from None
    if not isinstance(points, np.ndarray) or points.dtype.kind not in "iuf":
        msg = f"{path}: not an array of numbers; the published pts_in_hull.npy is {COUNT}×2"
        raise NetworkError(msg)
    points = points.squeeze()
    if points.shape == (2, COUNT):
        points = points.T
    if points.shape != (COUNT, 2) or not np.isfinite(points).all() or np.abs(points).max() > 128:
        msg = (
            f"{path}: shape {points.shape} with values up to {np.abs(points).max() if points.size else 0:g}; "
        )
        msg += f"expected {COUNT} pairs of a and b within ±128"
        raise NetworkError(msg)
    return np.ascontiguousarray(points, dtype=np.float32)
