"""Losses are summed up, written down once, and survive a checkpoint."""

import json
import math

import pytest

from tintype.training.journal import Journal


class Alone:
    first = True

    def mean(self, values):
        return values


class Other(Alone):
    first = False


class Folder:
    def __init__(self, path):
        self.path, self.lines = path, []

    def append(self, row):
        self.lines.append(json.loads(json.dumps(row)))


@pytest.fixture
def told():
    return []


def test_a_line_has_means_since_the_last_one(tmp_path, told):
    folder = Folder(tmp_path)
    journal = Journal(folder, Alone(), told.append, None)
    journal.add({"loss": 1.0, "color": 4.0}, 8)
    journal.add({"loss": 3.0, "color": 0.0}, 8)
    journal.log(2, 0.25, 30.0, 1e-3)
    journal.add({"loss": 5.0}, 8)
    journal.log(3, 0.5, 60.0, 1e-3)
    first, second = folder.lines
    assert (first["step"], first["loss"], first["color"], first["rate"]) == (2, 2.0, 2.0, 1e-3)
    assert first["photos_per_second"] > 0 and first["elapsed"] == 30
    assert second["loss"] == 5.0 and "color" not in second
    assert (told[0].left, told[1].left) == (90, 60)
    assert told[0].values == {"loss": 2.0, "color": 2.0}


def test_what_is_summed_up_survives(tmp_path, told):
    first = Journal(Folder(tmp_path), Alone(), told.append, None)
    first.add({"loss": 1.0}, 8)
    second = Journal(folder := Folder(tmp_path), Alone(), told.append, None)
    second.restore(first.state())
    second.add({"loss": 2.0}, 8)
    second.log(2, 0.0, 1.0, 1.0)
    assert folder.lines[0]["loss"] == 1.5 and math.isinf(told[0].left)


def test_only_the_first_process_speaks(tmp_path, told):
    journal = Journal(folder := Folder(tmp_path), Other(), told.append, None)
    journal.add({"loss": 1.0}, 8)
    journal.log(1, 0.5, 1.0, 1.0)
    assert not folder.lines and not told
