"""Small photographs, and units of work that misbehave on purpose (picklable, for worker processes)."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import pyvips
import skimage.data

from tintype.archive.work import Colour, Outcome


def grey_photo(path, width=96, height=64, *, shift=0):
    """Write a small grey photograph (a piece of a real one, another piece for each shift)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = skimage.data.camera()[shift : shift + height, 100 + shift : 100 + shift + width]
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


@dataclass
class Misbehaves:
    """Answers a number with its double; some numbers do worse."""

    log: Path

    def __call__(self, number):
        with self.log.open("a") as file:
            file.write(f"{number} {os.getpid()} {os.environ.get('VIPS_CONCURRENCY')}\n")
        if number == 3:
            raise ValueError("three")
        if number == 4:
            os.kill(os.getpid(), signal.SIGKILL)
        if number == 5:
            os._exit(7)
        if number == 99:
            time.sleep(600)
        return 2 * number


class Copies(Colour):
    """Colours nothing: copies the file, slowly where the name says so, so that runs can be interrupted."""

    def _colour(self, job, digest):
        job.stage.mkdir(parents=True)
        made = job.stage / job.target.name
        data = job.source.read_bytes()
        made.write_bytes(data[: len(data) // 2])
        if "slow" in job.source.name:
            time.sleep(0.3)
        if "stuck" in job.source.name:
            time.sleep(600)
        made.write_bytes(data)
        from tintype.archive.hashes import file_digest

        return "coloured", ((made, job.target, file_digest(made)),), ()


__all__ = ["Copies", "Misbehaves", "Outcome", "colour_photo", "grey_photo", "real_grey", "tree_of"]
