"""A release names the addresses of the host that builds it; a wheel built from its sdist names the same."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
hatch_build = importlib.util.module_from_spec(spec)
spec.loader.exec_module(hatch_build)


@pytest.fixture(autouse=True)
def no_host(monkeypatch, tmp_path):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    monkeypatch.setattr(hatch_build, "HERE", tmp_path)


def test_a_checkout_names_no_address():
    assert hatch_build.project_urls() == {}


def test_the_repository_whose_workflow_builds_is_named(monkeypatch):
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://git.example.org")
    monkeypatch.setenv("GITHUB_REPOSITORY", "town/tintype")
    urls = hatch_build.project_urls()
    assert set(urls) == {"Homepage", "Documentation", "Source", "Issues", "Changelog"}
    assert urls["Issues"] == "https://git.example.org/town/tintype/issues"


def test_an_sdist_knows_where_it_came_from(tmp_path):
    said = "Name: tintype\nProject-URL: Source, https://git.example.org/a,b\n\nProject-URL: text, no\n"
    (tmp_path / "PKG-INFO").write_text(said, encoding="utf-8")
    assert hatch_build.project_urls() == {"Source": "https://git.example.org/a,b"}
