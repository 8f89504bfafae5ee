"""Runs every file of a folder through the command, whatever it is, and says in a table what became of it.

    python scripts/cases.py FOLDER          # photographs, networks, recipes and hints; folders inside it too
    python scripts/cases.py samples         # the files that tests make: each format with all that it can tell

Photographs are coloured, networks imported (for a minute at most), recipes and hints put to a photograph.
With ExifTool, every tag of a photograph is compared before and after: equal, renewed, moved to another name,
named in a note, or lost; the sums of all files stand at the end. Ends with 1 if anything broke: a traceback,
a signal, or a tag lost in silence.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from photo import samples  # noqa: E402
from photo.metadata import everything  # noqa: E402
from photo.metadata import test_exiftool as compared  # noqa: E402
from tintype.network.convert import TORCH_SUFFIXES  # noqa: E402
from tintype.photo.formats import FORMATS  # noqa: E402
from tintype.photo.metadata.jp2 import SIGNATURES  # noqa: E402

# What the pixels were turned by on the way in: the result has a profile in its place.
APPLIED = {("PNG", f"{name}{axis}") for name in ("WhitePoint", "Red", "Green", "Blue") for axis in "XY"}
APPLIED.add(("PNG", "Gamma"))
# Where another file kept its pixels, and how.
PLACES = {("IFD0", f"Tile{what}") for what in ("Width", "Length", "Offsets", "ByteCounts")} | {
    ("IFD0", name) for name in ("ReferenceBlackWhite", "YCbCrSubSampling", "YCbCrCoefficients", "Predictor")
}
PLACES |= {
    (f"IFD{n}", name)
    for n in range(4)
    for name in ("Compression", "RowsPerStrip", "StripByteCounts", "StripOffsets", "JPEGTables",
                 "SubfileType", "PreviewImage", "PreviewImageStart", "PreviewImageLength")
}  # fmt: skip
PLACES |= {("OpenEXR", name) for name in ("Channels", "Compression", "Type")}
PLACES |= {("Adobe", name) for name in ("DCTEncodeVersion", "APP14Flags0", "APP14Flags1", "ColorTransform")}
# How a camera's raw is developed, which is done.
PLACES |= {
    ("IFD0", name)
    for name in ("AsShotNeutral", "CFAPattern2", "CFARepeatPatternDim", "CalibrationIlluminant1",
                 "ColorMatrix1", "DNGBackwardVersion", "DNGVersion", "WhiteLevel")
}  # fmt: skip
RESOLUTION = {("IFD0", name) for name in ("XResolution", "YResolution", "ResolutionUnit")}
NETWORKS = (*TORCH_SUFFIXES, ".onnx", ".caffemodel")
OPTIONS: list[str] = []
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1", "VIPS_CONCURRENCY": "1"}


def run(folder: Path, *arguments: object) -> tuple[int, str, int]:
    """Run the command; gives its code, the lines it said, and the most memory it took, MB."""
    said = folder / "said"
    command = [sys.executable, "-m", "tintype", *map(str, arguments)]
    with said.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=folder, env=ENVIRONMENT, stdout=file, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, said.read_text("utf-8", "replace").strip(), used.ru_maxrss // 1024


def photograph(path: Path, folder: Path) -> tuple[int, str, int, Counter[str]]:
    """Colour a photograph; what came of it, and of its tags."""
    out = folder / "out"
    out.mkdir()
    options = ["--profile", "original"] if "profile-original" in path.name else []
    options += OPTIONS
    code, said, memory = run(folder, "colorize", path, "-o", out, "--json", "--size", 128, *options)
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    told = [
        str(n) for one in lines for n in (*one.get("notes", ()), one.get("error") or one.get("status", ""))
    ]
    words = "; ".join(filter(None, told)) or said
    made = [p for p in sorted(out.rglob("*")) if p.is_file() and p.suffix not in (".xmp", ".json")]
    return code, words, memory, tags(path, made[0], words) if code == 0 and made else Counter()


def tags(before: Path, after: Path, said: str) -> Counter[str]:
    """What became of every tag, by ExifTool."""
    if not shutil.which("exiftool"):
        return Counter()
    # They are told apart by their names.
    after = after.rename(after.with_name(f"after-{after.name}"))
    found = compared.tags([before, after])
    old, new = found.get(before.name, {}), found.get(after.name, {})
    old.pop(("ExifTool", "Warning"), None)
    if old.get(("IFD0", "ResolutionUnit")) == 1 and old.get(("IFD0", "XResolution")) == 1:
        old = {
            key: value for key, value in old.items() if key not in RESOLUTION
        }  # one a nothing: no one knows
    old = {key: value for key, value in old.items() if key not in PLACES}
    counts: Counter[str] = Counter()
    for key, value in old.items():
        signed = key[1] == "Comment" and str(value).startswith(SIGNATURES)  # by the encoder of what was read
        if key in compared.GONE or key in compared.RENEWED or key in APPLIED or signed:
            counts["renewed"] += 1
        elif new.get(key) == value:
            counts["equal"] += 1
        elif compared.moved(key, value, new):
            counts["moved"] += 1
        elif key in compared.OF_THE_CONTAINER or "left out" in said or compared.named(key, said):
            counts["named"] += 1
        else:
            counts["lost " + ":".join(key)] += 1
    return counts


def listed(counts: Counter[str]) -> str:
    """Counts in words."""
    return ", ".join(f"{n} {what}" for what, n in sorted(counts.items())) or "–"


def outcome(path: Path, folder: Path, grey: Path) -> tuple[int, str, int, Counter[str]]:
    """What becomes of a file."""
    if path.suffix in NETWORKS:
        return *run(folder, "models", "import", path, "--time-limit", 60), Counter()
    if path.suffix == ".json":
        option = "--repeat-recipe" if "tintype_recipe" in path.read_text() else "--hints"
        return *run(folder, "colorize", grey, "-o", folder / "out.png", option, path), Counter()
    return photograph(path, folder)


def write_samples(folder: Path) -> None:
    """Write what the tests of metadata and of damage are made with."""
    for name, data in everything.make().items():
        (folder / f"everything-{name}{everything.SUFFIXES[name]}").write_bytes(data)
    for name, data in samples.make().items():
        (folder / f"{name}{FORMATS[name.partition('-')[0]].suffixes[0]}").write_bytes(data)


def main(where: Path) -> int:
    """Print the table; gives the exit code."""
    import pyvips

    broken, all_tags = 0, Counter[str]()
    print("| file | exit | MB | tags | said |\n| --- | --- | --- | --- | --- |")
    for path in sorted(p for p in where.rglob("*") if p.is_file() and p.suffix not in (".md", ".xmp")):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            ENVIRONMENT["TINTYPE_HOME"] = str(folder / "home")
            grey = folder / "grey.png"
            pyvips.Image.new_from_array(np.tile(np.arange(64, dtype=np.uint8) * 4, (48, 1))).write_to_file(
                str(grey)
            )
            code, said, memory, told = outcome(path, folder, grey)
        lost = [what for what in told if what.startswith("lost")]
        bad = code not in (0, 1, 2, 3, 4) or "Traceback" in said or lost
        broken += bool(bad)
        all_tags += told
        words = said.replace(str(path), path.name).replace("|", "/").replace("\n", " ")[:260]
        cells = (path.relative_to(where), f"{code}{' !' if bad else ''}", memory, listed(told), words)
        print(f"| {' | '.join(map(str, cells))} |", flush=True)
    print(f"\n{broken} broken; tags of all files: {listed(all_tags)}")
    return int(broken > 0)


if __name__ == "__main__":
    if sys.argv[1] == "samples":
        with tempfile.TemporaryDirectory() as made:
            write_samples(Path(made))
            OPTIONS.extend(("--already-color", "recolor"))
            sys.exit(main(Path(made)))
    sys.exit(main(Path(sys.argv[1])))
