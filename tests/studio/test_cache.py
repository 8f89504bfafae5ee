"""Memory is bounded; what is idle leaves it, and never the disk."""

import time

import pytest

from studio.studio_tools import encoded, grey_photo, make_studio, program, upload


@pytest.fixture
def client(tmp_path):
    with program(make_studio(tmp_path)) as client:
        yield client


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
