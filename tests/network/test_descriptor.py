"""Descriptors survive JSON; views keep the aspect ratio on the network's grid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.errors import NetworkError
from tintype.network.descriptor import NetworkDescriptor, SizeRule, view_size


def test_json_round_trip():
    d = NetworkDescriptor(name="n", family="tintype", output="logits", bins=((1.0, 2.0),), hints=True)
    assert NetworkDescriptor.from_json(d.to_json(), name="n") == d


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"name": 1}', '{"name":"a","family":"b","output":"x"}'])
def test_a_broken_descriptor_is_an_error_that_names_the_network(text):
    with pytest.raises(NetworkError, match=r"my\.onnx|network a"):
        NetworkDescriptor.from_json(text, name="my.onnx")


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
