"""Time and memory of one photograph, beside OpenCV's way. Prints a Markdown table."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from inputs import write
from measure import Measured, machine, run

HERE = Path(__file__).resolve().parent
VENV = HERE.parent / ".venv-opencv"


def opencv() -> Path:
    """The interpreter of OpenCV's own environment, made at the first run."""
    python = VENV / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        packages = ["numpy>=2", "opencv-python-headless==4.14.*"]
        subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
    return python


def weights(folder: Path) -> Path:
    """The three files people download, with random weights."""
    sys.path.insert(0, str(HERE.parent / "tests"))
    from network.random_caffe import write_published

    folder.mkdir(exist_ok=True)
    return write_published(folder)


def main() -> None:
    """Measure, then print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--giant", action="store_true", help="a TIFF of 400 megapixels too (1 GB of disk)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        photos = [write(folder, 2), write(folder, 12), write(folder, 50)]
        photos.append(write(folder, 12, bits=16, suffix=".tif"))
        if options.giant:
            photos.append(write(folder, 400, suffix=".tif"))
        caffe, python = weights(folder / "caffe"), opencv()
        bare = min(run(sys.executable, "-c", "import tintype").seconds for _ in range(options.times))
        empty = min(run(sys.executable, "-c", "").seconds for _ in range(options.times))
        print(f"{machine()}; import tintype: {bare - empty:.3f} s more than Python alone")
        print(f"median of {options.times}; cold: a whole process; warm: a later photograph of one process")
        head = "photograph", "cold s", "CPU s", "MB", "warm s", "MB", "OpenCV cold s", "CPU s", "MB", "warm s"
        print(f"| {' | '.join(head)} | cold, × | warm, × |")
        print("|---" * 12 + "|")
        for photo in photos:
            target = folder / f"out{photo.suffix}"
            ours = (
                (sys.executable, "-m", "tintype", "colorize", photo, "-o", target, "--force", "--quiet"),
                (sys.executable, HERE / "warm.py", "2", photo, target),
            )
            script = (python, HERE / "opencv_way.py", caffe)
            theirs = ((*script, "1", photo, target), (*script, "2", photo, target))
            sides = (ours, theirs) if photo.suffix == ".jpg" else (ours,)
            # In turns, so that a busy moment of the machine hits both.
            rounds = 1 if photo.name.startswith("400") else options.times
            runs = [[[run(*command) for command in side] for side in sides] for _ in range(rounds)]
            print(f"| {photo.name} | {' | '.join(cells(runs))} |", flush=True)


def cells(runs: list[list[list[Measured]]]) -> list[str]:
    """The cells of one photograph's row: by round, side (ours, theirs) and kind (cold, warm)."""
    made, cold, warm = [], [], []
    for side in zip(*runs, strict=True):
        first, later = zip(*side, strict=True)
        cold.append(statistics.median(r.seconds for r in first))
        warm.append(statistics.median(float(r.output.split()[1]) for r in later))
        made += [f"{cold[-1]:.2f}", f"{statistics.median(r.cpu for r in first):.2f}"]
        made += [f"{max(r.peak_mb for r in first):.0f}", f"{warm[-1]:.2f}"]
        if len(cold) == 1:
            made.append(f"{max(r.peak_mb for r in later):.0f}")
    if len(cold) == 2:
        made += [f"{cold[1] / cold[0]:.1f}", f"{warm[1] / warm[0]:.1f}"]
    return made + [""] * (11 - len(made))


if __name__ == "__main__":
    main()
