"""Tables of TOML become dataclasses, or an error that names key and value."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tintype.errors import TrainingError
from tintype.training.tables import fill


@dataclass(frozen=True)
class Part:
    share: float = 0.5


@dataclass(frozen=True)
class Whole:
    count: int = 3
    rate: float = 0.1
    name: str = field(default="a", metadata={"choices": ("a", "b")})
    range: tuple[float, float] = (0.0, 1.0)
    part: Part = Part()
    parts: tuple[Part, ...] = field(default=(Part(),), metadata={"each": Part})


@dataclass(frozen=True)
class Open:
    kind: str = "x"
    options: dict[str, Any] = field(default_factory=dict)


def test_what_is_left_out_keeps_its_default():
    assert fill(Whole, {}, "r") == Whole()


def test_every_kind_of_value():
    table = {
        "count": 4,
        "rate": 1,
        "name": "b",
        "range": [1, 2],
        "part": {"share": 1},
        "parts": [{}, {"share": 0}],
    }
    made = fill(Whole, table, "r")
    assert made == Whole(4, 1.0, "b", (1.0, 2.0), Part(1.0), (Part(), Part(0.0)))
    assert type(made.rate) is float and type(made.part.share) is float


def test_further_keys_are_options_where_there_are_any():
    assert fill(Open, {"kind": "y", "width": 3}, "r") == Open("y", {"width": 3})


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"cuont": 1}, "r: unknown key 'cuont'; known are count"),
        ({"count": 1.5}, "r: count is 1.5, not a whole number"),
        ({"count": True}, "r: count is True, not a whole number"),
        ({"rate": "x"}, "r: rate is 'x', not a number"),
        ({"rate": -1}, "r: rate is -1.0; it must not be negative"),
        ({"name": "c"}, "r: name is 'c'; choose one of a, b"),
        ({"range": [1]}, "r: range is .1., not 2 numbers"),
        ({"part": 3}, "r: part: expected a table, got 3"),
        ({"parts": [{"shrae": 1}]}, "r: parts: unknown key 'shrae'"),
        ({"rate": 10**400}, "r: rate is a number of 401 digits"),
    ],
)
def test_what_is_wrong_is_named(table, said):
    with pytest.raises(TrainingError, match=said):
        fill(Whole, table, "r")
