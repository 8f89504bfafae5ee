"""Small photographs, and a unit of work that misbehaves on purpose (picklable, for worker processes)."""

import json
import os
import signal
import sys
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import pyvips
import skimage.data
from click.testing import CliRunner

from tintype.commands import main

SMALL = ("--size", "64")  # what the network sees: a tenth of the time, and no less of a folder
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and links of POSIX")


def colorize(*args, code=0):
    """Run ``tintype colorize`` with one worker and a small view."""
    result = CliRunner().invoke(main, ["colorize", "--jobs", "1", *SMALL, *map(str, args)])
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def counts(*args, code=0):
    """Run ``tintype colorize``; return how many photographs have each status, by its report."""
    colorize(*args, "--report", "report.json", code=code)
    said = json.loads(Path("report.json").read_text())["counts"]
    return {k: v for k, v in said.items() if v}


@cache
def _camera():
    return skimage.data.camera()


def grey_photo(path, width=96, height=64, *, shift=0):
    """Write a small grey photograph (a piece of a real one, another piece for each shift)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = _camera()[shift : shift + height, 100 + shift : 100 + shift + width]
    pyvips.Image.new_from_array(picture.copy()).write_to_file(str(path))
    return path


def real_grey(path, original):
    """Write a real photograph, 256 px wide, in grey and in colour."""
    photo = pyvips.Image.new_from_array(skimage.data.astronaut()).resize(0.5)
    photo.write_to_file(str(original))
    photo.colourspace("b-w").write_to_file(str(path))


def colour_photo(path):
    """Write a small photograph that is in colour already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pyvips.Image.new_from_array(skimage.data.astronaut()[:64, :96].copy()).write_to_file(str(path))
    return path


def tree_of(folder):
    """Every file below a folder but Tintype's own state: relative path → bytes."""
    found = (p for p in Path(folder).rglob("*") if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found if ".tintype" not in p.parts}


class Here:
    """An engine that works in this process: to start another one takes a second."""

    def __init__(self, workers=0):
        self.workers = workers

    def run(self, work, tasks):
        for task in tasks:
            yield task, work(task)


@dataclass
class Misbehaves:
    """Answers a number with its double; some numbers do worse."""

    log: Path

    def __call__(self, number):
        with self.log.open("a") as file:
            threads = [os.environ.get(name) for name in ("VIPS_CONCURRENCY", "OPENBLAS_NUM_THREADS")]
            file.write(f"{number} {os.getpid()} {'/'.join(map(str, threads))}\n")
        if number == 3:
            raise ValueError("three")
        if number == 4:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == 5:
            os._exit(7)
        if number == 99:
            time.sleep(600)
        return 2 * number
