"""Settings as the page and programs see them."""

import pytest

from tintype.errors import SettingsError
from tintype.settings import Settings
from tintype.studio.setting_fields import FIELDS, checked, described, schema


def test_every_setting_that_is_shown_is_described_whole():
    told = {one["name"]: one for one in described()}
    assert told.keys() == FIELDS.keys() and "model" not in told
    assert not told.keys() & {"reference", "keep_grey"}, "what names files of this computer is not for a page"
    for name, one in told.items():
        assert one["help"] and one["group"] and one["label"][0].isupper()
        assert checked({name: one["default"]}) == {}
        if one["type"] == "number":
            assert one["minimum"] <= one["default"] <= one["maximum"] and one["step"] > 0
        if one["type"] == "choice":
            assert one["default"] in one["choices"]


def test_the_schema_says_the_same_ranges():
    properties = schema()["properties"]
    assert properties.keys() == FIELDS.keys()
    vividness = FIELDS["vividness"].metadata
    assert properties["vividness"]["type"] == "number"
    assert (properties["vividness"]["minimum"], properties["vividness"]["maximum"]) == (
        vividness["low"],
        vividness["high"],
    )
    assert properties["palette"]["type"] == "array"
    assert schema({"page": Settings.__dataclass_fields__["page"]})["properties"]["page"]["type"] == "integer"


def test_only_what_differs_from_the_defaults_is_kept():
    assert checked({"vividness": 0.9, "saturation": Settings().saturation}) == {"vividness": 0.9}
    assert checked({"quality": 90.0}) == {"quality": 90}, "in JSON 90.0 is a whole number"


@pytest.mark.parametrize(
    "wrong", [{"vividness": 7}, {"vividness": "x"}, {"keep_grey": "/etc/passwd"}, {"model": "tintype"}]
)
def test_what_is_no_setting_is_named(wrong):
    with pytest.raises((SettingsError, ValueError), match=next(iter(wrong))):
        checked(wrong)
