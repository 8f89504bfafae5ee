"""docs/options.md says what the program says."""

import runpy
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "options_doc.py"


def test_the_page_is_current():
    # In a process of its own: click keeps a command's help option as it was first asked for, and other tests
    # run commands without the group that adds -h.
    told = "import runpy, sys; sys.stdout.buffer.write(runpy.run_path(sys.argv[1])['page']().encode())"
    made = subprocess.run([sys.executable, "-c", told, str(SCRIPT)], capture_output=True, check=True).stdout
    # Word by word: where lines break is click's affair.
    said = runpy.run_path(str(SCRIPT))["TARGET"].read_text(encoding="utf-8").split()
    assert said == made.decode().split(), "run: python scripts/options_doc.py"
