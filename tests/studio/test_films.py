"""Films that are open in the studio: limits, what is missing, and that nothing stays behind."""

import threading
import time
from contextlib import suppress

import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import needs_ffmpeg
from studio.film_tools import opened, until
from studio.studio_tools import make_studio, program
from tintype.errors import FilmError
from tintype.studio import films

pytestmark = needs_ffmpeg


def test_work_is_stopped_with_the_studio_and_nothing_stays(tmp_path, clip):
    made = make_studio(tmp_path)
    with program(made) as client:
        found = opened(client, clip)
        client.post(f"/api/films/{found['id']}/task", json={"kind": "film"})
        stopped = client.delete(f"/api/films/{found['id']}/task").json()
        assert stopped["task"]["state"] == "cancelled"
        client.post(f"/api/films/{found['id']}/task", json={"kind": "film"})
        helper = made.films.get(found["id"]).helper
    made.store.close()
    assert helper._process is None or not helper._process.is_alive()
    assert not list((tmp_path / "temporary").glob("*-*/"))


def test_work_whose_process_is_just_starting_is_stopped_too(monkeypatch):
    real, started, processes = films.spawned, threading.Event(), []

    def slowly(*arguments):
        process, line = real(*arguments)
        processes.append(process)
        started.set()
        time.sleep(0.3)
        return process, line

    def ask():
        with suppress(FilmError):
            helper.ask("look")

    monkeypatch.setattr(films, "spawned", slowly)
    helper = films.Helper(10**9)
    asking = threading.Thread(target=ask)
    asking.start()
    started.wait()
    helper.stop()
    assert not processes[0].is_alive()
    asking.join()


def test_without_the_extra_the_page_and_programs_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(films, "possible", lambda: False)
    with program(make_studio(tmp_path)) as client:
        assert client.get("/api/about").json()["films"] is False
        refused = client.post("/api/films", files={"file": ("a.mp4", b"x")})
        assert refused.json()["error"]["code"] == "not_installed"
        assert "tintype[film]" in refused.json()["error"]["message"]


def test_a_film_larger_than_allowed_is_refused(tmp_path):
    with program(make_studio(tmp_path, limits={"film_bytes": 1000})) as client:
        refused = client.post("/api/films", files={"file": ("a.mp4", bytes(5000))})
        assert refused.status_code == 413


def test_a_helper_that_dies_is_told_and_started_anew(clip, tmp_path):
    helper = films.Helper(3_000_000_000)
    try:
        ask = {"source": clip, "folder": tmp_path}
        assert helper.ask("look", **ask)["frames"] == 24
        helper._process.kill()  # as a system does that is short of memory
        helper._process.join()
        assert helper.ask("look", **ask)["frames"] == 24
        with pytest.raises(FilmError, match="no numbered"):
            helper.ask("look", source=tmp_path, folder=tmp_path)
    finally:
        helper.stop()
    with pytest.raises(FilmError, match="ended"):
        helper.ask("look", source=clip, folder=tmp_path)
    assert not helper._process.is_alive()


def test_a_film_that_can_not_be_read_is_not_open(tmp_path):
    made = make_studio(tmp_path, limits={"films": 1})
    with program(made) as client:
        for _ in range(2):  # it takes no place either
            sent = client.post("/api/films", files={"file": ("a.mp4", b"no film" * 99)})
            found = until(client, sent.json()["id"], lambda f: f["state"] != "reading")
            assert found["state"] == "failed" and found["problem"]["message"].startswith("a.mp4: ")
            assert found["problem"]["code"] == "film_unreadable"
            assert str(tmp_path) not in found["problem"]["message"]
        assert client.get("/api/films").json()["films"] == []
        assert not list((tmp_path / "temporary").rglob("source.mp4"))
