"""Scans in a PDF come out as they went in."""

import io

import numpy as np
import pytest
from PIL import Image
from skimage import data

from photo.pictures import saved
from tintype import PhotoError, Settings
from tintype.photo.read import read


def test_pdf_pages_at_the_resolution_of_the_scan():
    pytest.importorskip("pypdfium2")
    image = Image.fromarray(data.camera())
    content = saved(image, "PDF", save_all=True, append_images=[image], resolution=400)
    photos = read(content, Settings())
    assert [p.page for p in photos] == [1, 2]
    assert photos[0].metadata.dpi == pytest.approx((400, 400), abs=1)
    assert abs(photos[0].width - 512) <= 2
    assert photos[1].open().bands == 3
    assert len(read(content, Settings(page=2))) == 1


def pdf(array, points):
    held = io.BytesIO()
    Image.fromarray(array).save(held, "PDF", resolution=72 * array.shape[1] / points)
    return held.getvalue()


@pytest.mark.parametrize("size", [(480, 320), (333, 257), (640, 480)])
def test_a_scan_in_a_pdf_keeps_its_own_pixels(size):
    array = np.asarray(Image.fromarray(data.camera()).resize(size))
    photo = read(pdf(array, 200), Settings())[0]
    assert (photo.width, photo.height) == size
    assert np.abs(photo.open().numpy()[..., 0].astype(int) - array).mean() < 6  # Pillow stores a JPEG
    assert "its own" in photo.notes[0]


def test_a_pdf_with_a_password_says_so():
    # The Standard security handler (PDF 1.7, 7.6.3) with keys that no empty password opens.
    content = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        b"3 0 obj<</Filter/Standard/V 1/R 2/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>endobj\n"
        b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000056 00000 n \n0000000103 00000 n \n"
        b"trailer<</Size 4/Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]>>\nstartxref\n270\n%%EOF"
    )
    with pytest.raises(PhotoError, match="password"):
        read(content, Settings())
