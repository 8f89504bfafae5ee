"""Colours a photograph: python color.py whole.onnx old.png new.png [x,y=#rrggbb ...]"""

import os
import sys

import numpy as np
from PIL import Image

# Before it is loaded: from 1.32 on ONNX Runtime reports to its maker unless it is told not to.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime


def hint(text: str) -> list[float]:
    """x, y, radius (0: the default), red, green, blue."""
    place, color = text.split("=#")
    x, y = place.split(",")
    return [float(x), float(y), 0, *bytes.fromhex(color)]


def main(network: str, source: str, target: str, *hints: str) -> None:
    picture = np.asarray(Image.open(source).convert("RGB"))
    session = onnxruntime.InferenceSession(network)
    colored = session.run(
        ["colored"],
        {
            "picture": picture,
            "vividness": np.array(0.5, np.float32),
            "saturation": np.array(1.0, np.float32),
            "warmth": np.array(0.0, np.float32),
            "hints": np.array([hint(h) for h in hints], np.float32).reshape(-1, 6),
        },
    )[0]
    Image.fromarray(colored).save(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
