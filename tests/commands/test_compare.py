"""Several networks on one photograph: merged, and side by side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image
from skimage import color, data

from network.random_caffe import write_published
from tintype import Colorizer
from tintype.commands import main
from tintype.comparison import compare
from tintype.errors import NetworkError, SettingsError
from tintype.network.importing import import_files

SIDE = 160


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where the Caffe network is installed as zhang16-v2."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TINTYPE_HOME", str(home))
        made = write_published(tmp_path_factory.mktemp("caffe"), narrow=2)
        import_files([made / "colorization_release_v2.caffemodel", made / "colorization_deploy_v2.prototxt"])
    return home


@pytest.fixture(autouse=True)
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINTYPE_HOME", str(home))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    picture = Image.fromarray(data.astronaut()).convert("L").resize((SIDE, 200))
    picture.save(tmp_path / "photo.png")
    return tmp_path / "photo.png"


def run(*args: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in args])
    assert result.exit_code == code, result.output
    return result


def lab(path: Path) -> np.ndarray:
    return color.rgb2lab(np.asarray(Image.open(path)))


@pytest.mark.parametrize("how", ["mean", "confidence"])
def test_models_are_merged_through_the_pipeline(photo: Path, tmp_path: Path, how: str) -> None:
    made = {}
    for name in ("tintype", "zhang16-v2", "tintype,zhang16-v2"):
        made[name] = tmp_path / f"{name.replace(',', '+')}.png"
        run("colorize", photo, "--models", name, "--merge", how, "-o", made[name], "--saturation", "0.4")
    one, two, both = (lab(p) for p in made.values())
    apart, to_one, to_two = (np.abs(a - b).mean() for a, b in ((one, two), (one, both), (two, both)))
    assert to_one > 0.3
    assert to_two > 0.3
    if how == "mean":
        assert min(to_one, to_two) > 0.4 * apart
    else:
        assert to_one < 0.4 * apart, "the second has weights of chance, and is sure of nothing"
    grey = color.rgb2lab(np.repeat(np.asarray(Image.open(photo))[..., None], 3, axis=2))
    assert np.abs(both[..., 0] - grey[..., 0]).max() <= 0.6, "lightness is kept, whoever colours"
    mean = (one[..., 1:] + two[..., 1:]) / 2
    if how == "mean":  # at a saturation where nothing leaves the gamut
        assert np.abs(both[..., 1:] - mean).mean() < 0.5
    else:
        assert np.abs(both[..., 1:] - mean).mean() > 0.05


def test_the_file_says_which_networks_made_it(photo: Path, tmp_path: Path) -> None:
    run("colorize", photo, "--models", "tintype,zhang16-v2", "-o", tmp_path / "out.png")
    assert b"zhang16-v2" in (tmp_path / "out.png").read_bytes()


def test_compare_makes_one_labelled_picture(photo: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.png"
    said = run("compare", photo, "--models", "tintype,zhang16-v2", "--merge", "mean", "-o", out).output
    assert "tintype + zhang16-v2, joined by mean" in said
    sheet = np.asarray(Image.open(out)).astype(int)
    shim = 4
    tall = 200
    assert sheet.shape[1] > 2 * SIDE
    assert sheet.shape[0] > 2 * tall or sheet.shape[1] > 4 * SIDE
    first = sheet[shim : shim + tall, shim : shim + SIDE]
    np.testing.assert_array_equal(first, np.repeat(np.asarray(Image.open(photo))[..., None], 3, axis=2))
    second = sheet[shim : shim + tall, 2 * shim + SIDE : 2 * shim + 2 * SIDE]
    run("colorize", photo, "-o", tmp_path / "alone.png")
    np.testing.assert_array_equal(second, np.asarray(Image.open(tmp_path / "alone.png")))
    label = sheet[shim + tall : shim + tall + 20, shim : shim + SIDE]
    assert label.min() < 120, "a name is written below"
    assert (label[:, :4] == 255).all()


def test_compare_takes_all_that_is_here_and_writes_beside(photo: Path) -> None:
    said = run("compare", photo).output
    assert "tintype:" in said
    assert "zhang16-v2:" in said
    assert "joined" not in said
    assert photo.with_name("photo.compare.png").is_file()
    assert "--force replaces" in run("compare", photo, code=1).output
    run("compare", photo, "--force", "--side", "64", "--model", "tintype")
    assert Image.open(photo.with_name("photo.compare.png")).width < 2 * SIDE


def test_compare_refuses_what_it_can_t_do(photo: Path, tmp_path: Path) -> None:
    before = photo.read_bytes()
    assert "the photograph itself" in run("compare", photo, "-o", photo, "--force", code=1).output
    assert photo.read_bytes() == before
    out = tmp_path / "out.png"
    assert "Did you mean" in run("compare", photo, "--models", "tintype,zhang16v2", "-o", out, code=1).output
    refused = run("compare", photo, "--model", "tintype", "--merge", "mean", "-o", out, code=1)
    assert "two or more" in refused.output
    assert not out.exists()
    with pytest.raises(SettingsError, match="no networks"):
        compare(Colorizer(), Colorizer().prepare(photo)[0], [])
    with pytest.raises(NetworkError, match="nope"):
        compare(Colorizer(), Colorizer().prepare(photo)[0], ["tintype", "nope"])
