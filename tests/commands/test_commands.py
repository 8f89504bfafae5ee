"""The command group: loads little, fails in one line, and with the right code."""

import subprocess
import sys

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
