"""A family says what its networks take and give; a descriptor goes before it."""

from __future__ import annotations

import pytest

from tintype.network.descriptor import NetworkDescriptor
from tintype.network.families import FAMILIES
from tintype.network.families.family import Published


@pytest.mark.parametrize(
    ("family", "given", "takes", "gives"),
    [
        ("tintype", {"output": "logits", "bins": ((0.0, 0.0),), "hints": True}, "L, hints", "distribution"),
        ("tintype", {"output": "ab"}, "L", "ab"),
        ("generic", {"output": "rgb", "input": "grey"}, "grey RGB", "rgb"),
        ("generic", {"output": "ab", "input": "L"}, "L", "ab"),
        ("generic", {"output": "ab"}, "L or grey RGB", "ab"),  # imported before descriptors said it
        ("deoldify", {"output": "rgb"}, "grey RGB", "rgb"),
    ],
)
def test_what_a_network_takes_and_gives(
    family: str, given: dict[str, object], takes: str, gives: str
) -> None:
    descriptor = NetworkDescriptor(name="n", family=family, **given)  # type: ignore[arg-type]
    assert FAMILIES[family].takes(descriptor) == takes
    assert FAMILIES[family].gives(descriptor) == gives


@pytest.mark.parametrize(
    ("file", "needs"),
    [("a.caffemodel", "caffe"), ("a.pth", "train"), ("a.safetensors", "train"), ("a.onnx", "")],
)
def test_the_extra_that_converts_it_follows_from_the_file(file: str, needs: str) -> None:
    assert Published(name="a", title="A", file=file, urls=()).needs == needs


def test_a_size_is_exact_or_about() -> None:
    assert Published(name="a", title="A", file="a", urls=(), bytes=123).size == 123
    assert Published(name="a", title="A", file="a", urls=(), megabytes=9).size == 9_000_000
    assert Published(name="a", title="A", file="a", urls=(), architecture="b").weights == "b"
