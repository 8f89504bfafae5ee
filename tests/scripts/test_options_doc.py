"""docs/options.md says what the program says."""

import runpy
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "options_doc.py"


def test_the_page_is_current():
    made = runpy.run_path(str(SCRIPT))
    # Word by word: where lines break is click's affair.
    said = made["TARGET"].read_text(encoding="utf-8").split()
    assert said == made["page"]().split(), "run: python scripts/options_doc.py"
