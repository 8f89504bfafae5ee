"""What stands in a bill of materials beside the packages."""

import hashlib
import runpy
from pathlib import Path

bundled = runpy.run_path(str(Path(__file__).resolve().parents[2] / "scripts" / "sbom.py"))["bundled"]


def test_files_that_the_wheel_holds_are_listed_with_hash_and_licence():
    table = """
| files | what | from | licence |
|---|---|---|---|
| `src/tintype/weights/*.onnx` | weights | a zoo | Apache-2.0 |
| `site/vendor/*.wasm` | an engine | npm | MIT |
| `docs/images/a.jpg` | a picture | NASA | public domain |
"""
    made = bundled(["tintype/weights/a.onnx", "tintype/x.py"], lambda name: b"abc", table)
    assert [c["name"] for c in made] == ["tintype/weights/a.onnx"]
    assert made[0]["hashes"][0]["content"] == hashlib.sha256(b"abc").hexdigest()
    assert made[0]["licenses"] == [{"license": {"id": "Apache-2.0"}}]
    assert made[0]["type"] == "machine-learning-model"


def test_a_licence_without_a_short_name_is_said_in_words():
    made = bundled(
        ["docs/images/a.jpg"], lambda name: b"", "| `docs/images/*.jpg` | p | NASA | public domain |"
    )
    assert made[0]["licenses"] == [{"license": {"name": "public domain"}}]
