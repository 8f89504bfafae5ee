"""What makes shells complete."""

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from tintype.commands import main
from tintype.commands.completion import SHELLS, script


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_asks_the_program(shell):
    made = CliRunner().invoke(main, ["completion", shell])
    assert made.exit_code == 0 and made.stdout.strip() == script(shell).strip()
    assert f"_TINTYPE_COMPLETE={shell}_complete" in made.stdout


def test_the_program_answers():
    asked = os.environ | {
        "_TINTYPE_COMPLETE": "bash_complete",
        "COMP_WORDS": "tintype col",
        "COMP_CWORD": "1",
    }
    code = "from tintype.commands import main; main(prog_name='tintype')"
    made = subprocess.run([sys.executable, "-c", code], env=asked, capture_output=True, text=True)
    assert "plain,colorize" in made.stdout
