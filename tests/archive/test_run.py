"""The loop of every run over many photographs: what is tried again, given up, told and remembered."""

from pathlib import Path

import pytest

from archive_help import Here, grey_photo, tree_of
from tintype import PhotoError, Settings
from tintype.archive import run as module
from tintype.archive.engines.pool import WorkerDied
from tintype.archive.loop import color, recolor
from tintype.archive.manifest import Manifest
from tintype.archive.origins.folder import Folder
from tintype.archive.places.local import LocalFolder
from tintype.archive.planner import Archive
from tintype.archive.run import Tree, run
from tintype.archive.work import ColorizeJob


@pytest.fixture(scope="module")
def work():
    return ColorizeJob.of(Settings(size=64))


@pytest.fixture
def scans(tmp_path):
    for i, name in enumerate(("a.jpg", "b.png")):
        grey_photo(tmp_path / "scans" / name, shift=5 * i)
    return tmp_path / "scans"


class Falters:
    """An engine whose workers die at some photographs, so often."""

    def __init__(self, **times):
        self.times = {f"{name}.jpg": count for name, count in times.items()}

    def run(self, work, tasks):
        for task in tasks:
            if self.times.get(task.item.name, 0) > 0:
                self.times[task.item.name] -= 1
                yield task, WorkerDied("killed")
            else:
                yield task, work(task)


def colored(scans, out, work, engine, **options):
    with Manifest(out) as manifest:
        archive = Archive(Folder(scans), LocalFolder(out), manifest)
        lines = [step.line for step in color([archive], work, engine, **options) if step.line]
        known = {e.source: (e.state, e.retries, e.cause) for e in manifest.entries()}
    return [(line.source, line.outcome.status) for line in lines], known


def test_what_died_is_tried_again_last_of_all(scans, tmp_path, work):
    lines, known = colored(scans, tmp_path / "out", work, Falters(a=1), retries=2)
    assert lines == [(str(scans / "b.png"), "coloured"), (str(scans / "a.jpg"), "coloured")]
    assert known == {"a.jpg": ("done", 1, ""), "b.png": ("done", 0, "")}


def test_what_dies_again_and_again_is_given_up_and_left_out_until_that_is_said(scans, tmp_path, work):
    lines, known = colored(scans, tmp_path / "out", work, Falters(a=9), retries=1)
    assert dict(lines)[str(scans / "a.jpg")] == "failed"
    assert known["a.jpg"] == ("quarantined", 1, "WorkerDied")
    lines, _ = colored(scans, tmp_path / "out", work, Here(), trust=True)
    assert lines == []
    lines, known = colored(scans, tmp_path / "out", work, Here(), trust=True, again=True)
    assert lines == [(str(scans / "a.jpg"), "coloured")] and known["a.jpg"][0] == "done"


def test_without_retries_it_has_failed_and_the_rest_is_made(scans, tmp_path, work):
    lines, known = colored(scans, tmp_path / "out", work, Falters(a=1))
    assert sorted(status for _, status in lines) == ["coloured", "failed"]
    assert known["a.jpg"] == ("failed", 0, "WorkerDied")
    assert list(tree_of(tmp_path / "out")) == ["b.png"]


def test_a_run_reports_all_its_trees_and_ctrl_c_ends_it_with_what_is_done(scans, tmp_path, work, monkeypatch):
    monkeypatch.setattr(module, "LocalEngine", Here)
    grey_photo(tmp_path / "more/c.jpg")
    trees = [Tree(scans, tmp_path / "out/scans"), Tree(tmp_path / "more", tmp_path / "out/more")]
    told = []
    report = run(trees, work, progress=lambda *step: told.append(step))
    assert {line.outcome.status for line in report.lines} == {"coloured"} and len(report.lines) == 3
    assert [done for done, _, _ in told][-1] == 3

    def stop(done, listed, line):
        if line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as stopped:
        run([Tree(scans, tmp_path / "other")], work, progress=stop)
    [report] = stopped.value.args
    assert report.interrupted and len(report.lines) == 1
    assert not list((tmp_path / "other").rglob("half-made*"))


def test_one_photograph_is_coloured_anew_in_place_of_its_earlier_result(scans, tmp_path, work):
    out = tmp_path / "out"
    colored(scans, out, work, Here())
    before = tree_of(out)
    with Manifest(out) as manifest:
        archive = Archive(Folder(scans), LocalFolder(out), manifest)
        [entry] = [e for e in manifest.entries() if e.source == "a.jpg"]
        assert recolor(archive, work, entry, {"saturation": 0.0}).status == "coloured"
        assert recolor(archive, work, entry, {"saturation": 99.0}).status == "failed"
    after = tree_of(out)
    assert after["a.jpg"] != before["a.jpg"] and after["b.png"] == before["b.png"]


def test_results_among_the_photographs_are_marked():
    assert Tree(Path("a"), Path("a/../a")).mark == ".color"
    assert Tree(Path("a"), Path("b")).mark == ""


def test_a_folder_in_which_another_run_writes_is_refused(scans, tmp_path, work):
    with Manifest(tmp_path / "out"), pytest.raises(PhotoError, match="another run"):
        run([Tree(scans, tmp_path / "out")], work)
