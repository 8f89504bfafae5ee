"""ONNX files that can't be used are refused by name, with what to do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from tintype.errors import NetworkError
from tintype.network import registry
from tintype.network.convert import convert
from tintype.network.importing import import_files
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.rule import Rule
from tintype.network.runtime import load

pytestmark = pytest.mark.usefixtures("in_process")
FLOAT = TensorProto.FLOAT
Shape = Sequence[int | str]


def model(
    nodes: Sequence[onnx.NodeProto], inputs: dict[str, Shape], outputs: dict[str, Shape],
    constants: dict[str, np.ndarray] | None = None, kind: int = FLOAT,
) -> onnx.ModelProto:  # fmt: skip
    graph = helper.make_graph(
        nodes, "g",
        [helper.make_tensor_value_info(n, kind, s) for n, s in inputs.items()],
        [helper.make_tensor_value_info(n, FLOAT, s) for n, s in outputs.items()],
        [numpy_helper.from_array(v, n) for n, v in (constants or {}).items()],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def mixing(channels: int, gives: int, last: Sequence[onnx.NodeProto] = (), **how: object) -> onnx.ModelProto:
    """One convolution of 1 × 1, and what comes after it."""
    weight = np.full((gives, channels, 1, 1), 0.3, np.float32)
    nodes = [helper.make_node("Conv", ["x", "w"], ["m" if last else "y"]), *last]
    shape = how.pop("shape", [1, channels, 64, 64])
    return model(nodes, {"x": shape}, {"y": [1, gives, None, None]}, {"w": weight}, **how)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "net.onnx"


def refused(file: Path, made: onnx.ModelProto, says: str, rule: Rule | None = None) -> None:
    onnx.save(made, file)
    with pytest.raises(NetworkError, match=rf"net\.onnx.*{says}"):
        convert(file, rule=rule)


def test_networks_of_another_kind(file: Path) -> None:
    two = model(
        [helper.make_node("Add", ["x", "z"], ["y"])], {"x": [1, 3, 8, 8], "z": [1, 3, 8, 8]}, {"y": [1]}
    )
    refused(file, two, r"it has 2 inputs \(x, z\); .* \.pth")
    refused(file, mixing(4, 3), "4 channels|1 or 3 channels are expected")
    refused(file, mixing(3, 3, shape=[1, 3, 64, 32]), "only square views and free ones")
    refused(file, mixing(3, 3, shape=[1, 3, 99999, 99999]), "more than 4096 px")
    refused(file, mixing(3, 3, shape=[8, 3, 64, 64]), "a picture is expected")
    refused(file, mixing(3, 3, shape=["n", "c", "h", "w"]), "channels are left open; say --input")
    refused(file, mixing(3, 5), r"it gives 1×5×64×64, but 2 channels \(ab\) or 3 \(rgb\) are expected")
    refused(file, mixing(1, 313), r"313 are a distribution over ab bins: import the \.caffemodel or \.pth")
    flat = model([helper.make_node("Flatten", ["x"], ["y"])], {"x": [1, 3, 8, 8]}, {"y": [1, 192]})
    refused(file, flat, "it gives 1×192, but")
    ids = model([helper.make_node("Cast", ["x"], ["y"], to=FLOAT)], {"x": [1, 12]}, {"y": [1, 12]}, kind=7)
    refused(file, ids, r"is tensor\(int64\) of shape 1×12; a picture is expected")


def test_rules_that_contradict_the_graph(file: Path) -> None:
    made = mixing(3, 3)
    refused(file, made, "input L has 1 channels", Rule(input="L"))
    refused(file, made, "output ab has 2 channels", Rule(output="ab"))
    refused(file, made, "only takes views of 64 px", Rule(size="128"))
    refused(file, mixing(1, 2), "'imagenet' says nothing that can be done to L", Rule(normalize="imagenet"))


def test_what_the_graph_does_not_tell_is_asked_for(file: Path) -> None:
    refused(file, mixing(1, 2), r"normalize: .*none, -50, -50/50, /100.*say it with --normalize … --output …")
    refused(file, mixing(3, 2), r"--normalize … --output …, or in net\.onnx\.json beside it")
    refused(file, mixing(1, 3), r"input: one channel may be L or grey")
    refused(file, mixing(3, 3), r"normalize: .*; output: rgb \(0-1\), rgb\*255")
    tanh = mixing(1, 2, [helper.make_node("Tanh", ["m"], ["y"])])
    refused(file, tanh, r"output: its last steps keep it between -1 and 1: ab/110", Rule(normalize="/100"))
    refused(file, mixing(1, 2), "its values reach 0.24 only", Rule(normalize="/100"))
    convert(file, rule=Rule(normalize="/100", output="ab/110"))


def test_a_network_that_gives_its_picture_back_in_any_numbers_is_not_guessed(file: Path) -> None:
    """Lightness would fit whatever the scale is: nothing is told by it."""
    same = mixing(3, 3)
    same.graph.initializer[0].CopyFrom(
        numpy_helper.from_array(np.eye(3, dtype=np.float32)[:, :, None, None], "w")
    )
    refused(file, same, "normalize: ")
    convert(file, rule=Rule(normalize="*255"))  # one end known, the other follows
    assert convert(file, rule=Rule(normalize="*255")).descriptor.normalize.startswith(
        "input=rgb normalize=*255 size=64,square,fixed output=rgb*255"
    )


@pytest.mark.parametrize(
    ("channels", "steps", "fed"),
    [
        (3, [("Sub", 0.5), ("Div", 0.5)], "none"),
        (3, [("Mul", 2.0), ("Sub", 1.0)], "none"),
        (3, [("Sub", 0.45), ("Div", 0.226)], "none"),
        (3, [("Mul", 255.0)], "none"),
        (3, [("Sub", 0.45)], "none"),
        (3, [("Div", 255.0)], "*255"),
        (3, [("Div", 127.5), ("Sub", 1.0)], "*255"),
        (3, [("Sub", 123.0)], "*255"),
        (3, [("Sub", 120.0), ("Mul", 0.0173)], "*255"),
        (3, [("Add", 7.0)], ""),
        (3, [("Mul", 30.0)], ""),
        (1, [("Sub", 50.0)], "none"),
        (1, [("Sub", 50.0), ("Div", 100.0)], "none"),
        (1, [("Div", 50.0), ("Sub", 1.0)], "none"),
        (1, [("Div", 255.0)], ""),
    ],
)
def test_first_steps_tell_the_numbers(
    channels: int, steps: list[tuple[str, float]], fed: str, file: Path
) -> None:
    gives = 3 if channels == 3 else 2
    made = mixing(channels, gives)
    del made.graph.node[:]
    at = "x"
    for i, (kind, value) in enumerate(steps):
        made.graph.initializer.append(numpy_helper.from_array(np.float32(value), f"v{i}"))
        made.graph.node.append(helper.make_node(kind, [at, f"v{i}"], [f"s{i}"]))
        at = f"s{i}"
    made.graph.node.append(helper.make_node("Conv", [at, "w"], ["y"]))
    rule = Rule(output="rgb" if gives == 3 else "ab")
    if fed:
        onnx.save(made, file)
        assert f" normalize={fed} " in convert(file, rule=rule).notes[-1]
    else:
        refused(file, made, "normalize: ", rule)


@pytest.mark.parametrize(
    ("gives", "steps", "read"),
    [
        (2, [("Tanh", None), ("Mul", 110.0)], "ab"),  # siggraph17's own module
        (2, [("Mul", 110.0)], "ab"),
        (2, [("Mul", 128.0)], "ab"),
        (2, [("Sigmoid", None), ("Sub", 0.5), ("Mul", 255.0)], "ab"),
        (2, [("Tanh", None)], ""),
        (2, [("Sigmoid", None)], ""),
        (3, [("Sigmoid", None)], "rgb"),
        (3, [("Sigmoid", None), ("Mul", 255.0)], "rgb*255"),
        (3, [("Tanh", None)], "rgb:signed"),
        (3, [("Tanh", None), ("Add", 1.0), ("Div", 2.0)], "rgb"),
        (3, [("Sigmoid", None), ("Mul", 6.0), ("Sub", 3.0)], "rgb:imagenet"),  # DeOldify's own module
        (3, [("Tanh", None), ("Mul", 7.0)], ""),
    ],
)
def test_last_steps_tell_the_numbers(
    gives: int, steps: list[tuple[str, float | None]], read: str, file: Path
) -> None:
    takes = 1 if gives == 2 else 3
    made = mixing(takes, gives)
    made.graph.node[0].output[0] = at = "m"
    for i, (kind, value) in enumerate(steps):
        made.graph.initializer.append(numpy_helper.from_array(np.float32(value or 0), f"v{i}"))
        to = "y" if i == len(steps) - 1 else f"s{i}"
        made.graph.node.append(helper.make_node(kind, [at] if value is None else [at, f"v{i}"], [to]))
        at = to
    # A scene that comes back black tells nothing by its lightness.
    dark = np.full((gives, takes, 1, 1), -9, np.float32)
    made.graph.initializer[0].CopyFrom(numpy_helper.from_array(dark, "w"))
    rule = Rule(normalize="/100" if gives == 2 else "none")
    if read:
        onnx.save(made, file)
        assert convert(file, rule=rule).notes[-1].endswith(f" output={read}")
    else:
        refused(file, made, "output: ", rule)


def test_networks_that_only_see_squares(file: Path) -> None:
    made = mixing(1, 2, [helper.make_node("Mul", ["m", "v"], ["y"])], shape=[1, 1, "h", "w"])
    made.graph.node.insert(0, helper.make_node("MatMul", ["x", "x"], ["s"]))
    made.graph.node[1].input[0] = "s"
    made.graph.initializer.append(numpy_helper.from_array(np.float32(110), "v"))
    onnx.save(made, file)
    size = convert(file, rule=Rule(normalize="/100")).descriptor.size
    assert (size.default, size.multiple, size.square, size.fixed) == (256, 8, True, False)
    with pytest.raises(NetworkError, match=r"net\.onnx: size .*: it doesn't run at a view of 344×256 px"):
        convert(file, rule=Rule(normalize="/100", output="ab", size="256,multiple=8,square=0"))


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
