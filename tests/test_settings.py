"""Settings: one definition of every option, checked when it is made."""

import dataclasses
import json

import pytest

from tintype import Settings, SettingsError
from tintype.settings import SettingsDict


def test_json_round_trip_keeps_every_option():
    s = Settings(hints=("3,4=#ff0000",), palette=("#112233",), vividness=0.25, model="a,b", page=2)
    assert Settings.from_json(json.loads(json.dumps(s.to_json()))) == s


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"vividness": 2}, "between 0.0 and 1.0"),
        ({"vividness": float("nan")}, "between"),
        ({"vivid": 1}, "unknown setting 'vivid'"),
        ({"size": "a"}, "whole number"),
        ({"size": True}, "whole number"),
        ({"format": "doc"}, "choose one of"),
        ({"hints": ("x",)}, "x,y=#rrggbb"),
        ({"hints": ({"x": 1, "y": 1, "color": "#fff"},)}, "#rrggbb"),
        ({"hints": ({"x": -1, "y": 1, "color": "#ffffff"},)}, "0 or more"),
        ({"palette": ("red",)}, "#rrggbb"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(change, said):
    with pytest.raises(SettingsError, match=said):
        Settings().replace(**change)


def test_every_option_has_help_and_defaults_lie_in_range():
    for f in dataclasses.fields(Settings):
        assert f.metadata["help"].endswith("."), f.name
    Settings()


def test_the_typed_keywords_are_the_options():
    typed = SettingsDict.__annotations__
    assert list(typed) == [f.name for f in dataclasses.fields(Settings)]
    for f in dataclasses.fields(Settings):
        # A file may be given as any path, a list in any form that is checked.
        wider = isinstance(f.default, tuple) or f.name in ("reference", "keep_grey")
        assert typed[f.name].__forward_arg__.startswith(str(f.type)) or wider


def test_a_single_hint_needs_no_list():
    assert Settings(hints="3,4=#ff0000") == Settings(hints=["3,4=#ff0000"])


def test_names_and_values_of_old_recipes_are_read():
    old = Settings.from_json({"already_colour": "recolour"})
    assert old == Settings(already_color="recolor")
    assert "already_colour" not in old.to_json()
