"""Time and memory of one photograph, beside OpenCV's way. Prints a Markdown table."""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from inputs import write
from measure import cpu, run

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
        caffe = weights(folder / "caffe")
        print(f"{cpu()}; median of {options.times}; cold: whole process; warm: a later photo of one process")
        print(
            "| photograph | cold s | cold MB | warm s | warm MB "
            "| OpenCV cold s | OpenCV warm s | OpenCV MB | times faster, warm |"
        )
        print("|---" * 9 + "|")
        for photo in photos:
            times = 1 if photo.name.startswith("400") else options.times
            target = folder / f"out{photo.suffix}"
            command = (sys.executable, "-m", "tintype", "colorize", photo, "-o", target, "--force", "--quiet")
            cold = [run(*command) for _ in range(times)]
            warm = run(sys.executable, HERE / "warm.py", str(times + 1), photo, target)
            ours = statistics.median(map(float, warm.output.split()[1:]))
            row = [photo.name, f"{statistics.median(c.seconds for c in cold):.2f}",
                   f"{max(c.peak_mb for c in cold):.0f}", f"{ours:.2f}", f"{warm.peak_mb:.0f}"]  # fmt: skip
            if photo.suffix == ".jpg":
                script = (opencv(), HERE / "opencv_way.py", caffe)
                first = run(*script, "1", photo, target)
                later = run(*script, str(times + 1), photo, target)
                theirs = statistics.median(map(float, later.output.split()[1:]))
                row += [
                    f"{first.seconds:.2f}",
                    f"{theirs:.2f}",
                    f"{later.peak_mb:.0f}",
                    f"{theirs / ours:.1f}",
                ]
            print(f"| {' | '.join(row + [''] * (9 - len(row)))} |", flush=True)


if __name__ == "__main__":
    main()
