"""Run over folders and files: plan, colour in parallel, move what is whole to its place, remember it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from tintype.archive import pool
from tintype.archive.manifest import Manifest
from tintype.archive.plan import Shard, plan, without_results
from tintype.archive.report import Line, Report
from tintype.archive.walk import Found, walk
from tintype.archive.work import ColorizeJob, Outcome, Task, not_ours
from tintype.names import MARK
from tintype.photo.metadata import sidecar

_NO_LOCKS = "this disk knows no locks, so nothing keeps a second run from writing there too: start none"

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
        Called with the number done, the number of all, and the photograph just finished (None at the start).

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
    workers = jobs or os.cpu_count() or 1
    with ExitStack() as stack:
        todo: list[tuple[Task, Manifest]] = []
        for tree in trees:
            manifest = stack.enter_context(Manifest(tree.target, shard))
            if not manifest.locked:
                report.notes.append(f"{tree.target}: {_NO_LOCKS}")
            todo += _jobs(tree, manifest, work, report, overwrite, shard or Shard())
        total = len(todo) + len(report.lines)
        manifests = {task.stage: manifest for task, manifest in todo}
        # Never replaced, not even by force: what this run has made, and the photographs themselves.
        guarded = {task.source.resolve() for task, _ in todo} if overwrite else set()
        try:
            if progress is not None:
                progress(0, total, None)
                for number, early in enumerate(report.lines, 1):
                    progress(number, total, early)
            for task, outcome in _work(work, [j for j, _ in todo], workers):
                line = _finish(task, outcome, manifests[task.stage], work, guarded)
                report.lines.append(line)
                if progress is not None:
                    progress(len(report.lines), total, line)
        except KeyboardInterrupt as stop:
            report.interrupted = True
            report.seconds = time.perf_counter() - start
            stop.args = (report,)
            raise
    report.seconds = time.perf_counter() - start
    return report


def _jobs(
    tree: Tree, manifest: Manifest, work: ColorizeJob, report: Report, overwrite: bool, shard: Shard
) -> Iterator[tuple[Task, Manifest]]:
    if tree.files is not None:
        sources = list(tree.files)
    else:
        sources = []
        inside = [] if tree.mark else [tree.target]
        for found in walk(tree.source, without=inside):
            if found.kind == "photograph":
                sources.append(found.path)
            elif found.kind == "problem" or shard.index == 1:  # of the rest, one machine tells
                _tell(tree.source / found.path, found, report)
        if tree.mark:
            sources = without_results(sources)
    pairs = plan(
        sources,
        format=work.settings.format,
        mark=tree.mark,
        candidates=work.settings.candidates,
        earlier=manifest.names(),
    )
    for number, pair in enumerate(shard.take(pairs)):
        task = Task(
            source=tree.source / pair.source,
            target=tree.target / pair.target,
            name=pair.source,
            root=tree.target,
            stage=manifest.stage / str(number),
            overwrite=overwrite,
            known=manifest.get(pair.source),
        )
        yield task, manifest


def _tell(path: Path, found: Found, report: Report) -> None:
    if found.kind == "system":
        report.system_folders.append(path)
        return
    status = "unread" if found.kind == "unread" else "failed"
    report.lines.append(Line(path, Outcome(status, error=f"{path}: {found.why}")))


def _work(work: ColorizeJob, jobs: list[Task], workers: int) -> Iterator[tuple[Task, Outcome]]:
    if not jobs:
        return
    for task, answer in pool.run(work, jobs, workers=min(workers, len(jobs))):
        if isinstance(answer, Outcome):
            yield task, answer
        else:
            yield task, Outcome("failed", error=f"{task.source}: {answer}")


def _finish(task: Task, outcome: Outcome, manifest: Manifest, work: ColorizeJob, guarded: set[Path]) -> Line:
    """Move what was made to its place and remember it; the manifest's line comes first."""
    if outcome.status == "done" and task.known is not None:
        if work.settings.keep_dates:  # they may not have been asked for when it was made
            from tintype.sources import open_source

            for name in task.known.outputs:
                with suppress(OSError):
                    open_source(task.source).keep_dates(task.root / name)
        return Line(task.source, outcome, tuple(task.root / n for n in task.known.outputs))
    if outcome.status == "colour":
        entry = work.entry(task, outcome)
        if entry != task.known:
            manifest.add(entry)
        return Line(task.source, outcome)
    if outcome.status != "coloured":
        return Line(task.source, outcome)
    try:
        for _, final, _ in outcome.made:
            if final.resolve() in guarded:
                why = f"{final}: is a photograph of this run too, or its result; choose another -o"
                return Line(task.source, replace(outcome, status="failed", made=(), error=why))
            # The name of a further page may be another's; and somebody may have been quicker.
            if os.path.lexists(final) and not work.may_replace(task, outcome.input, final):
                why = str(not_ours(task, final))
                return Line(task.source, replace(outcome, status="failed", made=(), error=why))
        manifest.add(work.entry(task, outcome))
        task.target.parent.mkdir(parents=True, exist_ok=True)
        for staged, final, _ in outcome.made:
            staged.replace(final)
            guarded.add(final.resolve())
        if task.stage is not None and task.stage.is_dir():
            told = sidecar.settle(task.stage, task.target.parent, overwrite=task.overwrite)
            outcome = replace(outcome, notes=outcome.notes + told)
    except OSError as error:
        why = f"{error.filename2 or error.filename or task.target}: {error.strerror}"
        return Line(task.source, replace(outcome, status="failed", made=(), error=why))
    finally:
        if task.stage is not None and task.stage.is_dir():
            for left in task.stage.iterdir():
                left.unlink()
            task.stage.rmdir()
    return Line(task.source, outcome, tuple(final for _, final, _ in outcome.made))
