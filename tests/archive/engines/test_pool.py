"""Worker processes: what dies takes one photograph with it, no more."""

import sys
import time

import pytest

from archive_help import Misbehaves
from tintype.archive.engines import pool


def test_every_job_is_answered_once_whatever_happens_to_workers(tmp_path):
    work = Misbehaves(tmp_path / "log")
    answers = dict(pool.run(work, range(8), workers=2))
    assert {j: a for j, a in answers.items() if isinstance(a, int)} == {0: 0, 1: 2, 2: 4, 6: 12, 7: 14}
    assert "ValueError: three" in str(answers[3])
    assert isinstance(answers[4], pool.WorkerDied)
    assert isinstance(answers[5], pool.WorkerDied)
    assert "exit code 7" in str(answers[5])
    if sys.platform != "win32":
        assert "killed" in str(answers[4])


def test_work_is_shared_and_each_worker_is_one_core(tmp_path):
    work = Misbehaves(tmp_path / "log")
    assert len(list(pool.run(work, [0, 1, 2, 6, 7, 8], workers=2))) == 6
    rows = [line.split() for line in work.log.read_text().splitlines()]
    assert len({pid for _, pid, _ in rows}) <= 2
    assert {threads for _, _, threads in rows} == {"1/1"}


def test_leaving_early_kills_what_is_running(tmp_path):
    run = pool.run(Misbehaves(tmp_path / "log"), [0, 99, 1, 2], workers=2)
    next(run)
    start = time.monotonic()
    run.close()
    assert time.monotonic() - start < 10


def test_no_jobs_no_workers(tmp_path):
    assert list(pool.run(Misbehaves(tmp_path / "log"), [], workers=3)) == []


@pytest.mark.parametrize("workers", [1, 5])
def test_any_number_of_workers(tmp_path, workers):
    assert sorted(a for _, a in pool.run(Misbehaves(tmp_path / "log"), [1, 2], workers=workers)) == [2, 4]
