"""Writing: every page, every format's limits said, nothing half written, nothing overwritten unasked."""

import os
import sys

import numpy as np
import pytest
import pyvips
from PIL import Image
from skimage import data

import tintype
from photo.pictures import RGB, noise, page
from tintype import PhotoError, Settings
from tintype.errors import MissingDecoder
from tintype.photo import write as writing
from tintype.photo.read import from_array, read
from tintype.photo.rows import Painted, strip_height
from tintype.photo.write import Page, output_format, write


def names(folder):
    return sorted(p.name for p in folder.iterdir())


@pytest.mark.parametrize("big", [False, True])
def test_pages_of_all_sizes_and_depths_share_a_tiff(tmp_path, big):
    arrays = [noise(40, 50, 3), noise(700, 33, 3, dtype=np.uint16), noise(1, 1, 3), noise(300, 200, 4)]
    total = 4 * 10**9 if big else 0
    written = write((page(a) for a in arrays), tmp_path / "a.tif", Settings(), total_bytes=total)
    assert written.targets == (tmp_path / "a.tif",)
    assert (tmp_path / "a.tif").read_bytes()[2] == (43 if big else 42)
    for number, array in enumerate(arrays):
        back = pyvips.Image.new_from_file(str(tmp_path / "a.tif"), page=number)
        np.testing.assert_array_equal(back.numpy(), array)
    assert [p.pages for p in read(tmp_path / "a.tif", Settings())] == [4] * 4
    held = write((page(a) for a in arrays), None, Settings(format="tiff"), total_bytes=total)
    assert [p.width for p in read(held.data, Settings())] == [50, 33, 1, 200]
    assert names(tmp_path) == ["a.tif"]


def test_every_page_keeps_its_own_metadata(tmp_path):
    images = [Image.fromarray(noise(20, 30)) for _ in range(3)]
    for i, image in enumerate(images):
        image.encoderinfo = {"tiffinfo": {270: f"page {i}"}, "dpi": (100 * (i + 1),) * 2}
    images[0].save(tmp_path / "in.tif", save_all=True, append_images=images[1:], tiffinfo={270: "page 0"})
    photos = read(tmp_path / "in.tif", Settings())
    write((Page(p, p.open()) for p in photos), tmp_path / "out.tif", Settings())
    with Image.open(tmp_path / "out.tif") as result:
        assert result.n_frames == 3
        for i in range(3):
            result.seek(i)
            assert result.tag_v2[270] == f"page {i}"


def test_a_tiff_of_pages_is_coloured_whole(tmp_path):
    camera = Image.fromarray(data.camera()).resize((96, 80))
    coffee = Image.fromarray(data.coffee()).resize((120, 80))
    camera.save(tmp_path / "in.tif", save_all=True, append_images=[coffee, camera.resize((50, 60))])
    shares = []
    result = tintype.Colorizer().save(tmp_path / "in.tif", tmp_path / "out.tif", progress=shares.append)
    assert result.targets
    assert "page 2 is already in colour; left as it is" in result.notes
    assert shares == sorted(shares)
    with Image.open(tmp_path / "out.tif") as out:
        assert out.n_frames == 3
        assert out.mode == "RGB" and np.ptp(np.asarray(out).astype(int), axis=-1).max() > 5
        out.seek(1)
        np.testing.assert_array_equal(np.asarray(out), np.asarray(coffee))
        out.seek(2)
        assert out.size == (50, 60)


def test_formats_of_one_page_number_the_others(tmp_path):
    written = write((page(noise(20, 30, 3)) for _ in range(3)), tmp_path / "a.jpg", Settings())
    assert [t.name for t in written.targets] == ["a.jpg", "a.page2.jpg", "a.page3.jpg"]
    assert any("one page" in n for n in written.notes)
    with pytest.raises(PhotoError, match="choose one with page"):
        write((page(noise(20, 30, 3)) for _ in range(2)), None, Settings(format="png"))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".avif", ".tif"])
@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_FSIZE")
def test_a_full_disk_leaves_nothing(tmp_path, suffix):
    target = tmp_path / f"a{suffix}"
    target.write_bytes(b"the old one")
    import resource  # there is none on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(PhotoError) as caught:
            write([page(noise(400, 400, 3))], target, Settings(), overwrite=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "full" in str(caught.value) and str(target) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert names(tmp_path) == [target.name]
    assert target.read_bytes() == b"the old one"


def test_what_stopped_the_pixels_is_what_is_raised(tmp_path):
    def rows():
        yield np.zeros((strip_height(4000), 4000, 3), np.uint8)
        raise KeyError("the painter")

    photo = from_array(noise(300, 4000))
    for suffix in (".jpg", ".png", ".tif", ".webp"):
        with pytest.raises(KeyError, match="the painter"):
            write([Page(photo, Painted(rows(), 4000, 300, 8))], tmp_path / f"a{suffix}", Settings())
    with pytest.raises(KeyError, match="the painter"):
        write([Page(photo, Painted(rows(), 4000, 300, 8))], None, Settings())
    with pytest.raises(tintype.errors.Cancelled):
        Image.fromarray(data.camera()).save(tmp_path / "in.png")
        tintype.Colorizer().save(tmp_path / "in.png", tmp_path / "b.png", progress=lambda share: False)
    assert names(tmp_path) == ["in.png"]


def test_an_unwritable_folder_and_a_missing_one(tmp_path):
    with pytest.raises(PhotoError, match="no such file or folder"):
        write([page(noise(3, 3))], tmp_path / "gone" / "a.jpg", Settings())
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PhotoError, match="is a file, not a folder"):
        write([page(noise(3, 3))], tmp_path / "file" / "a.jpg", Settings())


def test_a_disk_without_links(tmp_path, monkeypatch):
    def refuse(self, target):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(writing.Path, "hardlink_to", refuse)
    write([page(noise(9, 9))], tmp_path / "a.png", Settings())
    with pytest.raises(PhotoError, match="exists already"):
        write([page(noise(9, 9))], tmp_path / "a.png", Settings())
    assert names(tmp_path) == ["a.png"]


@pytest.mark.parametrize("name", ["Großmutter und Opa.jpg", "祖母.png", "бабушка.tif", "n" * 250 + ".jpg"])
def test_names_in_any_script(tmp_path, name):
    write([page(noise(9, 9))], tmp_path / name, Settings())
    assert read(tmp_path / name, Settings())[0].width == 9


@pytest.mark.skipif(sys.platform != "linux", reason="names there are text")
@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
def test_names_that_are_no_text(tmp_path, suffix):
    folder = tmp_path / os.fsdecode(b"Fotos \xe4lter")
    folder.mkdir()
    target = folder / os.fsdecode(b"gro\xdf" + suffix.encode())
    write([page(noise(9, 9))], target, Settings())
    assert read(target, Settings())[0].width == 9
    assert names(folder) == [target.name]


def test_a_damaged_page_is_named_not_the_target(tmp_path):
    path = tmp_path / "grandma.png"
    Image.fromarray(noise(1200, 1200, 3)).save(path)
    photo = read(path, Settings())[0]
    path.write_bytes(path.read_bytes()[:3_000_000])
    with pytest.raises(PhotoError, match=r"grandma\.png: .*damaged"):
        write([Page(photo, photo.open())], tmp_path / "out.png", Settings())
    assert names(tmp_path) == ["grandma.png"]


@pytest.mark.parametrize("kind", ["jpeg", "png", "tiff", "webp", "avif"])
def test_the_same_photograph_gives_the_same_file(kind):
    grey = np.ascontiguousarray(data.camera()[::3, ::3])
    source = pyvips.Image.new_from_array(grey).pngsave_buffer()
    once, again = (tintype.Colorizer(format=kind).save(source).data for _ in range(2))
    assert once == again


def test_a_missing_codec_is_named_before_anything_is_painted(monkeypatch):
    photo = from_array(RGB)
    monkeypatch.setattr("tintype.photo.write.find_spec", lambda module: None)
    for name in ("jxl", "jp2"):
        with pytest.raises(MissingDecoder, match=rf"tintype\[{name}\]"):
            output_format(None, photo, Settings(format=name))
