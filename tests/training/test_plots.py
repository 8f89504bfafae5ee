"""Curves and contact sheets of a run."""

import numpy as np
import pyvips

from tintype.training.plots import _smooth, draw_curves, draw_sheet


def test_smoothing_is_the_mean_of_what_came_before():
    np.testing.assert_allclose(_smooth(np.array([2.0, 4.0, 6.0, 8.0]), 3), [2, 3, 4, 6])


def test_curves_are_drawn_of_whatever_there_is(tmp_path):
    rows = [{"step": 1, "loss": 2.0}, {"step": 2, "loss": float("nan")},
            {"step": 3, "val_loss": 1.0, "delta_psnr": 0.5, "colorfulness": 0.9}]  # fmt: skip
    sizes = []
    for number, some in enumerate(([], rows[:1], rows)):
        draw_curves(some, tmp_path / f"{number}.png")
        sizes.append(pyvips.Image.new_from_file(str(tmp_path / f"{number}.png")).width)
    assert min(sizes) > 100
    rows[2]["colourfulness"] = rows[2].pop("colorfulness")  # as it was logged before
    draw_curves(rows, tmp_path / "old.png")
    assert (tmp_path / "old.png").read_bytes() == (tmp_path / "2.png").read_bytes()


def test_a_sheet_has_a_row_for_each_photograph(tmp_path):
    row = [np.full((20, 30, 3), v, np.uint8) for v in (0, 128, 255)]
    draw_sheet([row, row], tmp_path / "new" / "sheet.jpg")
    sheet = pyvips.Image.new_from_file(str(tmp_path / "new" / "sheet.jpg"))
    assert (sheet.width, sheet.height) == (3 * 30 + 2 * 4, 2 * 20 + 4)
    assert sheet.numpy()[10, 45].tolist() == [128, 128, 128]
