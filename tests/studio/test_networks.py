"""The networks that the studio offers: by name, never by a path of a client's."""

import pytest

from tintype import Colorizer
from tintype.studio.networks import described, model_of
from tintype.studio.problems import ApiError


def test_nothing_asked_for_is_the_studios_own():
    assert model_of(None, "tintype") == "tintype"
    assert model_of("tintype", "other") == "tintype"


@pytest.mark.parametrize("name", ["nosuch", "../tintype.onnx", "/etc/passwd", "tintype,nosuch", "x" * 500])
def test_what_is_not_installed_is_refused_in_few_words(name):
    with pytest.raises(ApiError) as caught:
        model_of(name, "tintype")
    assert (caught.value.status_code, caught.value.code) == (422, "network_unknown")
    assert len(str(caught.value.detail)) < 400


def test_more_than_four_are_refused():
    with pytest.raises(ApiError, match="networks at once"):
        model_of(",".join(["tintype"] * 5), "tintype")


def test_the_networks_own_words_are_given():
    [first, *_] = described(Colorizer())
    assert first["name"] == "tintype"
    assert first["hints"] is True
    assert first["title"] and first["license"]
