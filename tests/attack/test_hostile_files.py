"""Files of every format, broken in all ways: a photograph or words; no crash, hang or flood of memory."""

import json
import selectors
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from attack.attack_tools import ENVIRONMENT
from photo import samples

FILES = samples.make()
TESTS = Path(__file__).resolve().parents[1]
SECONDS, MEGABYTES = 60, 1500  # a file may take
CHILD = """
import json, pathlib, resource, struct, sys, traceback
sys.path.insert(0, sys.argv[1])
from photo.test_damaged import check

def peak():
    # KiB. A process inherits what getrusage says from the one that started it, however large that was.
    try:
        status = pathlib.Path("/proc/self/status").read_text()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(status.partition("VmHWM:")[2].split()[0])

while head := sys.stdin.buffer.read(4):
    data, said = sys.stdin.buffer.read(struct.unpack(">I", head)[0]), ""
    try:
        check(data)
    except BaseException:
        said = traceback.format_exc()
    print(json.dumps([said, peak()]), flush=True)
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="resource limits of POSIX")


class Victim:
    """A process that reads what it is given, so that a crash or a hang is seen from outside."""

    def __enter__(self):
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        self.process = subprocess.Popen([sys.executable, "-c", CHILD, str(TESTS)], env=ENVIRONMENT, **pipes)
        self.ready = selectors.DefaultSelector()
        self.ready.register(self.process.stdout, selectors.EVENT_READ)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()
        self.ready.close()

    def take(self, data):
        """What went wrong with a file; empty where nothing did."""
        try:
            self.process.stdin.write(struct.pack(">I", len(data)) + data)
            self.process.stdin.flush()
        except BrokenPipeError:
            return "it was dead before"
        if not self.ready.select(SECONDS):
            return f"it hangs for {SECONDS} s"
        line = self.process.stdout.readline()
        if not line:
            return f"it crashed: {self.process.wait()}"
        said, kilobytes = json.loads(line)
        return said or ("" if kilobytes < MEGABYTES * 1024 else f"it took {kilobytes} KiB of memory")


def mutated(dice, data, others):
    """One of the samples, damaged as disks, networks and attackers damage files."""
    made = bytearray(data)
    for _ in range(dice.randrange(1, 5)):
        at = int(dice.random() ** dice.choice([1, 4]) * len(made))
        match dice.randrange(8):
            case 0:
                made[at : at + 1] = bytes([dice.randrange(256)])
            case 1:
                size = dice.choice([2, 4])
                made[at : at + size] = dice.choice([b"\xff", b"\0", b"\x7f", b"\x80"]) * size
            case 2:
                del made[at:]
            case 3:
                del made[at : at + dice.randrange(1, 64)]
            case 4:
                made[at:at] = dice.randbytes(dice.randrange(1, 64))
            case 5:
                end = at + dice.randrange(1, 256)
                made[at:at] = made[at:end] * dice.randrange(1, 20)
            case 6:  # a number one off
                made[at : at + 1] = (
                    bytes([(made[at] + dice.choice([1, -1, 16, 128])) % 256]) if at < len(made) else b""
                )
            case 7:
                other = dice.choice(others)
                start = dice.randrange(len(other))
                made[at : at + 64] = other[start : start + 64]
    return bytes(made)


def test_every_format(attack, tmp_path):
    others, names = list(FILES.values()), list(FILES)
    with Victim() as victim:
        for dice in attack.rounds():
            for _ in range(20):
                name = dice.choice(names)
                data = mutated(dice, FILES[name], others)
                if why := victim.take(data):
                    kept = Path(tmp_path / f"broken-{name}")
                    kept.write_bytes(data)
                    pytest.fail(f"{kept}: {why}")
