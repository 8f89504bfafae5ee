"""What others made, and what is no text of ours, stands in THIRD_PARTY.md with its licence."""

import fnmatch
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TABLE = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
OWN = {".py", ".c", ".md", ".toml", ".json", ".yml", ".yaml", ".html", ".css", ".js", ".mjs", ".svg", ".sh",
       ".txt", ".typed", ".cff", ".ts", ".cpp", ".cs", ".webmanifest", ".1", ""}  # fmt: skip
VENDORED = re.compile(r"(^|/)vendor/|\.min\.js$|node_modules/")


def rows():
    for line in TABLE.splitlines():
        if line.startswith("| `"):
            files, what, source, licence = (cell.strip() for cell in line.strip("|").split("|"))
            yield re.findall(r"`([^`]+)`", files), what, source, licence


def files():
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a checkout")
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def foreign(name):
    path = Path(name)
    licence = path.name.lower().find("licen") >= 0 or path.name == "README.md"
    return not licence and bool(VENDORED.search(name) or path.suffix not in OWN)


def test_all_that_is_not_ours_is_listed():
    patterns = [pattern for names, *_ in rows() for pattern in names]
    dotted = [n for n in files() if not n.startswith(".")]
    lacking = [n for n in dotted if foreign(n) and not any(fnmatch.fnmatch(n, p) for p in patterns)]
    assert lacking == []


def test_what_is_listed_is_there_and_has_a_licence():
    there = files()
    for names, what, source, licence in rows():
        assert what and source and licence
        for pattern in (*names, *re.findall(r"`([^`]+/[^`]+)`", licence)):
            assert fnmatch.filter(there, pattern), pattern


def test_a_foreign_file_would_be_noticed():
    assert foreign("src/tintype/weights/x.onnx") and foreign("site/vendor/ort.mjs") and foreign("docs/a.png")
    assert not foreign("src/tintype/color/kernel.c") and not foreign("site/vendor/LICENSE")
