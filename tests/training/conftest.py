"""What tests of training share. Small networks on small pictures: more threads only wait for each other."""

import pytest
import torch
from safetensors.torch import save_file

from tintype.dataset.build import Options, make_dataset
from tintype.training.networks.backbones import BACKBONES, ResNet50V2
from training.runs import write_photos

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write_photos(folder / "photos")
    make_dataset([folder / "photos"], folder / "set", Options(validation=0.3))
    return folder / "set"


@pytest.fixture(scope="session")
def backbones(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backbones")
    torch.manual_seed(0)
    for name, encoder in (
        ("tintype", ResNet50V2((1, 1, 1))),
        ("fusion", BACKBONES["mobilenetv2"]()),
        ("tintype-lite", BACKBONES["efficientnet-lite2"]()),
    ):
        save_file(encoder.state_dict(), folder / f"{name}.safetensors")
    return folder
