"""What nobody should send to a studio: it answers in words or hangs up, says nothing, and goes on."""

import contextlib
import socket
import sys
import tempfile
from pathlib import Path

import pytest

from attack import hostile_samples
from attack.attack_tools import in_words, memory_of_all
from attack.hostile_requests import nearly_right, nonsense, upload
from studio.studio_tools import encoded, ended, grey_photo, started, url_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="as the studio's own tests")
MOST = 3000  # MB that the studio and its processes may take together


def answer(port, data):
    """The first bytes of the answer; none where it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        try:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            return line.recv(4096)
        except TimeoutError:
            raise
        except OSError:
            return b""


@contextlib.contextmanager
def studio():
    """A studio as users start it: its process, its port, and the head of a request that it takes."""
    with tempfile.TemporaryDirectory() as home:
        process, lines = started(Path(home), "--no-browser")
        try:
            address, _, token = url_of(lines).partition("/?token=")
            port = int(address.rpartition(":")[2])
            head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
            yield process, port, head
        finally:
            said = ended(process)[1]
    assert in_words(said), said[-3000:]
    assert said == ""


class Visitor:
    """Sends what is hostile, with a photograph of its own in a session of its own."""

    def __init__(self, port, head):
        import httpx

        name, _, value = head.splitlines()[1].partition(": ")
        self.port, self.head = port, head
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={name: value}, timeout=60)

    def fresh(self):
        session = self.client.post("/api/sessions").json()["id"]
        files = {"file": ("a.png", encoded(grey_photo(64)))}
        made = self.client.post(f"/api/sessions/{session}/photos", files=files)
        return session, made.json()["photos"][0]["id"]

    def round(self, dice, makers, count):
        session, photo = self.fresh()
        for _ in range(count):
            sent = dice.choice(makers)(dice, session, photo)
            said = answer(self.port, sent)
            assert not said.startswith(b"HTTP/1.1 5"), (sent[:500], said)
        assert self.client.get("/api/about").status_code == 200
        self.client.delete(f"/api/sessions/{session}")


def test_whatever_is_sent(attack):
    batch = 10
    with studio() as (process, port, head):
        visitor = Visitor(port, head)
        makers = [lambda dice, session, photo: nonsense(dice, head, session, photo)]
        for dice in attack.rounds(batch):
            visitor.round(dice, makers, batch)
            assert memory_of_all(process.pid) < MOST


def test_requests_nearly_right_and_broken_uploads(attack):
    files, batch = hostile_samples.photographs(), 10
    with studio() as (process, port, head):
        visitor = Visitor(port, head)
        makers = [lambda dice, session, photo: nearly_right(dice, head, session, photo),
                  lambda dice, session, _: upload(dice, head, session, files)]  # fmt: skip
        for dice in attack.rounds(batch):
            visitor.round(dice, makers, batch)
            assert memory_of_all(process.pid) < MOST
