"""docs/formats.md says what files that are made for it tell."""

import runpy
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "formats_doc.py"


def test_the_tables_are_current():
    pytest.importorskip("imagecodecs")
    made = runpy.run_path(str(SCRIPT))
    assert made["TARGET"].read_text(encoding="utf-8") == made["page"](), "run: python scripts/formats_doc.py"


def test_a_loss_that_nobody_says_is_an_error(monkeypatch):
    made = runpy.run_path(str(SCRIPT))
    kept = made["kept"]
    silent = kept.__globals__["write"]

    def write(*args):
        from dataclasses import replace

        return replace(silent(*args), notes=())

    monkeypatch.setitem(kept.__globals__, "write", write)
    with pytest.raises(AssertionError, match="in silence"):
        kept("webp", made["PROBES"]["Photoshop's other resources"])
