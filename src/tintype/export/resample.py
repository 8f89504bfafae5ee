"""Resampling as ONNX nodes: a matrix of weights along each side, worked out while the file runs."""

from __future__ import annotations

import math

import numpy as np

from tintype.export.values import Value

_GAP = (
    2.0  # libvips averages whole pixels first where it shrinks by more than twice this, and filters the rest
)
_LOBES = 3  # of the Lanczos kernel with which the line's small views are made


def enlarging(source: Value, target: Value) -> Value:
    """Catmull-Rom weights (target, source), as `tintype.color.resample.taps`; lengths int64 (1,)."""
    scale = source.to(np.float32) / target.to(np.float32)
    wide = scale.sheet.greatest(scale, 1.0)
    x, extra = _distances(source, target, scale, wide, 2)
    near = (1.5 * x - 2.5) * x * x + 1
    far = ((-0.5 * x + 2.5) * x - 4) * x + 2
    curve = x.sheet.where(x < 1.0, near, x.sheet.where(x < 2.0, far, 0.0))
    return _edges_repeat(curve / curve.sum(1), extra)


def shrinking(source: Value, target: Value) -> Value:
    """Weights (target, source) of the line's views: pixels averaged, then Lanczos; enlarging is cubic."""
    sheet = source.sheet
    one = sheet.constant([1], np.int64)
    ratio = source.to(np.float32) / target.to(np.float32)
    whole = sheet.greatest(sheet.op("Floor", ratio / _GAP), 1.0).to(np.int64)
    count = sheet.greatest((source + whole - 1) / whole, one)
    scale = ratio / whole.to(np.float32)
    wide = sheet.greatest(scale, 1.0)
    x, extra = _distances(count, target, scale, wide, _LOBES)
    inner = sheet.greatest(x, 1e-6) * math.pi
    curve = sheet.op("Sin", inner) * sheet.op("Sin", inner / _LOBES) * _LOBES / (inner * inner)
    curve = sheet.where(x < float(_LOBES), sheet.where(x < 1e-6, x * 0.0 + 1.0, curve), 0.0)
    box = _edges_repeat(curve / curve.sum(1), extra)
    # Each averaged pixel's weight is spread over those that it is the average of.
    share = box / whole.to(np.float32)
    spread = share.take(sheet.range(source) / whole, axis=1)
    missing = (count * whole - source).to(np.float32)  # in the last average, which the last pixel fills up
    end = spread.part(source - 1, source, 1) + share.part(count - 1, count, 1) * missing
    spread = sheet.concat(spread.part(0, source - 1, 1), end, axis=1)
    return sheet.where(ratio >= 1.0, spread, enlarging(source, target))


def _distances(source: Value, target: Value, scale: Value, wide: Value, lobes: int) -> tuple[Value, Value]:
    """Distances (target, source + 2 · extra) of pixels from each center, in units of the kernel."""
    sheet = source.sheet
    extra = sheet.op("Ceil", wide * float(lobes)).to(np.int64) + 1
    places = (sheet.range(source + extra * 2) - extra).to(np.float32)
    center = sheet.range(target).to(np.float32) * scale + (scale - 1.0) * 0.5
    return abs(places.reshape(1, -1) - center.reshape(-1, 1)) / wide, extra


def _edges_repeat(curve: Value, extra: Value) -> Value:
    """Add the weights of places beyond an edge to the pixel at the edge."""
    sheet, columns = curve.sheet, curve.size(1)
    first = curve.part(0, extra + 1, 1).sum(1)
    last = curve.part(columns - extra - 1, columns, 1).sum(1)
    only = curve.sum(1)
    inner = curve.part(extra + 1, columns - extra - 1, 1)
    several = sheet.concat(first, inner, last, axis=1)
    # With a single pixel both edges are the same one.
    return sheet.where((columns - extra * 2).equals(1), only, several.part(0, columns - extra * 2, 1))


def resampled(planes: Value, height: Value, width: Value) -> Value:
    """Planes (k, h, w) at another size: as `tintype.color.resample.Upsampler`."""
    return enlarging(planes.size(1), height) @ across(planes, width)


def across(planes: Value, width: Value) -> Value:
    """Planes (k, h, w) with rows of another length."""
    return planes @ enlarging(planes.size(2), width).transpose(1, 0)
