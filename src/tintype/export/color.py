"""Lightness, Lab and the gamut step as ONNX nodes: `tintype.color.lab` and `tintype.color.gamut`.

The algorithm is that of the NumPy line, and every number comes from there. Whole planes are flat here: (n,).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tintype.color import gamut, lab
from tintype.export.values import Value


@dataclass(frozen=True, slots=True)
class Pixels:
    """How the samples of a picture are stored: uint8 and uint16 hold codes, float32 0-1."""

    dtype: np.dtype[Any]

    @property
    def full(self) -> int:
        """White."""
        return 1 if self.dtype.kind == "f" else int(np.iinfo(self.dtype).max)

    def rounded(self, grey: Value) -> Value:
        """Return a grey that was worked out, float32, as it would have been stored: rounded, 0 to white."""
        whole = grey if self.full == 1 else grey.sheet.op("Round", grey)
        return whole.sheet.least(whole.sheet.greatest(whole, 0.0), float(self.full))

    def light(self, grey: Value) -> tuple[Value, Value]:
        """Return CIE's f(Y) and linear light Y of an sRGB-encoded grey, float32 as `rounded` gives it."""
        if self.full == 1:
            y = linear_from_srgb(grey)
            return f_from_ratio(y), y
        linear, f, _ = lab.tables(8 * self.dtype.itemsize)
        code = grey.to(np.int32)
        return grey.sheet.constant(f).take(code), grey.sheet.constant(linear).take(code)

    def lightness(self, grey: Value) -> Value:
        """Return L, 0-100."""
        return self.light(grey)[0] * np.float32(116) - np.float32(16)

    def stored(self, linear: Value) -> Value:
        """Return linear light 0-1 as sRGB samples, rounded; uint8, else still float32."""
        sheet = linear.sheet
        if self.dtype == np.uint8:
            code = sheet.op("Round", linear * np.float32(65535)).to(np.int32)
            return sheet.constant(gamut.srgb8(), np.uint8).take(code)
        encoded = srgb_from_linear(linear)
        return encoded if self.full == 1 else sheet.op("Round", encoded * float(self.full))


def linear_from_srgb(value: Value) -> Value:
    """As `lab.linear_from_srgb`."""
    high = ((value.sheet.greatest(value, 0.0) + lab.OFFSET) / lab.SCALE) ** lab.POWER
    return value.sheet.where(value <= lab.ENCODED_KNEE, value / lab.LINE, high)


def srgb_from_linear(value: Value) -> Value:
    """As `lab.srgb_from_linear`."""
    high = lab.SCALE * value.sheet.greatest(value, lab.LINEAR_KNEE) ** (1 / lab.POWER) - lab.OFFSET
    return value.sheet.where(value <= lab.LINEAR_KNEE, value * lab.LINE, high)


def f_from_ratio(ratio: Value) -> Value:
    """As `lab.f_from_ratio`."""
    root = ratio.sheet.greatest(ratio, lab.DELTA**3) ** (1 / 3)
    return ratio.sheet.where(ratio > lab.DELTA**3, root, ratio / (3 * lab.DELTA**2) + lab.F_BLACK)


def ab_from_codes(rgb: Value) -> Value:
    """Chroma (n, 2), in Lab units, of sRGB colors (n, 3), floats 0-255."""
    xyz = f_from_ratio(linear_from_srgb(rgb / 255.0) @ rgb.sheet.constant(lab.XYZ_FROM_RGB.T))
    return xyz @ rgb.sheet.constant([[500, 0], [-500, 200], [0, -200]])


def ratio_from_f(f: Value) -> Value:
    """As `lab.ratio_from_f`."""
    return f.sheet.where(f < lab.DELTA, (f - lab.F_BLACK) * lab.F_SLOPE, f * f * f)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Lightness, as CIE's f(Y) and Y, and chroma, each (n,)."""

    fy: Value
    y: Value
    a: Value
    b: Value

    def times(self, share: Value) -> _Asked:
        return _Asked(self.fy, self.y, self.a * share, self.b * share)

    def at(self, places: Value) -> _Asked:
        return _Asked(*(v.take(places) for v in (self.fy, self.y, self.a, self.b)))

    def linear(self) -> list[Value]:
        """As `lab.linear_from_f`."""
        x = ratio_from_f(self.fy + self.a * np.float32(1 / 500)) - self.y
        z = ratio_from_f(self.fy - self.b * np.float32(1 / 200)) - self.y
        return [self.y + float(m[0]) * x + float(m[2]) * z for m in lab.RGB_FROM_XYZ]


def fit(fy: Value, y: Value, a: Value, b: Value) -> list[Value]:
    """Linear red, green and blue, 0-1, with chroma reduced where sRGB ends: as `gamut.fit`."""
    asked = _Asked(fy, y, a, b)
    rgb = asked.linear()
    outside = _outside(rgb, y)
    few = asked.at(outside)
    few = few.times(_share(few))
    inner = few.linear()
    again = _outside(inner, few.y)
    last = few.at(again)
    found = last.times(_largest(last)).linear()
    inner = [_put(c, again, v) for c, v in zip(inner, found, strict=True)]
    rgb = [_put(c, outside, v) for c, v in zip(rgb, inner, strict=True)]
    return [y.sheet.least(y.sheet.greatest(c, 0.0), 1.0) for c in rgb]


def _put(channel: Value, places: Value, values: Value) -> Value:
    return channel.sheet.op("ScatterElements", channel, places, values, axis=0)


def _lowest(rgb: list[Value]) -> Value:
    return rgb[0].sheet.least(*rgb)


def _highest(rgb: list[Value]) -> Value:
    return rgb[0].sheet.greatest(*rgb)


def _outside(rgb: list[Value], y: Value) -> Value:
    """Places (k,) of the colors that lie outside."""
    out = (_lowest(rgb) < y * -gamut.TOLERANCE) | (_highest(rgb) > 1 + gamut.TOLERANCE)
    return y.sheet.op("NonZero", out, dtype=np.int64).reshape(-1)


def _share(asked: _Asked) -> Value:
    """As `gamut._share`: looked up in the table of the edge."""
    sheet = asked.fy.sheet
    length = sheet.greatest(abs(asked.a) + abs(asked.b), 1e-6)
    turn = asked.b / length
    turn = sheet.where(asked.a < 0.0, 2 - turn, turn)
    row, column = (asked.fy - lab.F_BLACK) * gamut.SPAN, (turn + 1) * np.float32(gamut.HUES / 4)
    i, j = _cell(row, gamut.LIGHTS), _cell(column, gamut.HUES)
    down, right = row - i.to(np.float32), column - j.to(np.float32)
    table = sheet.constant(gamut.edge().ravel())
    at = i * (gamut.HUES + 1) + j
    upper = table.take(at) * (1 - right) + table.take(at + 1) * right
    below = at + (gamut.HUES + 1)
    lower = table.take(below) * (1 - right) + table.take(below + 1) * right
    return sheet.least((upper + (lower - upper) * down) * gamut.SHORT / length, 1.0)


def _cell(at: Value, cells: int) -> Value:
    return at.sheet.least(at.sheet.greatest(at, 0.0), float(cells - 1)).to(np.int64)


def _largest(asked: _Asked) -> Value:
    """As `gamut._largest`: the share of the chroma that just fits, by regula falsi (Illinois)."""
    sheet, y = asked.y.sheet, asked.y

    def excess(share: Value) -> Value:
        rgb = asked.times(share).linear()
        return sheet.greatest(-_lowest(rgb), _highest(rgb) - 1)

    inside, beyond = y * 0.0, y * 0.0 + 1.0
    under, over = sheet.least(sheet.greatest(-y, y - 1), -1e-9), excess(beyond)
    for _ in range(gamut.STEPS):
        share = inside - under * (beyond - inside) / (over - under)
        found = excess(share)
        good = found <= 0.0
        over = sheet.where(good, over * 0.5, found)
        under = sheet.least(sheet.where(good, found, under * 0.5), -1e-9)
        inside, beyond = sheet.where(good, share, inside), sheet.where(good, beyond, share)
    return inside


def paint(pixels: Pixels, grey: Value, a: Value, b: Value) -> list[Value]:
    """Red, green and blue samples of flat grey and chroma: as `gamut.paint_rows`."""
    fy, y = pixels.light(grey)
    neutral = a.equals(0.0) & b.equals(0.0)
    stored = [pixels.stored(channel) for channel in fit(fy, y, a, b)]
    return [a.sheet.where(neutral, grey.to(c.dtype), c).to(pixels.dtype) for c in stored]
