"""The command group: loads little, fails in one line, and with the right code."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tintype import PhotoError, __version__, commands


@pytest.fixture
def group(monkeypatch):
    """The group with one sub-command, which raises what the test puts into `box`."""
    box = {}

    @click.command()
    def command():
        raise box["error"]

    monkeypatch.setattr(commands.LazyGroup, "list_commands", lambda self, ctx: ["colorize"])
    monkeypatch.setattr(commands.LazyGroup, "get_command", lambda self, ctx, name: command)
    return box


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (PhotoError("a.jpg: is empty\nsend another"), 1, "tintype: a.jpg: is empty send another\n"),
        (KeyboardInterrupt(), 130, "tintype: interrupted\n"),
        (click.UsageError("no"), 2, "Error: no"),
    ],
)
def test_what_a_command_raises_becomes_a_line_and_a_code(group, error, code, said):
    group["error"] = error
    result = CliRunner().invoke(commands.main, ["colorize"])
    assert result.exit_code == code
    assert said in result.stderr
    assert result.stdout == ""


def test_ctrl_c_before_any_sub_command_is_the_same_line(monkeypatch):
    def kernel(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("tintype.color.kernel.status", kernel)
    result = CliRunner().invoke(commands.main, ["--version"])
    assert (result.exit_code, result.stderr) == (130, "tintype: interrupted\n")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.usefixtures("heard_signals")
def test_ctrl_c_while_the_command_is_loaded_says_nothing(tmp_path):
    # What it loads says when it is loaded, and waits.
    (tmp_path / "click.py").write_text("import time\nprint(flush=True)\ntime.sleep(60)\n")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    command = [sys.executable, "-m", "tintype", "--version"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == ""
    assert process.returncode == -signal.SIGINT


def test_memory_error_says_what_to_do(group):
    group["error"] = MemoryError()
    result = CliRunner().invoke(commands.main, ["colorize"])
    assert result.exit_code == 1
    assert "--jobs 1" in result.stderr


def test_unknown_command_is_a_usage_error():
    assert CliRunner().invoke(commands.main, ["colourise"]).exit_code == 2


def test_version():
    first, second = CliRunner().invoke(commands.main, ["--version"]).stdout.splitlines()
    assert first == f"tintype, version {__version__}"
    assert second.startswith(("painting: compiled kernel", "painting: NumPy: this installation has no"))


def test_help_imports_neither_numpy_nor_vips():
    code = (
        "import sys\n"
        "from tintype.commands import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pyvips', 'onnxruntime', 'rich', 'torch'} & sys.modules.keys()\n"
        "sys.exit(f'help loaded {heavy}' if heavy else 0)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_every_listed_command_has_its_module_and_command():
    with click.Context(commands.main) as ctx:
        for name in commands.main.list_commands(ctx):
            if name in ("train", "dataset"):
                continue  # their rooms may need an extra
            assert isinstance(commands.main.get_command(ctx, name), click.Command), name


def test_a_word_that_is_nearly_a_command_is_answered_with_the_command():
    result = CliRunner().invoke(commands.main, ["colorise", "x.jpg"])
    assert result.exit_code == 2
    assert "Did you mean colorize?" in result.output


SOURCES = Path(commands.__file__).parents[1]
FORGETS = re.compile(r"^\s+forget_operations\(\)$", re.M)
# What opens no photograph in its own process, and where a command's photographs are opened instead.
ELSEWHERE = {
    "archive": "archive/work.py",
    "colorize": "commands/colorize_one.py",
    "completion": None,
    "credentials": None,
    "export": None,
    "models": None,
    "studio": "studio/serve.py",
}
STARTS = re.compile(r"\.Process\(target=|ProcessPoolExecutor\(|ray\.remote\(")
WORKERS = {  # who starts processes, and what these do
    "archive/engines/pool.py": "archive/work.py",
    "archive/engines/ray.py": "archive/work.py",
    "evaluation/cost.py": "evaluation/cost.py",
    "studio/processes.py": "studio/film_desk.py",
}


@pytest.mark.parametrize("name", commands.COMMANDS)
def test_commands_do_not_hold_what_libvips_has_done(name):
    place = ELSEWHERE.get(name, f"commands/{name.replace('-', '_')}.py")
    assert place is None or FORGETS.search((SOURCES / place).read_text(encoding="utf-8"))


def test_worker_processes_do_not_either():
    texts = {p.relative_to(SOURCES).as_posix(): p.read_text(encoding="utf-8") for p in SOURCES.rglob("*.py")}
    assert {name for name, text in texts.items() if STARTS.search(text)} == set(WORKERS)
    for place in (*WORKERS.values(), "studio/inspector.py"):  # which works by `tintype.limited`
        assert FORGETS.search(texts[place]), place
