"""The names that the library gives."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import tintype
from tintype import (
    Colorizer,
    NotReplaceable,
    TargetExists,
)


def test_every_name_is_there_and_has_one_home():
    for name in tintype.__all__:
        assert getattr(tintype, name) is not None
    assert dir(tintype) == sorted(tintype.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Colouriser'"):
        tintype.Colouriser  # noqa: B018


def test_importing_it_loads_nothing_else():
    code = (
        "import sys, tintype\n"
        "heavy = {'numpy', 'pyvips', 'onnxruntime', 'click', 'rich', 'torch'} & sys.modules.keys()\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_exists_is_replaced_where_that_is_said(tmp_path):
    source, grey = tmp_path / "a.png", np.full((32, 48), 99, np.uint8)
    Image.fromarray(grey).save(source)
    target = tmp_path / "a.color.png"
    for door in (
        lambda **how: tintype.colorize(source, size=64, **how),
        lambda **how: tintype.colorize(source, target, size=64, **how),
        lambda **how: Colorizer(size=64)(source, **how),
    ):
        target.write_bytes(b"mine")
        with pytest.raises(TargetExists, match="overwrite=True"):
            door()
        assert target.read_bytes() == b"mine"
        assert door(overwrite=True) == target
        assert Image.open(target).size == (48, 32)
    with pytest.raises(NotReplaceable):
        tintype.colorize(source, source, size=64, overwrite=True)
