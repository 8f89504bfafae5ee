"""TensorBoard's files, where they are asked for."""

import sys
from types import ModuleType

import pytest
import pyvips
import torch.utils

from tintype.training import tensorboard
from tintype.training.loop import Loop
from tintype.training.tensorboard import TensorBoardWriter
from training.runs import CPU, started


class Recorder:
    """Takes what TensorBoard's own writer takes."""

    def __init__(self, folder):
        self.folder, self.told = folder, []

    def add_scalar(self, name, value, step):
        self.told.append((name, value, step))

    def add_image(self, name, pixels, step, dataformats):
        self.told.append((name, pixels.shape, step, dataformats))

    def flush(self):
        self.told.append("flush")

    def close(self):
        self.told.append("close")


def test_values_become_curves_and_sheets_pictures(tmp_path, monkeypatch):
    module = ModuleType("torch.utils.tensorboard")
    module.SummaryWriter = Recorder
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(torch.utils, "tensorboard", module, raising=False)
    monkeypatch.setattr(tensorboard, "require", lambda *_, **__: None)
    sheet = tmp_path / "sheet.png"
    pyvips.Image.black(5, 3, bands=4).write_to_file(str(sheet))
    writer = TensorBoardWriter(tmp_path)
    writer.values(7, {"loss": 0.5, "val_loss": 0.25})
    writer.picture(8, sheet)
    writer.close()
    assert writer._writer.folder == str(tmp_path)
    assert writer._writer.told == [
        ("loss", 0.5, 7),
        ("val_loss", 0.25, 7),
        "flush",
        ("samples", (3, 5, 3), 8, "HWC"),
        "close",
    ]


def test_its_own_reader_finds_curves_and_pictures(dataset, backbones, tmp_path):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run = started("cnn", dataset, tmp_path / "run", backbones, "length.steps=2")
    writer = TensorBoardWriter(run.path / "tensorboard")
    Loop(run, CPU, tensorboard=writer).run()
    writer.close()
    events = EventAccumulator(str(run.path / "tensorboard")).Reload()
    assert {"loss", "val_loss", "delta_psnr"} <= set(events.Tags()["scalars"])
    assert events.Tags()["images"] == ["samples"]
