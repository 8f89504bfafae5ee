"""The studio as its user runs it: a process, an address, a port."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time

import httpx
import pytest

from studio.studio_tools import encoded, ended, grey_photo, make_studio, program, started, upload
from studio_process import SOURCE, Studio
from tintype.studio.serve import bind_again

pytestmark = pytest.mark.usefixtures("heard_signals")


@pytest.fixture
def client(tmp_path):
    with program(make_studio(tmp_path)) as client:
        yield client


def test_an_open_host_is_spoken_of_honestly(tmp_path):
    process, lines = started(tmp_path, "--host", "0.0.0.0", "--no-browser")
    said = ended(process)
    text = "".join(lines) + said[0]
    assert "Nothing leaves" not in text
    assert socket.gethostname() in text
    assert "warning: the studio is open to your network" in said[1]


def test_a_token_is_made_anew_and_only_this_computer_is_served(tmp_path):
    with Studio(home=tmp_path) as one:
        assert one.address.startswith("http://127.0.0.1:")
        assert len(one.token) >= 43
        assert httpx.get(f"{one.address}/api/about").status_code == 401
        with httpx.Client(base_url=one.address) as browser:
            assert browser.get(f"/?token={one.token}", follow_redirects=True).status_code == 200
        one.process.send_signal(signal.SIGINT)
        assert one.process.wait(timeout=15) in (0, 130)


def test_the_address_stays_and_a_busy_port_is_left_alone(tmp_path):
    remembered = tmp_path / "studio" / "port"
    with Studio(home=tmp_path) as one, bind_again("127.0.0.1", remembered) as two:
        port = two.getsockname()[1]
        assert not one.address.endswith(f":{port}")
    with Studio(home=tmp_path) as three:
        assert three.address.endswith(f":{port}")
    remembered.write_text("rotten")
    with bind_again("127.0.0.1", remembered) as four:
        assert four.getsockname()[1] == int(remembered.read_text())


def test_nothing_is_lost_when_it_is_killed(tmp_path):
    with Studio(home=tmp_path) as one:
        session = one.client.post("/api/sessions", json={"title": "Album"}).json()["id"]
        photo = upload(one.client, session, encoded(grey_photo(64)), "opa.png").json()["photos"][0]["id"]
        path = f"/api/sessions/{session}/photos/{photo}/state"
        acknowledged = 0.0

        def write():
            nonlocal acknowledged
            for step in range(1, 1000):
                warmth = step / 1000
                try:
                    answer = one.client.put(path, json={"settings": {"warmth": warmth}})
                except httpx.HTTPError:
                    return
                assert answer.status_code == 200
                acknowledged = warmth

        writer = threading.Thread(target=write)
        writer.start()
        time.sleep(0.4)
        one.process.kill()
        writer.join(10)
    assert 0 < acknowledged < 0.999
    with Studio(home=tmp_path) as two:
        assert two.token != one.token
        found = two.client.get(f"/api/sessions/{session}").json()
        assert found["title"] == "Album"
        kept = found["photos"][0]["state"]["settings"]["warmth"]
        assert acknowledged <= kept <= acknowledged + 0.0011  # the one under way may have been kept too
        assert two.client.get(f"/api/sessions/{session}/photos/{photo}/download").status_code == 200


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        run = subprocess.run(
            [sys.executable, "-m", "tintype", "studio", "--no-browser", "--port", str(port)],
            env=os.environ | {"TINTYPE_HOME": str(tmp_path), "PYTHONPATH": str(SOURCE)},
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr.startswith("tintype: 127.0.0.1:")
    assert "--port" in run.stderr
    assert len(run.stderr.splitlines()) == 1
