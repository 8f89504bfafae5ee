"""Temporary files and memory are given back."""

import signal
import sys
import time

import pytest

from studio.studio_tools import encoded, grey_photo, make_studio, program, upload
from studio_process import Studio
from studio_process import upload as upload_file

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
pytestmark = pytest.mark.usefixtures("heard_signals")


def files_below(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_a_deleted_session_takes_its_zips_along(tmp_path):
    studio = make_studio(tmp_path)
    with program(studio) as client:
        session = client.post("/api/sessions").json()["id"]
        upload(client, session, encoded(grey_photo(64)))
        job = client.post("/api/jobs", json={"session": session}).json()["id"]
        while client.get(f"/api/jobs/{job}").json()["state"] in ("queued", "running"):
            time.sleep(0.02)
        assert studio.jobs.result(studio.jobs.get(job)).is_file()
        client.delete(f"/api/sessions/{session}")
        assert files_below(studio.store.temporary) == set()


@posix
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_studio_that_is_told_to_end_leaves_no_temporary_file(tmp_path, how):
    with Studio(home=tmp_path) as one:
        session = one.client.post("/api/sessions").json()["id"]
        (tmp_path / "a.png").write_bytes(encoded(grey_photo(64)))
        upload_file(one.client, session, tmp_path / "a.png")
        job = one.client.post("/api/jobs", json={"session": session}).json()["id"]
        while one.client.get(f"/api/jobs/{job}").json()["state"] in ("queued", "running"):
            time.sleep(0.05)
        one.process.send_signal(how)
        assert one.process.wait(20) == 128 + how
    assert list((tmp_path / "studio" / "temporary").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; the C library is glibc")
def test_memory_is_given_back_when_sessions_end(tmp_path):
    from skimage import data, transform

    side = 1200
    large = (transform.resize(data.camera(), (side, side)) * 255).astype("uint8")
    (tmp_path / "a.png").write_bytes(encoded(large))
    with Studio(home=tmp_path) as one:
        one.client.get("/api/about")

        def work():
            session = one.client.post("/api/sessions").json()["id"]
            photo = upload_file(one.client, session, tmp_path / "a.png")
            whole = {"x": 0, "y": 0, "width": 1, "height": 1, "out_width": side}
            for x in (0.2, 0.8):
                state = {"hints": [{"x": x, "y": 0.5, "color": "#204060"}]}
                one.client.post(f"{photo}/region", json=whole | {"state": state}).raise_for_status()
            return session

        one.client.delete(f"/api/sessions/{work()}")
        settled = one.resident_mb()
        sessions = [work() for _ in range(4)]
        held = one.resident_mb()
        for session in sessions:
            one.client.delete(f"/api/sessions/{session}")
        assert held > settled + 10  # else this test says nothing
        assert one.resident_mb() - settled < (held - settled) / 2
