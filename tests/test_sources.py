"""Every kind of source, with a target and without; and a photograph that is replaced meanwhile."""

import io
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import color, data

import tintype
from tintype import Colorizer, FileMissing, NotReplaceable, PhotoError
from tintype.outputs import Kind, label
from tintype.recipe import Recipe
from tintype.sources import open_source

pytestmark = [pytest.mark.usefixtures("small_views"), pytest.mark.usefixtures("small_views")]


class Named:
    """An os.PathLike that is no Path."""

    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return str(self.path)


@pytest.fixture(scope="module")
def grey():
    return np.rint(color.rgb2gray(data.astronaut())[:160, :200] * 255).astype(np.uint8)


@pytest.fixture
def here(tmp_path, monkeypatch, grey):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(grey).save("photo.png")
    return tmp_path


def kinds():
    content = Path("photo.png").read_bytes()
    return {
        "str": "photo.png",
        "Path": Path("photo.png"),
        "PathLike": Named("photo.png"),
        "bytes": content,
        "bytearray": bytearray(content),
        "memoryview": memoryview(content),
        "BytesIO": io.BytesIO(content),
        "PIL": Image.open("photo.png"),
        "PIL RGB": Image.open("photo.png").convert("RGB"),
        "PIL palette": Image.open("photo.png").convert("P"),
        "array": np.asarray(Image.open("photo.png")),
        "(H, W, 1)": np.asarray(Image.open("photo.png"))[..., None],
        "float": np.asarray(Image.open("photo.png")) / 255,
        "columns first": np.asfortranarray(np.asarray(Image.open("photo.png"))),
    }


KINDS = ["str", "Path", "PathLike", "bytes", "bytearray", "memoryview", "BytesIO", "PIL", "PIL RGB",
         "PIL palette", "array", "(H, W, 1)", "float", "columns first"]  # fmt: skip


@pytest.fixture(scope="module")
def expected(grey):
    return Colorizer(size=64)(grey)


def off(pixels, expected):
    """The largest difference."""
    return np.abs(pixels.astype(int) - expected).max()


def test_the_kinds_are_all(here):
    assert list(kinds()) == KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_with_a_target(here, expected, kind):
    for target in ("out.png", Path("out.png"), Named("out.png")):
        made = tintype.colorize(kinds()[kind], target)
        assert made == Path("out.png")
        assert off(np.asarray(Image.open(made)), expected) <= 1
        made.unlink()


@pytest.mark.parametrize("kind", KINDS)
def test_without_one_what_was_given_comes_back(here, expected, kind):
    given = kinds()[kind]
    made = tintype.colorize(given)
    if isinstance(given, str | Path | Named):
        assert made == Path("photo.color.png")
        pixels = np.asarray(Image.open(made))
    elif isinstance(given, np.ndarray):
        assert made.dtype == given.dtype
        pixels = made if made.dtype == np.uint8 else np.rint(made * 255)
    elif isinstance(given, Image.Image):
        assert isinstance(made, Image.Image)
        pixels = np.asarray(made)
    else:
        assert isinstance(made, bytes)
        pixels = np.asarray(Image.open(io.BytesIO(made)))
    assert off(pixels, expected) <= 1


def test_transparency_of_arrays_is_kept(grey):
    alpha = np.arange(grey.size, dtype=np.uint32).reshape(grey.shape).astype(np.uint8)
    made = tintype.colorize(np.dstack([grey, grey, grey, alpha]))
    assert (made[..., 3] == alpha).all()
    assert (made[..., :3] == tintype.colorize(grey)).all()


def test_a_pil_picture_in_ycbcr_is_read_right(here, expected):
    made = np.asarray(tintype.colorize(Image.open("photo.png").convert("YCbCr")))
    assert np.abs(made.astype(int) - expected).mean() < 1


def test_streams_and_files_that_are_none(here):
    with pytest.raises(PhotoError, match="binary mode"), Path("photo.png").open(errors="replace") as file:
        tintype.colorize(file)
    with pytest.raises(FileMissing):
        tintype.colorize("missing.jpg", "out.jpg")
    with pytest.raises(PhotoError, match="folder"):
        tintype.colorize(here)
    with pytest.raises(PhotoError, match="not a picture"):
        open_source(3)


def test_the_photograph_itself_is_never_replaced(here):
    before = Path("photo.png").read_bytes()
    os.link("photo.png", "link.png")
    for target in ("photo.png", "./photo.png", here / "photo.png", "link.png"):
        with pytest.raises(NotReplaceable, match="itself"):
            Colorizer().save("photo.png", target, overwrite=True)
    assert Path("photo.png").read_bytes() == before


@pytest.mark.parametrize("when", [0.0, 0.5])
def test_a_photograph_replaced_meanwhile_is_an_error(here, when):
    replaced = []

    def replace(share):
        if share > when and not replaced:
            Image.fromarray(np.zeros((160, 200), np.uint8)).save("other.png")
            Path("other.png").replace("photo.png")
            replaced.append(True)

    with pytest.raises(PhotoError, match="changed while"):
        Colorizer().save("photo.png", "out.png", progress=replace)
    assert replaced
    assert not Path("out.png").exists()


def test_a_recipe_names_what_was_read(here):
    colorizer, source = Colorizer(), open_source("photo.png")
    digest = source.sha256()
    result = colorizer.save(source, "out.png")
    assert Recipe.of(colorizer, source, result.targets[0]).input_sha256 == digest
    Path("photo.png").write_bytes(b"another one")
    with pytest.raises(PhotoError, match="changed while"):
        Recipe.of(colorizer, source, result.targets[0])


def test_dates_are_kept_when_asked(here):
    os.utime("photo.png", ns=(10**18, 11 * 10**17))
    made = Colorizer(keep_dates=True).save("photo.png", "out.png", candidates=2)
    for path in made.targets:
        assert path.stat().st_mtime_ns == 11 * 10**17
        assert path.stat().st_atime_ns == 10**18
    assert not any("date" in note for note in made.notes)
    assert Path(tintype.colorize("photo.png")).stat().st_mtime_ns != 11 * 10**17
    kept = Colorizer(keep_dates=True).save(Path("photo.png").read_bytes(), "b.png", candidates=2)
    assert any("date" in note for note in kept.notes)
    # The date is no part of the picture.
    assert Path("out.png").read_bytes() == Path("b.png").read_bytes()


def test_sidecars_have_the_dates_too(here):
    Path("photo.xmp").write_bytes(label(Kind.RESULT))
    os.utime("photo.png", ns=(10**18, 11 * 10**17))
    Colorizer(keep_dates=True, size=64).save("photo.png", "out.png")
    assert Path("out.xmp").stat().st_mtime_ns == 11 * 10**17


def test_sources_pass_between_processes(here):
    again = pickle.loads(pickle.dumps(open_source("photo.png")))
    again.check()
    assert again.sha256() == open_source(Path("photo.png").read_bytes()).sha256()


@pytest.mark.parametrize("way", ["file", "PIL", "reference", "mask"])
def test_nothing_that_was_read_is_replaced_however_it_was_opened(here, way):
    before = Path("photo.png").read_bytes()
    colorizer = Colorizer()
    with Path("photo.png").open("rb") as file, Image.open("photo.png") as image:
        source = {"file": file, "PIL": image}.get(way, np.full((160, 200), 99, np.uint8))
        options = {"mask": {"keep_grey": "photo.png"}}.get(way, {})
        if way == "reference":
            Image.fromarray(data.astronaut()[:160, :200]).save("photo.png")
            before = Path("photo.png").read_bytes()
            options = {"reference": "photo.png"}
        with pytest.raises(NotReplaceable, match="that is read"):
            colorizer.save(source, "photo.png", overwrite=True, **options)
    assert Path("photo.png").read_bytes() == before


def test_a_target_that_is_no_path_is_told_so(grey):
    with pytest.raises(TypeError, match="target is a BytesIO; give a path, or None"):
        tintype.colorize(grey, io.BytesIO())
