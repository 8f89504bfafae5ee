"""The public API has types: mypy and pyright find in a file of examples what they must, and nothing else."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tintype

EXAMPLES = Path(__file__).parent / "typing" / "examples.py"
SOURCES = Path(tintype.__file__).parents[1]


def check(*command, cwd):
    ended = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The examples, and beside them the same with a wrong type: one run of a checker reads both."""
    folder = tmp_path_factory.mktemp("typing")
    text = EXAMPLES.read_text(encoding="utf-8")
    (folder / "examples.py").write_text(text, encoding="utf-8")
    right, wrong = (f'assert_type(tintype.colorize("a.jpg"), {kind})' for kind in ("Path", "bytes"))
    assert right in text
    (folder / "wrong.py").write_text(text.replace(right, wrong), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def mypy(folder):
    pytest.importorskip("mypy", reason="mypy is in the group lint")
    (folder / "mypy.ini").write_text(
        "[mypy]\nstrict = true\nwarn_unused_ignores = true\n"
        f"mypy_path = {SOURCES}\n"
        "[mypy-tintype.*]\nfollow_imports = silent\nignore_errors = true\n"
        "[mypy-pyvips.*,onnxruntime.*]\nignore_missing_imports = true\n"
    )
    files = ("examples.py", "wrong.py")
    return check(sys.executable, "-m", "mypy", "--config-file", "mypy.ini", *files, cwd=folder)


@pytest.fixture(scope="module")
def pyright(folder):
    pytest.importorskip("pyright", reason="pyright is in the group lint")
    if shutil.which("node") is None:
        pytest.skip("pyright needs node")
    (folder / "pyrightconfig.json").write_text(
        f'{{"extraPaths": ["{SOURCES.as_posix()}"], "typeCheckingMode": "standard", '
        '"reportUnnecessaryTypeIgnoreComment": "error", "reportMissingModuleSource": "none", '
        '"include": ["examples.py", "wrong.py"]}'.replace("{{", "{")
    )
    return check(sys.executable, "-m", "pyright", "--pythonpath", sys.executable, cwd=folder)


def errors(said):
    return [line for line in said.splitlines() if re.search(r"\berror\b.*[:\[(]", line) and ".py:" in line]


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_checkers_find_what_they_must(checker, request):
    said = request.getfixturevalue(checker)
    assert not [line for line in errors(said) if "wrong.py" not in line], said


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_checkers_find_what_is_wrong(checker, request):
    """A wrong type is found, and nothing else: so the checker ran to its end, and the test above can fail."""
    said = request.getfixturevalue(checker)
    [wrong] = [line for line in errors(said) if "wrong.py" in line]
    assert "assert_type" in wrong or "Expression is of type" in wrong, said
    assert re.search(r"[Ff]ound 1 error|^1 error,", said, re.MULTILINE), said
