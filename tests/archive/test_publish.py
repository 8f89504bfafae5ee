"""To its place: nothing is replaced but what an earlier run has made of the same photograph."""

from dataclasses import dataclass, replace

import pytest

from archive_help import colour_photo, grey_photo
from tintype.archive.entry import Entry
from tintype.archive.model import Item
from tintype.archive.origins.folder import Folder
from tintype.archive.places.local import LocalFolder
from tintype.archive.publish import may_replace, publish
from tintype.archive.task import Outcome, Task
from tintype.errors import NotReplaceable, TargetExists
from tintype.files import sha256


@dataclass(frozen=True)
class ByWorker(LocalFolder):
    by_worker = True


@pytest.fixture
def made(tmp_path):
    """A task and its outcome, whose result waits in the stage."""
    stage = tmp_path / "stage"
    stage.mkdir()
    (stage / "a.jpg").write_bytes(b"result")
    task = Task(Item("a.jpg"), "a.jpg", Folder(tmp_path / "in"), LocalFolder(tmp_path / "out"), stage)
    outcome = Outcome("coloured", ((stage / "a.jpg", "a.jpg", sha256(stage / "a.jpg")),), "input", digest="s")
    return task, outcome


def test_the_row_comes_before_the_file(made, tmp_path):
    out = tmp_path / "out/a.jpg"
    publish(*made, record=lambda: out.exists() and pytest.fail("the file was first"))
    assert out.read_bytes() == b"result"


def test_a_row_that_cannot_be_written_leaves_the_place_empty(made, tmp_path):
    def full():
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        publish(*made, record=full)
    assert not (tmp_path / "out/a.jpg").exists()


def test_a_file_of_somebody_elses_stays(made, tmp_path):
    task, outcome = made
    out = tmp_path / "out/a.jpg"
    out.parent.mkdir()
    out.write_bytes(b"mine")
    for overwrite, error in ((False, TargetExists), (True, NotReplaceable)):
        with pytest.raises(error):
            publish(replace(task, overwrite=overwrite), outcome)
    assert out.read_bytes() == b"mine"
    # What an interrupted run has put there is ours, of the same photograph and settings alone.
    known = Entry("a.jpg", "a.jpg", input="input", settings="s", outputs={"a.jpg": sha256(out)})
    assert may_replace(replace(task, known=known), outcome, "a.jpg")
    assert not may_replace(replace(task, known=replace(known, settings="t")), outcome, "a.jpg")


def test_force_spares_photographs_of_the_run_and_others_results(made, tmp_path):
    task, outcome = made
    task = replace(task, overwrite=True)
    inside = replace(task, destination=LocalFolder(tmp_path / "in"))
    grey_photo(tmp_path / "in/a.jpg")
    with pytest.raises(NotReplaceable, match="photograph of this run"):
        publish(inside, outcome)
    with pytest.raises(NotReplaceable, match="or its result"):
        publish(task, outcome, owners=lambda names: dict.fromkeys(names, "b.jpg"))
    publish(task, outcome, owners=lambda names: dict.fromkeys(names, "a.jpg"))


def test_what_a_killed_run_put_there_unsaid_is_accepted_when_it_is_the_same(made, tmp_path):
    task, outcome = made
    task = replace(task, destination=ByWorker(tmp_path / "out"))
    colour_photo(tmp_path / "out/a.jpg")
    with pytest.raises(TargetExists):
        publish(task, outcome)
    (tmp_path / "out/a.jpg").write_bytes(b"result")
    before = (tmp_path / "out/a.jpg").stat().st_mtime_ns
    publish(task, outcome)
    assert (tmp_path / "out/a.jpg").stat().st_mtime_ns == before
