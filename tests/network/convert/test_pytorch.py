"""PyTorch weights are recognized by their names, whatever the file is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from network.families.test_zhang16 import eccv16
from network.pytorch_tester import (
    torch,
)
from tintype.errors import NetworkError
from tintype.network.convert import convert
from tintype.network.runtime import load


def test_unknown_weights_list_what_was_expected(tmp_path: Path) -> None:
    torch.save({"fc.weight": torch.zeros(3, 3)}, tmp_path / "other.pth")
    with pytest.raises(NetworkError, match=r"other\.pth.*fc\.weight.*Expected one of: .*siggraph17.*eccv16"):
        convert(tmp_path / "other.pth")
    torch.save([1, 2], tmp_path / "list.pth")
    with pytest.raises(NetworkError, match=r"no weights found in it \(it holds list\)"):
        convert(tmp_path / "list.pth")
    torch.save({"fc.weight": torch.zeros(3, 3), "steps": 4}, tmp_path / "mixed.pth")
    with pytest.raises(NetworkError, match=r"it holds fc\.weight, steps"):
        convert(tmp_path / "mixed.pth")


def test_swapped_names_are_seen_through(tmp_path: Path) -> None:
    """What is in the file counts, not what it is called."""
    torch.save(eccv16(8, 20).state_dict(), tmp_path / "siggraph17-df00044c.pth")
    found = convert(tmp_path / "siggraph17-df00044c.pth")
    assert found.descriptor.name == "eccv16"
    found.save(tmp_path / "network.onnx")
    assert load(tmp_path / "network.onnx").descriptor.bins
