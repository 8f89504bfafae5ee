"""One labelled picture of what several networks make of a photograph."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyvips

from tintype.colorizer import Colorizer, Sitting
from tintype.errors import PhotoError, SettingsError

LONGEST = 900
_WHITE, _INK = [255, 255, 255], [40, 40, 40]


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
    longest: int = LONGEST,
    **options: Any,
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
    **options
        Fields of `Settings`, over the colorizer's own.

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
    chosen_merge = merged or str(options.get("merge", colorizer.settings.merge))
    for name in names:
        colorizer.networks(**(options | {"model": name}))  # a misspelt name ends it before any work
    photo = sitting.photo
    scale = min(1.0, longest / max(photo.width, photo.height))
    height, width = max(1, round(photo.height * scale)), max(1, round(photo.width * scale))
    whole = (height, width) == (photo.height, photo.width)
    before = _rgb8(photo.open() if whole else photo.thumbnail(width, height))
    panels = []
    for name in names:
        chosen = options | {"model": name} | ({"merge": merged} if merged else {})
        begun = time.perf_counter()
        chroma = colorizer.decode(sitting, colorizer.predict(sitting, **chosen), **chosen)[0]
        seconds = time.perf_counter() - begun
        painted = colorizer.paint(sitting, chroma, shape=(height, width), **chosen)
        image = painted.encode(lambda image: _rgb8(image).copy_memory())
        label = f"{name.replace(',', ' + ')}, joined by {chosen_merge}" if "," in name else name
        panels.append(Panel(name, label, seconds, image))
    cells = [_labelled(before.copy_memory(), "photograph")]
    cells += [_labelled(p.image, p.label) for p in panels]
    return _grid(cells), panels


def _labelled(image: pyvips.Image, label: str) -> pyvips.Image:
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


def _rgb8(image: pyvips.Image) -> pyvips.Image:
    if image.format == "ushort":
        image = (image / 257).rint().cast("uchar")
    image = image.copy(interpretation="b-w" if image.bands == 1 else "srgb")
    return image if image.bands == 3 else image.colourspace("srgb")
