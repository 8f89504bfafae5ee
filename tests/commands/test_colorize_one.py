"""Every flag that steers, from the command line to the pixels of a real photograph."""

import json
from pathlib import Path

import numpy as np
import pytest
import pyvips
import skimage.color
from click.testing import CliRunner

from archive_help import real_grey
from tintype.commands import main

pytestmark = pytest.mark.usefixtures("small_views")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A grey photograph of an astronaut, 256 px wide, and its colour original."""
    monkeypatch.chdir(tmp_path)
    real_grey("photo.png", "original.png")
    return tmp_path


def colour(*flags, out="out.png", **options):
    """Lab of what the flags make."""
    result = CliRunner().invoke(main, ["colorize", "photo.png", "-q", "-f", "-o", out, *flags], **options)
    assert result.exit_code == 0, result.output
    return lab(out)


def pixels(path):
    # The same name is written again and again: libvips must not answer from its cache.
    return pyvips.Image.new_from_file(str(path), revalidate=True).numpy()


def lab(path):
    return skimage.color.rgb2lab(pixels(path))


def chroma(image):
    return float(np.hypot(image[..., 1], image[..., 2]).mean())


def test_vividness_and_saturation_raise_chroma(here):
    dull, usual, vivid = (colour("--vividness", v) for v in ("0", "0.5", "1"))
    assert chroma(dull) < chroma(usual) < chroma(vivid)
    assert chroma(colour("--saturation", "2")) > 1.5 * chroma(usual)
    np.testing.assert_array_equal(colour("--saturation", "0"), lab(_grey_rgb()))


def _grey_rgb():
    grey = pixels("photo.png")
    pyvips.Image.new_from_array(np.repeat(grey.reshape(*grey.shape[:2], 1), 3, axis=2)).write_to_file(
        "rgb.png"
    )
    return "rgb.png"


def test_lightness_is_the_photographs_whatever_the_flags(here):
    L = lab(_grey_rgb())[..., 0]
    made = colour("--vividness", "1", "--saturation", "3", "--warmth", "1", "--hint", "100,100=#ff0000")
    assert np.abs(made[..., 0] - L).max() <= 0.6


def test_warmth(here):
    cool, warm = colour("--warmth", "-1"), colour("--warmth", "1")
    assert warm[..., 2].mean() > cool[..., 2].mean() + 10


def test_candidates_are_numbered_files_that_differ(here):
    colour("--candidates", "4")
    made = [pixels(n) for n in ("out.png", "out.2.png", "out.3.png", "out.4.png")]
    assert not Path("out.5.png").exists()
    for i, one in enumerate(made):
        for other in made[i + 1 :]:
            assert np.abs(one.astype(int) - other).mean() > 0.5
    assert (made[0] == pixels_of("single.png")).all()


def pixels_of(name):
    colour(out=name)
    return pixels(name)


def test_a_hint_colours_its_place(here):
    place = np.s_[95:106, 55:66]
    before = colour()
    made = colour("--hint", "60,100=#0040ff")
    assert made[place][..., 2].mean() < before[place][..., 2].mean() - 10
    np.testing.assert_array_equal(made, colour("--hint", "60,100=#0040ff"))


def test_hints_from_a_file_are_those_of_the_command_line(here):
    hints = [{"x": 60, "y": 100, "color": "#0040ff"}, {"x": 200, "y": 30, "color": "#20a020", "radius": 9}]
    Path("hints.json").write_text(json.dumps(hints))
    by_file = colour("--hints", "hints.json")
    by_flag = colour("--hint", "60,100=#0040ff", "--hint", "200,30,9=#20a020")
    np.testing.assert_array_equal(by_file, by_flag)
    # Both together: those of the file, and more.
    Path("hints.json").write_text(json.dumps(hints[:1]))
    both = colour("--hints", "hints.json", "--hint", "200,30,9=#20a020")
    np.testing.assert_array_equal(both, by_flag)


def test_a_broken_hints_file_is_named(here):
    Path("hints.json").write_text("{")
    result = CliRunner().invoke(main, ["colorize", "photo.png", "--hints", "hints.json"])
    assert result.exit_code == 2
    assert "hints.json" in result.stderr


def test_palette_pulls_toward_its_colours(here):
    blue, red = colour("--palette", "#1030d0,#3060ff"), colour("--palette", "#d01010", "--palette", "#a03020")
    assert blue[..., 2].mean() < red[..., 2].mean() - 3
    assert blue[..., 1].mean() < red[..., 1].mean()


def test_a_reference_pulls_toward_its_colours(here):
    field = np.zeros((32, 32, 3), np.uint8) + np.array([20, 60, 220], np.uint8)
    pyvips.Image.new_from_array(field).write_to_file("sea.png")
    assert colour("--reference", "sea.png")[..., 2].mean() < colour()[..., 2].mean() - 3


def test_the_mask_keeps_grey_what_is_white_in_it(here):
    height, width = pixels("photo.png").shape[:2]
    mask = np.zeros((height, width), np.uint8)
    mask[:, : width // 2] = 255
    pyvips.Image.new_from_array(mask).write_to_file("mask.png")
    colour("--keep-grey", "mask.png")
    made, whole = pixels("out.png"), pixels_of("whole.png")
    left, right = np.s_[:, : width // 2], np.s_[:, width // 2 :]
    assert (made[left] == pixels("photo.png").reshape(height, width, 1)[left]).all()
    assert (made[right] == whole[right]).all()
    colour("--keep-gray", "mask.png", out="other.png")
    assert (pixels("other.png") == made).all()


def test_confidence_is_a_grey_picture_of_the_photographs_size(here):
    colour("--confidence", "sure.png")
    sure, photo = pixels("sure.png"), pixels("photo.png")
    assert sure.shape[:2] == photo.shape[:2]
    assert sure.std() > 1


def test_compare_shows_before_and_after(here):
    colour("--compare", "both.png")
    both, made = pixels("both.png"), pixels("out.png")
    height, width = made.shape[:2]
    assert (both[:, :width] == pixels("photo.png").reshape(height, width, 1)).all()
    assert (both[:, -width:] == made).all()
    assert both.shape[1] > 2 * width


def test_proofs_are_not_replaced_without_force(here):
    Path("both.png").write_bytes(b"mine")
    result = CliRunner().invoke(main, ["colorize", "photo.png", "--compare", "both.png"])
    assert result.exit_code == 1
    assert Path("both.png").read_bytes() == b"mine"
    assert not Path("photo.color.png").exists()


def test_names_of_proofs_are_judged_before_the_work(here):
    wrong = [
        "--compare a.xyz",
        "--confidence noname",
        "--compare x.png --confidence x.png",
        "-o y.png --compare y.png",
    ]
    for flags in wrong:
        result = CliRunner().invoke(main, ["colorize", "photo.png", *flags.split()])
        assert result.exit_code == 1
        assert len(result.stderr.splitlines()) == 1
    assert sorted(p.name for p in here.iterdir()) == ["original.png", "photo.png"]


def test_size_changes_the_view(here):
    assert np.abs(colour("--size", "128") - colour("--size", "256")).max() > 1


def test_which_grey(here):
    result = CliRunner().invoke(
        main, ["colorize", "original.png", "-o", "r.png", "--already-color", "recolor", "--grey", "red",
               "--saturation", "0"])  # fmt: skip
    assert result.exit_code == 0, result.output
    red = pixels("original.png")[..., 0]
    assert (pixels("r.png") == red[..., None]).all()


def test_already_in_colour_is_skipped_unless_asked(here):
    result = CliRunner().invoke(main, ["colorize", "original.png", "--already-color", "skip"])
    assert result.exit_code == 3
    assert "in colour already" in result.stderr
    result = CliRunner().invoke(main, ["colorize", "original.png", "--already-color", "recolor"])
    assert result.exit_code == 0
    assert Path("original.color.png").exists()


def test_quality_and_format(here):
    colour("--quality", "95", out="a.jpg")
    colour("--quality", "40", "--subsampling", "4:2:0", out="b.jpg")
    assert Path("b.jpg").stat().st_size < Path("a.jpg").stat().st_size / 2
    colour("--format", "webp", "--lossless", out="c.webp")
    assert (pixels("c.webp") == pixels_of("d.png")).all()
