"""docs/architecture.md says what is there: its table of rooms, and the signatures of its line."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import tintype

PAGE = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
SOURCES = Path(tintype.__file__).parent
LINE = PAGE.split("## The line, in types")[1].split("```")[1]


def rooms():
    table = PAGE.split("## Rooms")[1].split("##")[0]
    return [name for row in table.splitlines() if row.startswith("| `") for name in
            re.findall(r"`([^`]+)`", row.split("|")[1])]  # fmt: skip


def test_every_room_is_in_the_table_once():
    there = {p.name for p in SOURCES.iterdir() if p.suffix == ".py"}
    there |= {f"{p.name}/" for p in SOURCES.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert sorted(rooms()) == sorted(there - {"__main__.py", "_version.py"})


def signatures():
    module = None
    for line in LINE.splitlines():
        if found := re.match(r"# ([a-z_/]+)\.py", line):
            module = "tintype." + found[1].replace("/", ".")
        elif found := re.match(r"([A-Za-z_.]+)\(([^)]*)\)", line):
            yield module, found[1], [name.strip() for name in found[2].split(",") if name.strip()]


def test_signatures_of_the_line_are_those_of_the_code():
    found = list(signatures())
    assert len(found) > 14
    for module, name, told in found:
        thing = importlib.import_module(module)
        for part in name.split("."):
            thing = getattr(thing, part)
        names = [n for n in inspect.signature(thing).parameters if n != "self"]
        assert [n for n in names if n in told] == told, f"{module}.{name}"


def test_modules_that_the_page_names_are_there():
    for name in re.findall(r"`([a-z_]+(?:/[a-z_]+)*\.py)`", PAGE):
        assert list(SOURCES.rglob(name)), name


def imported(tree, modules):
    """The modules of ours that a module imports, at its head or when it runs, but not for types alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = (f"{node.module}.{one.name}" for one in node.names)
            yield from (name if name in modules else node.module for name in whole)
        else:
            yield from imported(node, modules)


def test_no_modules_import_each_other_in_a_circle():
    paths = {".".join(p.relative_to(SOURCES.parent).with_suffix("").parts): p for p in SOURCES.rglob("*.py")}
    files = {name.removesuffix(".__init__"): path for name, path in paths.items()}
    edges = {
        name: set(imported(ast.parse(path.read_text(encoding="utf-8")), files)) & files.keys() - {name}
        for name, path in files.items()
    }
    while leaves := [name for name, to in edges.items() if not to]:
        for name in leaves:
            del edges[name]
        for to in edges.values():
            to.difference_update(leaves)
    while roots := edges.keys() - set().union(*edges.values()):
        for name in roots:
            del edges[name]
    assert not edges, f"in a circle, or between two: {sorted(edges)}"
