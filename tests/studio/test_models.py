"""What travels between page and server follows from the fields of the settings."""

import dataclasses

import pytest
from pydantic import ValidationError

from tintype import Settings
from tintype.studio.models import FIELDS, HintModel, State, checked, described, schema

FILES = {"reference", "keep_grey"}


def test_every_setting_that_a_page_may_change_is_described_with_its_default():
    told = {one["name"]: one for one in described()}
    assert told.keys() == FIELDS.keys() == schema()["properties"].keys()
    assert FIELDS.keys() < {f.name for f in dataclasses.fields(Settings)}
    assert not FIELDS.keys() & FILES, "what names files of this computer is not for a page"
    kinds = {"number": (int, float), "boolean": bool, "colors": list, "text": str, "choice": str}
    for one in told.values():
        assert isinstance(one["default"], kinds[one["type"]]), one
        if one["type"] == "number":
            assert one["minimum"] <= one["default"] <= one["maximum"] and one["step"] > 0


def test_settings_come_back_as_those_that_differ_from_the_defaults():
    assert checked({"vividness": 0.5, "warmth": 0.25}) == {"warmth": 0.25}
    assert checked({"quality": 90.0}) in ({"quality": 90}, {}), "in JSON 90.0 is a whole number"
    with pytest.raises(ValueError, match="unknown setting 'keep_grey'"):
        checked({"keep_grey": "/etc/passwd"})
    with pytest.raises(ValueError, match="vividness"):
        checked({"vividness": 7})


@pytest.mark.parametrize(
    "wrong",
    [
        {"settings": {"vividness": 7}},
        {"settings": {"reference": "/etc/passwd"}},
        {"hints": [{"x": 1.5, "y": 0, "color": "#ffffff"}]},
        {"hints": [{"x": 0.5, "y": 0, "color": "red"}]},
        {"more": 1},
    ],
)
def test_a_state_is_checked(wrong):
    with pytest.raises(ValidationError):
        State.model_validate(wrong)


def test_a_state_goes_out_as_it_came_in():
    hint = HintModel(x=0.25, y=0.5, color="#ff0000")
    state = State(settings={"warmth": 0.25}, hints=[hint])
    assert State.model_validate_json(state.model_dump_json()) == state
