"""A folder of photographs with one job and with two. Prints a Markdown table."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from inputs import write
from measure import machine, run


def main() -> None:
    """Measure, then print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=200)
    parser.add_argument("--megapixels", type=float, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "scans"
        folder.mkdir()
        first = write(folder, options.megapixels)
        for index in range(1, options.photos):
            shutil.copy(first, folder / f"{index:04}.jpg")
        print(f"{machine()}; {options.photos} JPEGs of {options.megapixels:g} MP, whole process")
        print(
            "| jobs | s | CPU s | photos a second | MB of the largest process | throughput |\n"
            + "|---" * 6
            + "|"
        )
        alone = 0.0
        for jobs in (1, 2):
            out = Path(temporary) / f"out{jobs}"
            made = run(
                sys.executable, "-m", "tintype", "colorize", folder, "-o", out, "--jobs", str(jobs), "--quiet"
            )
            assert len(list(out.glob("*.jpg"))) == options.photos
            alone = alone or made.seconds
            row = [str(jobs), f"{made.seconds:.1f}", f"{made.cpu:.1f}"]
            row += [f"{options.photos / made.seconds:.2f}", f"{made.peak_mb:.0f}"]
            row.append(f"{alone / made.seconds:.2f}×")
            print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
