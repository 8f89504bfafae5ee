"""Workers of a Ray cluster: actors, one photograph at a time each.

Photographs and results don't pass through Ray: each worker reads its photograph where it lies and writes its
result where it goes. What passes are tasks and outcomes of about a kilobyte, two a worker at a time; so there
is nothing for Ray to spill, and a driver with a million photographs before it holds a few hundred of them.
"""

from __future__ import annotations

import os
import pickle
import secrets
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tintype.archive.engines.pool import WorkerDied
from tintype.errors import MissingExtra

if TYPE_CHECKING:
    from tintype.archive.task import Outcome, Task
    from tintype.archive.work import ColorizeJob

_IN_HAND = 2  # the one it works on, and the next: no worker waits for the driver
_LOOK = 10.0  # s between looks at how large the cluster is
_ENVIRONMENT = ("VIPS_CONCURRENCY", "OPENBLAS_NUM_THREADS")


class _Worker:
    """What runs on the cluster."""

    def __init__(self, work: bytes, folder: str, name: str) -> None:
        # Read by libvips and by NumPy when they are first loaded: a worker is one core's worth of work.
        for variable in _ENVIRONMENT:
            os.environ.setdefault(variable, "1")
        if Path(folder).is_dir():  # paths are seen from there
            os.chdir(folder)
        self._work: ColorizeJob = pickle.loads(work)
        self._name = name
        self._parts: Any = None

    def ready(self) -> bool:
        """Answer when it has begun."""
        return True

    def color(self, task: Task) -> Outcome | Exception:
        """Color a photograph, and write of it to the store that has its result."""
        try:
            outcome = self._work(task)
            if task.destination.by_worker and outcome.status in ("coloured", "colour"):
                self._remember(task, outcome)
        except Exception as error:  # a fault of ours: reported for this photograph, and the run goes on
            return RuntimeError(f"{type(error).__name__}: {error}")
        return outcome

    def _remember(self, task: Task, outcome: Outcome) -> None:
        from tintype.archive.manifest import STAGE
        from tintype.archive.parts import Parts

        if self._parts is None:
            run = task.stage.parent.name.removeprefix(STAGE)
            self._parts = Parts(task.destination, f"{run}-{self._name}")
        with suppress(OSError):  # the driver's manifest has it too
            self._parts.add(self._work.entry(task, outcome))

    def finish(self) -> None:
        """Write what is not written yet."""
        if self._parts is not None:
            with suppress(OSError):
                self._parts.flush()


@dataclass(slots=True)
class _Member:
    """A worker as the driver sees it."""

    actor: Any
    began: Any
    alive: bool = False
    hand: deque[tuple[Any, Task]] = field(default_factory=deque)


@dataclass(frozen=True, slots=True)
class RayEngine:
    """A Ray cluster; see `tintype.archive.model.Engine`.

    Attributes
    ----------
    workers : int
        The most; 0: as many as the cluster has cores, also when it grows. Workers for which there is no room
        yet are asked for, so that Ray's autoscaler makes room.
    """

    workers: int = 0

    def run(self, work: ColorizeJob, tasks: Iterable[Task]) -> Iterator[tuple[Task, Outcome | Exception]]:
        """Color on the cluster that ``RAY_ADDRESS`` names, else on one of this computer."""
        ray = _ray()
        own = not ray.is_initialized()
        if own:
            ray.init(log_to_driver=False, include_dashboard=False, configure_logging=False)
        crew = _Crew(ray, work, self.workers)
        try:
            yield from crew.run(iter(tasks))
        finally:
            crew.dismiss()
            if own:
                ray.shutdown()


class _Crew:
    """The workers of one run."""

    def __init__(self, ray: Any, work: ColorizeJob, most: int) -> None:
        self._ray, self._work, self._most = ray, pickle.dumps(work), most
        self._cpus = work.settings.threads or 1
        gpus = 1 if work.settings.device in ("cuda",) else 0
        self._kind = ray.remote(num_cpus=self._cpus, num_gpus=gpus, max_restarts=0)(_Worker)
        self._members: list[_Member] = []
        self._looked = float("-inf")
        self._run = secrets.token_hex(4)
        self._made = 0

    def run(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Outcome | Exception]]:
        """Hand out tasks as workers get free; see `RayEngine.run`."""
        given_back: deque[Task] = deque()
        ended = False
        while True:
            if not ended:
                self._grow()
            for member in [m for m in self._members if m.alive]:
                while len(member.hand) < _IN_HAND:
                    task = given_back.popleft() if given_back else next(tasks, None)
                    if task is None:
                        ended = True
                        break
                    member.hand.append((member.actor.color.remote(task), task))
                if ended and not member.hand:
                    self._let_go(member)
            in_hand = [m.hand[0][0] for m in self._members if m.hand]
            if ended and not in_hand and not given_back:
                return
            if ended and given_back and not any(m.alive for m in self._members):
                self._looked = float("-inf")
                self._grow()
            waiting = in_hand + [m.began for m in self._members if not m.alive]
            ready, _ = self._ray.wait(waiting, num_returns=1, timeout=_LOOK)
            for ref in ready:
                yield from self._hear(ref, given_back)

    def _grow(self) -> None:
        """Have as many workers as there is room for, or as were asked for."""
        if time.monotonic() - self._looked < _LOOK:
            return
        self._looked = time.monotonic()
        cores = self._ray.cluster_resources().get("CPU", 1)
        for _ in range((self._most or max(1, int(cores // self._cpus))) - len(self._members)):
            name = f"{self._run}-{self._made:05}"
            self._made += 1
            actor = self._kind.remote(self._work, str(Path.cwd()), name)
            self._members.append(_Member(actor, actor.ready.remote()))

    def _hear(self, ref: Any, given_back: deque[Task]) -> Iterator[tuple[Task, Outcome | Exception]]:
        member = next(m for m in self._members if ref == m.began or (m.hand and ref == m.hand[0][0]))
        try:
            answer = self._ray.get(ref)
        except self._ray.exceptions.RayError as error:
            self._members.remove(member)
            self._looked = float("-inf")  # another takes its place
            with suppress(Exception):
                self._ray.kill(member.actor)
            if member.hand:
                _, task = member.hand.popleft()
                yield (
                    task,
                    WorkerDied(
                        f"the worker died ({_why(error)}); the file may be damaged, or memory ran out"
                    ),
                )
            # Nobody has begun what was waiting for it.
            given_back.extend(task for _, task in member.hand)
            return
        if ref == member.began and not member.alive:
            member.alive = True
            return
        _, task = member.hand.popleft()
        yield task, answer

    def _let_go(self, member: _Member) -> None:
        self._members.remove(member)
        with suppress(self._ray.exceptions.RayError):
            self._ray.get(member.actor.finish.remote(), timeout=60)
        self._ray.kill(member.actor)

    def dismiss(self) -> None:
        """End all at once."""
        for member in self._members:
            with suppress(Exception):
                self._ray.kill(member.actor)
        self._members.clear()


def _why(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _ray() -> Any:
    try:
        import ray
    except ImportError as error:
        raise MissingExtra("ray", package="ray", purpose="--engine ray") from error
    return ray


def opened(workers: int) -> RayEngine:
    """Return the engine. Raises MissingExtra."""
    _ray()
    return RayEngine(workers)
