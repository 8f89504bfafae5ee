"""Descriptors survive JSON and are checked; views keep the aspect ratio on the network's grid."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.errors import DamagedNetwork, NetworkError
from tintype.network.descriptor import MOST_BINS, NetworkDescriptor, SizeRule, view_size


def test_json_round_trip():
    d = NetworkDescriptor(name="n", family="tintype", output="logits", bins=((1.0, 2.0),), hints=True)
    assert NetworkDescriptor.from_json(d.to_json(), name="n") == d


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"name": 1}', '{"name":"a","family":"b","output":"x"}'])
def test_a_broken_descriptor_is_an_error_that_names_the_network(text):
    with pytest.raises(NetworkError, match=r"my\.onnx|network a"):
        NetworkDescriptor.from_json(text, name="my.onnx")


GOOD = {"name": "n", "family": "tintype", "output": "logits", "bins": [[1, 2], [3, -4.5]]}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"size": {"default": 0}}, "size.default is 0; expected a whole number"),
        ({"size": {"default": "x"}}, "size.default is 'x'"),
        ({"size": {"multiple": 0, "minimum": 0, "maximum": 0, "default": 0}}, "size.default is 0"),
        ({"size": {"multiple": True}}, "size.multiple is True"),
        ({"size": {"maximum": 10**9}}, "size.maximum is 1000000000"),
        ({"size": {"minimum": 512}}, "size.default is 256; expected 512"),
        ({"size": {"square": 1}}, "size.square is 1; expected true or false"),
        ({"size": {"width": 1}}, "can't be read"),
        ({"size": [1, 2]}, "can't be read"),
        ({"bins": [[float("nan"), 0]]}, "bins is .*nan.*; expected two finite numbers"),
        ({"bins": [[float("inf"), 0]]}, "two finite numbers"),
        ({"bins": [[1e4, 0]]}, "within ±200"),
        ({"bins": [[1, 2, 3]]}, "two finite numbers"),
        ({"bins": [["1", "2"]]}, "two finite numbers"),
        ({"bins": [[0, 0]] * (MOST_BINS + 1)}, f"bins is .*; expected at most {MOST_BINS}"),
        ({"bins": []}, "bins is"),
        ({"bins": {}}, "bins is|can't be read"),
        ({"output": "ab"}, "bins is"),
        ({"output": ["ab"]}, "output is"),
        ({"name": ""}, "name is ''"),
        ({"name": 7}, "name is 7"),
        ({"family": None}, "family is None"),
        ({"licence": ["MIT"]}, "license is .*; expected a text"),
        ({"citation": "x" * 100_000}, "citation is 'xxx.*…; expected a text of at most"),
        ({"hints": "yes"}, "hints is 'yes'; expected true or false"),
        ({"input": "rgb"}, "input is 'rgb'; expected one of L, grey"),
        ({"vividness": {"safe": [0, 1]}}, "vividness.safe"),
        ({"vividness": {"safe": [1]}}, "vividness.safe"),
        ({"vividness": {"vivid": [1, float("nan")]}}, "vividness.vivid"),
        ({"vividness": "much"}, "can't be read"),
        ({"unknown": 1}, "can't be read"),
    ],
)
def test_fields_are_checked_in_type_range_and_length(change, says):
    with pytest.raises(DamagedNetwork, match=rf"evil\.onnx.*{says}"):
        NetworkDescriptor.from_json(json.dumps(GOOD | change), name="evil.onnx")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"size":{"default":' + "9" * 5000 + "}}",
        '{"bins":[[1e999,0]]}',
        "7",
        "null",
    ],
)
def test_text_that_breaks_readers_is_refused(text):
    with pytest.raises(DamagedNetwork, match=r"evil\.onnx"):
        NetworkDescriptor.from_json(text, name="evil.onnx")


def test_what_is_made_here_is_checked_too():
    with pytest.raises(DamagedNetwork, match=r"network n: .*output is 'lab'"):
        NetworkDescriptor(name="n", family="f", output="lab")


def test_older_spellings_are_read():
    old = json.dumps(GOOD | {"licence": "MIT", "normalise": "L - 50"})
    descriptor = NetworkDescriptor.from_json(old, name="n")
    assert (descriptor.license, descriptor.normalize) == ("MIT", "L - 50")
    assert '"license"' in descriptor.to_json()


@given(st.integers(1, 30000), st.integers(1, 30000))
def test_a_view_is_on_the_grid_and_near_the_aspect_ratio(height, width):
    h, w = view_size(SizeRule(default=256, multiple=32), height, width)
    assert h % 32 == 0 == w % 32
    assert min(h, w) == 256
    aspect = min(max(height, width) / min(height, width), 4)
    assert max(h, w) == pytest.approx(256 * aspect, abs=16)


def test_sizes_a_network_can_t_take_are_refused():
    with pytest.raises(NetworkError, match="leave size at 0"):
        view_size(SizeRule(default=224, fixed=True), 100, 100, 256)
    with pytest.raises(NetworkError, match="32 to 2048"):
        view_size(SizeRule(), 100, 100, 16)
    assert view_size(SizeRule(default=512, square=True), 100, 300) == (512, 512)
