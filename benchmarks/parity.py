"""Prints how near exported files come to Tintype itself, photograph by photograph, and what int8 costs.

python benchmarks/parity.py [--weights int8]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from skimage import data
from skimage.color import deltaE_ciede2000

from tintype import Colorizer
from tintype.color.lab import lab_from_srgb
from tintype.export.file import export
from tintype.network.descriptor import SizeRule, view_size
from tintype.network.session import runtime

if TYPE_CHECKING:
    import onnxruntime

PHOTOGRAPHS = (
    *("astronaut", "coffee", "chelsea", "rocket", "camera", "brick", "grass", "gravel", "page", "coins"),
    *("clock", "moon", "retina", "text", "immunohistochemistry", "hubble_deep_field"),
)


def grey(name: str) -> NDArray[np.uint8]:
    """A photograph's luma."""
    picture = getattr(data, name)()
    luma = picture if picture.ndim == 2 else picture[..., :3] @ (0.299, 0.587, 0.114)
    return np.rint(luma).astype(np.uint8)


def at_view(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """As large a part as its own view, so that nothing is resampled before the network sees it."""
    height, width = picture.shape
    for short in range(min(height, width), 0, -1):
        part = picture[: short if height <= width else height, : width if height <= width else short]
        size = view_size(SizeRule(), *part.shape)
        if size[0] <= height and size[1] <= width:
            cut = picture[: size[0], : size[1]]
            if view_size(SizeRule(), *cut.shape) == cut.shape:
                return cut
    return picture[:256, :256]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", default="float16")
    weights = parser.parse_args().weights
    options = runtime().SessionOptions()
    options.intra_op_num_threads = 2
    with tempfile.TemporaryDirectory() as folder:
        made = export(Path(folder) / "whole.onnx", weights=weights)
        session = runtime().InferenceSession(str(made.path), options)
    print(f"{made.bytes / 1e6:.1f} MB\n")
    print("| photograph | size | codes apart, at most | more than 1 | ΔE2000, mean | 99 % | ΔL, at most |")
    print("|---|---|--:|--:|--:|--:|--:|")
    colorizer = Colorizer(already_color="recolor", threads=2)
    for what in (at_view, lambda picture: picture):
        for name in PHOTOGRAPHS:
            try:
                picture = what(grey(name))
            except Exception as error:  # some are fetched, and there may be no network
                print(f"| {name} | | {type(error).__name__} | | | | |")
                continue
            row(session, colorizer, name, picture)


def row(
    session: onnxruntime.InferenceSession, colorizer: Colorizer, name: str, picture: NDArray[np.uint8]
) -> None:
    """Print one photograph's line."""
    given = {"vividness": 0.5, "saturation": 1.0, "warmth": 0.0}
    feed = {key: np.array(value, np.float32) for key, value in given.items()}
    feed |= {"picture": picture[..., None], "hints": np.zeros((0, 6), np.float32)}
    ours, theirs = session.run(["colored"], feed)[0], colorizer(picture)
    away = np.abs(ours.astype(int) - theirs)
    lab, other = lab_from_srgb(ours), lab_from_srgb(theirs)
    apart = deltaE_ciede2000(lab, other)
    light = np.abs(lab[..., 0] - lab_from_srgb(np.dstack([picture] * 3))[..., 0]).max()
    height, width = picture.shape
    print(
        f"| {name} | {width} × {height} | {away.max()} | {(away > 1).mean():.4%} "
        f"| {apart.mean():.3f} | {np.percentile(apart, 99):.2f} | {light:.2f} |"
    )


if __name__ == "__main__":
    main()
