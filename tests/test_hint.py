"""Hints: read from flags and files, checked when they are made."""

import json

import pytest

from tintype import Hint, SettingsError
from tintype.hint import MOST_HINTS, read_hints


def test_hints_file_round_trip(tmp_path):
    hints = (Hint(1.5, 2.0, (1, 2, 3)), Hint(9, 9, (255, 0, 7), radius=4))
    path = tmp_path / "hints.json"
    path.write_text(json.dumps([h.to_json() for h in hints]))
    assert read_hints(path) == hints


@pytest.mark.parametrize("text", ["", "{", "3", '[{"x": 1}]', '[{"x":1,"y":2,"color":"#ffffff","z":1}]'])
def test_a_broken_hints_file_is_an_error(tmp_path, text):
    path = tmp_path / "hints.json"
    path.write_text(text)
    with pytest.raises(SettingsError):
        read_hints(path)


def test_a_hint_is_written_and_read_back():
    hint = Hint.parse("120,80,9=#aa3311")
    assert hint == Hint(120, 80, (170, 51, 17), radius=9)
    assert Hint.from_json(json.loads(json.dumps(hint.to_json()))) == hint


@pytest.mark.parametrize("color", [(1, 2), (1, 2, 256), [1, 2, 3], (1, 2, 3.0)])
def test_a_color_is_three_whole_numbers(color):
    with pytest.raises(SettingsError, match="three whole numbers"):
        Hint(1, 2, color)


def test_too_many_hints_in_a_file_are_said(tmp_path):
    path = tmp_path / "hints.json"
    path.write_text(json.dumps([Hint(1, 2, (3, 4, 5)).to_json()] * (MOST_HINTS + 1)))
    with pytest.raises(SettingsError, match=f"{MOST_HINTS} are the most") as raised:
        read_hints(path)
    assert (raised.value.setting, raised.value.name) == ("hints", str(path))
