"""What the attacks share: commands in processes of their own, and what must hold whatever happened."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyvips

SOURCE = Path(__file__).resolve().parents[2] / "src"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(SOURCE), "PYTHONUNBUFFERED": "1"}


def tintype(*arguments, cwd, shell="", **options):
    """Start the command; `shell` is run before it in the same process (``ulimit …``)."""
    command = [sys.executable, "-m", "tintype", *map(str, arguments)]
    if shell:
        command = ["sh", "-c", f'{shell} && exec "$@"', "sh", *command]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen(command, cwd=cwd, env=ENVIRONMENT, **options)


def ended(process, seconds=120):
    """Wait for a command; gives its code, stdout and the text of stderr. A hang is a failure."""
    try:
        out, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise AssertionError("it hangs") from None
    return process.returncode, out, said.decode("utf-8", "replace")


def stopped(process, dice, most):
    """Send a signal after a random time; gives which."""
    how = dice.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    time.sleep(dice.random() ** 2 * most)
    process.send_signal(how)
    return how


def killed_writing(process, folder):
    """Kill as soon as a result has its name in a folder (signals that are heard let it be finished)."""
    before = _files(folder)
    while process.poll() is None and not _files(folder) - before:
        pass  # it takes a millisecond: who sleeps misses it
    process.kill()
    return signal.SIGKILL


def _files(folder):
    return {p.name for p in folder.glob("[!.]*")}


def in_words(said):
    """Whether a command has said what went wrong as a person can read it.

    What Python itself says of Ctrl-C before it has come to Tintype's command is not ours.
    """
    if said.rstrip().endswith("KeyboardInterrupt") and "tintype/__main__" not in said:
        return True
    return "Traceback" not in said and "Error:" not in said.replace("tintype: Error:", "")


def is_whole(path):
    """Whether a picture can be read to its last pixel."""
    try:
        pyvips.Image.new_from_file(str(path), fail_on="warning", access="sequential").avg()
    except pyvips.Error:
        return False
    return True


def leftovers(folder):
    """Temporary files of Tintype below a folder."""
    return [p for p in Path(folder).rglob(".tintype-*") if p.is_file()]


def memory_of_all(pid):
    """MB that a process and those that it started hold; 0 where there is no /proc to tell."""
    parents, held = {}, {}
    for one in Path("/proc").glob("[0-9]*/stat"):
        try:
            # pid (name) state parent …; the 24th counts pages.
            fields = one.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(one.parent.name)], held[int(one.parent.name)] = int(fields[1]), int(fields[21])
    ours = {pid}
    while more := {p for p, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(held.get(p, 0) for p in ours) * 4096 // 1_000_000
