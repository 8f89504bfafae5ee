"""Work on files of strangers in a process of its own, which has so much time and memory and no more.

A graph can loop for ever or ask for all memory there is, and neither can be stopped from within.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tintype import watch
from tintype.errors import NetworkError, NetworkTooSlow, TintypeError
from tintype.network.session import first_line, out_of_memory

Answer = TypeVar("Answer")

_LEAST_SECONDS = 120.0
_BYTES_A_SECOND = 1e6  # a slow disk and a slow processor convert at least that much
_CHILD = "from tintype.network.isolated import main; main()"
_DEADLINE, _WATCH = 10.0, 1.0  # s: after its time the child ends by itself, should its parent be gone


def time_limit(file: Path) -> float:
    """Return the seconds that work on a file may take: two minutes, and more for large files."""
    try:
        return _LEAST_SECONDS + file.stat().st_size / _BYTES_A_SECOND
    except OSError:
        return _LEAST_SECONDS


def run(
    work: Callable[..., Answer],
    *arguments: object,
    file: Path,
    name: str = "",
    seconds: float = 0.0,
    memory: int = 0,
) -> Answer:
    """Call a function in a process of its own.

    Parameters
    ----------
    work : callable
        A function of a module; it, its arguments and its answer can be pickled.
    *arguments : object
    file : Path
        What is worked on.
    name : str
        What messages call it; else its path.
    seconds : float
        The time limit; 0 takes `time_limit` of the file.
    memory : int
        Bytes of data that the process may hold; 0 takes what the computer has. Linux refuses it more;
        elsewhere it is ended when it holds more.

    Returns
    -------
    The function's answer.

    Raises
    ------
    TintypeError
        What the function raised.
    NetworkTooSlow
        If the time is up.
    NetworkError
        If the process died, memory was lacking, or the function failed in another way.
    """
    limit, called = seconds or time_limit(file), name or str(file)
    task = pickle.dumps((work, arguments, limit, memory or _all_memory()))
    # It must find this Tintype wherever it was imported from, and nothing in the folder where it is started.
    path = [str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path))}
    command = [sys.executable, "-P", "-c", _CHILD]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment) as process:
        watching = watch.Watch(process, limit, 0 if watch.SYSTEM_LIMITS else memory or _all_memory())
        with watching:
            try:
                told = process.communicate(task)[0]
            except BaseException:  # Ctrl-C, above all
                process.kill()
                raise
    if watching.slow:
        raise NetworkTooSlow(called, seconds=limit)
    if process.returncode or not told:
        raise NetworkError(f"{called}: {_death(process.returncode)}", name=called)
    good, answer = pickle.loads(told)
    if good:
        return answer
    if isinstance(answer, TintypeError):
        raise answer
    raise NetworkError(f"{called}: {answer}", name=called)


def _death(code: int) -> str:
    if code == -getattr(signal, "SIGKILL", 9):
        return "its check was killed, most likely because memory ran out; close other programs"
    if code < 0:
        named = {s.value: s.name for s in signal.Signals}.get(-code, f"signal {-code}")
        return f"its check crashed ({named}); the file is damaged or made to do harm"
    return f"its check ended unexpectedly (exit code {code}); the file is damaged, or memory ran out"


def main() -> None:
    """Do one task, as the child of `run`: read it from the standard input, write the answer to the output."""
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)  # what libraries print is not the answer
        work, arguments, seconds, memory = pickle.load(sys.stdin.buffer)
        _limit(seconds, memory)
        answer: tuple[bool, object]
        try:
            answer = True, work(*arguments)
        except TintypeError as error:
            answer = False, error
        except Exception as error:  # reported by the parent, with the file's name
            lacking = out_of_memory(error)
            what = "there is not enough memory for it; close other programs"
            answer = False, what if lacking else f"{type(error).__name__}: {first_line(error)[:200]}"
        pickle.dump(answer, out)


def _limit(seconds: float, memory: int) -> None:
    threading.Thread(target=_watch, args=(seconds + _DEADLINE, os.getppid()), daemon=True).start()
    if sys.platform == "win32":
        return
    import resource

    # Of the two limits on memory this one leaves out what is only reserved, of which torch needs a lot.
    if memory:
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # gigabytes of a crash help nobody


def _watch(seconds: float, parent: int) -> None:
    """End this process when its parent is gone or its time is long up."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds and os.getppid() == parent:
        time.sleep(_WATCH)
    os._exit(1)


def _all_memory() -> int:
    """Return how many bytes of memory this computer has; 0 where it doesn't say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0
