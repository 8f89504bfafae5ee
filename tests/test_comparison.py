"""Several networks side by side on one sheet."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from mirrored import write_mirrored
from tintype import Colorizer
from tintype.comparison import compare


@pytest.mark.parametrize("size", [(1, 1), (3, 300), (700, 20)])
def test_odd_sizes_and_long_names_fit(size: tuple[int, int], tmp_path: Path) -> None:
    colorizer = Colorizer(size=64)
    held = io.BytesIO()
    Image.new("L", size, 90).save(held, "PNG")
    sitting = colorizer.prepare(held.getvalue())[0]
    other = write_mirrored(tmp_path / "a network with quite a long name.onnx")
    sheet, panels = compare(colorizer, sitting, ["tintype", str(other)], merged="mean")
    assert len(panels) == 3
    assert sheet.bands == 3
    assert sheet.copy_memory().width >= size[0]


def test_sixteen_bits_are_shown_in_eight(tmp_path: Path) -> None:
    deep = (
        np.asarray(Image.fromarray(data.astronaut()).convert("L").resize((64, 48))).astype(np.uint16)
    ) * 257
    Image.fromarray(deep).save(tmp_path / "deep.png")
    colorizer = Colorizer(size=64)
    sheet, _ = compare(colorizer, colorizer.prepare(tmp_path / "deep.png")[0], ["tintype"])
    assert sheet.format == "uchar"
