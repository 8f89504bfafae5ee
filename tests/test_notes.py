"""Remarks are strings that also say what kind of remark they are."""

import copy
import json
import pickle

import pytest

from tintype.notes import Note


def test_a_note_is_its_words():
    note = Note("page 2 is taken", "one_of", page=2)
    assert note == "page 2 is taken"
    assert f"{note}!" == "page 2 is taken!"
    assert (note.code, note.values) == ("one_of", {"page": 2})


def test_it_comes_whole_out_of_another_process():
    note = pickle.loads(pickle.dumps(Note("left out: a", "left_out", names=["a"])))
    assert (str(note), note.code, note.values) == ("left out: a", "left_out", {"names": ["a"]})


def test_it_is_copied_and_told_whole():
    note = Note("left out: a", "left_out", names=["a"])
    for again in (copy.deepcopy(note), Note.from_json(json.loads(json.dumps(note.to_json())))):
        assert type(again) is Note
        assert (str(again), again.code, again.values) == ("left out: a", "left_out", {"names": ["a"]})


@pytest.mark.parametrize("said", ["a plain string", {"text": "without a code"}])
def test_what_is_no_note_is_refused(said):
    with pytest.raises((KeyError, TypeError)):
        Note.from_json(said)
