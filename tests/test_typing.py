"""The public API has types: mypy and pyright find in a file of examples what they must, and nothing else."""

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
    return ended.returncode, ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def mypy(tmp_path_factory):
    pytest.importorskip("mypy", reason="mypy is in the group lint")
    folder = tmp_path_factory.mktemp("mypy")
    (folder / "mypy.ini").write_text(
        "[mypy]\nstrict = true\nwarn_unused_ignores = true\n"
        f"mypy_path = {SOURCES}\n"
        "[mypy-tintype.*]\nfollow_imports = silent\nignore_errors = true\n"
        "[mypy-pyvips.*,onnxruntime.*]\nignore_missing_imports = true\n"
    )
    return lambda file: check(sys.executable, "-m", "mypy", "--config-file", "mypy.ini", file, cwd=folder)


@pytest.fixture(scope="module")
def pyright(tmp_path_factory):
    pytest.importorskip("pyright", reason="pyright is in the group lint")
    if shutil.which("node") is None:
        pytest.skip("pyright needs node")
    folder = tmp_path_factory.mktemp("pyright")
    (folder / "pyrightconfig.json").write_text(
        f'{{"extraPaths": ["{SOURCES.as_posix()}"], "typeCheckingMode": "standard", '
        '"reportUnnecessaryTypeIgnoreComment": "error", "reportMissingModuleSource": "none", '
        '"include": ["."]}'.replace("{{", "{")
    )

    def run(file):
        copy = folder / "examples.py"
        copy.write_text(Path(file).read_text(encoding="utf-8"), encoding="utf-8")
        return check(sys.executable, "-m", "pyright", "--pythonpath", sys.executable, cwd=folder)

    return run


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_checkers_find_what_they_must(checker, request):
    code, said = request.getfixturevalue(checker)(str(EXAMPLES))
    assert code == 0, said


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_checkers_find_what_is_wrong(checker, request, tmp_path):
    """The test above can fail: a wrong type in the examples is found."""
    wrong = tmp_path / "examples.py"
    text = EXAMPLES.read_text(encoding="utf-8")
    wrong.write_text(text.replace('assert_type(tintype.colorize("a.jpg"), Path)',
                                  'assert_type(tintype.colorize("a.jpg"), bytes)'))  # fmt: skip
    code, said = request.getfixturevalue(checker)(str(wrong))
    assert code == 1, said
    assert "assert_type" in said or "Expression is of type" in said
