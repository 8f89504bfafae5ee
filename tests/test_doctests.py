"""Every example in a docstring runs and gives what it says."""

import doctest
import importlib
import inspect
from pathlib import Path

import pytest

import tintype

SOURCES = Path(tintype.__file__).parent
WITH_EXAMPLES = sorted(p for p in SOURCES.rglob("*.py") if ">>> " in p.read_text(encoding="utf-8"))
PUBLIC = ["colorize", "Colorizer", "Settings", "Hint"]


def name_of(path):
    parts = path.relative_to(SOURCES.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("name", [name_of(path) for path in WITH_EXAMPLES])
def test_examples(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert found.attempted
    assert not found.failed
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_public_has_an_example_that_runs(name):
    thing = getattr(tintype, name)
    if inspect.isclass(thing):
        text = (inspect.getdoc(thing) or "") + "".join(inspect.getdoc(v) or "" for v in vars(thing).values())
    else:
        text = inspect.getdoc(thing)
    assert ">>> " in text
    assert "+SKIP" not in text
