"""A process that is given broken files, so that a crash, a hang or a flood of memory is seen from outside."""

import json
import selectors
import struct
import subprocess
import sys
from pathlib import Path

from attack.attack_tools import ENVIRONMENT

TESTS = Path(__file__).resolve().parents[1]
CHILD = """
import json, pathlib, resource, struct, sys, traceback
sys.path.insert(0, sys.argv[1])
from attack.doors import DOORS

def peak():
    # KiB. A process inherits what getrusage says from the one that started it, however large that was.
    try:
        status = pathlib.Path("/proc/self/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(status.partition("VmHWM:")[2].split()[0])

real = sys.stdout
sys.stdout = sys.stderr  # what libraries print is no answer
while head := sys.stdin.buffer.read(4):
    door, name, size = json.loads(sys.stdin.buffer.read(struct.unpack(">I", head)[0]))
    data, said = sys.stdin.buffer.read(size), ""
    try:
        DOORS[door](data, name)
    except BaseException:
        said = traceback.format_exc()
    print(json.dumps([said, peak()]), flush=True, file=real)
"""


class Victim:
    """Takes files through a door; one that died is started anew.

    Parameters
    ----------
    seconds, megabytes
        That a file may take.
    """

    def __init__(self, seconds=60, megabytes=1500):
        self.seconds, self.megabytes = seconds, megabytes
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._end()

    def take(self, door, name, data):
        """What went wrong with a file; empty where nothing did."""
        if self.process is None:
            self._start()
        head = json.dumps([door, name, len(data)]).encode()
        try:
            self.process.stdin.write(struct.pack(">I", len(head)) + head + data)
            self.process.stdin.flush()
        except BrokenPipeError:
            return self._dead("it was dead before")
        if not self.ready.select(self.seconds):
            return self._dead(f"it hangs for {self.seconds} s")
        line = self.process.stdout.readline()
        if not line:
            return self._dead(f"it crashed: {self.process.wait()}")
        said, kilobytes = json.loads(line)
        if kilobytes >= self.megabytes * 1024:
            return self._dead(f"it took {kilobytes} KiB of memory {said}")
        return said

    def _start(self):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([sys.executable, "-c", CHILD, str(TESTS)], env=ENVIRONMENT, **pipes)
        self.ready = selectors.DefaultSelector()
        self.ready.register(self.process.stdout, selectors.EVENT_READ)

    def _end(self):
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.ready.close()
            self.process = None

    def _dead(self, why):
        self._end()
        return why
