"""The loop of every run over many photographs: plan, color in parallel, move what is whole to its place."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tintype.archive import ending
from tintype.archive.entry import Entry
from tintype.archive.manifest import Manifest
from tintype.archive.model import Engine, Item
from tintype.archive.planner import Archive, Planner
from tintype.archive.report import Line
from tintype.archive.task import Outcome, Task
from tintype.archive.work import ColorizeJob

_Answer = tuple[Task, Outcome | Exception]


@dataclass(frozen=True, slots=True)
class Step:
    """A photograph is done, or a run has begun (no line).

    Attributes
    ----------
    done, listed : int
        How many are done, and how many were found so far.
    line : Line or None
    task : Task or None
        None for what was never coloured.
    system : str
        A folder that a system made for itself, met on the way and not entered; then nothing is done.
    lost : int
        How many were taken for done whose results aren't there; they are coloured again.
    given_up, in_color : int
        How many an earlier run has given up, or left because they are in color.
    """

    done: int
    listed: int
    line: Line | None = None
    task: Task | None = None
    system: str = ""
    lost: int = 0
    given_up: int = 0
    in_color: int = 0


def color(
    archives: Sequence[Archive],
    work: ColorizeJob,
    engine: Engine,
    *,
    overwrite: bool = False,
    retries: int = 0,
    trust: bool = False,
    again: bool = False,
) -> Generator[Step, None, None]:
    """Color archives: the loop of every run over many photographs.

    Parameters
    ----------
    archives : sequence of Archive
        Their manifests are open.
    work, engine, overwrite
        As for `run`.
    retries : int
        How often a photograph is tried again whose worker died or whose disk or store failed; then it is
        given up (``quarantined``), unless this is 0.
    trust, again : bool
        As for `Planner`.

    Yields
    ------
    Step
        At the beginning, and for every photograph that is done. Memory does not grow with their number.

    Raises
    ------
    What the sources raise when they are listed.
    """
    planners = [Planner(a, work, overwrite=overwrite, trust=trust, again=again) for a in archives]
    try:
        for planner in planners:
            planner.start()
        yield from _Loop(planners, work, retries).steps(engine)
    finally:
        for planner in planners:
            planner.stop()
            with suppress(OSError):
                planner.archive.manifest.release()


class _Loop:
    """One run: what is in hand, what waits to be tried again, how much is done."""

    def __init__(self, planners: Sequence[Planner], work: ColorizeJob, retries: int) -> None:
        self._planners, self._work, self._retries = planners, work, retries
        self._done = 0
        self._homes: dict[Path, Manifest] = {}
        self._waiting: list[Task] = []

    def steps(self, engine: Engine) -> Iterator[Step]:
        """Color what the planners find, and at the end once more what is to be tried again."""
        queue = self._planned()
        while True:
            yield self._step()
            with closing(_closable(engine.run(self._work, self._begun(queue)))) as answers:
                for task, answer in answers:
                    yield from self._told()
                    if (step := self._ended(task, answer)) is not None:
                        yield step
            yield from self._told()
            if not self._waiting:
                yield self._step()  # what was left out without a step of its own is counted now
                return
            # Last of all, when what may have taken their memory is done.
            queue = iter([(task, self._homes[task.stage]) for task in self._waiting])
            self._waiting = []

    def _step(self, line: Line | None = None, task: Task | None = None, system: str = "") -> Step:
        def of_all(name: str) -> int:
            return sum(getattr(p, name) for p in self._planners)

        return Step(
            self._done + of_all("skipped"),
            of_all("listed"),
            line,
            task,
            system,
            lost=of_all("lost"),
            given_up=of_all("given_up"),
            in_color=of_all("in_color"),
        )

    def _planned(self) -> Iterator[tuple[Task, Manifest]]:
        for planner in self._planners:
            for task in planner.tasks():
                yield task, planner.archive.manifest

    def _begun(self, queue: Iterator[tuple[Task, Manifest]]) -> Iterator[Task]:
        for task, manifest in queue:
            self._homes[task.stage] = manifest
            manifest.start([task.item.name])
            yield task

    def _told(self) -> Iterator[Step]:
        for planner in self._planners:
            for item in planner.told():
                if item.kind == "system":
                    yield self._step(system=item.place)
                else:
                    self._done += 1
                    yield self._step(ending.told(item))

    def _ended(self, task: Task, answer: Outcome | Exception) -> Step | None:
        """Take in an answer; None: the photograph is tried again."""
        manifest = self._homes.pop(task.stage)
        outcome = ending.finish(task, ending.outcome_of(task, answer), manifest, self._work)
        if outcome.status == "failed" and outcome.again and task.retries < self._retries:
            self._waiting.append(replace(task, retries=task.retries + 1))
            self._homes[task.stage] = manifest
            return None
        ending.remember_failure(task, outcome, manifest, given_up=outcome.again and self._retries > 0)
        self._done += 1
        return self._step(ending.line_of(task, outcome), task)


def recolor(archive: Archive, work: ColorizeJob, entry: Entry, options: Mapping[str, Any]) -> Outcome:
    """Color one photograph of an archive anew, with settings of its own, in place of its earlier result.

    Parameters
    ----------
    archive : Archive
    work : ColorizeJob
    entry : Entry
        What is known of it.
    options : mapping
        Its settings over those of the work, as plain JSON values.

    Returns
    -------
    Outcome
        A failure is in here, and the earlier result stays.
    """
    item = Item(entry.source, entry.place, version=entry.version, options=options)
    stage = archive.manifest.stage / f"again-{secrets.token_hex(4)}"
    task = Task(item, entry.target, archive.source, archive.destination, stage, overwrite=True, known=entry)
    return ending.finish(task, work(task), archive.manifest, work)


def _closable(answers: Iterator[_Answer]) -> Generator[_Answer, None, None]:
    yield from answers
