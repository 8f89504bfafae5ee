"""Curves and pictures for TensorBoard, if its extra is installed."""

from __future__ import annotations

from pathlib import Path

import pyvips

from tintype.training.extra import require


class TensorBoardWriter:
    """Writes event files beside the log.

    Parameters
    ----------
    folder : Path
        Where the event files go.

    Raises
    ------
    TrainingError
        If TensorBoard is not installed.
    """

    def __init__(self, folder: Path) -> None:
        require("tensorboard", extra="tensorboard")
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(folder))

    def values(self, step: int, values: dict[str, float]) -> None:
        """Add a point to each curve."""
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)
        self._writer.flush()

    def picture(self, step: int, path: Path) -> None:
        """Add a sheet of samples, read from its file."""
        pixels = pyvips.Image.new_from_file(str(path)).numpy()
        self._writer.add_image("samples", pixels[..., :3], step, dataformats="HWC")

    def close(self) -> None:
        """Write what is still waiting."""
        self._writer.close()
