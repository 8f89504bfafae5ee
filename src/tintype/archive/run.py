"""Run over folders and files: plan, colour in parallel, move what is whole to its place, remember it.

A folder is an archive like any other; `color` is the loop of them all.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tintype.archive.engines.local import LocalEngine
from tintype.archive.engines.pool import WorkerDied
from tintype.archive.entry import Entry
from tintype.archive.manifest import Manifest
from tintype.archive.model import Engine, Item
from tintype.archive.origins.folder import Folder
from tintype.archive.places.local import LocalFolder
from tintype.archive.plan import Shard
from tintype.archive.planner import Archive, Planner
from tintype.archive.publish import publish
from tintype.archive.report import Line, Report
from tintype.archive.work import ColorizeJob, Outcome, Task
from tintype.errors import TargetExists
from tintype.names import MARK

NO_LOCKS = "this disk knows no locks, so nothing keeps a second run from writing there too: start none"

_Answer = tuple[Task, Outcome | Exception]
ArchiveProgress = Callable[[int, int, Line | None], None]


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder of photographs and where its mirror goes.

    Attributes
    ----------
    source : Path
    target : Path
        May be the same folder; then results lie beside their photographs, marked (``a.color.jpg``).
    files : tuple of Path or None
        Only these, relative to the source; None takes every photograph below it.
    """

    source: Path
    target: Path
    files: tuple[Path, ...] | None = None

    @property
    def mark(self) -> str:
        """What tells results from photographs where both lie in one folder."""
        return MARK if self.target.resolve() == self.source.resolve() else ""


def run(
    trees: Sequence[Tree],
    work: ColorizeJob,
    *,
    jobs: int = 0,
    overwrite: bool = False,
    shard: Shard | None = None,
    progress: ArchiveProgress | None = None,
) -> Report:
    """Colour every photograph of the trees.

    Parameters
    ----------
    trees : sequence of Tree
    work : ColorizeJob
        The unit of work; each worker process gets a copy.
    jobs : int
        Worker processes, one core each; 0 takes one a core.
    overwrite : bool
        Replace results that were made with other settings, and files that Tintype did not make.
    shard : Shard, optional
        The part that this machine takes; every machine makes the same plan.
    progress : callable, optional
        Called with the number done, the number of all that were found so far, and the photograph just
        finished (None at the start).

    Returns
    -------
    Report
        One bad photograph never stops the run; its failure is in here.

    Raises
    ------
    PhotoError
        When an output folder can't be written to, or another run is writing there.
    KeyboardInterrupt
        Ctrl-C (or what a caller makes of SIGTERM), with the unfinished `Report` as its argument; no half file
        is left in the mirror.
    """
    start = time.perf_counter()
    report = Report(work.settings, work.networks)
    with ExitStack() as stack:
        archives = []
        for tree in trees:
            manifest = stack.enter_context(Manifest(tree.target, shard))
            if not manifest.locked:
                report.notes.append(f"{tree.target}: {NO_LOCKS}")
            source = Folder(tree.source, tree.files, tree.mark, () if tree.mark else (tree.target,))
            archives.append(Archive(source, LocalFolder(tree.target), manifest, shard or Shard()))
        try:
            steps = stack.enter_context(
                closing(color(archives, work, LocalEngine(jobs), overwrite=overwrite))
            )
            for step in steps:
                if step.system:
                    report.system_folders.append(Path(step.system))
                    continue
                if step.line is not None:
                    report.lines.append(step.line)
                if progress is not None:
                    progress(step.done, step.listed, step.line)
        except KeyboardInterrupt as stop:
            report.interrupted = True
            report.seconds = time.perf_counter() - start
            stop.args = (report,)
            raise
    report.seconds = time.perf_counter() - start
    return report


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
    """

    done: int
    listed: int
    line: Line | None = None
    task: Task | None = None
    system: str = ""


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
    done = 0
    waiting: list[Task] = []

    def step(line: Line | None, task: Task | None = None) -> Step:
        skipped = sum(p.skipped for p in planners)
        return Step(done + skipped, sum(p.listed for p in planners), line, task)

    def told() -> Iterator[Step]:
        nonlocal done
        for planner in planners:
            for item in planner.told():
                if item.kind == "system":
                    yield replace(step(None), system=item.place)
                else:
                    done += 1
                    yield step(_told(item))

    def tasks() -> Iterator[tuple[Task, Manifest]]:
        for planner in planners:
            for task in planner.tasks():
                yield task, planner.archive.manifest

    homes: dict[Path, Manifest] = {}

    def begun(queue: Iterator[tuple[Task, Manifest]]) -> Iterator[Task]:
        for task, manifest in queue:
            homes[task.stage] = manifest
            manifest.start([task.item.name])
            yield task

    try:
        for planner in planners:
            planner.start()
        queue: Iterator[tuple[Task, Manifest]] = tasks()
        while True:
            yield step(None)
            with closing(_closable(engine.run(work, begun(queue)))) as answers:
                for task, answer in answers:
                    yield from told()
                    manifest = homes.pop(task.stage)
                    outcome = _finish(task, _outcome(task, answer), manifest, work)
                    if outcome.status == "failed" and outcome.again and task.retries < retries:
                        waiting.append(replace(task, retries=task.retries + 1))
                        homes[task.stage] = manifest
                        continue
                    _remember_failure(task, outcome, manifest, given_up=outcome.again and retries > 0)
                    done += 1
                    yield step(_line(task, outcome), task)
            yield from told()
            if not waiting:
                yield step(None)  # what was left out without a step of its own is counted now
                break
            # Last of all, when what may have taken their memory is done.
            queue = iter([(task, homes[task.stage]) for task in waiting])
            waiting = []
    finally:
        for planner in planners:
            planner.stop()
            with suppress(OSError):
                planner.archive.manifest.release()


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
    return _finish(task, work(task), archive.manifest, work)


def _closable(answers: Iterator[_Answer]) -> Generator[_Answer, None, None]:
    yield from answers


def _told(item: Item) -> Line:
    status = "unread" if item.kind == "unread" else "failed"
    return Line(item.place, Outcome(status, error=f"{item.place}: {item.why}", cause=item.kind))


def _outcome(task: Task, answer: Outcome | Exception) -> Outcome:
    if isinstance(answer, Outcome):
        return answer
    cause, again = type(answer).__name__, isinstance(answer, WorkerDied)
    return Outcome("failed", error=f"{task.shown}: {answer}", cause=cause, again=again)


def _finish(task: Task, outcome: Outcome, manifest: Manifest, work: ColorizeJob) -> Outcome:
    """Move what was made to its place and remember it; the manifest's row comes first."""
    try:
        if outcome.status == "done" and task.known is not None:
            _date(task, work)
            manifest.add(replace(task.known, state="done", error="", cause=""))
        elif outcome.status == "colour" or (outcome.status == "coloured" and task.destination.by_worker):
            manifest.add(work.entry(task, outcome))
        elif outcome.status == "coloured":
            notes = publish(task, outcome, lambda: manifest.add(work.entry(task, outcome)), manifest.owners)
            outcome = replace(outcome, notes=outcome.notes + notes)
    except TargetExists as error:
        return replace(outcome, status="failed", made=(), error=str(error), cause=type(error).__name__)
    except OSError as error:
        why = f"{error.filename2 or error.filename or task.destination.show(task.target)}: {error.strerror}"
        return replace(outcome, status="failed", made=(), error=why, cause=type(error).__name__)
    finally:
        if task.stage.is_dir():
            shutil.rmtree(task.stage, ignore_errors=True)
    return outcome


def _remember_failure(task: Task, outcome: Outcome, manifest: Manifest, *, given_up: bool) -> None:
    if outcome.status == "failed":
        state = "quarantined" if given_up else "failed"
        with suppress(OSError):  # a disk that is full takes no more: it is in the report, and tried again
            manifest.failed(task.item.name, outcome.error, outcome.cause, state=state, retries=task.retries)


def _date(task: Task, work: ColorizeJob) -> None:
    """Give results their photographs' dates, which may not have been asked for when they were made."""
    if work.settings.keep_dates and task.known is not None and not task.destination.by_worker:
        from tintype.sources import open_source

        for name in task.known.outputs:
            with suppress(OSError):
                path = task.source.local(task.item, task.stage)
                open_source(path).keep_dates(task.destination.local(name, task.stage))


def _line(task: Task, outcome: Outcome) -> Line:
    made = [name for _, name, _ in outcome.made]
    if outcome.status == "done" and task.known is not None:
        made = list(task.known.outputs)
    return Line(task.shown, outcome, tuple(task.destination.show(n) for n in made))
