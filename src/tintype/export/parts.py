"""The line's steps as parts of a graph: look (view), choose (decode), paint."""

from __future__ import annotations

import numpy as np

from tintype.color.lab import Float
from tintype.export import decode
from tintype.export.color import Pixels, paint
from tintype.export.decode import Steering
from tintype.export.resample import across, enlarging, resampled, shrinking
from tintype.export.values import Sheet, Value
from tintype.network.descriptor import LONGEST, NetworkDescriptor, SizeRule
from tintype.photo.tone import LUMA

FINE = Pixels(np.dtype(np.float32))
"""What a view is worked out in, so that nothing is rounded away; Tintype's own has 16 bits."""

STRIP = 1 << 19
"""Pixels that are worked on at once, so that memory grows by what goes in and out alone."""


def grey_of(picture: Value, pixels: Pixels) -> Value:
    """The grey (rows, w), float32, of samples (rows, w, c): one channel as it is, or the luma of RGB."""
    sheet = picture.sheet
    channels = picture.size(2)
    # A fourth channel, as alpha, weighs nothing; with one channel its weight is all there is.
    weights = sheet.constant([*LUMA, 0.0]).part(0, channels, 0)
    samples = picture.to(np.float32) @ (weights / weights.sum(0)).reshape(-1, 1)
    return pixels.rounded(samples.reshape(picture.size(0), picture.size(1)))


def view_size(rule: SizeRule, height: Value, width: Value, wanted: int = 0) -> tuple[Value, Value]:
    """Height and width of the view, int64 (1,): as `tintype.network.descriptor.view_size`."""
    sheet = height.sheet

    def fit(length: Value) -> Value:
        cells = sheet.op("Round", length / float(rule.multiple)).to(np.int64)
        return sheet.greatest(cells * rule.multiple, rule.multiple)

    side = wanted or rule.default
    short = fit(sheet.constant([side], np.float64))
    if rule.square:
        return short, short
    long, least = sheet.greatest(height, width), sheet.least(height, width)
    aspect = sheet.least(long.to(np.float64) / least.to(np.float64), LONGEST)
    other = fit(aspect * float(side))
    tall = height > width
    return sheet.where(tall, other, short), sheet.where(tall, short, other)


def look(picture: Value, pixels: Pixels, size: tuple[Value, Value]) -> Value:
    """Lightness (h, w), 0-100, of the view of a picture (height, width, c), a strip at a time."""
    sheet = picture.sheet
    height, width = picture.size(0), picture.size(1)
    down, along = shrinking(height, size[0]), shrinking(width, size[1])
    rows, count = _strips(height, width)
    start = sheet.op("Expand", sheet.constant([[0.0]]), sheet.vector(size[0], width))

    def add(inner: Sheet, turn: Value, carried: list[Value]) -> tuple[list[Value], list[Value]]:
        top = turn * rows
        grey = grey_of(picture.part(top, top + rows, 0), pixels)
        return [carried[0] + down.part(top, top + rows, 1) @ grey], []

    tall = sheet.scan(count, [start], add)[0]
    # Cut off twice, as libvips does, what overshoots at an edge.
    tall = FINE.rounded(tall / float(pixels.full))
    return FINE.lightness(FINE.rounded(tall @ along.transpose(1, 0)))


def _strips(height: Value, width: Value) -> tuple[Value, Value]:
    """Rows of a strip, and how many strips there are."""
    sheet = height.sheet
    rows = sheet.least(sheet.greatest(sheet.constant([STRIP], np.int64) / width, 1), height)
    return rows, (height + rows - 1) / rows


def choose(
    answer: Value, L: Value, photo: Value, descriptor: NetworkDescriptor, bins: Float | None, given: Steering
) -> Value:
    """Chroma (2, h', w') from what a network answered.

    Parameters
    ----------
    answer : float32, shape (k, h', w')
        Logits, or ab in Lab units.
    L : float32, shape (h, w)
        Of the view, 0-100.
    photo : float32, shape (2,)
        Height and width of the photograph, px.
    descriptor, bins
        The network's.
    given : Steering
    """
    sheet = answer.sheet
    size = answer.size(1), answer.size(2)
    flat = answer.reshape(answer.size(0), -1)
    if bins is None:
        ab = decode.livened(flat, descriptor.vividness, given.vividness)
    else:
        ab = decode.colors(flat, bins, descriptor.vividness, given.vividness, size)
    small = resampled(L.reshape(1, L.size(0), L.size(1)), *size).reshape(1, -1)
    ab = decode.steered(ab, small, given)
    return sheet.op(
        "Reshape", decode.honor_hints(ab, small, given.hints, photo, size), sheet.vector(2, *size)
    )


def paint_rows(picture: Value, pixels: Pixels, ab: Value, top: Value, height: Value) -> Value:
    """Rows of a picture, from `top` on, painted a strip at a time.

    Parameters
    ----------
    picture : shape (rows, width, c)
    ab : float32, shape (2, h', w')
        Chroma of the whole picture.
    top, height : int64, shape (1,)
        The first row's number in the whole picture, and how many rows that has.

    Returns
    -------
    of the picture's type, shape (rows, width, 3)
    """
    sheet = picture.sheet
    count_rows, width = picture.size(0), picture.size(1)
    wide = across(ab, width)
    weights = enlarging(ab.size(1), height).part(top, top + count_rows, 0)
    rows, count = _strips(count_rows, width)

    def paint_strip(inner: Sheet, turn: Value, carried: list[Value]) -> tuple[list[Value], list[Value]]:
        # The last strip ends with the picture, and begins earlier: every strip has as many rows.
        first = inner.least(turn * rows, count_rows - rows)
        last = first + rows
        grey = grey_of(picture.part(first, last, 0), pixels).reshape(-1)
        chroma = (weights.part(first, last, 0) @ wide).reshape(2, -1)
        a, b = (chroma.take(i).reshape(-1) for i in (0, 1))
        rgb = [channel.reshape(-1, 1) for channel in paint(pixels, grey, a, b)]
        return [], [inner.concat(*rgb, axis=1).reshape(rows, width, 3)]

    painted = sheet.scan(count, [], paint_strip)[0]
    # Of the last strip only the rows that no other has painted.
    whole = painted.part(0, count - 1, 0).reshape(-1, width, 3)
    rest = count_rows - (count - 1) * rows
    end = painted.part(count - 1, count, 0).reshape(-1, width, 3)
    return sheet.concat(whole, end.part(rows - rest, rows, 0), axis=0)
