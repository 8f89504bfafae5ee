"""Kill the colouring of a film with SIGKILL at random moments, and hold the result to one made in one go.

``python scripts/kill_film.py FILM [--times 10] [--seed 1]``. Each run is the same, in pieces of 48 frames;
the last ends by itself. What is left beside the result, or differs from it by a byte, makes the script fail.
"""

from __future__ import annotations

import argparse
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = """
import sys
from pathlib import Path
from tintype import FilmJob, FilmOptions, Settings
FilmJob(Path(sys.argv[1]), Path(sys.argv[2]), Settings(size=128), FilmOptions(segment=48)).run()
"""


def started(film: Path, target: Path) -> subprocess.Popen[str]:
    """A process that colours the film."""
    command = [sys.executable, "-c", PROGRAM, str(film), str(target)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def finished(run: subprocess.Popen[str]) -> None:
    """Wait for a run that has to end well."""
    said = run.communicate()[1]
    if run.returncode:
        sys.exit(f"a run failed: {said}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("film", type=Path)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        whole, target = (Path(folder) / name / "new.mkv" for name in ("whole", "killed"))
        for path in (whole, target):
            path.parent.mkdir()
        began = time.monotonic()
        finished(started(given.film, whole))
        seconds = time.monotonic() - began
        killed = 0
        for _ in range(given.times):
            run = started(given.film, target)
            # Mostly in the middle, some at the very beginning, some near the end of what is left.
            moment = chance.uniform(0, seconds * 1.1)
            try:
                run.wait(moment)
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
                run.wait()
                killed += 1
            left = sorted(p.name for p in target.parent.iterdir())
            print(
                f"{moment:6.1f} s: {'killed' if run.returncode < 0 else 'ended'}; beside it: {left}",
                flush=True,
            )
            if run.returncode == 0:  # whole: begin anew
                if target.read_bytes() != whole.read_bytes():
                    sys.exit("the bytes differ")
                target.unlink()
        finished(started(given.film, target))
        left = [p.name for p in target.parent.iterdir()]
        if target.read_bytes() != whole.read_bytes() or left != [target.name]:
            sys.exit(f"the bytes differ, or something is left: {left}")
        print(f"killed {killed} times, the same {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
