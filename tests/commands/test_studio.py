"""``tintype studio``: what it says and what it opens, without a server."""

import socket

import pytest
from click.testing import CliRunner

from studio.studio_tools import TOKEN
from tintype.commands import main
from tintype.studio import browser, serve


@pytest.fixture
def opened(monkeypatch, tmp_path):
    """The studios that the command would have served, and those shown in a browser."""
    served, shown = [], []

    def instead(studio, listening, ready):
        served.append(studio)
        ready()
        studio.store.close()

    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(serve, "serve", instead)
    monkeypatch.setattr(browser, "open_browser", shown.append)
    return served, shown


def run(*args, code=0):
    result = CliRunner().invoke(main, ["studio", *map(str, args)])
    assert result.exit_code == code, result.output
    return result


def test_it_opens_on_this_computer_and_in_a_browser_unless_told(opened, tmp_path, monkeypatch):
    served, shown = opened
    monkeypatch.setenv("TINTYPE_STUDIO_TOKEN", TOKEN)
    said = run(tmp_path, "--photo-memory", "0.5")
    assert "The studio is open at http://127.0.0.1:" in said.stdout
    assert "Nothing leaves this computer" in said.stdout and said.stderr == ""
    [studio] = served
    assert (studio.token, studio.folder, studio.model) == (TOKEN, tmp_path, "tintype")
    assert studio.limits.photo_memory_bytes == 500_000_000
    assert shown == [studio]
    run("--no-browser")
    assert len(served) == 2 and len(shown) == 1


def test_an_open_host_is_warned_of(opened):
    said = run("--host", "0.0.0.0", "--no-browser")
    assert "Nothing leaves" not in said.stdout and socket.gethostname() in said.stdout
    assert "warning: the studio is open to your network" in said.stderr


def test_what_makes_no_sense_is_said_before_anything_is_opened(opened, tmp_path, monkeypatch):
    assert "not both" in run(tmp_path, "--archive", tmp_path, code=2).output
    assert "nosuch" in run("--model", "nosuch", "--no-browser", code=1).output
    monkeypatch.setenv("TINTYPE_STUDIO_TOKEN", "short")
    said = run("--no-browser", code=1).output
    assert "TINTYPE_STUDIO_TOKEN" in said and "short" not in said
    assert opened == ([], [])
