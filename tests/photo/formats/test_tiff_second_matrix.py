"""Every layout of a TIFF comes out right, or is refused in words: none comes out wrong."""

from collections import Counter

import numpy as np
import pytest

from photo import tiff_matrix
from tintype import PhotoError, Settings
from tintype.errors import MissingDecoder
from tintype.photo import profiles, wary
from tintype.photo.errors import translate
from tintype.photo.formats import tiff
from tintype.photo.read import read

CELLS = list(tiff_matrix.cells())


def outcome(cell):
    """What became of one layout: right, wrong, refused, or unwritable; and more about it."""
    content = tiff_matrix.write(cell)
    if content is None:
        return "unwritable", ""
    try:
        photos = read(content, Settings())
        with translate("cell"):
            found = photos[0].open().numpy().astype(float) / (255 if photos[0].bits == 8 else 65535)
    except PhotoError as error:
        return ("missing" if isinstance(error, MissingDecoder) else "refused"), str(error)
    expected = tiff_matrix.truth(cell)
    found = found.squeeze()
    if photos[0].has_alpha != (cell.extra in ("associated", "unassociated")):
        return "wrong", "transparency"
    if len(photos) != 1 or found.shape != expected.shape:
        return "wrong", f"{found.shape}"
    if cell.photometric in ("cielab", "icclab"):  # whose white differs between libraries
        found, expected = found @ [0.299, 0.587, 0.114], expected @ [0.299, 0.587, 0.114]
    strays = float(np.abs(found - expected).mean())
    rough = (
        cell.compression == "jpeg" or cell.extra == "associated" or cell.photometric in ("cielab", "icclab")
    )
    return ("right" if strays < (0.03 if rough else 0.004) else "wrong"), f"{strays:.3f}"


@pytest.fixture(autouse=True)
def decoded_here(monkeypatch):
    """Thousands of files needn't travel to another process and back."""
    monkeypatch.setattr(wary, "inside", lambda: True)


def test_every_layout_is_right_or_refused(monkeypatch):
    monkeypatch.setattr(profiles, "_transform", tiff_matrix.paper)
    found = {cell: outcome(cell) for cell in CELLS}
    counts = Counter(what for what, _ in found.values())
    assert {str(cell): more for cell, (what, more) in found.items() if what in ("wrong", "missing")} == {}
    assert counts["right"] > 10 * counts["refused"]
    # Refused is what has no clear meaning: colours multiplied by transparency in a space of another kind.
    assert all(c.extra == "associated" or c.compression == "jpeg" for c, (what, _) in found.items()
               if what == "refused")  # fmt: skip


def test_without_the_second_decoder_no_layout_is_wrong(monkeypatch):
    def missing(module, extra, what, name):
        raise MissingDecoder(name, what, extra=extra, package=module)

    monkeypatch.setattr(profiles, "_transform", tiff_matrix.paper)
    monkeypatch.setattr(tiff, "need", missing)
    found = {cell: outcome(cell) for cell in CELLS[::5]}
    assert {str(cell): more for cell, (what, more) in found.items() if what == "wrong"} == {}
    counts = Counter(what for what, _ in found.values())
    assert counts["right"] > 200 and counts["missing"] > 200
    assert all("tintype[tiff]" in more for what, more in found.values() if what == "missing")


@pytest.mark.parametrize("seed", range(3))
def test_the_test_would_see_a_wrong_layout(seed, monkeypatch):
    cell = CELLS[np.random.default_rng(seed).integers(200)]
    monkeypatch.setattr(tiff_matrix, "truth", lambda cell: 1 - tiff_matrix.GREY)
    assert outcome(cell)[0] in ("wrong", "refused")
