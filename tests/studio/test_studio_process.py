"""The studio as its user runs it: a process, a port, a disk that fills, and a plug that is pulled."""

import os
import signal
import subprocess
import sys
import threading
import time

import httpx
import pytest

from studio.studio_tools import encoded, grey_photo, make_studio, program, upload
from studio_process import SOURCE, Studio
from tintype.studio import store as store_module


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
    with Studio(home=tmp_path) as one, Studio(home=tmp_path) as two:
        assert two.address != one.address
    with Studio(home=tmp_path) as three:
        assert three.address == two.address
    (tmp_path / "studio" / "port").write_text("rotten")
    with Studio(home=tmp_path) as four:
        assert four.client.get("/api/about").status_code == 200


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
        time.sleep(1.0)
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
    with Studio(home=tmp_path) as one:
        port = one.address.rpartition(":")[2]
        run = subprocess.run(
            [sys.executable, "-m", "tintype", "studio", "--no-browser", "--port", port],
            env=os.environ | {"TINTYPE_HOME": str(tmp_path), "PYTHONPATH": str(SOURCE)},
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr.startswith("tintype: 127.0.0.1:")
    assert "--port" in run.stderr
    assert len(run.stderr.splitlines()) == 1


@pytest.fixture
def client(tmp_path):
    with program(make_studio(tmp_path)) as client:
        yield client


def test_a_full_disk_is_said_and_what_was_kept_stays(client, monkeypatch):
    session = client.post("/api/sessions", json={"title": "Album"}).json()["id"]
    photo = upload(client, session, encoded(grey_photo(64))).json()["photos"][0]["id"]
    base = f"/api/sessions/{session}/photos/{photo}"
    client.put(f"{base}/state", json={"settings": {"warmth": 0.25}})

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store_module.os, "fsync", full)
    for answer in (
        client.put(f"{base}/state", json={"settings": {"warmth": 0.75}}),
        client.post("/api/sessions"),
        upload(client, session, encoded(grey_photo(64))),
        client.get(f"{base}/download"),
    ):
        assert answer.status_code == 507
        assert answer.json()["error"]["code"] == "disk_full"
        assert "Free some space" in answer.json()["error"]["message"] or "free some space" in answer.text
    job = client.post("/api/jobs", json={"session": session}).json()["id"]
    for _ in range(200):
        now = client.get(f"/api/jobs/{job}").json()
        if now["state"] not in ("queued", "running"):
            break
        time.sleep(0.05)
    assert now["state"] == "failed"
    assert "disk is full" in now["failures"][0]["message"]
    monkeypatch.undo()
    found = client.get(f"/api/sessions/{session}").json()
    assert [p["state"]["settings"] for p in found["photos"]] == [{"warmth": 0.25}]
    left = list(client.app.app.state.studio.store.temporary.rglob("*"))
    assert not [p for p in left if p.is_file()]


def test_idle_photographs_leave_memory_and_never_the_disk(tmp_path):
    studio = make_studio(tmp_path, limits={"idle_seconds": 0.2})
    with program(studio) as client:
        session = client.post("/api/sessions").json()["id"]
        photo = upload(client, session, encoded(grey_photo(64))).json()["photos"][0]["id"]
        preview = f"/api/sessions/{session}/photos/{photo}/preview"
        first = client.post(preview, json={"size": 64}).content
        assert len(studio.darkroom.cache) > 0
        deadline = time.monotonic() + 10
        while len(studio.darkroom.cache) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(studio.darkroom.cache) == 0
        assert studio.darkroom.cache.used == 0
        assert client.post(preview, json={"size": 64}).content == first


def test_memory_is_bounded():
    from tintype.studio.cache import Cache

    cache = Cache(100)
    for i in range(10):
        assert cache.keep(("photo", i), lambda i=i: bytes(30 + i), len) == bytes(30 + i)
        assert cache.used <= 100
    assert cache.keep(("photo", 9), lambda: b"new", len) == bytes(39)
    assert cache.keep(("large",), lambda: bytes(1000), len) == bytes(1000)
    assert cache.used <= 100
    cache.drop("photo")
    assert (len(cache), cache.used) == (0, 0)


def test_too_much_waiting_work_is_refused(tmp_path, monkeypatch):
    studio = make_studio(tmp_path, limits={"waiting": 1})
    gate, started = threading.Event(), threading.Event()

    def slow(*_):
        started.set()
        gate.wait(20)
        return b"picture"

    monkeypatch.setattr(studio.darkroom, "before", slow)
    with program(studio) as client:
        session = client.post("/api/sessions").json()["id"]
        photo = upload(client, session, encoded(grey_photo(64))).json()["photos"][0]["id"]
        path = f"/api/sessions/{session}/photos/{photo}/before"
        waiting = threading.Thread(target=lambda: client.get(path))
        waiting.start()
        assert started.wait(10)
        refused = client.get(path)
        gate.set()
        waiting.join(10)
    assert refused.status_code == 429
    assert refused.json()["error"]["code"] == "busy"
    assert refused.headers["retry-after"] == "1"
