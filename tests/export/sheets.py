"""Runs what is written on a sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import helper
from skimage import data

from tintype.export.network import OLDEST
from tintype.export.values import Sheet, Value, described
from tintype.network.graph import IR_VERSION

NO_HINTS = np.zeros((0, 6), np.float32)


def run(write: Callable[..., Value | Sequence[Value]], *inputs: Any) -> Any:
    """Give arrays to a function of values, and return what its values are."""
    sheet, fed = Sheet(), {}
    values = []
    for i, given in enumerate(inputs):
        array = np.asarray(given)
        array = array.astype(np.float32) if array.dtype == np.float64 else array
        values.append(sheet.input(f"x{i}", array.dtype, [f"d{i}_{k}" for k in range(array.ndim)]))
        fed[f"x{i}"] = array
    made = write(*values)
    outputs = [made] if isinstance(made, Value) else list(made)
    graph = helper.make_graph(
        sheet.nodes,
        "sheet",
        sheet.inputs,
        [described(o.name, o.dtype, None) for o in outputs],
        sheet.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OLDEST)], ir_version=IR_VERSION)
    got = session(model).run(None, fed)
    return got[0] if isinstance(made, Value) else got


def session(model: onnx.ModelProto | str) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    options.log_severity_level = 3
    given = model if isinstance(model, str) else model.SerializeToString()
    return onnxruntime.InferenceSession(given, options)


def length(value: int) -> np.ndarray:
    return np.array([value], np.int64)


def grey_photo(height: int, width: int) -> np.ndarray:
    """A photograph, uint8 grey."""
    picture = data.astronaut()[:height, :width].astype(np.float64)
    return np.rint(picture @ (0.299, 0.587, 0.114)).astype(np.uint8)
