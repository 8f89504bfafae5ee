"""A photograph that takes too much is refused in words, whatever its header says, and the studio goes on."""

import os
import signal
import sys
import time

import pytest
import pyvips

from studio.studio_tools import encoded, grey_photo, make_studio, program, upload
from tintype.errors import Damaged, NotAPhotograph, PhotoError, TooLarge
from tintype.studio.inspector import Inspector

linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems limit no memory")
MB = 1_000_000


def greedy():
    """A small PNG that must be decoded whole: its pixels come in an interlaced order."""
    return pyvips.Image.black(7000, 7000, bands=3).cast("ushort").pngsave_buffer(interlace=True)


@pytest.fixture
def inspector():
    made = Inspector(150 * MB, 60.0)
    yield made
    made.close()


@linux
def test_more_memory_than_allowed_is_words_and_the_next_photo_is_read(tmp_path):
    bomb = greedy()
    assert len(bomb) < MB
    with program(make_studio(tmp_path, limits={"photo_memory_bytes": 150 * MB})) as client:
        session = client.post("/api/sessions").json()["id"]
        answer = upload(client, session, bomb, "bomb.png")
        assert (answer.status_code, answer.json()["error"]["code"]) == (413, "photo_too_large")
        assert answer.json()["error"]["message"].startswith("bomb.png: ")
        assert upload(client, session, encoded(grey_photo(64))).status_code == 201
        assert client.post("/api/colorize", files={"file": ("bomb.png", bomb)}).status_code == 413
    with program(make_studio(tmp_path)) as client:  # with the usual limit it is a photograph like any other
        assert upload(client, session, bomb, "bomb.png").status_code == 201


def test_what_is_said_of_a_photo_and_its_errors_come_through(inspector, tmp_path):
    path = tmp_path / "photo"
    path.write_bytes(encoded(grey_photo(64)))
    [page] = inspector.look(path, "grandma.png", MB)
    assert (page["name"], page["width"], page["format"], page["tone"]["kind"]) == (
        "grandma.png",
        64,
        "png",
        "grey",
    )
    with pytest.raises(TooLarge) as caught:
        inspector.look(path, "grandma.png", 100)
    assert (caught.value.name, caught.value.limit, caught.value.unit) == ("grandma.png", 100, "pixels")
    path.write_bytes(b"no photograph")
    with pytest.raises(NotAPhotograph):
        inspector.look(path, "grandma.png", MB)
    path.write_bytes(encoded(grey_photo(64))[:300])
    with pytest.raises(Damaged):
        inspector.look(path, "grandma.png", MB)
    with pytest.raises((PhotoError, FileNotFoundError)):
        inspector.look(tmp_path / "nowhere", "grandma.png", MB)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_decoder_that_crashes_or_hangs_takes_only_its_photo(inspector, tmp_path):
    path = tmp_path / "photo"
    path.write_bytes(encoded(grey_photo(64)))
    inspector.look(path, "a.png", MB)
    first = inspector._process.pid
    os.kill(first, signal.SIGKILL)
    time.sleep(0.1)
    inspector.look(path, "a.png", MB)
    second = inspector._process.pid
    assert second != first
    inspector.seconds = 0.2
    os.kill(second, signal.SIGSTOP)
    with pytest.raises(TooLarge):
        inspector.look(path, "a.png", MB)
    inspector.seconds = 60.0
    inspector.look(path, "a.png", MB)
