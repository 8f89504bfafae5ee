"""Files made to do harm: refused in words, in bounded time and memory, and nothing is left."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from tintype.errors import DamagedNetwork, NetworkError, NetworkTooSlow
from tintype.network.convert import convert
from tintype.network.descriptor import KEY, NetworkDescriptor, SizeRule
from tintype.network.importing import import_files
from tintype.network.rule import Rule
from tintype.network.runtime import load

RULE = Rule(input="L", normalize="/100", size="64", output="ab/110")


@pytest.fixture(autouse=True)
def networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "networks"


def model(nodes: list[onnx.NodeProto], **constants: np.ndarray) -> onnx.ModelProto:
    """A network of one channel in, two out, 64 × 64."""
    graph = helper.make_graph(
        nodes, "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 64, 64])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, None, 64, 64])],
        [numpy_helper.from_array(np.asarray(v), n) for n, v in constants.items()],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def endless() -> onnx.ModelProto:
    """A loop of 2⁶² rounds whose result is added to the picture."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("Identity", ["a"], ["b"])],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("a", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("b", TensorProto.FLOAT, None),
        ],
    )
    return model(
        [
            helper.make_node("Loop", ["rounds", "true", "zero"], ["z"], body=body),
            helper.make_node("Add", ["x", "z"], ["s"]),
            helper.make_node("Concat", ["s", "s"], ["y"], axis=1),
        ],
        rounds=np.array(2**62), true=np.array(True), zero=np.zeros((1, 1, 64, 64), np.float32),
    )  # fmt: skip


def bomb() -> onnx.ModelProto:
    """Its only step wants 13 TB."""
    nodes = [
        helper.make_node("Expand", ["x", "many"], ["e"]),
        helper.make_node("ReduceMean", ["e"], ["m"], axes=[0], keepdims=1),
        helper.make_node("Concat", ["m", "m"], ["y"], axis=1),
    ]
    return model(nodes, many=np.array([800_000_000, 1, 64, 64]))


def described(made: onnx.ModelProto, **changes: object) -> onnx.ModelProto:
    size = SizeRule(default=64, minimum=64, maximum=64, fixed=True)
    values = {"name": "evil", "family": "generic", "output": "ab", "size": size} | changes
    helper.set_model_props(made, {KEY: NetworkDescriptor(**values).to_json()})  # type: ignore[arg-type]
    return made


def test_an_endless_graph_is_stopped(tmp_path: Path, networks: Path) -> None:
    onnx.save(endless(), tmp_path / "loop.onnx")
    with pytest.raises(NetworkTooSlow, match=r"loop\.onnx: it was not done"):
        import_files([tmp_path / "loop.onnx"], rule=RULE, seconds=3)
    assert not networks.exists()


def test_an_endless_graph_with_a_descriptor_is_stopped(tmp_path: Path, networks: Path) -> None:
    onnx.save(described(endless()), tmp_path / "loop.onnx")
    with pytest.raises(NetworkTooSlow, match=r"^loop\.onnx: it was not done"):
        import_files([tmp_path / "loop.onnx"], seconds=3)
    assert not networks.exists()


@pytest.mark.usefixtures("in_process")
def test_a_graph_that_wants_all_memory_is_refused(tmp_path: Path, networks: Path) -> None:
    onnx.save(bomb(), tmp_path / "bomb.onnx")
    with pytest.raises(NetworkError, match=r"bomb\.onnx: .*not enough memory"):
        import_files([tmp_path / "bomb.onnx"], rule=RULE)
    onnx.save(described(bomb()), tmp_path / "bomb.onnx")
    with pytest.raises(NetworkError, match=r"network evil failed .*not enough memory"):
        import_files([tmp_path / "bomb.onnx"])
    assert not networks.exists()


@pytest.mark.parametrize(
    ("last", "changes", "says"),
    [
        (
            helper.make_node("Concat", ["x", "x", "x"], ["y"], axis=1),
            {},
            r"shape \(1, 3, .* ab in 2 channels",
        ),
        (helper.make_node("Shape", ["x"], ["y"]), {}, "int64 of shape"),
        (helper.make_node("Flatten", ["x"], ["y"]), {}, r"shape \(1, 4096\)"),
        (helper.make_node("Concat", ["x", "x"], ["y"], axis=1), {"output": "rgb"}, "rgb in 3 channels"),
        (
            helper.make_node("Concat", ["x", "x"], ["y"], axis=1),
            {"output": "logits", "bins": ((0.0, 0.0),) * 3},
            "logits in 3 channels",
        ),
    ],
)
@pytest.mark.usefixtures("in_process")
def test_what_a_network_gives_is_what_its_descriptor_promises(
    last: onnx.NodeProto, changes: dict[str, object], says: str, tmp_path: Path, networks: Path
) -> None:
    made = described(model([last]), **changes)
    del made.graph.output[0].type.tensor_type.shape.dim[:]
    made.graph.output[0].type.Clear()
    onnx.save(made, tmp_path / "lies.onnx")
    with pytest.raises(NetworkError, match=says):
        import_files([tmp_path / "lies.onnx"])
    assert not networks.exists()


def test_an_unknown_family_is_refused(tmp_path: Path) -> None:
    onnx.save(described(model([]), family="os"), tmp_path / "a.onnx")
    with pytest.raises(NetworkError, match=r"a\.onnx: family 'os' is unknown here; known: tintype, "):
        load(tmp_path / "a.onnx")


def test_weights_that_hold_themselves_are_refused(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="converting PyTorch weights is in the train extra")
    cycle: dict[str, object] = {"x": torch.zeros(1)}
    cycle["params"] = cycle
    torch.save(cycle, tmp_path / "cycle.pth")
    with pytest.raises(NetworkError, match=r"cycle\.pth: no weights found in it \(it holds x, params\)"):
        convert(tmp_path / "cycle.pth")


def test_sidecars_nested_too_deep_are_refused(tmp_path: Path) -> None:
    onnx.save(model([helper.make_node("Concat", ["x", "x"], ["y"], axis=1)]), tmp_path / "net.onnx")
    (tmp_path / "net.onnx.json").write_text("[" * 100_000)
    with pytest.raises(NetworkError, match=r"net\.onnx\.json"):
        convert(tmp_path / "net.onnx")


def test_what_any_library_raises_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    onnx.save(model([helper.make_node("Concat", ["x", "x"], ["y"], axis=1)]), tmp_path / "net.onnx")
    for fault, says in ((RecursionError("too deep"), "RecursionError: too deep"), (MemoryError(), "memory")):

        def fail(*_: object, fault: BaseException = fault) -> None:
            raise fault

        monkeypatch.setattr("tintype.network.convert.foreign_onnx.inspect", fail)
        with pytest.raises(NetworkError, match=rf"net\.onnx: .*{says}"):
            convert(tmp_path / "net.onnx")


def test_damaged_networks_are_of_their_own_class(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"rubbish")
    with pytest.raises(DamagedNetwork) as error:
        load(tmp_path / "a.onnx")
    assert error.value.name == str(tmp_path / "a.onnx")
