"""Makes the README's picture: grey photographs of scikit-image above, Tintype's colours below."""

from pathlib import Path

import numpy as np
import pyvips
from skimage import data
from skimage.color import rgb2gray

import tintype

HEIGHT = 360
GAP = 8

colorizer = tintype.Colorizer()
columns = []
for photo in (data.astronaut(), data.chelsea(), data.coffee()):
    grey = np.rint(rgb2gray(photo) * 255).astype(np.uint8)
    colored = colorizer(grey)
    pair = [pyvips.Image.new_from_array(a).colourspace("srgb") for a in (grey, colored)]
    pair = [p.thumbnail_image(10_000, height=HEIGHT) for p in pair]
    columns.append(pyvips.Image.arrayjoin(pair, across=1, shim=GAP, background=255))
whole = columns[0]
for column in columns[1:]:
    whole = whole.join(column, "horizontal", expand=True, shim=GAP, background=255)
target = Path(__file__).resolve().parent.parent / "docs" / "images" / "example.jpg"
target.parent.mkdir(exist_ok=True)
whole.write_to_file(str(target), Q=88, strip=True)
