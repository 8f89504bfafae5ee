"""Work off the event loop is bounded."""

import threading

import pytest

from studio.studio_tools import encoded, grey_photo, make_studio, program, upload


@pytest.fixture
def client(tmp_path):
    with program(make_studio(tmp_path)) as client:
        yield client


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
