"""What the film page may send."""

import pytest
from pydantic import ValidationError

from tintype.studio.film_models import FilmState, FilmWanted

HINT = {"time": 1, "x": 2, "y": 3, "color": "#aabbcc"}


def test_a_state_keeps_what_differs_from_the_defaults():
    state = FilmState(settings={"vividness": 0.5, "warmth": 0.2}, hints=[HINT])
    assert state.settings == {"warmth": 0.2} and state.hints[0].color == "#aabbcc"


@pytest.mark.parametrize(
    "values",
    [
        {"hints": [HINT | {"time": -1}]},
        {"hints": [HINT | {"x": float("nan")}]},
        {"hints": [HINT | {"color": "red"}]},
        {"hints": [HINT] * 201},
        {"settings": {"reference": "/etc/passwd"}},
        {"more": 1},
    ],
)
def test_nonsense_is_refused(values):
    with pytest.raises(ValidationError):
        FilmState.model_validate(values)


def test_work_is_of_two_kinds():
    assert FilmWanted(kind="preview", shot=2).shot == 2
    with pytest.raises(ValidationError):
        FilmWanted(kind="poem")
