"""Every option of Tintype, defined once.

The command line, the HTTP API and the studio's controls are generated from the fields of `Settings`,
so an option has one name, one default, one range and one sentence of help.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from tintype.errors import SettingsError
from tintype.hint import FAR, MOST_HINTS, Hint, read_hints
from tintype.option import check, option, parse_color, read_json, short

__all__ = [
    "FILES",
    "MOST_COLORS",
    "MOST_HINTS",
    "OUTPUT_FORMATS",
    "WITHOUT_EFFECT",
    "Hint",
    "Settings",
    "SettingsDict",
    "parse_color",
    "read_hints",
    "read_json",
    "split_models",
]

OUTPUT_FORMATS = ("jpeg", "png", "tiff", "webp", "avif", "jxl", "jp2", "exr")
"""Formats that are written, in the order of menus; each has a module in `tintype.photo.formats`."""

MOST_COLORS = 32
"""How many colors a palette may have."""

_LIMITS = {"hints": MOST_HINTS, "palette": MOST_COLORS}
_SPELLINGS = {"already_colour": "already_color"}
"""Names that options once had: recipes hold them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a photograph is coloured and written. All options, with their defaults and ranges."""

    # --- the network
    model: str = option(
        "tintype", "Network to ask, by name or path; several, with commas, are merged.", group="network"
    )
    merge: str = option("mean", "How the chroma of several networks is joined.",
                        choices=("mean", "confidence"), group="network")  # fmt: skip
    size: int = option(0, "Short side of the view that the network sees, px; 0 takes the network's own.",
                       low=0, high=2048, group="network")  # fmt: skip
    device: str = option("cpu", "ONNX Runtime provider; a missing one is an error, not a fallback.",
                         choices=("cpu", "cuda", "coreml", "directml", "openvino"),
                         group="network")  # fmt: skip
    threads: int = option(0, "Threads of the network and the painter; 0 takes all cores.",
                          low=0, high=1024, group="network", shapes=False)  # fmt: skip

    # --- steering
    vividness: float = option(0.5, "From the safe mean (0) to the most likely, vivid colour (1).",
                              low=0.0, high=1.0, step=0.01, live=True)  # fmt: skip
    saturation: float = option(
        1.0, "Multiplies chroma after decoding; 0 is grey.", low=0.0, high=3.0, step=0.01, live=True
    )
    warmth: float = option(
        0.0, "Shifts the light from cool (-1) to warm (1).", low=-1.0, high=1.0, step=0.01, live=True
    )
    candidates: int = option(
        1, "How many distinct proposals to make; each is written beside the first.", low=1, high=12
    )
    hints: tuple[Hint, ...] = option((), "Known colours at places: x,y=#rrggbb in pixels of the photograph.")
    palette: tuple[str, ...] = option((), "Colours (#rrggbb) that the result should prefer.")
    reference: str = option("", "A colour photograph whose colours the result should prefer.", kind="file")
    keep_grey: str = option("", "Mask picture: white stays grey, black is coloured.", kind="file")

    # --- which grey
    grey: str = option("auto", "Which grey is coloured; auto measures the print.", group="grey",
                       choices=("auto", "lightness", "luma", "red", "green", "blue"))  # fmt: skip
    already_color: str = option("skip", "What to do with a photograph that is already in colour.",
                                choices=("skip", "recolor"), group="grey",
                                aliases={"recolour": "recolor"})  # fmt: skip
    keep_colors: bool = option(
        False, "Keep real colours that a photograph has: of a mount, a stamp, one red thing.", group="grey"
    )
    invert: bool = option(False, "Turn a negative into a positive first.", group="grey")
    descreen: bool = option(
        False, "Turn the dots of a halftone, or a scan of one bit, into tones first.", group="grey"
    )
    page: int = option(0, "Page to colour, from 1; 0 is every page of a TIFF or PDF, else the first frame.",
                       low=0, high=100_000, group="grey")  # fmt: skip
    max_pixels: int = option(1_000_000_000, "Refuse photographs with more pixels than this.",
                             low=1, high=100_000_000_000, group="grey", shapes=False)  # fmt: skip
    max_memory: int = option(8000, "Refuse photographs that would take more memory than this, MB.",
                             low=1, high=10_000_000, group="grey", shapes=False)  # fmt: skip

    # --- the file
    format: str = option("", "Output format; empty follows the output's name, else the input.",
                         choices=("", *OUTPUT_FORMATS), group="file")  # fmt: skip
    quality: int = option(92, "Quality of formats that compress with loss.", low=1, high=100, group="file")
    subsampling: str = option("4:4:4", "Chroma subsampling of JPEG, WebP and AVIF; colour is the product.",
                              choices=("4:4:4", "4:2:0"), group="file")  # fmt: skip
    lossless: bool = option(
        False, "Write WebP, AVIF and JPEG XL without loss, OpenEXR as floats.", group="file"
    )
    profile: str = option("srgb", "Profile of the result: sRGB, or the photograph's own RGB profile.",
                          choices=("srgb", "original"), group="file")  # fmt: skip
    mark: bool = option(
        True, "Say in the file (XMP, EXIF) that its colour was made by a network.", group="file"
    )
    credentials: bool = option(False, "Sign the result with Content Credentials (C2PA); `tintype credentials "
                               "init` makes the key.", group="file")  # fmt: skip
    keep_dates: bool = option(
        False, "Give the result's file the dates of the photograph's.", group="file", shapes=False
    )

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        for name, most in _LIMITS.items():
            value = getattr(self, name)
            if not isinstance(value, list | tuple | str):
                msg = f"{name} is {short(value)}, not a list"
                raise SettingsError(msg, setting=name)
            if len(value) > most and not isinstance(value, str):
                msg = f"{name} has {len(value):,} entries; {most} are the most"
                raise SettingsError(msg, setting=name)
        given = (self.hints,) if isinstance(self.hints, str) else self.hints
        hints = tuple(Hint.parse(h) if isinstance(h, str) else Hint.from_json(h) for h in given)
        set_(self, "hints", hints)
        colors = (self.palette,) if isinstance(self.palette, str) else self.palette
        set_(self, "palette", tuple(f"#{bytes(parse_color(c)).hex()}" for c in colors))
        for f in dataclasses.fields(self):
            value = getattr(self, f.name)
            if isinstance(f.default, float) and type(value) is int and abs(value) < FAR:
                value = float(value)
                set_(self, f.name, value)
            if isinstance(value, str) and value in f.metadata["aliases"]:
                value = f.metadata["aliases"][value]
                set_(self, f.name, value)
            if isinstance(value, os.PathLike):
                value = str(os.fspath(value))
                set_(self, f.name, value)
            check(f.name, value, f.default, f.metadata)

    @property
    def models(self) -> tuple[str, ...]:
        """The networks that `model` names.

        >>> Settings(model="tintype, ddcolor").models
        ('tintype', 'ddcolor')
        """
        return split_models(self.model)

    @property
    def files(self) -> dict[str, str]:
        """The options that name files, where they do: by name, their paths.

        >>> Settings(keep_grey="mask.png").files
        {'keep_grey': 'mask.png'}
        """
        return {name: value for name in FILES if (value := getattr(self, name))}

    def replace(self, **changes: Any) -> Settings:
        """A copy with some options changed; an unknown name is an error that lists the known ones."""
        changes = {_SPELLINGS.get(name, name): value for name, value in changes.items()}
        known = {f.name for f in dataclasses.fields(self)}
        if unknown := changes.keys() - known:
            first = sorted(map(str, unknown))[0]
            msg = f"unknown setting {first!r:.60}; settings are {', '.join(sorted(known))}"
            raise SettingsError(msg, setting=first[:60])
        return dataclasses.replace(self, **changes)

    def to_json(self) -> dict[str, Any]:
        """All options as plain JSON values; `from_json` reads them back."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return values | {"hints": [h.to_json() for h in self.hints], "palette": list(self.palette)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Settings:
        """Read what `to_json` wrote; options left out take their defaults."""
        if not isinstance(values, dict):
            msg = f"settings are {short(values)}, not an object of options"
            raise SettingsError(msg)
        return cls().replace(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


FILES = tuple(f.name for f in dataclasses.fields(Settings) if f.metadata["kind"] == "file")
"""Options that name files: what the file holds shapes the result, where it lies is nobody's business."""

WITHOUT_EFFECT = tuple(f.name for f in dataclasses.fields(Settings) if not f.metadata["shapes"])
"""Options that change how the work is done, and nothing of the result."""


def split_models(text: str) -> tuple[str, ...]:
    """Return the networks that a text names, with commas between them.

    >>> split_models("tintype, ddcolor")
    ('tintype', 'ddcolor')
    """
    return tuple(name.strip() for name in text.split(","))


class SettingsDict(TypedDict, total=False):
    """Single options, as keywords: the fields of `Settings` and what each may be given as."""

    model: str
    merge: str
    size: int
    device: str
    threads: int
    vividness: float
    saturation: float
    warmth: float
    candidates: int
    hints: str | Sequence[Hint | str | dict[str, Any]]
    palette: str | Sequence[str]
    reference: str | os.PathLike[str]
    keep_grey: str | os.PathLike[str]
    grey: str
    already_color: str
    keep_colors: bool
    invert: bool
    descreen: bool
    page: int
    max_pixels: int
    max_memory: int
    format: str
    quality: int
    subsampling: str
    lossless: bool
    profile: str
    mark: bool
    credentials: bool
    keep_dates: bool
