"""The API reference has every public name, and the site every document."""

from __future__ import annotations

import re
from pathlib import Path

import tintype

ROOT = Path(__file__).resolve().parents[2]


def test_every_public_name_is_in_the_reference() -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs" / "api").glob("*.md"))
    shown = set(re.findall(r"^::: tintype\.(\w+)$", text, re.MULTILINE))
    errors = {n for n in tintype.__all__ if getattr(tintype, n) in vars(tintype.errors).values()}
    assert "::: tintype.errors" in text
    assert set(tintype.__all__) - {"__version__"} - errors == shown - {"errors"}


def test_every_document_is_in_the_site() -> None:
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    documents = {p.relative_to(ROOT / "docs").as_posix() for p in (ROOT / "docs").rglob("*.md")}
    assert set(re.findall(r": (\S+\.md)$", nav, re.MULTILINE)) == documents
