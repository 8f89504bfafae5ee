"""Options: values within their ranges, and what people wrote."""

import dataclasses

import pytest

from tintype import SettingsError
from tintype.option import check, option, parse_color, read_json, short


@dataclasses.dataclass
class Some:
    side: int = option(3, "A number.", low=1, high=9)
    way: str = option("a", "A choice.", choices=("a", "b"))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("side", 10, "between 1 and 9"), ("side", True, "whole number"), ("way", "c", "choose one of a, b")],
)
def test_a_value_outside_its_range_is_named(name, value, said):
    field = Some.__dataclass_fields__[name]
    check(name, field.default, field.default, field.metadata)
    with pytest.raises(SettingsError, match=said) as raised:
        check(name, value, field.default, field.metadata)
    assert raised.value.setting == name


def test_what_is_long_or_deep_is_said_in_short():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert len(short("x" * 1000)) == 78
    assert short(deep) == "of great depth or length"


@pytest.mark.parametrize("text", ["red", "#fff", "#12345g", "#1122334", None, 3])
def test_a_color_has_six_digits(text):
    with pytest.raises(SettingsError, match="#rrggbb"):
        parse_color(text)


@pytest.mark.parametrize(
    ("data", "said"), [(b"[" * 100_000, "too deep"), (b"\xff", "utf-8"), (b"{", "Expecting")]
)
def test_a_file_that_is_no_json_is_named(tmp_path, data, said):
    path = tmp_path / "a.json"
    path.write_bytes(data)
    with pytest.raises(SettingsError, match=f"a.json: can't read hints: .*{said}"):
        read_json(path, "hints")
