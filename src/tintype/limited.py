"""Work that can't be trusted to obey, done in a process of its own with a hard limit on memory and time.

What a file's header says of its pixels tells little of the memory that its decoder takes. Where a limit
strikes, or a decoder crashes, only that process ends; the next call starts another.
"""

from __future__ import annotations

import atexit
import os
import pickle
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, TypeVar

from tintype import watch

Answer = TypeVar("Answer")

_CHILD = "from tintype.limited import main; main()"
_HEAD = struct.Struct("<QQ")
_WATCH = 1.0  # s between looks at whether the parent is still there
_PIECE = 1 << 20


class Ended(Exception):  # noqa: N818 - what happened, as the caller reports it
    """The process was gone, or had to be stopped, before it answered.

    Attributes
    ----------
    slow : bool
        Its time was up.
    large : bool
        It held more memory than it may, where the system doesn't refuse it.
    code : int
        Its exit code else; below 0 the number of a signal.
    """

    def __init__(self, *, slow: bool = False, large: bool = False, code: int = 0) -> None:
        why = "its time is up" if slow else "it takes too much memory" if large else f"exit code {code}"
        super().__init__(why)
        self.slow, self.large, self.code = slow, large, code


class Servant:
    """Calls functions in a process of its own, one after the other. Safe to use from several threads.

    Parameters
    ----------
    memory_bytes : int
        That one call may take. Linux refuses more; elsewhere the process is ended when it holds more.
    seconds : float
        How long one call may take.
    """

    def __init__(self, memory_bytes: int, seconds: float) -> None:
        self.memory_bytes, self.seconds = memory_bytes, seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._most = 0
        self._owner = os.getpid()

    def call(self, work: Callable[..., Answer], *arguments: object) -> Answer:
        """Return what a function of a module returns; it, its arguments and its answer can be pickled.

        Raises
        ------
        Ended
            When the process didn't answer.
        MemoryError
            When it was refused memory, and said so.
        Exception
            What the function raised.
        """
        self._leave_to_parent()
        with self._lock:
            process = self._start(work)
            watching = watch.Watch(process, self.seconds, self._most)
            try:
                with watching:
                    good, answer = _asked(process, work, arguments)
            except (EOFError, OSError, pickle.UnpicklingError):
                process.wait()
                code = process.returncode
                self._stop()
                raise Ended(slow=watching.slow, large=watching.large, code=code) from None
        if good:
            return answer
        raise answer

    def close(self) -> None:
        """End the process."""
        self._leave_to_parent()
        with self._lock:
            self._stop()

    def _leave_to_parent(self) -> None:
        """In a fork of the process that started it, let the other go on: two can't share its pipes."""
        if self._owner == os.getpid():
            return
        self._owner, self._lock = os.getpid(), threading.Lock()
        if self._process is not None:
            self._let_go(self._process)

    def _start(self, work: Callable[..., object]) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        # It must find this Tintype wherever it was imported from, and nothing in the folder it is started in.
        path = [str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, path)),
            "VIPS_CONCURRENCY": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _CHILD, str(self.memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # What decoders print when they give up would stand in the terminal.
            stderr=subprocess.DEVNULL,
            env=environment,
            # A Ctrl-C of the terminal is for the parent, which ends this one.
            start_new_session=True,
        )
        atexit.register(self.close)
        if not watch.SYSTEM_LIMITS:  # as there, what the work's modules take is not the work's
            with suppress(EOFError, OSError):
                _asked(self._process, _nothing, (work,))
            self._most = watch.held(self._process.pid) + self.memory_bytes
        return self._process

    def _stop(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._let_go(self._process)

    def _let_go(self, process: subprocess.Popen[bytes]) -> None:
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        self._process = None
        atexit.unregister(self.close)


def inside() -> bool:
    """Whether this process has such limits itself."""
    return _limited


_limited = False


def main() -> None:
    """Serve, as the child: read calls from the standard input, write answers to the standard output."""
    global _limited
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()
    _limited = True
    memory = int(sys.argv[1])
    first = True
    while True:
        try:
            work, arguments = _receive(sys.stdin.buffer)
        except (EOFError, OSError):
            return
        except Exception as error:  # what was sent can't be loaded here
            _send(out, (False, RuntimeError(f"{type(error).__name__}: {error}")))
            continue
        if first:  # what was loaded until now is not the photograph's
            limit_memory(memory)
            first = False
        answer: tuple[bool, object]
        try:
            answer = True, work(*arguments)
        except Exception as error:
            answer = False, error
        try:
            _send(out, answer)
        except OSError:
            return
        except Exception as error:  # it can't be pickled
            _send(out, (False, RuntimeError(f"{type(error).__name__}: {error}")))
        del answer


def limit_memory(memory_bytes: int) -> None:
    """Let this process take so many bytes more than it has now (Linux)."""
    if sys.platform != "linux":
        return
    import resource

    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_text().splitlines()
        now = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData"))
        resource.setrlimit(resource.RLIMIT_DATA, (now + memory_bytes, now + memory_bytes))


def _watch(parent: int) -> None:
    """End this process when its parent is gone."""
    while os.getppid() == parent:
        time.sleep(_WATCH)
    os._exit(1)


def _nothing(work: Callable[..., object]) -> None:
    """What the first call does: to take it, the process had to load the work's module."""


def _asked(
    process: subprocess.Popen[bytes], work: Callable[..., object], arguments: tuple[object, ...]
) -> Any:
    """Have one thing done; gives whether it went well, and the answer or what was raised."""
    assert process.stdin is not None and process.stdout is not None
    _send(process.stdin, (work, arguments))
    return _receive(process.stdout)


def _send(pipe: IO[bytes], value: object) -> None:
    """Write a value; arrays go as they lie in memory, without a copy."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    views = [b.raw() for b in buffers]
    pipe.write(_HEAD.pack(len(head), len(views)) + struct.pack(f"<{len(views)}Q", *(v.nbytes for v in views)))
    pipe.write(head)
    for view in views:
        pipe.write(view)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    size, count = _HEAD.unpack(_exactly(pipe, _HEAD.size))
    sizes = struct.unpack(f"<{count}Q", _exactly(pipe, 8 * count))
    head = _exactly(pipe, size)
    return pickle.loads(head, buffers=[_exactly(pipe, n) for n in sizes])


def _exactly(pipe: IO[bytes], size: int) -> bytearray:
    data = bytearray(size)
    view, at = memoryview(data), 0
    while at < size:
        got = pipe.readinto(view[at : at + _PIECE])  # type: ignore[attr-defined]
        if not got:
            raise EOFError
        at += got
    return data
