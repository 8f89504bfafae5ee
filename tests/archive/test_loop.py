"""The loop of every run: whatever is answered is remembered, once."""

from dataclasses import dataclass, field

import pytest

from tintype import Settings
from tintype.archive.engines.pool import WorkerDied
from tintype.archive.loop import color
from tintype.archive.manifest import Manifest
from tintype.archive.model import Item
from tintype.archive.places.local import LocalFolder
from tintype.archive.planner import Archive
from tintype.archive.task import Outcome
from tintype.archive.work import ColorizeJob

WORK = ColorizeJob(Settings(), "digest")


@dataclass
class Listed:
    """A source, also of what is told and never coloured."""

    items_: tuple
    title: str = "a list"
    mark: str = ""

    def items(self):
        yield from self.items_

    def holds(self, path):
        return False


@dataclass
class Answers:
    """An engine that says of each photograph what it is told to, one after the other."""

    said: dict
    asked: list = field(default_factory=list)
    closed: bool = False

    def run(self, work, tasks):
        try:
            for task in tasks:
                self.asked.append(task.item.name)
                answers = self.said.get(task.item.name, [Outcome("colour", digest="digest")])
                yield task, answers.pop(0)
        finally:
            self.closed = True


def archive(folder, manifest, *names, **kinds):
    told = [Item(name, f"in/{name}", kind=kind, why="no") for kind, name in kinds.items()]
    return Archive(Listed((*map(Item, names), *told)), LocalFolder(folder), manifest)


def test_what_a_worker_dies_of_is_tried_last_again_and_then_given_up(tmp_path):
    engine = Answers({"once.jpg": [WorkerDied("gone"), Outcome("colour", digest="digest")],
                      "always.jpg": [WorkerDied("gone")] * 3,
                      "broken.jpg": [Outcome("failed", error="broken", cause="Damaged")]})  # fmt: skip
    with Manifest(tmp_path) as manifest:
        one = archive(tmp_path, manifest, "once.jpg", "always.jpg", "broken.jpg", "good.jpg")
        steps = list(color([one], WORK, engine, retries=2))
        assert engine.asked == ["once.jpg", "always.jpg", "broken.jpg", "good.jpg",
                                "once.jpg", "always.jpg", "always.jpg"]  # fmt: skip
        assert {e.source: (e.state, e.retries) for e in manifest.entries()} == {
            "once.jpg": ("done", 1), "always.jpg": ("quarantined", 2), "broken.jpg": ("failed", 0),
            "good.jpg": ("done", 0)}  # fmt: skip
    lines = [s.line.source for s in steps if s.line]
    assert sorted(lines) == ["always.jpg", "broken.jpg", "good.jpg", "once.jpg"], "each is told once"
    assert (steps[-1].done, steps[-1].listed) == (4, 4)


def test_a_run_that_is_broken_off_ends_the_engine_and_plans_anew_what_was_in_hand(tmp_path):
    engine = Answers({})
    with Manifest(tmp_path) as manifest:
        steps = color([archive(tmp_path, manifest, "a.jpg", "b.jpg")], WORK, engine)
        with pytest.raises(KeyboardInterrupt):
            for step in steps:
                if step.line:
                    steps.throw(KeyboardInterrupt())
        assert engine.closed
        assert manifest.counts() == {"done": 1, "planned": 1}


def test_what_is_never_coloured_is_told_and_counted(tmp_path):
    with Manifest(tmp_path) as manifest:
        one = archive(tmp_path, manifest, "a.jpg", unread="x.tga", problem="y.jpg", system="@eaDir")
        steps = list(color([one], WORK, Answers({})))
    assert [s.system for s in steps if s.system] == ["in/@eaDir"]
    assert {s.line.source: s.line.outcome.status for s in steps if s.line} == {
        "a.jpg": "colour", "in/x.tga": "unread", "in/y.jpg": "failed"}  # fmt: skip
    assert (steps[-1].done, steps[-1].listed) == (3, 3)
