"""What travels between page and server is checked."""

import pytest
from pydantic import ValidationError

from tintype.studio.models import HintModel, State


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
