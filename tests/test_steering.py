"""What the settings ask of a prediction."""

import numpy as np
import pytest
from PIL import Image
from skimage import data

from tintype import Colorizer, PhotoError, Settings
from tintype.color.lab import lab_from_srgb
from tintype.settings import Hint
from tintype.steering import candidates, hint_planes, hinted, keep_mask, prior, steered, suggestions

BLUE = (0, 64, 255)


@pytest.fixture(scope="module")
def prediction():
    colorizer = Colorizer(size=64)
    grey = np.asarray(Image.fromarray(data.astronaut()).convert("L").resize((96, 64)))
    return colorizer.predict(colorizer.prepare(grey)[0])[0]


def ab_of(color):
    return lab_from_srgb(np.array(color, np.uint8))[1:]


def test_hints_lie_where_they_were_given_and_carry_their_color():
    planes = hint_planes([Hint(x=50, y=20, color=BLUE, radius=10)], (100, 200), (50, 100))
    assert planes.shape == (3, 50, 100) and planes.dtype == np.float32
    rows, columns = np.nonzero(planes[2])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (5, 14, 20, 29)
    np.testing.assert_allclose(planes[:2, 10, 25], ab_of(BLUE), atol=1e-4)
    assert not planes[:, :5].any()


@pytest.mark.parametrize("place", [(0, 0), (199.9, 99.9), (0, 99.9)])
def test_a_hint_at_the_edge_is_never_lost(place):
    x, y = place
    assert hint_planes([Hint(x=x, y=y, color=BLUE)], (100, 200), (8, 16))[2].any()


def test_hints_on_a_map_are_at_centers_of_its_cells():
    places, wanted = hinted([Hint(x=100, y=50, color=BLUE)], (100, 200), (10, 20))
    np.testing.assert_allclose(places, [[4.5, 9.5]])
    np.testing.assert_allclose(wanted[0], ab_of(BLUE), atol=1e-4)
    assert hinted([], (100, 200), (10, 20))[0].shape == (0, 2)


def test_as_many_candidates_as_are_wanted_the_first_as_if_alone(prediction):
    one, *_ = alone = candidates(prediction, Settings())
    several = candidates(prediction, Settings(candidates=3))
    assert (len(alone), len(several)) == (1, 3)
    np.testing.assert_array_equal(several[0][0], one[0])
    assert 0 <= several[0][1].min() <= several[0][1].max() <= 1


def test_a_palette_moves_the_distribution_and_nothing_asked_leaves_it(prediction):
    logits, bins = prediction.logits, prediction.bins
    assert prior(logits, bins, Settings()) is logits
    moved = prior(logits, bins, Settings(palette=("#0040ff",)))
    nearest = ((bins - ab_of(BLUE)) ** 2).sum(axis=1).argmin()
    assert (moved - logits)[nearest].mean() > (moved - logits).mean()


def test_saturation_scales_and_warmth_spares_white_and_ink():
    ab, L = np.full((2, 1, 3), 8, np.float32), np.array([[0, 50, 100]], np.float32)
    np.testing.assert_array_equal(steered(ab, L, Settings(saturation=0.5)), ab / 2)
    warm = steered(ab, L, Settings(warmth=1.0)) - ab
    np.testing.assert_allclose(warm[:, 0], [[0, 4, 0], [0, 16, 0]])


def test_suggestions_are_colors_and_shares_the_likeliest_first(prediction):
    found = suggestions([prediction], 0.5, 0.5, 5)
    shares = [share for _, share in found]
    assert shares == sorted(shares, reverse=True) and sum(shares) == pytest.approx(1, abs=1e-3)
    assert all(0 <= code <= 255 for color, _ in found for code in color)
    assert suggestions([prediction], 1.0, 1.0, 5), "the lower right corner is a place, too"


def test_a_mask_is_brought_to_size_and_one_of_another_shape_is_refused(tmp_path):
    path = tmp_path / "mask.png"
    Image.fromarray(np.repeat(np.array([[0, 255]], np.uint8), 2, axis=0).repeat(8, 1)).save(path)
    mask = keep_mask(str(path), 4, 32, Settings())
    assert (mask.height, mask.width, mask.bands, mask.format) == (4, 32, 1, "uchar")
    assert mask.numpy()[:, :12].max() < 20 and mask.numpy()[:, 20:].min() > 235
    with pytest.raises(PhotoError, match=r"mask\.png.*another shape"):
        keep_mask(str(path), 32, 32, Settings())
