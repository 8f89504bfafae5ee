"""Sockets that only take up room, and what comes too slowly."""

import socket
import sys
import threading
import time
from contextlib import suppress

import httpx
import pytest

from studio.studio_tools import encoded, ended, grey_photo, make_studio, started, url_of

posix = pytest.mark.skipif(sys.platform == "win32", reason="shells and limits of POSIX")


class Server:
    """A studio in a thread of this process, with limits of its own."""

    def __init__(self, folder, **limits):
        import uvicorn

        from tintype.studio.app import create_app
        from tintype.studio.connections import protocol

        self.studio = make_studio(folder, limits=limits)
        self.studio.port = None
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        http = protocol(self.studio.limits, self.studio.limits.connections)
        config = uvicorn.Config(create_app(self.studio), log_level="error", ws="none", http=http)
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]})

    def __enter__(self):
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self.server.should_exit = True
        self.thread.join(20)
        self.socket.close()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    @property
    def head(self):
        return f"Host: 127.0.0.1:{self.port}\r\nAuthorization: Bearer {self.studio.token}\r\n"


@posix
def test_idle_sockets_take_no_room_and_are_quiet(tmp_path):
    """80 sockets that say nothing, at 64 descriptors."""
    process, lines = started(tmp_path, "--no-browser", shell="ulimit -n 64")
    held = []
    try:
        address, _, token = url_of(lines).partition("/?token=")
        host, port = address.removeprefix("http://").split(":")
        for _ in range(80):
            held.append(socket.create_connection((host, int(port)), timeout=10))
        headers = {"authorization": f"Bearer {token}"}
        with httpx.Client(base_url=address, headers=headers, timeout=20) as client:
            assert client.get("/api/about").status_code == 200
            session = client.post("/api/sessions").json()["id"]
            files = {"file": ("a.png", encoded(grey_photo(64)))}
            photo = client.post(f"/api/sessions/{session}/photos", files=files)
            assert photo.status_code == 201, photo.text
            path = f"/api/sessions/{session}/photos/{photo.json()['photos'][0]['id']}"
            assert client.post(f"{path}/preview", json={"size": 64}).status_code == 200
            assert client.get(f"{path}/download").status_code == 200
    finally:
        for each in held:
            each.close()
        said = ended(process)[1]
    assert said == ""


def test_a_head_that_comes_too_slowly_is_dropped(tmp_path):
    with Server(tmp_path, header_seconds=0.3) as server, server.connect() as slow:
        for _ in range(100):
            try:
                slow.sendall(b"G")
            except OSError:
                break
            time.sleep(0.02)
            slow.setblocking(False)
            try:
                said = slow.recv(100)
            except BlockingIOError:
                continue
            finally:
                slow.settimeout(20)
            assert said == b"" or said.startswith(b"HTTP/1.1 408")
            break
        else:
            pytest.fail("still connected")


def test_a_body_that_stops_coming_is_dropped_and_quick_ones_are_not(tmp_path, capfd):
    with Server(tmp_path, body_seconds=0.3) as server:
        with server.connect() as slow:
            slow.sendall(
                f"POST /api/sessions HTTP/1.1\r\n{server.head}Content-Length: 100\r\n\r\n{{".encode()
            )
            assert slow.recv(100) == b""
        with server.connect() as quick:
            for _ in range(2):  # a connection that is kept waits anew for each
                head = f"{server.head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n"
                quick.sendall(f"POST /api/sessions HTTP/1.1\r\n{head}{{}}".encode())
                said = b""
                while not said.endswith(b"}"):
                    said += quick.recv(4096)
                assert said.startswith(b"HTTP/1.1 201")
                time.sleep(0.4)
    assert "Traceback" not in "".join(capfd.readouterr())


def test_work_that_takes_longer_than_any_timeout_is_answered(tmp_path, monkeypatch):
    with Server(tmp_path, header_seconds=0.2, body_seconds=0.2) as server:
        monkeypatch.setattr(server.studio.store, "sessions", lambda: time.sleep(1) or [])
        with server.connect() as client:
            client.sendall(f"GET /api/sessions HTTP/1.1\r\n{server.head}\r\n".encode())
            assert client.recv(4096).startswith(b"HTTP/1.1 200")


def test_who_waits_longest_without_a_request_makes_room(tmp_path):
    with Server(tmp_path, connections=3) as server:
        idle = [server.connect() for _ in range(3)]
        time.sleep(0.1)
        with server.connect() as client:
            client.sendall(f"GET /api/about HTTP/1.1\r\n{server.head}\r\n".encode())
            assert client.recv(4096).startswith(b"HTTP/1.1 200")
        with suppress(ConnectionResetError):
            assert idle[0].recv(100) == b""
        for each in idle:
            each.close()


def test_an_upload_that_is_broken_off_is_no_traceback_and_leaves_nothing(tmp_path, capfd):
    with Server(tmp_path) as server:
        session = server.studio.store.create("").id
        path = f"/api/sessions/{session}/photos"
        for sent in (0, 10, 1 << 20):
            with server.connect() as client:
                form = "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000000\r\n\r\n"
                part = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
                client.sendall(f"POST {path} HTTP/1.1\r\n{server.head}{form}{part}".encode() + bytes(sent))
                time.sleep(0.05)
        deadline = time.monotonic() + 10
        while list(server.studio.store.temporary.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert list(server.studio.store.temporary.iterdir()) == []
        assert server.studio.store.photos(session) == []
    said = "".join(capfd.readouterr())
    assert "Traceback" not in said
    assert "Error" not in said
