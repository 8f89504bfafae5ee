"""A network is asked through its adapter, and its answer is checked before anything is painted with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tintype.errors import NetworkError
from tintype.network.adapter import Network
from tintype.network.descriptor import NetworkDescriptor
from tintype.network.rgb import ab_from_rgb
from tintype.network.snapshot import Snapshot

L = np.full((4, 6), 50, np.float32)


class Session:
    """Answers with what it was given, or fails with it."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.fed: dict[str, np.ndarray] = {}

    def run(self, _: None, feeds: dict[str, np.ndarray]) -> list[object]:
        self.fed = feeds
        if isinstance(self.answer, Exception):
            raise self.answer
        return [self.answer]


class Plain(Network):
    def _feed(self, L: np.ndarray, hints: np.ndarray | None) -> dict[str, np.ndarray]:
        return {"L": L[None, None]}


def network(tmp_path: Path, answer: object, **changes: object) -> Network:
    (tmp_path / "net.onnx").write_bytes(b"weights")
    values = {"name": "net", "family": "tintype", "output": "ab"} | changes
    return Plain(Snapshot(tmp_path / "net.onnx"), NetworkDescriptor(**values), Session(answer))  # type: ignore[arg-type]


def test_ab_comes_out_as_it_is(tmp_path: Path) -> None:
    ab = np.arange(12, dtype=np.float32).reshape(1, 2, 2, 3)
    prediction = network(tmp_path, ab).predict(L)
    np.testing.assert_array_equal(prediction.ab, ab[0])
    assert prediction.logits is None
    assert prediction.shape == (2, 3)


def test_of_a_picture_the_chroma_is_taken(tmp_path: Path) -> None:
    rgb = np.random.default_rng(0).uniform(0, 1, (1, 3, 2, 2)).astype(np.float32)
    prediction = network(tmp_path, rgb, output="rgb").predict(L)
    np.testing.assert_array_equal(prediction.ab, ab_from_rgb(rgb[0]))


def test_logits_come_with_their_bins(tmp_path: Path) -> None:
    prediction = network(
        tmp_path, np.zeros((1, 2, 1, 1), np.float16), output="logits", bins=((1.0, 2.0), (3.0, 4.0))
    ).predict(L)
    assert prediction.logits.dtype == np.float32
    np.testing.assert_array_equal(prediction.bins, [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (np.zeros((1, 3, 2, 2), np.float32), r"shape \(1, 3, 2, 2\) where its descriptor promises ab in 2"),
        (np.zeros((2, 2), np.float32), "promises ab in 2 channels"),
        (np.zeros((1, 2, 0, 2), np.float32), "promises ab in 2 channels"),
        (np.zeros((1, 2, 2, 2), np.int64), "gives int64"),
        (np.full((1, 2, 2, 2), np.nan, np.float32), "values that are no numbers"),
        (RuntimeError("Not implemented\nat line 7"), r"view of 6×4 px: Not implemented; try a smaller size"),
        (RuntimeError("std::bad_alloc"), "there is not enough memory; try a smaller size"),
    ],
)
def test_what_can_t_be_painted_with_is_an_error(answer: object, says: str, tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=f"network net .*{says}"):
        network(tmp_path, answer).predict(L)


def test_hints_are_only_for_those_that_take_them(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="takes no hints"):
        network(tmp_path, None).predict(L, np.zeros((3, 4, 6), np.float32))
