"""Work apart: its answer, its errors, its limits; whoever dies, the next call is answered."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from tintype.errors import TooLarge
from tintype.limited import Ended, Servant, inside
from tintype.photo import memory

MB = 1_000_000
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture
def servant():
    made = Servant(200 * MB, 60.0)
    yield made
    made.close()


def test_answers_and_errors_come_through(servant):
    assert not inside()
    assert servant.call(inside)
    array = np.arange(100_000, dtype=np.uint16).reshape(100, 1000)
    np.testing.assert_array_equal(servant.call(np.negative, array), -array)
    assert servant.call(np.negative, array).flags.writeable
    with pytest.raises(ZeroDivisionError):
        servant.call(divmod, 1, 0)
    with pytest.raises(TooLarge) as caught:
        servant.call(memory.check, 9 * MB, "grandma.jpg", 8)
    assert (caught.value.name, caught.value.limit) == ("grandma.jpg", 8 * MB)
    assert servant.call(print, "what libraries print is no answer") is None
    with pytest.raises(RuntimeError, match="pickle"):
        servant.call(open, os.devnull)
    with pytest.raises(RuntimeError, match="No module named"):
        servant.call(_unknown_there)
    assert servant.call(abs, -3) == 3


def _unknown_there():
    """No module that another process can import."""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems limit no memory")
def test_more_memory_than_allowed_is_refused(servant):
    assert servant.call(np.zeros, 15 * MB).nbytes == 120 * MB
    with pytest.raises(MemoryError):
        servant.call(np.zeros, 40 * MB)
    assert servant.call(np.zeros, 15 * MB).nbytes == 120 * MB


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system doesn't fork")
def test_a_fork_starts_one_of_its_own_and_leaves_its_parents_alone():
    code = """if True:
        import os
        from tintype.limited import Servant
        servant = Servant(200_000_000, 60.0)
        first = servant.call(os.getpid)
        child = os.fork()
        if child == 0:
            other = servant.call(os.getpid)
            servant.close()
            os._exit(0 if other != first else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert servant.call(os.getpid) == first
    """
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@posix
def test_one_that_dies_or_hangs_is_followed_by_another(servant):
    first = servant.call(os.getpid)
    with pytest.raises(Ended) as caught:
        servant.call(os.abort)
    assert (caught.value.slow, caught.value.code) == (False, -signal.SIGABRT)
    assert servant.call(os.getpid) != first
    servant.seconds = 0.2
    with pytest.raises(Ended) as caught:
        servant.call(time.sleep, 60)
    assert caught.value.slow
    servant.seconds = 60.0
    assert servant.call(abs, -3) == 3


@posix
def test_it_ends_when_it_is_closed():
    one = Servant(200 * MB, 60.0)
    process = one.call(os.getpid)
    one.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
