"""The browser is opened by a page that keeps the token out of command lines."""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from studio.studio_tools import client_of, ended, make_studio, started, url_of

posix = pytest.mark.skipif(sys.platform == "win32", reason="shells and limits of POSIX")
pytestmark = pytest.mark.usefixtures("heard_signals")


@pytest.fixture
def lasting(tmp_path):
    """A browser that stays in the foreground: its command, and the file with what it was given."""
    given, process = tmp_path / "argv", tmp_path / "pid"
    fake = tmp_path / "browser"
    fake.write_text(f'#!/bin/sh\necho $$ > {process}\necho "$@" > {given}\nexec sleep 60 > /dev/null 2>&1\n')
    fake.chmod(0o700)
    yield f"{fake} %s", given
    with suppress(ProcessLookupError):
        os.kill(int(process.read_text()), signal.SIGKILL)


def awaited(file):
    """What is in a file, once something is."""
    deadline = time.monotonic() + 10
    while not (file.exists() and file.read_text()) and time.monotonic() < deadline:
        time.sleep(0.01)
    return file.read_text().strip()


@posix
def test_the_token_is_in_no_command_line(tmp_path, lasting):
    """A browser that stays in the foreground is given no token, and the studio answers meanwhile."""
    command, argv = lasting
    process, lines = started(tmp_path, environment={"BROWSER": command})
    try:
        address, _, token = url_of(lines).partition("/?token=")
        given = awaited(argv)
        assert given.startswith("file://")
        assert token not in given
        page = Path(given.removeprefix("file://"))
        assert page.stat().st_mode & 0o777 == 0o600
        assert page.parent.stat().st_mode & 0o777 == 0o700
        assert token in page.read_text()
        answer = httpx.get(f"{address}/api/about", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200
    finally:
        said = ended(process)
    assert "Traceback" not in said[1]


@posix
def test_ctrl_c_while_the_browser_command_blocks_is_one_line(tmp_path, lasting):
    command, argv = lasting
    process, _ = started(tmp_path, environment={"BROWSER": command})
    assert awaited(argv)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said[1] == "tintype: interrupted\n"


def test_a_page_from_a_file_signs_in_by_a_page_of_ours(tmp_path):
    studio = make_studio(tmp_path)
    with client_of(studio) as client:
        answer = client.get(f"/?token={studio.token}&from=file", follow_redirects=False)
        assert answer.status_code == 200
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert 'http-equiv="refresh"' in answer.text
        assert studio.token not in answer.text
        assert client.get("/api/about").status_code == 200
