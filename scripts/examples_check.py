"""For scripts/examples.sh: makes the picture that the examples color, and checks what they wrote.

python scripts/examples_check.py make FOLDER
python scripts/examples_check.py check PICTURE [x,y=#rrggbb ...]
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

from tintype import Colorizer
from tintype.color.lab import L_from_grey, lab_from_srgb

HEIGHT, WIDTH = 256, 352  # the view of the network that ships: what it sees is then the same everywhere


def picture() -> np.ndarray:
    """A grey photograph, uint8."""
    luma = data.astronaut()[:HEIGHT, 80 : 80 + WIDTH] @ (0.299, 0.587, 0.114)
    return np.rint(luma).astype(np.uint8)


def make(folder: Path) -> None:
    """Write it as PNG and as PGM."""
    image = Image.fromarray(picture())
    image.save(folder / "grey.png")
    image.save(folder / "grey.pgm")


def check(path: Path, hints: list[str]) -> None:
    """Compare a picture that an example wrote with the line's; end with 1 where they differ."""
    made = np.asarray(Image.open(path).convert("RGB"))
    expected = Colorizer(hints=hints)(picture())
    away = int(np.abs(made.astype(int) - expected).max())
    light = float(np.abs(lab_from_srgb(made)[..., 0] - L_from_grey(picture())).max())
    print(f"{path.name}: at most {away} code of 255 from Tintype; lightness within {light:.2f}")
    if away > 1 or light > 0.6:
        sys.exit(f"{path.name}: more than 1 code, or 0.6 of lightness, away")


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]))
    else:
        check(Path(sys.argv[2]), sys.argv[3:])
