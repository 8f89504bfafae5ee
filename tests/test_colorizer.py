"""The pipeline, whole, on real photographs."""

import io

import numpy as np
import pytest
import pyvips
from PIL import Image
from skimage import color, data

import tintype
from tintype import (
    AlreadyInColor,
    Colorizer,
    NetworkError,
    PhotoError,
    Settings,
    SettingsError,
)
from tintype.errors import TooLarge

pytestmark = pytest.mark.usefixtures("small_views")


@pytest.fixture(scope="module")
def colorizer():
    return Colorizer()


@pytest.fixture(scope="module")
def photo():
    return np.rint(color.rgb2gray(data.astronaut()) * 255).astype(np.uint8)


def L_of(rgb):
    return color.rgb2lab(rgb / np.iinfo(rgb.dtype).max)[..., 0]


def grey_L(grey):
    return L_of(np.repeat(grey[..., None], 3, axis=2))


def chroma(rgb):
    lab = color.rgb2lab(rgb / np.iinfo(rgb.dtype).max)
    return np.hypot(lab[..., 1], lab[..., 2])


@pytest.mark.parametrize(("dtype", "limit"), [(np.uint8, 0.6), (np.uint16, 0.01)])
def test_lightness_is_kept_and_colour_is_there(colorizer, photo, dtype, limit):
    grey = photo.astype(dtype) * (257 if dtype == np.uint16 else 1)
    out = colorizer(grey)
    assert out.dtype == dtype
    assert out.shape == (*grey.shape, 3)
    assert np.abs(L_of(out) - grey_L(grey)).max() <= limit
    assert chroma(out).mean() > 3


def test_zero_saturation_gives_the_photograph_back(colorizer, photo):
    assert (colorizer(photo, saturation=0.0) == photo[..., None]).all()


def test_a_path_gives_a_file_beside_it(colorizer, photo, tmp_path):
    Image.fromarray(photo).save(tmp_path / "großmutter.jpg")
    made = colorizer(tmp_path / "großmutter.jpg")
    assert made == tmp_path / "großmutter.color.jpg"
    with pytest.raises(PhotoError, match="exists"):
        colorizer(tmp_path / "großmutter.jpg")
    out = tintype.colorize(tmp_path / "großmutter.jpg", tmp_path / "out.png")
    assert Image.open(out).size == photo.shape[::-1]


def test_vividness_and_saturation_raise_chroma(colorizer, photo):
    means = [chroma(colorizer(photo, vividness=v)).mean() for v in (0.0, 0.5, 1.0)]
    assert means[0] < means[1] < means[2]
    assert chroma(colorizer(photo, saturation=1.5)).mean() > means[1]


def test_warmth_moves_b(colorizer, photo):
    b = [color.rgb2lab(colorizer(photo, warmth=w))[..., 2].mean() for w in (-1.0, 0.0, 1.0)]
    assert b[0] < b[1] - 3 < b[1] + 3 < b[2]


def test_a_hint_is_followed_where_it_is(colorizer, photo):
    hinted = colorizer(photo, hints=("60,400=#2040c0",))
    b = [color.rgb2lab(x)[380:420, 40:80, 2].mean() for x in (colorizer(photo), hinted)]
    assert b[1] < b[0] - 5


def test_candidates_are_distinct_files(colorizer, photo, tmp_path):
    result = colorizer.save(_png(photo), tmp_path / "out.png", candidates=3)
    assert [p.name for p in result.targets] == ["out.png", "out.2.png", "out.3.png"]
    pictures = [np.asarray(Image.open(p)).astype(int) for p in result.targets]
    assert np.abs(pictures[0] - pictures[1]).mean() > 1
    assert np.abs(pictures[1] - pictures[2]).mean() > 1


def test_keep_grey_is_kept_and_nothing_else_changes(colorizer, photo, tmp_path):
    mask = np.zeros_like(photo)
    mask[:, :200] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    out, free = colorizer(photo, keep_grey=str(tmp_path / "mask.png")), colorizer(photo)
    assert (out[:, :200] == photo[:, :200, None]).all()
    np.testing.assert_array_equal(out[:, 200:], free[:, 200:])


def test_palette_and_reference_move_the_colours(colorizer, photo, tmp_path):
    plain = color.rgb2lab(colorizer(photo))
    blue = color.rgb2lab(colorizer(photo, palette=("#1030c0", "#4060d0")))
    assert blue[..., 2].mean() < plain[..., 2].mean() - 2
    Image.fromarray(np.full((64, 64, 3), (30, 60, 200), np.uint8)).save(tmp_path / "ref.png")
    like = color.rgb2lab(colorizer(photo, reference=str(tmp_path / "ref.png")))
    assert like[..., 2].mean() < plain[..., 2].mean() - 2


def test_a_photograph_in_colour_is_left_unless_told(colorizer, tmp_path):
    held = io.BytesIO()
    Image.fromarray(data.astronaut()).save(held, "PNG")
    source = tmp_path / "in.png"
    source.write_bytes(held.getvalue())
    doors = [
        lambda: colorizer.save(held.getvalue(), tmp_path / "out.png"),
        lambda: colorizer.save(source),
        lambda: colorizer(source),
        lambda: colorizer(held.getvalue()),
        lambda: colorizer(data.astronaut()),
        lambda: colorizer(Image.fromarray(data.astronaut())),
        lambda: tintype.colorize(source, tmp_path / "out.png"),
        lambda: tintype.colorize(data.astronaut()),
    ]
    for door in doors:
        with pytest.raises(AlreadyInColor, match="recolor"):
            door()
    assert [p.name for p in tmp_path.iterdir()] == ["in.png"]
    assert colorizer.save(held.getvalue(), None, already_color="recolor").data


def test_cancelling_leaves_nothing(colorizer, photo, tmp_path):
    with pytest.raises(tintype.Cancelled):
        colorizer.save(_png(photo), tmp_path / "out.png", progress=lambda share: share < 0.2)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [(1, 1), (1, 2000), (2000, 1), (3, 5)])
def test_odd_sizes(colorizer, size):
    grey = np.random.default_rng(0).integers(0, 256, size).astype(np.uint8)
    assert colorizer(grey).shape == (*size, 3)


def test_the_number_of_threads_changes_nothing(colorizer, photo):
    assert colorizer(_png(photo), threads=1) == colorizer(_png(photo), threads=2)


@pytest.mark.parametrize(
    "options", [{"format": "png"}, {"format": "webp", "lossless": True}, {"format": "tiff"}]
)
def test_lightness_is_kept_in_the_file(colorizer, photo, options):
    image = pyvips.Image.new_from_buffer(colorizer(_png(photo), **options), "")
    assert np.abs(L_of(image.numpy()) - grey_L(photo)).max() <= 0.6


def test_settings_and_keywords_are_one(photo):
    warm = Settings(warmth=0.5, vividness=0.2)
    expected = Colorizer(warmth=0.5, vividness=0.2)(photo)
    for made in (
        Colorizer(warm)(photo),
        Colorizer(Settings(vividness=0.2), warmth=0.5)(photo),
        Colorizer()(photo, warm),
        Colorizer(saturation=2.0)(photo, Settings(vividness=0.2), warmth=0.5),
        tintype.colorize(photo, settings=warm),
    ):
        np.testing.assert_array_equal(made, expected)
    with pytest.raises(SettingsError, match="Colorizer\\(model="):
        Colorizer("tintype")


@pytest.mark.parametrize(
    ("picture", "options", "error"),
    [
        (np.zeros((0, 4), np.uint8), {}, PhotoError),
        (np.zeros((4, 4, 2), np.uint8), {}, PhotoError),
        (np.full((4, 4), 300.0), {}, PhotoError),
        (object(), {}, PhotoError),
        (Image.new("HSV", (4, 4)), {}, PhotoError),
        (b"", {}, PhotoError),
        (b"not a photograph", {}, PhotoError),
        (np.zeros((4, 4), np.uint8), {"model": "nope"}, NetworkError),
        (np.zeros((4, 4), np.uint8), {"vivid": 3}, SettingsError),
        (np.zeros((4, 4), np.uint8), {"hints": ["5,1=#ff0000"]}, PhotoError),
    ],
)
def test_what_can_t_be_done_says_so(colorizer, picture, options, error):
    with pytest.raises(error):
        colorizer(picture, **options)


def _png(grey):
    held = io.BytesIO()
    Image.fromarray(grey).save(held, "PNG")
    return held.getvalue()


def test_a_side_too_long_for_the_format_is_said_before_the_work(monkeypatch, tmp_path):
    colorizer = Colorizer()
    monkeypatch.setattr(Colorizer, "predict", lambda *_: pytest.fail("the network was asked"))
    thin = np.zeros((1, 65_501), np.uint8)
    with pytest.raises(TooLarge, match="JPEG holds at most 65,500 pixels a side, this has 65,501 × 1; write"):
        colorizer.save(thin, tmp_path / "thin.jpg")
    with pytest.raises(TooLarge, match="WebP holds at most 16,383"):
        colorizer.save(thin, format="webp")
