"""The tests mirror the source: a module has a file of tests by its name, in the folder of its name."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src" / "tintype"
LARGE = 40  # lines, from which on a module needs tests of its own


def home(module):
    """The file of tests of a module: ``a/b.py`` → ``a/test_b.py``, ``a/__init__.py`` → ``a/test_a.py``."""
    path = Path(module)
    stem = path.parent.name or "tintype" if path.stem == "__init__" else path.stem.lstrip("_")
    return path.with_name(f"test_{stem}.py")


def has_tests(module, files):
    """Whether a file of its own, or several that begin with its name, hold tests of a module."""
    own = home(module)
    return any(f.parent == own.parent and (f == own or f.stem.startswith(f"{own.stem}_")) for f in files)


def large_modules():
    for path in sorted(SOURCE.rglob("*.py")):
        if len(path.read_text(encoding="utf-8").splitlines()) >= LARGE:
            yield path.relative_to(SOURCE).as_posix()


FILES = {p.relative_to(TESTS) for p in TESTS.rglob("test_*.py")}


@pytest.mark.parametrize("module", list(large_modules()))
def test_a_large_module_has_tests_of_its_own(module):
    assert has_tests(module, FILES), f"write tests/{home(module).as_posix()}"


def test_no_file_of_tests_is_left_out():
    """pytest passes over what is not named ``test_…``, and over methods of other names in silence."""
    for path in TESTS.rglob("*.py"):
        if not path.name.startswith("test_") and path.name != "conftest.py":
            loose = re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M)
            assert not loose, f"{path}: {loose} never run"


def test_no_benchmark_hides_what_tests_share():
    """Both folders are on the path of imports, where ``network.py`` comes before a folder ``network``."""
    names = {p.stem for folder in (TESTS, TESTS.parent / "benchmarks") for p in folder.glob("*.py")}
    shared = {p for p in TESTS.rglob("*.py") if not p.stem.startswith("test_") and p.stem != "conftest"}
    assert not [p for p in shared if p.parent != TESTS and p.relative_to(TESTS).parts[0] in names]


def test_the_rule_itself():
    assert home("color/lab.py") == Path("color/test_lab.py")
    assert home("commands/__init__.py") == Path("commands/test_commands.py")
    assert home("__init__.py") == Path("test_tintype.py")
    assert home("photo/formats/_jxl_header.py") == Path("photo/formats/test_jxl_header.py")
    assert has_tests("a/b.py", {Path("a/test_b_whole.py")})
    assert not has_tests("a/b.py", {Path("a/test_bare.py"), Path("c/test_b.py")})
