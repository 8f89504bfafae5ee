"""Names, paths and run folders; what is said of unknown ones."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from tintype import Colorizer
from tintype.errors import NetworkError
from tintype.network import registry
from tintype.network.registry import find


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def put(folder: Path) -> Path:
    folder.mkdir(parents=True)
    shutil.copy(find("tintype"), folder / "network.onnx")
    return folder / "network.onnx"


def test_finds_embedded_installed_paths_and_runs(home: Path, tmp_path: Path) -> None:
    mine = put(home / "networks" / "mine")
    run = put(tmp_path / "runs" / "one")
    assert find("mine") == mine
    assert find(str(run)) == run
    assert find(str(run.parent)) == run
    assert registry.installed() == {"mine": mine}
    assert registry.available().keys() >= {"mine", "tintype"}


def test_installed_networks_never_hide_embedded_ones(home: Path) -> None:
    put(home / "networks" / "tintype")
    assert find("tintype").parent == registry.WEIGHTS


def test_half_installed_ones_are_not_listed(home: Path) -> None:
    put(home / "networks" / ".mine.1234")
    assert registry.installed() == {}


def test_an_installed_network_colours_through_every_door(home: Path) -> None:
    put(home / "networks" / "mine")
    grey = np.tile(np.arange(0, 255, 4, dtype=np.uint8), (48, 1))
    expected = Colorizer()(grey)
    np.testing.assert_array_equal(Colorizer(model="mine")(grey), expected)
    np.testing.assert_allclose(Colorizer()(grey, model="mine,tintype"), expected, atol=1)


def test_a_network_that_was_replaced_is_opened_anew(home: Path) -> None:
    file = put(home / "networks" / "mine")
    colorizer = Colorizer(model="mine")
    first = colorizer.networks()[0]
    assert colorizer.networks()[0] is first
    later = file.stat().st_mtime_ns + 1_000_000_000
    os.utime(file, ns=(later, later))
    assert colorizer.networks()[0] is not first


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("tintyp", r"no network named 'tintyp'\. Did you mean tintype\?.*pull.*ddcolor"),
        ("sigraph17", r"Did you mean siggraph17\?"),
        ("ddcolor", r"'ddcolor' is known but not installed; `tintype models pull ddcolor`"),
        ("nowhere/net.onnx", r"nowhere/net\.onnx: no such file; .*tintype"),
        ("", "no network named ''"),
    ],
)
def test_unknown_names_say_what_to_do(name: str, says: str) -> None:
    with pytest.raises(NetworkError, match=says):
        find(name)


def test_weights_of_others_and_unfinished_runs_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.caffemodel").write_bytes(b"x")
    with pytest.raises(NetworkError, match=r"tintype models import .*a\.caffemodel"):
        find(str(tmp_path / "a.caffemodel"))
    with pytest.raises(NetworkError, match=r"no network\.onnx in this folder"):
        find(str(tmp_path))


def test_a_damaged_record_is_named(home: Path) -> None:
    file = put(home / "networks" / "mine")
    file.with_name("installed.json").write_text("{")
    with pytest.raises(NetworkError, match=r"installed\.json.*--force"):
        registry.record_of(file)


@pytest.mark.parametrize(("seconds", "named"), [(0.15, "fast"), (0.16, "medium"), (0.61, "slow")])
def test_speed_classes(seconds: float, named: str) -> None:
    assert registry.speed_class(seconds) == named
