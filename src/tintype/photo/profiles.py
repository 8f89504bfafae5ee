"""From the colours of a file to sRGB, so that values which are sRGB already come through untouched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype.color.lab import LINE, LINEAR_KNEE, OFFSET, POWER, SCALE
from tintype.errors import PhotoError
from tintype.notes import Note
from tintype.photo.depth import eight_bit_array

_INTENT = {"intent": "relative", "black_point_compensation": True}
# One step of 8 bits, in 16: two sRGB profiles of different makers differ by less than half of it.
_SAME = 257


@dataclass(frozen=True, slots=True)
class Plan:
    """How the colour bands of a page become sRGB-encoded ones: one or three, 8 or 16 bits."""

    bits: int
    apply: Callable[[pyvips.Image], pyvips.Image]
    notes: tuple[Note, ...] = ()


def plan(header: pyvips.Image, icc: bytes | None, name: str, *, inverted: bool = False) -> Plan:
    """Decide, from a page's header and profile, how its colours are read.

    Of samples beyond 16 bits `inverted` says that 0 is white; of others the decoder has turned them.

    Raises PhotoError when the samples are of a kind that has no clear meaning as a photograph.
    """
    space = color_space(icc)
    notes: tuple[Note, ...] = ()
    if icc is not None and space is not None and not works(icc):
        space = None
    if icc is not None and space is None:
        notes = (Note("its colour profile is damaged and was left aside", "profile_damaged"),)
    if header.interpretation in ("lab", "labs", "labq"):
        bits = 8 if header.interpretation == "labq" else 16
        return Plan(bits, partial(_from_lab, bits=bits), notes)
    if header.format not in ("uchar", "ushort"):
        return _plan_wide(header, icc, name, inverted=inverted)
    bits = 8 if header.format == "uchar" else 16
    if header.interpretation == "cmyk" and header.bands >= 4:
        if space != b"CMYK":
            told = "CMYK without a profile of its own: read as generic coated CMYK"
            notes = (*notes, Note(told, "cmyk"))
        profile = icc if space == b"CMYK" else None
        return Plan(bits, partial(_transform, icc=profile, fallback="cmyk", bits=bits), notes)
    if icc is None or space not in (b"GRAY", b"RGB "):
        if icc is not None and space is not None:
            told = f"its profile is for {_printable(space)}, not for these pixels; it was left aside"
            notes = (*notes, Note(told, "profile_other"))
        return Plan(bits, _label, notes)
    if header.bands < 3:
        return Plan(bits, partial(_through_table, table=_grey_table(icc, bits)), notes)
    if space == b"GRAY":
        told = "its profile is for grey, not for these pixels; it was left aside"
        notes = (*notes, Note(told, "profile_other"))
        return Plan(bits, _label, notes)
    if is_srgb(icc):
        return Plan(bits, _label, notes)
    return Plan(bits, partial(_transform, icc=icc, fallback="srgb", bits=bits), notes)


def curved(plan: Plan, curve: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Plan:
    """The same plan for signals that are to be turned by a curve first, both 0-1."""
    full = 255 if plan.bits == 8 else 65535
    values = np.rint(curve(np.arange(full + 1) / full) * full)
    table = pyvips.Image.new_from_array(values.astype(np.uint8 if full == 255 else np.uint16).reshape(1, -1))
    return replace(plan, apply=lambda image: plan.apply(_through_table(image, table)))


def color_space(icc: bytes | None) -> bytes | None:
    """The data colour space of an ICC profile (b"RGB ", b"GRAY", b"CMYK" …), or None if it is no profile.

    Header fields: ICC.1:2022, 7.2.
    """
    if icc is None or len(icc) < 132 or icc[36:40] != b"acsp":
        return None
    if int.from_bytes(icc[:4], "big") > len(icc):
        return None
    return icc[16:20]


@lru_cache(maxsize=32)
def works(icc: bytes) -> bool:
    """Whether colours can be read through a profile whose header is whole; one pixel tells."""
    bands, label = {b"GRAY": (1, "b-w"), b"RGB ": (3, "srgb"), b"CMYK": (4, "cmyk")}.get(
        color_space(icc) or b"", (0, "")
    )
    if not bands:
        return True  # of another space: it is left aside anyway
    pixel = pyvips.Image.new_from_array(np.full((1, 1, bands), [200, 90, 30, 60][:bands], np.uint8))
    pixel = pixel.copy(interpretation=label)
    pixel.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    try:
        # libvips takes the other profile, without a word, when the embedded one is damaged.
        one, other = (
            pixel.icc_import(embedded=True, input_profile=p, **_INTENT)(0, 0) for p in ("srgb", "p3")
        )
    except pyvips.Error:
        return False
    return bool(one == other)


@lru_cache(maxsize=32)
def is_srgb(icc: bytes) -> bool:
    """Whether an RGB profile gives sRGB's own values, within half a step of 8 bits, all over the cube."""
    ramp = np.linspace(0, 65535, 9).round()
    cube = np.stack(np.meshgrid(ramp, ramp, ramp, indexing="ij"), -1).reshape(-1, 1, 3).astype(np.uint16)
    image = pyvips.Image.new_from_array(cube).copy(interpretation="rgb16")
    moved = _transform(image, icc, "srgb", 16).numpy().astype(int) - cube.astype(int)
    return int(np.abs(moved).max()) <= _SAME


@lru_cache(maxsize=32)
def _grey_table(icc: bytes, bits: int) -> pyvips.Image | None:
    """Stored grey → sRGB-encoded grey, as a one-row image; None where they are the same."""
    deep = bits == 16
    ramp = np.arange(65536 if deep else 256, dtype=np.uint16 if deep else np.uint8)
    # An RGB profile on a grey picture (it happens) is read along its neutral axis.
    bands = 3 if color_space(icc) == b"RGB " else 1
    image = pyvips.Image.new_from_array(np.repeat(ramp.reshape(1, -1, 1), bands, axis=2))
    image = image.copy(
        interpretation=("rgb16" if deep else "srgb") if bands == 3 else ("grey16" if deep else "b-w")
    )
    # Drawn at 16 bits, so that the table itself is rounded once only.
    table = _transform(image, icc, "srgb", 16).extract_band(1).numpy().astype(int).reshape(-1)
    exact = _through_xyz(image, icc)
    if np.abs(table - exact).max() > _SAME:
        # Little CMS samples a curve at few places: the shadows of linear light go astray by ten steps.
        table = exact
    identity = ramp.astype(int) * (1 if deep else 257)
    if np.abs(table - identity).max() <= _SAME // 2:
        return None
    table = table if deep else eight_bit_array(table)
    return pyvips.Image.new_from_array(table.astype(ramp.dtype).reshape(1, -1))


def _through_xyz(image: pyvips.Image, icc: bytes) -> NDArray[np.int64]:
    """The sRGB-encoded grey, 16 bits, of a row of pixels, by way of luminance as floating point."""
    image = image.copy()
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    linear = image.icc_import(embedded=True, pcs="xyz", **_INTENT).colourspace("scrgb")
    v = np.clip(linear.extract_band(1).numpy().reshape(-1).astype(np.float64), 0, 1)
    encoded = np.where(v <= LINEAR_KNEE, v * LINE, SCALE * v ** (1 / POWER) - OFFSET)
    return np.rint(encoded * 65535).astype(np.int64)


def _through_table(image: pyvips.Image, table: pyvips.Image | None) -> pyvips.Image:
    return _label(image if table is None else image.maplut(table))


def _transform(image: pyvips.Image, icc: bytes | None, fallback: str, bits: int) -> pyvips.Image:
    image = image.copy()
    if icc is not None:
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    elif image.get_typeof("icc-profile-data"):
        image.remove("icc-profile-data")
    return image.icc_transform(
        "srgb", embedded=icc is not None, input_profile=fallback, depth=bits, **_INTENT
    )


def to_profile(image: pyvips.Image, icc: bytes) -> pyvips.Image:
    """sRGB-encoded RGB → the RGB space of `icc`, at the same depth."""
    bits = 16 if image.format == "ushort" else 8
    lab = image.icc_import(input_profile="srgb", embedded=False, **_INTENT).copy()
    lab.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    return lab.icc_export(depth=bits, **_INTENT)


def srgb_profile() -> bytes:
    """The bytes of an sRGB profile."""
    return bytes(pyvips.Operation.call("profile_load", "srgb"))


def _from_lab(image: pyvips.Image, bits: int) -> pyvips.Image:
    return image.colourspace("srgb" if bits == 8 else "rgb16")


def _label(image: pyvips.Image) -> pyvips.Image:
    grey, rgb = ("b-w", "srgb") if image.format == "uchar" else ("grey16", "rgb16")
    return image.copy(interpretation=grey if image.bands == 1 else rgb)


def _plan_wide(header: pyvips.Image, icc: bytes | None, name: str, *, inverted: bool) -> Plan:
    """Samples of 32 bits or signed ones: what is full white is told from the values."""
    if header.format in ("complex", "dpcomplex"):
        msg = f"{name}: its samples are complex numbers; save it with 8 or 16 bits a channel"
        raise PhotoError(msg)
    color = header.extract_band(0, n=1 if header.bands < 3 else 3)
    statistics = color.stats()
    low, high = statistics(0, 0)[0], statistics(1, 0)[0]
    floating = header.format in ("float", "double")
    # Resampling leaves floats a little outside their range.
    wide = [32767.0] if header.format == "short" else [65535.0]
    ranges = [1.0, 255.0, *wide] if floating else [255.0, *wide, 2.0**31 - 1, 2.0**32 - 1]
    ranges = [127.0] if header.format == "char" else ranges
    full = next((r for r in ranges if high <= r * (1.05 if floating else 1)), None)
    if full is None or not low >= -0.05 * full or not np.isfinite([low, high]).all():
        msg = (
            f"{name}: its {header.format} samples run from {low:g} to {high:g}, so white can't be told; "
            "save it with 16 bits a channel"
        )
        raise PhotoError(msg)
    narrow = partial(_from_wide, full=full, inverted=inverted)
    then = plan(narrow(pyvips.Image.black(1, 1, bands=color.bands).cast(header.format)), icc, name)
    how = "read as sRGB-encoded" if icc is None else "read through its profile"
    told = f"its {header.format} samples are {how}, with white at {full:g}"
    note = Note(told, "white_at", white=full)
    return Plan(16, lambda image: then.apply(narrow(image)), (note, *then.notes))


def _from_wide(image: pyvips.Image, full: float, *, inverted: bool) -> pyvips.Image:
    scaled = (image.cast("double") * (65535.0 / full)).rint().cast("ushort")
    return _label((65535 - scaled).cast("ushort") if inverted else scaled)


def _printable(space: bytes) -> str:
    return space.decode("ascii", "replace").strip()
