"""Downloads of whole sessions: queued, cancelled, and never sunk by one photograph."""

import io
import threading
import time
import zipfile

import pytest

from studio.studio_tools import code, encoded, grey_photo, upload
from tintype.settings import MOST_HINTS


def finished(client, job):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        now = client.get(f"/api/jobs/{job}").json()
        if now["state"] in ("done", "failed", "cancelled"):
            return now
        time.sleep(0.05)
    raise AssertionError(now)


def test_settings_are_applied_to_all_and_hints_stay(client, session, photo):
    upload(client, session, encoded(grey_photo(64)), "second.png")
    client.put(f"{photo}/state", json={"hints": [{"x": 0.1, "y": 0.1, "color": "#ff0000"}]})
    made = client.post(f"/api/sessions/{session}/apply", json={"settings": {"warmth": 0.5}}).json()["photos"]
    assert [p["state"]["settings"] for p in made] == [{"warmth": 0.5}] * 2
    assert [len(p["state"]["hints"]) for p in made] == [1, 0]


def test_the_queue_is_bounded_and_jobs_are_cancelled(client, studio, session, photo, monkeypatch):
    gate = threading.Event()
    develop = studio.darkroom.develop

    def slow(*args):
        gate.wait(20)
        develop(*args)

    monkeypatch.setattr(studio.darkroom, "develop", slow)
    jobs = [client.post("/api/jobs", json={"session": session}).json()["id"]]
    while client.get(f"/api/jobs/{jobs[0]}").json()["state"] == "queued":
        time.sleep(0.01)
    jobs += [client.post("/api/jobs", json={"session": session}).json()["id"] for _ in range(2)]
    refused = client.post("/api/jobs", json={"session": session})
    assert code(refused) == (429, "queue_full")
    assert int(refused.headers["retry-after"]) > 0
    assert code(client.get(f"/api/jobs/{jobs[1]}/result")) == (409, "not_ready")
    assert client.delete(f"/api/jobs/{jobs[1]}").json()["state"] == "cancelled"
    client.delete(f"/api/jobs/{jobs[0]}")
    gate.set()
    assert [finished(client, j)["state"] for j in jobs] == ["cancelled", "cancelled", "done"]
    left = {p.name for p in studio.store.temporary.iterdir()}
    assert f"{jobs[2]}.zip" in left
    assert not [p for p in left if jobs[0] in p or jobs[1] in p or p.endswith(".building")]


def test_a_photo_that_fails_is_named_and_the_others_are_made(client, studio, session, photo):
    bad = upload(client, session, encoded(grey_photo(64)), "bad.png").json()["photos"][0]["id"]
    studio.store.original(session, bad).write_bytes(b"\x89PNG\r\n\x1a\n rotten")
    studio.darkroom.cache.drop(bad)
    job = finished(client, client.post("/api/jobs", json={"session": session}).json()["id"])
    assert job["state"] == "done"
    assert [f["photo"] for f in job["failures"]] == [bad]
    assert "bad.png" in job["failures"][0]["message"]
    archive = zipfile.ZipFile(io.BytesIO(client.get(job["result"]).content))
    assert archive.namelist() == ["wedding.color.png", "NOT-COLOURED.txt"]
    assert "bad.png: " in archive.read("NOT-COLOURED.txt").decode()


def test_as_many_hints_as_may_be_given_are_taken_home_as_every_format(client, session, photo):
    hints = [{"x": i % 25 / 25, "y": i // 25 / 20, "color": f"#{i:06x}"} for i in range(MOST_HINTS)]
    assert client.put(f"{photo}/state", json={"hints": hints}).status_code == 200
    assert client.put(f"{photo}/state", json={"hints": hints + hints[:1]}).status_code == 422
    for kind in ("jpg", "png", "tif", "webp"):
        assert client.get(f"{photo}/download?format={kind}").status_code == 200
    client.put(f"{photo}/state", json={"hints": hints, "settings": {"format": "jpeg"}})
    job = finished(client, client.post("/api/jobs", json={"session": session}).json()["id"])
    assert (job["state"], job["failures"]) == ("done", [])


@pytest.mark.parametrize(
    "mistake", [RuntimeError("a fault of ours"), MemoryError(), UnicodeDecodeError("u", b"", 0, 1, "")]
)
def test_no_mistake_with_one_photo_sinks_a_whole_download(
    client, studio, session, photo, monkeypatch, mistake
):
    upload(client, session, encoded(grey_photo(64)), "second.png")
    develop = studio.darkroom.develop

    def sometimes(order, *rest):
        if order.photo.name == "wedding.png":
            raise mistake
        develop(order, *rest)

    monkeypatch.setattr(studio.darkroom, "develop", sometimes)
    job = finished(client, client.post("/api/jobs", json={"session": session}).json()["id"])
    assert (job["state"], len(job["failures"])) == ("done", 1)
    archive = zipfile.ZipFile(io.BytesIO(client.get(job["result"]).content))
    assert archive.namelist() == ["second.color.png", "NOT-COLOURED.txt"]
    assert archive.testzip() is None
    assert "wedding.png: " in archive.read("NOT-COLOURED.txt").decode()
