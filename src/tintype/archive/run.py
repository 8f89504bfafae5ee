"""Run over folders and files, and report: a folder is an archive like any other."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from tintype.archive.engines.local import LocalEngine
from tintype.archive.loop import color
from tintype.archive.manifest import Manifest
from tintype.archive.origins.folder import Folder
from tintype.archive.places.local import LocalFolder
from tintype.archive.plan import Shard
from tintype.archive.planner import Archive
from tintype.archive.report import Line, Report
from tintype.archive.work import ColorizeJob
from tintype.names import MARK

NO_LOCKS = "this disk knows no locks, so nothing keeps a second run from writing there too: start none"

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
