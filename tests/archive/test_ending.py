"""What becomes of a photograph that was answered."""

import pytest

from tintype import Settings
from tintype.archive import ending
from tintype.archive.engines.pool import WorkerDied
from tintype.archive.manifest import Manifest
from tintype.archive.model import Item
from tintype.archive.origins.folder import Folder
from tintype.archive.places.local import LocalFolder
from tintype.archive.task import Outcome, Task
from tintype.archive.work import ColorizeJob
from tintype.files import sha256

WORK = ColorizeJob(Settings(), "digest")


@pytest.fixture
def manifest(tmp_path):
    with Manifest(tmp_path) as manifest:
        yield manifest


@pytest.fixture
def task(tmp_path, manifest):
    return Task(Item("a.jpg"), "a.jpg", Folder(tmp_path / "in"), LocalFolder(tmp_path), manifest.stage / "1")


def made(task):
    task.stage.mkdir()
    staged = task.stage / "a.jpg"
    staged.write_bytes(b"result")
    return Outcome("coloured", made=((staged, "a.jpg", sha256(staged)),), digest="digest")


def test_the_row_is_there_before_the_file_is_in_its_place(task, manifest, tmp_path, monkeypatch):
    def put(self, staged, name):
        assert manifest.get("a.jpg").outputs == {"a.jpg": sha256(staged)}
        raise OSError(28, "No space left on device", str(staged))

    outcome = made(task)
    monkeypatch.setattr(LocalFolder, "put", put)
    ended = ending.finish(task, outcome, manifest, WORK)
    assert (ended.status, ended.made) == ("failed", ())
    assert "No space left" in ended.error
    assert not task.stage.exists(), "nothing half made is left"
    assert not (tmp_path / "a.jpg").exists()


def test_what_is_done_is_moved_and_told(task, manifest, tmp_path):
    ended = ending.finish(task, made(task), manifest, WORK)
    assert (tmp_path / "a.jpg").read_bytes() == b"result"
    assert ending.line_of(task, ended).outputs == (str(tmp_path / "a.jpg"),)


def test_another_file_in_its_place_is_a_failure(task, manifest, tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"mine")
    ended = ending.finish(task, made(task), manifest, WORK)
    assert (ended.status, ended.cause) == ("failed", "TargetExists")
    assert (tmp_path / "a.jpg").read_bytes() == b"mine"


def test_a_dead_worker_may_be_tried_again_and_a_fault_of_ours_not(task):
    assert ending.outcome_of(task, WorkerDied("gone")).again
    fault = ending.outcome_of(task, RuntimeError("ours"))
    assert (fault.again, fault.error) == (False, "a.jpg: ours")


def test_failures_are_remembered_with_their_reason(task, manifest):
    manifest.plan([("a.jpg", "a.jpg", "", "", None)])
    bad = Outcome("failed", error="no", cause="Damaged")
    ending.remember_failure(task, bad, manifest, given_up=True)
    assert (manifest.get("a.jpg").state, manifest.get("a.jpg").cause) == ("quarantined", "Damaged")
