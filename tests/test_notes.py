"""Remarks are strings that also say what kind of remark they are."""

import pickle

from tintype.notes import Note


def test_a_note_is_its_words():
    note = Note("page 2 is taken", "one_of", page=2)
    assert note == "page 2 is taken"
    assert f"{note}!" == "page 2 is taken!"
    assert (note.code, note.values) == ("one_of", {"page": 2})


def test_it_comes_whole_out_of_another_process():
    note = pickle.loads(pickle.dumps(Note("left out: a", "left_out", names=["a"])))
    assert (str(note), note.code, note.values) == ("left out: a", "left_out", {"names": ["a"]})
