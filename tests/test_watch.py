"""Limits that the parent keeps: they hold wherever the system has none."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest

from tintype import Settings, watch
from tintype.errors import TooLarge
from tintype.limited import Ended, Servant
from tintype.photo import wary

MB = 1_000_000
CHILD = "from tintype import limited; limited.limit_memory = print; limited.main()"


def taking(megabytes):
    """What takes memory bit by bit, so that a glance must find it."""
    return f"len([(b'x' * {10 * MB}, __import__('time').sleep(.01)) for _ in range({megabytes // 10})])"


@pytest.fixture
def unlimited(monkeypatch):
    """As on a system that limits no memory."""
    monkeypatch.setattr(watch, "SYSTEM_LIMITS", False)
    monkeypatch.setattr("tintype.limited._CHILD", CHILD)


@pytest.fixture
def servant(unlimited):
    made = Servant(150 * MB, 60.0)
    yield made
    made.close()


def test_what_holds_too_much_is_ended_and_the_next_call_is_answered(servant):
    assert servant.call(eval, taking(60)) == 6
    with pytest.raises(Ended) as caught:
        servant.call(eval, taking(4000))
    assert (caught.value.large, caught.value.slow) == (True, False)
    assert servant.call(eval, taking(60)) == 6


def test_a_decoder_that_takes_too_much_is_told_as_where_the_system_refuses(unlimited):
    try:
        with pytest.raises(TooLarge, match=r"a.heic: it takes more memory than the 130 MB allowed; raise"):
            wary.call(Settings(max_memory=130), "a.heic", eval, taking(4000))
    finally:
        wary._servants.pop(130 * MB).close()


def test_time_is_kept_without_looking_at_memory():
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        with watch.Watch(process, 0.1) as watching:
            process.wait(30)
        assert (watching.slow, watching.large) == (True, False)
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        with watch.Watch(process, math.inf, 1000 * MB) as watching:
            process.wait(30)
        assert (watching.slow, watching.large) == (False, False)


def test_what_a_process_holds():
    before = watch.held(os.getpid())
    kept = np.ones(12 * MB)
    assert 80 * MB < watch.held(os.getpid()) - before < 130 * MB
    assert len(kept)
    assert watch.held(2**22 + 1) == 0
