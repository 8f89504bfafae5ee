"""Pictures that show what was done: before and after, several networks side by side, how sure they are."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

import numpy as np
import pyvips

from tintype.color.resample import fit_longest
from tintype.colorizer import Colorizer
from tintype.errors import NetworkError, PhotoError, SettingsError, UnsupportedFormat
from tintype.outputs import Kind, label
from tintype.photo.depth import eight_bit_rgb
from tintype.photo.formats import WRITABLE
from tintype.photo.model import Photo
from tintype.photo.resize import resize_exactly
from tintype.photo.write import replacing
from tintype.settings import Settings, SettingsDict
from tintype.steps import Chroma, Sitting

LONGEST = 2000
"""Longest side of each half of before and after, px: it is to be looked at, not to be kept."""

PANEL = 900
"""Longest side of one network's picture among several, px."""

_KINDS = ("png", "jpeg", "webp", "tiff")
_WHITE, _INK = [255, 255, 255], [40, 40, 40]


def before_and_after(
    colorizer: Colorizer,
    sitting: Sitting,
    chroma: Chroma,
    settings: Settings | None = None,
    *,
    longest: int = LONGEST,
) -> pyvips.Image:
    """Return the photograph as it was and as it is now, side by side.

    Parameters
    ----------
    colorizer, sitting, chroma, settings
        As the pipeline made them.
    longest : int
        Longest side of each half, px; a smaller photograph keeps its size.

    Returns
    -------
    pyvips.Image
        8-bit sRGB, both halves of one size with a white gutter between them.
    """
    shape = fit_longest(sitting.photo.height, sitting.photo.width, longest)
    painted = colorizer.paint(sitting, chroma, settings, shape=shape)
    after = painted.encode(lambda image: eight_bit_rgb(image).copy_memory())
    before, gutter = _before(sitting.photo, shape), max(2, shape[1] // 100)
    return before.join(after, "horizontal", shim=gutter, background=_WHITE)


def _before(photo: Photo, shape: tuple[int, int]) -> pyvips.Image:
    height, width = shape
    whole = shape == (photo.height, photo.width)
    return eight_bit_rgb(photo.open() if whole else photo.thumbnail(width, height))


def confidence_map(sitting: Sitting, chroma: Chroma) -> pyvips.Image:
    """Return how sure the network is of each color: 8-bit grey at the photograph's size, black 0 to white 1.

    Raises NetworkError when the network gives colours without a distribution.
    """
    if chroma.confidence is None:
        msg = f"{sitting.photo.name}: this network gives no confidence; use one that does, such as tintype"
        raise NetworkError(msg)
    codes = np.rint(np.clip(chroma.confidence, 0, 1) * 255).astype(np.uint8)
    small = pyvips.Image.new_from_array(np.ascontiguousarray(codes))
    grown = resize_exactly(small, sitting.photo.width, sitting.photo.height, kernel="linear")
    return grown.copy(interpretation="b-w")


def check_name(target: Path) -> None:
    """Raise PhotoError when the name's suffix is none that such a picture can be written in."""
    suffix = target.suffix.lower()
    if not any(suffix in WRITABLE[kind].suffixes for kind in _KINDS):
        reason = f"{suffix or 'no suffix'!r} names no picture"
        raise UnsupportedFormat(str(target), suffix, reason=reason, remedy="use .png or .jpg")


def save_picture(image: pyvips.Image, target: Path, kind: Kind, *, overwrite: bool = False) -> None:
    """Write such a picture, marked; the format follows the name. Raises PhotoError."""
    check_name(target)
    labeled = image.copy()
    labeled.set_type(pyvips.GValue.blob_type, "xmp-data", label(kind))  # by which it is known again
    with replacing(target, overwrite=overwrite) as temporary:
        named = temporary.with_suffix(target.suffix.lower())
        try:
            labeled.write_to_file(str(named))
            named.replace(temporary)
        finally:
            named.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Panel:
    """One network's result.

    Attributes
    ----------
    model : str
        The network asked, or several with commas.
    label : str
        What stands below its picture.
    seconds : float
        Time from the photograph read to its colours chosen, without opening the network.
    image : pyvips.Image
        8-bit sRGB.
    """

    model: str
    label: str
    seconds: float
    image: pyvips.Image


def compare(
    colorizer: Colorizer,
    sitting: Sitting,
    models: Sequence[str],
    *,
    merged: str = "",
    longest: int = PANEL,
    settings: Settings | None = None,
    **options: Unpack[SettingsDict],
) -> tuple[pyvips.Image, list[Panel]]:
    """Colour a photograph with each network, and lay the results side by side with their names.

    Parameters
    ----------
    colorizer, sitting
        The photograph in front of the camera, see `Colorizer.prepare`.
    models : sequence of str
        Networks, each as `Colorizer` takes it.
    merged : str
        ``mean`` or ``confidence``: one more picture, of all their colours joined that way.
    longest : int
        Longest side of each picture, px; a smaller photograph keeps its size.
    settings, **options
        See `Colorizer`.

    Returns
    -------
    pyvips.Image
        8-bit sRGB: the photograph as it is, then a picture a network, row by row.
    list of Panel

    Raises
    ------
    NetworkError, SettingsError, PhotoError
    """
    if not models:
        msg = "no networks to compare; name some with --models a,b"
        raise SettingsError(msg)
    if merged and len(models) < 2:
        msg = f"merge is {merged}, but there is one network; name two or more with --models a,b"
        raise SettingsError(msg)
    names = [*models, ",".join(models)] if merged else list(models)
    settings = colorizer.resolve(settings, **options)
    if merged:
        settings = settings.replace(merge=merged)
    for name in names:
        colorizer.networks(settings, model=name)  # a misspelt name ends it before any work
    photo = sitting.photo
    shape = fit_longest(photo.height, photo.width, longest)
    panels = []
    for name in names:
        chosen = settings.replace(model=name, candidates=1)
        begun = time.perf_counter()
        chroma = colorizer.choose(sitting, chosen)[0]
        seconds = time.perf_counter() - begun
        painted = colorizer.paint(sitting, chroma, chosen, shape=shape)
        image = painted.encode(lambda image: eight_bit_rgb(image).copy_memory())
        label = f"{name.replace(',', ' + ')}, joined by {settings.merge}" if "," in name else name
        panels.append(Panel(name, label, seconds, image))
    cells = [_labeled(_before(photo, shape).copy_memory(), "photograph")]
    cells += [_labeled(p.image, p.label) for p in panels]
    return _grid(cells), panels


def _labeled(image: pyvips.Image, label: str) -> pyvips.Image:
    """A picture with its name on a white strip below it."""
    size = min(max(image.width // 28, 11), 28)  # of the letters, px
    escaped = label.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    room = max(image.width - size, 40)
    try:
        ink = pyvips.Image.text(
            escaped, font=f"sans {size}", dpi=72, width=room, wrap="word-char", align="centre"
        )
    except pyvips.Error as error:
        msg = f"the label {label!r} can't be drawn ({str(error).splitlines()[0]}); install a font"
        raise PhotoError(msg) from None
    width = max(image.width, ink.width)
    strip = (ink.ifthenelse(_INK, _WHITE, blend=True)).cast("uchar").copy(interpretation="srgb")
    strip = strip.gravity("centre", width, ink.height + size, extend="background", background=_WHITE)
    if image.width < width:
        image = image.gravity("centre", width, image.height, extend="background", background=_WHITE)
    return image.join(strip, "vertical")


def _grid(cells: Sequence[pyvips.Image]) -> pyvips.Image:
    """Laid out about three by two, with few gaps."""
    width, height = max(c.width for c in cells), max(c.height for c in cells)

    def cost(across: int) -> float:
        rows = -(-len(cells) // across)
        aspect = across * width / (rows * height)
        return abs(math.log(aspect / 1.5)) + (across * rows - len(cells)) / len(cells)

    across = min(range(1, len(cells) + 1), key=cost)
    even = [c.gravity("north", width, height, extend="background", background=_WHITE) for c in cells]
    shim = max(4, width // 60)
    sheet = pyvips.Image.arrayjoin(even, across=across, shim=shim, background=_WHITE)
    return sheet.embed(
        shim, shim, sheet.width + 2 * shim, sheet.height + 2 * shim, extend="background", background=_WHITE
    )
