"""Manual pages and completions, made from the commands."""

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from tintype.commands import COMMANDS, main

MAN = runpy.run_path(str(Path(__file__).resolve().parents[2] / "scripts" / "man.py"))


@pytest.fixture(scope="module")
def share(tmp_path_factory):
    folder = tmp_path_factory.mktemp("share")
    return folder, MAN["write"](folder)


def test_every_command_has_a_page(share):
    folder, made = share
    pages = {p.name for p in made if p.suffix == ".1"}
    assert {f"tintype-{name}.1" for name in COMMANDS} | {"tintype.1", "tintype-models-list.1"} <= pages
    page = (folder / "man/man1/tintype-colorize.1").read_text(encoding="utf-8")
    assert page.startswith('.TH "TINTYPE-COLORIZE" "1"') and "\\-\\-vividness" in page
    assert ".SH SYNOPSIS" in page and ".SH OPTIONS" in page


def _commands(command, words=("tintype",)):
    yield words, command
    for name in getattr(command, "list_commands", lambda _: [])(None):
        yield from _commands(command.get_command(None, name), (*words, name))


def test_a_page_tells_every_option_and_no_other(share):
    for words, command in _commands(main):
        page = (share[0] / "man/man1" / f"{'-'.join(words)}.1").read_text(encoding="utf-8")
        told = {w.replace("\\-", "-") for w in re.findall(r"(?<![\w-])\\-\\-[a-z][a-z0-9\\-]*", page)}
        options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
        named = {n for p in options for n in (*p.opts, *p.secondary_opts) if n.startswith("--")}
        # Texts of one option name others, of this command or of another.
        every = {n for _, c in _commands(main) for p in c.params for n in (*p.opts, *p.secondary_opts)}
        assert named - told == set(), words
        assert told - every - {"--help", "--nproc-per-node"} == set(), words  # the latter is torchrun's


def test_nothing_is_taken_for_a_request():
    assert MAN["escaped"](".hidden -x\n'quoted' \\b") == "\\&.hidden \\-x\n\\&'quoted' \\eb"


def test_a_build_needs_no_numpy(tmp_path):
    """Where a wheel is built there is only what pyproject.toml names for it."""
    code = (
        "import runpy, sys\n"
        "for name in ('numpy', 'pyvips', 'onnxruntime', 'fastapi', 'av', 'torch'): sys.modules[name] = None\n"
        f"sys.argv = ['man.py', {str(tmp_path)!r}]\n"
        f"runpy.run_path({str(MAN['__file__'])!r}, run_name='__main__')"
    )
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "man/man1/tintype.1").exists()


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff here")
def test_groff_finds_nothing_wrong(share):
    pages = [str(p) for p in share[1] if p.suffix == ".1"]
    made = subprocess.run(
        ["groff", "-Kutf8", "-man", "-Tutf8", "-ww", "-z", *pages], capture_output=True, text=True
    )
    assert made.returncode == 0 and made.stderr == ""


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_reads_its_completion(share):
    file = share[0] / "bash-completion/completions/tintype"
    assert subprocess.run(["bash", "-n", str(file)]).returncode == 0
