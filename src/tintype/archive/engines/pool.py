"""Worker processes, one photograph at a time each.

A process of its own for each worker, rather than an executor's pool: when a decoder crashes on a broken file,
or the system kills a worker for its memory, exactly that photograph has failed and a new worker goes on.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import connection, resource_tracker
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

Item = TypeVar("Item")
Answer = TypeVar("Answer")

# Forking a process that has the threads of libvips and ONNX Runtime can deadlock; spawning works everywhere.
_context = multiprocessing.get_context("spawn")


class WorkerDied(Exception):  # noqa: N818 - what happened, as the caller reports it
    """A worker was gone before it answered; the message says how."""


@dataclass(slots=True)
class _Worker(Generic[Item, Answer]):
    process: SpawnProcess
    line: connection.Connection[Item, Answer]
    item: Item


def run(
    work: Callable[[Item], Answer],
    items: Iterable[Item],
    *,
    workers: int,
) -> Iterator[tuple[Item, Answer | Exception]]:
    """Call `work` on every item in `workers` processes; yield each item with its answer as it is done.

    Parameters
    ----------
    work : callable
        Picklable; each process gets one copy and keeps it.
    items : iterable
        Picklable; taken one by one as workers get free.
    workers : int
        At least 1.

    Yields
    ------
    (item, answer)
        An exception that `work` raised, or `WorkerDied`, in the answer's place.

    Notes
    -----
    Closing the iterator, or an exception in its caller (Ctrl-C), kills the workers at once: what they were
    writing is left in the stage. Workers don't hear Ctrl-C themselves, and end as soon as their parent does,
    however it died.
    """
    waiting = iter(items)
    crew: list[_Worker[Item, Answer]] = []
    try:
        for item in waiting:
            crew.append(_start(work, item))
            if len(crew) == workers:
                break
        while crew:
            ready = connection.wait([w.line for w in crew])
            for worker in [w for w in crew if w.line in ready]:
                done = worker.item
                answer = _hear(worker)
                alive = not isinstance(answer, WorkerDied)
                if not alive:
                    crew.remove(worker)
                for item in islice(waiting, 1):
                    if alive:
                        _give(worker, item)
                    else:
                        crew.append(_start(work, item))
                    break
                else:
                    if alive:
                        _dismiss(worker)
                        crew.remove(worker)
                yield done, answer
    finally:
        for worker in crew:
            worker.process.kill()
        for worker in crew:
            worker.process.join()
            worker.line.close()


def _start(work: Callable[[Item], Answer], item: Item) -> _Worker[Item, Answer]:
    here, there = _context.Pipe()
    process = _context.Process(target=_serve, args=(there, work), daemon=True)
    with _deaf():
        process.start()
    # Our copy of their end must go, or we would never hear that they have died.
    there.close()
    worker: _Worker[Item, Answer] = _Worker(process, here, item)
    _give(worker, item)
    return worker


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes started in here never hear Ctrl-C, not even before their first line; ours waits until after.

    The terminal sends it to every process, and the parent decides what becomes of the workers.
    """
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _give(worker: _Worker[Item, Answer], item: Item) -> None:
    worker.item = item
    # If the worker died while idle the send fails; the broken line is noticed when its answer is waited for.
    try:
        worker.line.send(item)
    except OSError:
        return


def _hear(worker: _Worker[Item, Answer]) -> Answer | WorkerDied:
    try:
        return worker.line.recv()
    except (EOFError, OSError):
        return _autopsy(worker)


def _dismiss(worker: _Worker[Item, Answer]) -> None:
    worker.line.close()
    worker.process.join()


def _autopsy(worker: _Worker[Item, Answer]) -> WorkerDied:
    worker.process.join()
    worker.line.close()
    code = worker.process.exitcode or 0
    if code == -9:
        return WorkerDied("the worker was killed, most likely because memory ran out; use fewer --jobs")
    if code < 0:
        return WorkerDied(f"the worker crashed ({signal.Signals(-code).name}); the file may be damaged")
    return WorkerDied(f"the worker ended unexpectedly (exit code {code})")


def _end_with_parent() -> None:
    # A parent that is killed can't say so; without this a worker would first finish its photograph.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _serve(line: connection.Connection[object, object], work: Callable[[object], object]) -> None:
    # On Windows this is the only guard; elsewhere `_deaf` has been one from the start.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # Read by libvips and by NumPy when they are first loaded: a worker is one core's worth of work.
    os.environ.setdefault("VIPS_CONCURRENCY", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    while True:
        try:
            item = line.recv()
        except (EOFError, OSError):
            return
        try:
            answer: object = work(item)
        except Exception as error:  # a fault of ours: reported for this photograph, and the run goes on
            answer = RuntimeError(f"{type(error).__name__}: {error}")
        try:
            line.send(answer)
        except OSError:
            return
