"""What makes shells complete."""

import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from tintype.commands import COMMANDS, main
from tintype.commands.completion import SHELLS, script


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_asks_the_program(shell):
    made = CliRunner().invoke(main, ["completion", shell])
    assert made.exit_code == 0 and made.stdout.strip() == script(shell).strip()
    assert f"_TINTYPE_COMPLETE={shell}_complete" in made.stdout


def test_every_option_is_completed():
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        context = click.Context(command, info_name=name)
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                longest = max(option.opts, key=len)
                found = {item.value for item in command.shell_complete(context, longest)}
                assert longest in found, (name, longest)


def test_the_program_answers():
    asked = os.environ | {
        "_TINTYPE_COMPLETE": "bash_complete",
        "COMP_WORDS": "tintype col",
        "COMP_CWORD": "1",
    }
    code = "from tintype.commands import main; main(prog_name='tintype')"
    made = subprocess.run([sys.executable, "-c", code], env=asked, capture_output=True, text=True)
    assert "plain,colorize" in made.stdout
