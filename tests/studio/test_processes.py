"""Processes of the studio's own."""

import signal
import sys

import pytest

from tintype.limited import limit_memory
from tintype.studio.processes import spawned


def greedy(line, memory_bytes):
    """Try to take twice the memory that is allowed; say whether a Ctrl-C would end this process."""
    limit_memory(memory_bytes)
    try:
        held = bytearray(2 * memory_bytes)
        line.send(("taken", len(held)))
    except MemoryError:
        line.send(("refused", signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_memory_is_limited_and_the_terminal_does_not_interrupt():
    process, line = spawned(greedy, 200_000_000)
    assert line.poll(60)
    assert line.recv() == ("refused", True)
    process.join(timeout=20)
    assert process.exitcode == 0
    line.close()
