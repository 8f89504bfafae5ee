"""What is said of a file's photographs as soon as it has come."""

import io

import numpy as np
import pytest
from PIL import Image

from tintype import PhotoError
from tintype.studio.survey import survey


def saved(path, *pages, **options):
    first, *rest = [Image.fromarray(p) for p in pages]
    first.save(path, save_all=bool(rest), append_images=rest, **options) if rest else first.save(path)
    return path


def test_pages_are_told_one_by_one_under_the_name_given(tmp_path):
    grey = np.linspace(0, 255, 24 * 36).reshape(24, 36).astype(np.uint8)
    path = saved(tmp_path / "upload-1", grey, 255 - grey, format="TIFF")
    first, second = survey(path, "box.tif", 10_000, 1000)
    assert (first["name"], first["page"], second["page"], second["pages"]) == ("box.tif", 1, 2, 2)
    assert (first["width"], first["height"], first["bits"], first["format"]) == (36, 24, 8, "tiff")
    assert first["tone"] == {"kind": "grey", "note": "A neutral black-and-white photograph."}


def test_a_brown_print_is_told_to_be_one(tmp_path):
    ramp = np.linspace(0, 1, 64 * 64).reshape(64, 64, 1)
    brown = (255 * ramp ** np.array([0.7, 1.0, 1.5])).astype(np.uint8)
    held = io.BytesIO()
    Image.fromarray(brown).save(held, "PNG")
    (tmp_path / "a").write_bytes(held.getvalue())
    [one] = survey(tmp_path / "a", "a.png", 10_000, 1000)
    assert one["tone"]["kind"] == "sepia" and "brown tone" in one["tone"]["note"]


def test_what_is_too_large_or_no_photograph_is_refused_by_its_name(tmp_path):
    path = saved(tmp_path / "a.png", np.zeros((200, 200), np.uint8))
    with pytest.raises(PhotoError, match=r"grandma\.png"):
        survey(path, "grandma.png", 10_000, 1000)
    (tmp_path / "b").write_text("hello")
    with pytest.raises(PhotoError, match=r"letter\.jpg"):
        survey(tmp_path / "b", "letter.jpg", 10_000, 1000)
