"""Pages and frames: which are taken, which are believed, and what is missing to read them."""

import sys

import numpy as np
import pytest
from PIL import Image

from photo.pictures import GREY, one, saved
from tintype import PhotoError, Settings
from tintype.errors import Damaged
from tintype.photo.decoder import ArrayDecoder
from tintype.photo.model import Metadata
from tintype.photo.pages import ArrayPage, of_array
from tintype.photo.read import read


def test_the_first_frame_is_taken_and_said():
    frames = [Image.fromarray(GREY).convert("P"), Image.fromarray(GREY[::-1]).convert("P")]
    photo = one(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert any("frame 1 of 2" in n for n in photo.notes)
    assert one(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), page=2).page == 2
    with pytest.raises(PhotoError, match="choose a page up to"):
        read(saved(frames[0], "GIF"), Settings(page=3))


@pytest.mark.parametrize(
    ("head", "module", "extra"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(80), "pillow_heif", "heic"),
        (b"%PDF-1.7\n" + bytes(80), "pypdfium2", "pdf"),
        (b"FUJIFILMCCD-RAW " + bytes(80), "rawpy", "raw"),
    ],
)
def test_a_missing_extra_names_itself(monkeypatch, head, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(PhotoError, match=rf'pip install "tintype\[{extra}\]"'):
        read(head, Settings(), name="a.x")


def test_a_decoder_that_gives_another_size_than_its_header_is_not_believed():
    def promised(width, height):
        page = ArrayPage(width, height, 8, 1, Metadata(), ArrayDecoder(lambda: GREY))
        return of_array(page, "heic", "grandma.heic", Settings())

    np.testing.assert_array_equal(promised(120, 80).open().numpy().squeeze(), GREY)
    for use in (lambda p: p.open(), lambda p: p.thumbnail(10, 10), lambda p: p.thumbnail(64, 80)):
        with pytest.raises(Damaged, match="its pixels are 120 × 80, its header says 64 × 80"):
            use(promised(64, 80))
