"""ONNX files that can't be used are refused by name, with what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from network.onnx_models import mixing, model, refused
from tintype.errors import NetworkError
from tintype.network import registry
from tintype.network.convert import convert
from tintype.network.importing import import_files
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.rule import Rule
from tintype.network.runtime import load

pytestmark = pytest.mark.usefixtures("in_process")


def test_damaged_files(file: Path) -> None:
    onnx.save(mixing(3, 3), file)
    whole = file.read_bytes()
    for data in (b"", b"<html>404</html>", whole[:50], whole[:-3], b"\x08" * 5000):
        file.write_bytes(data)
        with pytest.raises(NetworkError, match=r"net\.onnx"):
            convert(file, rule=Rule(normalize="none", output="rgb"))


def test_operators_that_nobody_knows(file: Path) -> None:
    made = model(
        [helper.make_node("Evil", ["x"], ["y"], domain="own")], {"x": [1, 3, 8, 8]}, {"y": [1, 3, 8, 8]}
    )
    made.opset_import.append(helper.make_opsetid("own", 1))
    refused(file, made, "not a network that ONNX Runtime can open")


def stored_outside(file: Path, location: str) -> None:
    made = mixing(3, 3)
    weight = made.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "0"), ("length", "36")):
        weight.external_data.add(key=key, value=value)
    file.write_bytes(made.SerializeToString())


def test_weights_in_a_file_beside_it(file: Path, tmp_path: Path) -> None:
    stored_outside(file, "net.onnx.data")
    with pytest.raises(
        NetworkError, match=r"net\.onnx\.data.*get it again, with all files that belong to it"
    ):
        convert(file)
    (tmp_path / "net.onnx.data").write_bytes(np.eye(3, dtype=np.float32).tobytes())
    found = convert(file, rule=Rule(normalize="*255", output="rgb*255"))
    found.save(tmp_path / "made" / "network.onnx")
    L = np.full((64, 64), 50, np.float32)
    assert np.abs(load(tmp_path / "made" / "network.onnx").predict(L).ab).max() < 0.01


def test_weights_that_lie_elsewhere_are_not_read(file: Path, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "secret").write_bytes(bytes(36))
    inside = tmp_path / "deep" / "net.onnx"
    for location in ("../secret", str(tmp_path / "secret"), "/etc/hostname"):
        stored_outside(inside, location)
        with pytest.raises(NetworkError, match=r"net\.onnx: damaged"):
            convert(inside, rule=Rule(normalize="*255", output="rgb*255"))


def test_values_that_are_no_numbers(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path / "home"))
    made = mixing(3, 3)
    made.graph.initializer[0].raw_data = np.full(9, np.nan, np.float32).tobytes()
    onnx.save(made, file)
    with pytest.raises(NetworkError, match="no numbers"):
        import_files([file], rule=Rule(normalize="*255", output="rgb*255"))
    assert not registry.installed()


def test_a_descriptor_inside_goes_before_a_sidecar(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path / "home"))
    shutil.copy(registry.find("tintype"), file)
    file.with_name("net.onnx.json").write_text('{"note": "of another program"}')
    (made,) = import_files([file], name="mine")
    assert made.descriptor.family == "tintype"


def test_a_sidecar_may_be_a_descriptor(file: Path) -> None:
    """As `load` takes it from beside an ONNX file: it is written inside."""
    shutil.copy(registry.find("tintype"), file)
    bare = onnx.load(file)
    descriptor = descriptor_of(file)
    del bare.metadata_props[:]
    onnx.save(bare, file)
    file.with_name("net.onnx.json").write_text(descriptor.to_json())
    found = convert(file)
    assert found.descriptor == descriptor
    assert found.notes == ("described by net.onnx.json",)
    file.with_name("net.onnx.json").write_text(json.dumps({"family": "tintype"}))
    with pytest.raises(NetworkError, match=r"net\.onnx\.json: its descriptor can't be read"):
        convert(file)


def test_without_onnx_it_says_what_to_install(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    onnx.save(mixing(3, 3), file)
    monkeypatch.setattr("tintype.network.convert.foreign_onnx.importlib.util.find_spec", lambda _: None)
    with pytest.raises(NetworkError, match=r"net\.onnx: .*pip install 'tintype\[onnx\]'"):
        convert(file)


def test_names(tmp_path: Path) -> None:
    onnx.save(mixing(3, 3), tmp_path / "a.onnx")
    rule = Rule(normalize="*255", output="rgb*255")
    for stem, expected in (("ddcolor", "ddcolor-onnx"), ("My Net (1)", "my-net-1"), ("é", "network")):
        (tmp_path / "a.onnx").replace(tmp_path / f"{stem}.onnx")
        assert convert(tmp_path / f"{stem}.onnx", rule=rule).descriptor.name == expected
        (tmp_path / f"{stem}.onnx").replace(tmp_path / "a.onnx")
