"""docs/networks.md names the networks that the registry has."""

import runpy
from pathlib import Path

from tintype.network.families import published

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "networks_doc.py"


def test_the_table_is_current():
    made = runpy.run_path(str(SCRIPT))
    page = made["TARGET"].read_text(encoding="utf-8")
    assert page == made["page"](), "run: python scripts/networks_doc.py"
    for name, entry in published().items():
        assert f"| `{name}` | {entry.title} | `{entry.file}`" in page
