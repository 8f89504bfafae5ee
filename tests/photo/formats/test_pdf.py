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


def placed(array, matrix, rotation=0, box="0 0 300 200", behind="", over=""):
    """A PDF of one page with a grey picture (h, w), stored without loss and placed by a matrix."""
    height, width = array.shape
    drawing = f"{behind} q {matrix} cm /I Do Q {over}".encode()
    image = (
        f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray/BitsPerComponent 8"
    )
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Rotate {rotation}/Contents 4 0 R/Resources<<"
        "/XObject<</I 5 0 R>>/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>".encode(),
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawing), drawing),
        b"<<%s/Length %d>>stream\n%s\nendstream" % (image.encode(), array.size, array.tobytes()),
    ]  # fmt: skip
    made = b"%PDF-1.7\n" + b"".join(b"%d 0 obj%s endobj\n" % (n, part) for n, part in enumerate(parts, 1))
    return made + b"trailer<</Root 1 0 R>>\n%%EOF"


PICTURE = np.asarray(Image.fromarray(data.camera()).resize((150, 100)))


@pytest.mark.parametrize(
    ("matrix", "box", "turned"),
    [
        ("300 0 0 200 0 0", "0 0 300 200", PICTURE),
        ("300.4 0 0 199.7 0 0.2", "0 0 300 200", PICTURE),
        ("300 0 0 200 20 30", "20 30 320 230", PICTURE),
        ("-300 0 0 200 300 0", "0 0 300 200", PICTURE[:, ::-1]),
        ("300 0 0 -200 0 200", "0 0 300 200", PICTURE[::-1]),
        ("0 300 -200 0 200 0", "0 0 200 300", np.rot90(PICTURE)),
        ("0 -300 200 0 0 300", "0 0 200 300", np.rot90(PICTURE, -1)),
        ("0 300 200 0 0 0", "0 0 200 300", np.rot90(PICTURE.T, 2)),
    ],
)
@pytest.mark.parametrize("rotation", [0, 90, 270])
def test_a_scan_keeps_its_own_pixels_however_it_lies(matrix, box, turned, rotation):
    (photo,) = read(placed(PICTURE, matrix, rotation, box), Settings())
    assert "its own" in photo.notes[0]
    np.testing.assert_array_equal(photo.open().numpy()[..., 0], np.rot90(turned, -rotation // 90))


def test_text_that_was_recognized_in_a_scan_leaves_its_pixels_alone():
    told = "BT /F 20 Tf {} Tr 20 20 Td (Grandma, 1912, at the sea) Tj ET"
    full = "300 0 0 200 0 0"
    (photo,) = read(placed(PICTURE, full, over=told.format(3), behind="0.9 g 0 0 300 200 re f"), Settings())
    np.testing.assert_array_equal(photo.open().numpy()[..., 0], PICTURE)
    (photo,) = read(placed(PICTURE, full, over=told.format(0)), Settings())
    assert "drawn at" in photo.notes[0]
    (photo,) = read(placed(PICTURE, "150 0 0 200 0 0"), Settings())
    assert "drawn at" in photo.notes[0]
