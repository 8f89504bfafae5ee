"""What tests of training share. Small networks on small pictures: more threads only wait for each other."""

import pytest
import torch
from safetensors.torch import save_file

from tintype.dataset.build import Options, make_dataset
from tintype.training.networks.backbones import BACKBONES, MobileNetV2, ResNet50V2
from tintype.training.networks.efficientnet import EfficientNetLite2
from training.runs import SHORT, shaken, write_photos

torch.set_num_threads(1)


@pytest.fixture(scope="session", autouse=True)
def exports(quick_exports):
    """Exports here are quick."""


@pytest.fixture(scope="session")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write_photos(folder / "photos")
    make_dataset([folder / "photos"], folder / "set", Options(validation=0.3))
    return folder / "set"


class ShortMobileNet(MobileNetV2):
    """Eight blocks of seventeen: one of a kind, and one that leads around itself."""

    plan = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 1, 2), (6, 64, 1, 2), (6, 96, 1, 1), (6, 160, 1, 2),
            (6, 320, 1, 1))  # fmt: skip


@pytest.fixture(scope="session")
def backbones(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backbones")
    torch.manual_seed(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(BACKBONES, "mobilenetv2", ShortMobileNet)
        for name, encoder in (
            ("tintype", ResNet50V2((1, 1, 1))),
            ("fusion", ShortMobileNet()),
            ("efficientnet-lite2", EfficientNetLite2(SHORT)),
        ):
            save_file(shaken(encoder).state_dict(), folder / f"{name}.safetensors")
        yield folder
