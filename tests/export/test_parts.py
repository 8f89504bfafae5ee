"""The steps of exported files: the view's size, the grey, painting in strips."""

from __future__ import annotations

import numpy as np
import pytest

from export.sheets import grey_photo, length, run
from tintype import Colorizer
from tintype.color.gamut import paint_rows
from tintype.color.resample import Upsampler
from tintype.export import parts
from tintype.export.color import Pixels
from tintype.network.descriptor import SizeRule, view_size

BYTES = Pixels(np.dtype(np.uint8))
RANDOM = np.random.default_rng(4)


@pytest.mark.parametrize("rule", [SizeRule(), SizeRule(default=64, multiple=8, square=True)])
def test_views_have_the_size_that_the_line_gives_them(rule):
    sizes = [(256, 352), (300, 451), (1, 900), (4000, 3000), (48, 64), (720, 1000), (1000, 1000)]
    for height, width in sizes:
        made = run(lambda h, w: parts.view_size(rule, h, w, 64), length(height), length(width))
        assert [int(m[0]) for m in made] == list(view_size(rule, height, width, 64))


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_the_grey_is_luma(channels):
    picture = RANDOM.integers(0, 256, (5, 7, channels)).astype(np.uint8)
    made = run(lambda p: parts.grey_of(p, BYTES), picture)
    luma = picture[..., 0] if channels == 1 else np.rint(picture[..., :3] @ (0.299, 0.587, 0.114))
    np.testing.assert_array_equal(made, luma)


@pytest.mark.parametrize(
    ("strip", "shape"), [(1 << 19, (60, 80)), (700, (60, 80)), (1, (5, 9)), (500, (1, 40))]
)
def test_pictures_are_looked_at_and_painted_in_strips(monkeypatch, strip, shape):
    monkeypatch.setattr(parts, "STRIP", strip)
    grey = grey_photo(*shape)
    ab = RANDOM.uniform(-60, 60, (2, 8, 11)).astype(np.float32)
    made = run(
        lambda p, c, top, h: parts.paint_rows(p, BYTES, c, top, h),
        grey[..., None], ab, length(0), length(shape[0]),
    )  # fmt: skip
    wanted = paint_rows(grey, Upsampler(ab, *shape).all())
    assert np.abs(made.astype(int) - wanted).max() <= 1

    size = (32, 64)
    L = run(lambda p, h, w: parts.look(p, BYTES, (h, w)), grey[..., None], length(size[0]), length(size[1]))
    sitting = Colorizer().prepare(grey)[0]
    np.testing.assert_allclose(L, sitting.view(*size), atol=3)


def test_rows_from_the_middle_are_those_of_the_whole():
    grey, ab = grey_photo(40, 50), RANDOM.uniform(-60, 60, (2, 8, 11)).astype(np.float32)

    def painted(first, last):
        strip = grey[first:last, :, None]
        write = lambda p, c, top, h: parts.paint_rows(p, BYTES, c, top, h)  # noqa: E731
        return run(write, strip, ab, length(first), length(40))

    np.testing.assert_array_equal(painted(13, 29), painted(0, 40)[13:29])
