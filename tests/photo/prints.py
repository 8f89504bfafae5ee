"""Toned prints made by program, and pictures as JPEG gives them."""

import io

import numpy as np
from PIL import Image, ImageOps
from skimage.color import lab2rgb

from tintype import Settings
from tintype.photo.read import read

# Chroma at paper white, in the middle tones and in the shadows: (hue in degrees, C*ab).
TONES = {
    "sepia": ((85, 12), (65, 22), (50, 4)),
    "cyanotype": ((230, 4), (265, 28), (275, 14)),
    "toned": ((80, 6), (330, 12), (320, 8)),
}


def toned(picture, tone, *, stain=0.0, noise=0.0, seed=0):
    """A print of a grey picture, as RGB: its colour depends on lightness, but for stains and grain."""
    rng = np.random.default_rng(seed)
    t = picture / 255
    paper, middle, shadow = (np.array([np.cos(np.deg2rad(h)), np.sin(np.deg2rad(h))]) * c for h, c in tone)
    ab = paper * t[..., None] + middle * (4 * t * (1 - t))[..., None] + shadow * ((1 - t) ** 2)[..., None]
    y, x = np.mgrid[: t.shape[0], : t.shape[1]]
    blot = np.exp(-((y / len(y) - 0.3) ** 2 + (x / len(x) - 0.6) ** 2) / 0.05)[..., None]
    ab = ab * (1 + stain * blot) + np.array([1.0, 4.0]) * stain * blot
    rgb = lab2rgb(np.dstack([8 + 86 * t, ab])) * 255 + rng.normal(size=(*t.shape, 3)) * noise
    return np.clip(rgb, 0, 255).round().astype(np.uint8)


def as_jpeg(pixels, quality=75, border=0):
    held = io.BytesIO()
    image = ImageOps.expand(Image.fromarray(pixels), border, "white")
    image.save(held, "JPEG", quality=quality)
    return read(held.getvalue(), Settings())[0]
