"""A rule becomes part of the graph: what is fed before it, what is read after it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from network.onnx_models import model
from tintype.network.convert.apply_rule import apply_rule, tag
from tintype.network.rule import Scaling
from tintype.network.session import open_session

x = np.random.default_rng(0).uniform(0, 1, (1, 1, 4, 4)).astype(np.float32)


def identity(shape: list[int], kind: int = TensorProto.FLOAT) -> onnx.ModelProto:
    made = model([helper.make_node("Identity", ["in"], ["out"])], {"in": shape}, {"out": shape}, kind=kind)
    made.graph.output[0].type.tensor_type.elem_type = kind
    return made


def run(made: onnx.ModelProto) -> np.ndarray:
    onnx.checker.check_model(made)
    session = open_session(Path("r"), made.SerializeToString())
    return session.run(None, {session.get_inputs()[0].name: x})[0]


@pytest.mark.parametrize("scaling", [Scaling(), Scaling((0.5,), (2.0,)), Scaling.parse("imagenet", "rgb")])
@pytest.mark.parametrize("last", [False, True])
def test_what_is_done_before_is_undone_behind(scaling: Scaling, last: bool) -> None:
    made = identity([1, 4, 4, 3] if last else [1, 3, 4, 4])
    apply_rule(
        made, fed=("in", "rgb", scaling), read=("out", "rgb", scaling), channels_last=(last, last),
        size=(4, 4), properties={"tintype": "{}"},
    )  # fmt: skip
    np.testing.assert_allclose(run(made), np.repeat(x, 3, axis=1), atol=1e-6)
    assert made.graph.input[0].name == "grey"
    assert made.graph.output[0].name == "rgb"


def test_bytes_are_rounded_not_cut_off() -> None:
    made = identity([1, 3, 4, 4], TensorProto.UINT8)
    by = Scaling((0.0,), (255.0,))
    apply_rule(
        made, fed=("in", "rgb", by), read=("out", "rgb", by), channels_last=(False, False), size=(4, 4),
        properties={},
    )  # fmt: skip
    np.testing.assert_allclose(run(made)[0, 0], np.rint(x[0, 0] * 255) / 255, atol=1e-6)


def test_blue_first_is_turned() -> None:
    made = identity([1, 3, 4, 4])
    step = np.array([0, 1, 2], np.float32)
    apply_rule(
        made, fed=("in", "rgb", Scaling((0.0,) * 3, tuple(step + 1))), read=("out", "bgr", Scaling()),
        channels_last=(False, False), size=(4, 4), properties={},
    )  # fmt: skip
    np.testing.assert_allclose(run(made)[0, :, 0, 0], x[0, 0, 0, 0] * (step + 1)[::-1], atol=1e-6)


def test_names_of_the_foreign_graph_can_t_clash_with_ours() -> None:
    made = model(
        [helper.make_node("Identity", ["grey"], ["rgb"])], {"grey": [1, 3, 4, 4]}, {"rgb": [1, 3, 4, 4]}
    )
    apply_rule(
        made, fed=("grey", "rgb", Scaling()), read=("rgb", "rgb", Scaling()), channels_last=(False, False),
        size=("h", "w"), properties={},
    )  # fmt: skip
    np.testing.assert_allclose(run(made), np.repeat(x, 3, axis=1))


def test_other_metadata_stay() -> None:
    made = identity([1, 3, 4, 4])
    tag(made, {"author": "somebody"})
    tag(made, {"tintype": "{}"})
    assert {p.key: p.value for p in made.metadata_props} == {"author": "somebody", "tintype": "{}"}
