"""What becomes of a photograph that was answered: its files go to their place, and it is remembered."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import replace

from tintype.archive.engines.pool import WorkerDied
from tintype.archive.manifest import Manifest
from tintype.archive.model import Item
from tintype.archive.publish import publish
from tintype.archive.report import Line
from tintype.archive.task import Outcome, Task
from tintype.archive.work import ColorizeJob
from tintype.errors import TargetExists


def told(item: Item) -> Line:
    status = "unread" if item.kind == "unread" else "failed"
    return Line(item.place, Outcome(status, error=f"{item.place}: {item.why}", cause=item.kind))


def outcome_of(task: Task, answer: Outcome | Exception) -> Outcome:
    if isinstance(answer, Outcome):
        return answer
    cause, again = type(answer).__name__, isinstance(answer, WorkerDied)
    return Outcome("failed", error=f"{task.shown}: {answer}", cause=cause, again=again)


def finish(task: Task, outcome: Outcome, manifest: Manifest, work: ColorizeJob) -> Outcome:
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


def remember_failure(task: Task, outcome: Outcome, manifest: Manifest, *, given_up: bool) -> None:
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


def line_of(task: Task, outcome: Outcome) -> Line:
    made = [name for _, name, _ in outcome.made]
    if outcome.status == "done" and task.known is not None:
        made = list(task.known.outputs)
    return Line(task.shown, outcome, tuple(task.destination.show(n) for n in made))
