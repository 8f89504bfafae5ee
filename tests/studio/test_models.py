"""What travels between page and server is checked."""

import pytest
from pydantic import ValidationError

from tintype.notes import Note
from tintype.studio.models import HintModel, NoteModel, State


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


def test_remarks_travel_with_what_a_translation_needs():
    told = NoteModel.model_validate(Note("left out: a", "left_out", names=["a"]))
    assert told.model_dump() == {"text": "left out: a", "code": "left_out", "values": {"names": ["a"]}}
    # A session of an earlier version holds strings, one of this version objects.
    old = NoteModel.model_validate("left out: a")
    assert old.model_dump() == {"text": "left out: a", "code": "", "values": {}}
    assert NoteModel.model_validate(told.model_dump()) == told
