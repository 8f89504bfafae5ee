"""Move what is whole to its place, and replace nothing there but what an earlier run has made of the same."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tintype import names, outputs
from tintype.archive.plan import folded
from tintype.errors import NotReplaceable, TargetExists
from tintype.outputs import Kind

if TYPE_CHECKING:
    from tintype.archive.task import Outcome, Task

Owners = Callable[[list[str]], Mapping[str, str]]


def may_replace(task: Task, outcome: Outcome, name: str) -> bool:
    """Whether a name at the destination is free, or what has it may be replaced.

    Without force that is only a file that an interrupted run has put there, of the very photograph and
    settings, while others of the same photograph (further candidates, the recipe) are still missing.
    Raises OSError.
    """
    if not task.destination.exists(name):
        return True
    if task.overwrite:
        # By force: what Tintype has written and marked, or what the manifest knows; never a photograph.
        kind = Kind.RECIPE if name.endswith(names.RECIPE) else Kind.RESULT
        return _kind_of(task, name) == kind or _is_recorded(task, name)
    known = task.known
    if known is not None and (known.input, known.settings) == (outcome.input, outcome.digest):
        return _is_recorded(task, name)
    return False


def _kind_of(task: Task, name: str) -> str | None:
    with tempfile.TemporaryDirectory(prefix="tintype-") as folder:
        return outputs.kind_of(task.destination.local(name, Path(folder)))


def _is_recorded(task: Task, name: str) -> bool:
    try:
        return task.known is not None and task.known.outputs.get(name) == task.destination.sha256(name)
    except OSError:
        return False


def not_ours(task: Task, name: str) -> TargetExists:
    """Return the error for a file that lies where a result of this photograph would go."""
    shown = task.destination.show(name)
    if task.overwrite:
        reason = "exists, and is nothing that Tintype has written and marked"
        return NotReplaceable(shown, reason, remedy="take it away, or choose another -o")
    why = "exists, and was not made from this photograph with these settings"
    return TargetExists(shown, reason=why, remedy="--force replaces it")


def publish(
    task: Task,
    outcome: Outcome,
    record: Callable[[], None] | None = None,
    owners: Owners | None = None,
) -> tuple[str, ...]:
    """Move what was made from the stage to its place.

    Parameters
    ----------
    task : Task
    outcome : Outcome
    record : callable, optional
        Called when all may go to its place, before anything does: it puts the manifest's row on the disk.
    owners : callable, optional
        Tells which photographs have taken names (folded).

    Returns
    -------
    tuple of str
        Notes on what couldn't be put there.

    Raises
    ------
    TargetExists, OSError
    """
    destination = task.destination
    taken = owners([folded(name) for _, name, _ in outcome.made]) if owners and task.overwrite else {}
    there = set()
    for _, name, digest in outcome.made:
        # Never replaced, not even by force: what others of this run become, and the photographs themselves.
        if taken.get(folded(name), task.item.name) != task.item.name or _is_photograph(task, name):
            reason = "is a photograph of this run too, or its result"
            raise NotReplaceable(destination.show(name), reason, remedy="choose another -o")
        if not destination.exists(name):  # asked once: a store takes its time to answer
            continue
        if destination.by_worker and destination.sha256(name) == digest:
            there.add(name)  # put there by a run that was killed before it could say so
        # The name of a further page may be another's; and somebody may have been quicker.
        elif not may_replace(task, outcome, name):
            raise not_ours(task, name)
    if record is not None:
        record()
    for staged, name, _ in outcome.made:
        if name not in there:
            destination.put(staged, name)
    return destination.put_sidecars(task.stage, task.target, overwrite=task.overwrite)


def _is_photograph(task: Task, name: str) -> bool:
    return (
        task.overwrite
        and not task.destination.by_worker
        and task.source.holds(task.destination.local(name, task.stage / "there"))
    )
