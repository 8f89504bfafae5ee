"""What goes wrong is said, and what was kept stays."""

import time

import pytest

from studio.studio_tools import encoded, grey_photo, make_studio, program, upload
from tintype.studio import store as store_module


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
