"""Writes a bill of materials (CycloneDX, JSON) of a wheel: what is installed with it, and what is inside.

``python scripts/sbom.py dist/tintype-….whl [--extras studio,credentials] [-o dist/tintype.cdx.json]``

The wheel is installed in an empty environment, whose packages ``cyclonedx-py`` (of cyclonedx-bom, put into an
environment of its own) lists with versions and licences; files that THIRD_PARTY.md names and the wheel holds
are added with their hashes. Nothing in it depends on when it was made.
"""

from __future__ import annotations

import argparse
import fnmatch
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_SPDX = re.compile(r"^[A-Za-z0-9.+-]+")


def environment(folder: Path, *packages: str) -> Path:
    """An environment with packages in it; returns its python."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
    return python


def listed(wheel: Path, extras: str) -> dict[str, Any]:
    """The bill of what is installed with a wheel."""
    with tempfile.TemporaryDirectory() as work:
        own = environment(Path(work, "own"), f"{wheel}[{extras}]" if extras else str(wheel))
        tool = environment(Path(work, "tool"), "cyclonedx-bom>=7")
        words = ["-m", "cyclonedx_py", "environment", "--pyproject", str(ROOT / "pyproject.toml"),
                 "--mc-type", "application", "--sv", "1.6", "--of", "JSON",
                 "--output-reproducible", str(own)]  # fmt: skip
        made = subprocess.run([tool, *words], check=True, capture_output=True, text=True)
    bill: dict[str, Any] = json.loads(made.stdout)
    # What only sets up the environment is no part of it.
    bill["components"] = [c for c in bill.get("components", []) if c["name"] not in ("pip", "setuptools")]
    return bill


def bundled(names: list[str], data: Any, table: str) -> list[dict[str, Any]]:
    """The components for files in a wheel that THIRD_PARTY.md names; `data(name)` gives a file's bytes.

    >>> rows = "| `src/tintype/weights/*.onnx` | weights | us | Apache-2.0 |"
    >>> made = bundled(["tintype/weights/a.onnx", "tintype/b.py"], lambda name: b"", rows)
    >>> [(c["name"], c["licenses"][0]["license"]["id"]) for c in made]
    [('tintype/weights/a.onnx', 'Apache-2.0')]
    """
    made = []
    for line in table.splitlines():
        if not line.startswith("| `"):
            continue
        files, what, source, licence = (cell.strip() for cell in line.strip("|").split("|"))
        patterns = [p.removeprefix("src/") for p in re.findall(r"`([^`]+)`", files)]
        spdx = _SPDX.match(licence)
        given = {"id": spdx[0]} if spdx and "-" in spdx[0] else {"name": licence}
        for name in names:
            if any(fnmatch.fnmatch(name, pattern) for pattern in patterns):
                made.append(
                    {
                        "type": "machine-learning-model" if name.endswith(".onnx") else "file",
                        "bom-ref": f"file:{name}",
                        "name": name,
                        "description": f"{what}; {source}",
                        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(data(name)).hexdigest()}],
                        "licenses": [{"license": given}],
                    }
                )
    return made


def main() -> None:
    """Read the command line and write the bill."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--extras", default="", help="extras to list too")
    parser.add_argument("-o", "--output", type=Path, help="default: beside the wheel")
    asked = parser.parse_args()
    bill = listed(asked.wheel.resolve(), asked.extras)
    with zipfile.ZipFile(asked.wheel) as archive:
        table = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
        bill["components"] += bundled(archive.namelist(), archive.read, table)
    version = asked.wheel.name.split("-")[1]
    bill["metadata"].setdefault("component", {})["version"] = version
    output = asked.output or asked.wheel.with_name(f"tintype-{version}.cdx.json")
    output.write_text(json.dumps(bill, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{output}: {len(bill['components'])} components")


if __name__ == "__main__":
    main()
