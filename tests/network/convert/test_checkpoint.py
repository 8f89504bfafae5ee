"""Weights are read from files of every wrapping and precision; what is more than weights is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from network.families.test_zhang16 import eccv16
from network.pytorch_tester import torch
from tintype.errors import NetworkError
from tintype.network.convert import checkpoint, convert

PLAIN = {"a.weight": torch.arange(6.0).reshape(2, 3), "count": torch.tensor(7)}


def test_half_precision_copies_are_read(tmp_path: Path) -> None:
    state = eccv16(8, 20).state_dict()
    torch.save({k: v.half() if v.is_floating_point() else v for k, v in state.items()}, tmp_path / "half.pth")
    assert convert(tmp_path / "half.pth", name="half").descriptor.name == "half"


@pytest.mark.parametrize(
    "stored",
    [
        PLAIN,
        {"state_dict": PLAIN, "epoch": 3},
        {"model": {"state_dict": {f"module.{k}": v for k, v in PLAIN.items()}}},
        {"params": {"x": 1}, "params_ema": {f"_orig_mod.{k}": v for k, v in PLAIN.items()}},
        {k: v.to(torch.bfloat16) if v.is_floating_point() else v for k, v in PLAIN.items()},
    ],
)
def test_wrappers_are_taken_off(stored: dict[str, object], tmp_path: Path) -> None:
    torch.save(stored, tmp_path / "a.pth")
    weights = checkpoint.read(tmp_path / "a.pth")
    assert weights.arrays.keys() == PLAIN.keys()
    np.testing.assert_array_equal(weights.take("a.weight"), PLAIN["a.weight"].numpy())


@pytest.mark.parametrize(
    ("stored", "says"),
    [
        ({}, "it holds nothing"),
        ([1, 2], "it holds list"),
        ({"a": 1}, "it holds a"),
        ({"a": {"b": PLAIN["a.weight"]}}, "it holds a"),
        ({"a.weight": torch.zeros(2), "module.a.weight": torch.zeros(2)}, "two weights have the same name"),
        ({"a": torch.zeros(2, dtype=torch.complex64)}, "weight 'a' is sparse, quantized or complex"),
        ({"a": torch.zeros(2, 2).to_sparse()}, "weight 'a' is sparse, quantized or complex"),
        ({7: torch.zeros(2)}, "weight 7|'int' object"),
    ],
)
def test_what_holds_no_plain_weights(stored: object, says: str, tmp_path: Path) -> None:
    torch.save(stored, tmp_path / "a.pth")
    with pytest.raises(NetworkError, match=rf"a\.pth: .*{says}"):
        convert(tmp_path / "a.pth")


def test_lack_of_memory_is_not_called_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")

    (tmp_path / "a.pth").write_bytes(b"PK")
    monkeypatch.setattr(torch, "load", fail)
    with pytest.raises(NetworkError, match=r"a\.pth: there is not enough memory"):
        checkpoint.read(tmp_path / "a.pth")
