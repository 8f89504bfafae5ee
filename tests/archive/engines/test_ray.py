"""A Ray cluster of two nodes on this machine: whatever dies, every photograph is answered once."""

import os
import signal
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tintype import Settings
from tintype.archive.engines.pool import WorkerDied
from tintype.archive.engines.ray import RayEngine
from tintype.archive.model import Item
from tintype.archive.places.local import LocalFolder
from tintype.archive.task import Outcome, Task

ray = pytest.importorskip("ray", reason="the extra ray is not installed")
pytestmark = pytest.mark.cluster


@dataclass
class Work:
    """Stands for the work: writes down who did what, and dies at some."""

    log: Path
    settings: Settings

    def __call__(self, task):
        with self.log.open("a") as file:
            file.write(f"{task.item.name} {os.getpid()} {ray.get_runtime_context().get_node_id()}\n")
        if task.item.name == "kills":
            time.sleep(1)  # the answer before this one is on its way; lost, it would count as in hand
            os.kill(os.getpid(), signal.SIGKILL)
        if task.item.name.startswith("slow"):
            time.sleep(0.1)
        if task.item.name == "raises":
            raise ValueError("three")
        return Outcome("coloured", notes=(os.environ["VIPS_CONCURRENCY"],))


@pytest.fixture(scope="module")
def cluster():
    from ray.cluster_utils import Cluster

    # A node that is gone is noticed in seconds.
    config = {"health_check_period_ms": 500, "health_check_failure_threshold": 3}
    head = {"num_cpus": 1, "include_dashboard": False, "_system_config": config}
    made = Cluster(initialize_head=True, head_node_args=head)
    made.add_node(num_cpus=1)
    ray.init(address=made.address, log_to_driver=False)
    yield made
    ray.shutdown()
    made.shutdown()


def test_two_nodes_answer_everything_once_and_a_death_costs_what_was_in_hand(cluster, tmp_path):
    names = [f"{i}" for i in range(6)] + ["kills", "raises"] + [f"{i}" for i in range(6, 40)]
    taken = []

    def tasks():
        for name in names:
            taken.append(name)
            yield Task(Item(name), name, None, LocalFolder(tmp_path), tmp_path / "stage")

    work = Work(tmp_path / "log", Settings(threads=1))
    answers = RayEngine().run(work, tasks())
    first = next(answers)
    assert len(taken) < 12, "tasks are taken as workers get free, not all at once"
    said = {task.item.name: answer for task, answer in [first, *answers]}
    assert sorted(said) == sorted(names)
    assert isinstance(said["kills"], WorkerDied)
    assert "three" in str(said["raises"])
    assert all(a.notes == ("1",) for n, a in said.items() if n not in ("kills", "raises"))
    rows = [line.split() for line in work.log.read_text().splitlines()]
    assert max(Counter(r[0] for r in rows).values()) == 1
    assert len({r[2] for r in rows}) == 2, "both nodes have worked"


def test_a_node_that_dies_costs_what_was_in_hand_there(cluster, tmp_path):
    node = cluster.add_node(num_cpus=2)
    cluster.wait_for_nodes()
    names = [f"slow {i}" for i in range(60)]
    work = Work(tmp_path / "log", Settings(threads=1))
    tasks = (Task(Item(n), n, None, LocalFolder(tmp_path), tmp_path / "stage") for n in names)
    answers = RayEngine(workers=4).run(work, tasks)
    said = {task.item.name: answer for task, answer in (next(answers) for _ in range(12))}
    cluster.remove_node(node, allow_graceful=False)
    said |= {task.item.name: answer for task, answer in answers}
    assert sorted(said) == sorted(names)
    lost = [n for n, answer in said.items() if isinstance(answer, WorkerDied)]
    assert len(lost) <= 2
    assert all(isinstance(said[n], Outcome) for n in names if n not in lost)
