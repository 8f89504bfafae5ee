"""What nobody should send to a studio: it answers in words or hangs up, says nothing, and goes on."""

import json
import socket
import sys
import tempfile
from pathlib import Path

import pytest

from attack.attack_tools import in_words
from studio.studio_tools import encoded, ended, grey_photo, started, url_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="as the studio's own tests")

DEEP = "[" * 100_000 + "]" * 100_000
DIGITS = "9" * 5000
BODIES = [
    "", "{", "null", "[]", "0", '"x"', DEEP, DIGITS, "\0",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    f'{{"settings": {DEEP}}}', f'{{"settings": {{"warmth": {DIGITS}}}}}', '{"settings": {"warmth": NaN}}',
    '{"settings": {"warmth": 1e999}}', '{"settings": {"palette": ["#000000"]}}',
    '{"hints": [{"x": 1e999, "y": 0, "color": "#000000"}]}',
    '{"hints": [{"x": 0.5, "y": 0.5, "color": "#00000"}]}',
    json.dumps({"hints": [{"x": 0.5, "y": 0.5, "color": "#123456"}] * 10_000}),
    json.dumps({"settings": {"palette": ["#123456"] * 1000}}),
    '{"network": "../../etc/passwd"}', '{"size": -1}',
    json.dumps({"title": "x" * 100_000}), '{"title": "\\ud800"}', '{"count": 1e9, "x": 0.5, "y": 0.5}',
    '{"x": 0, "y": 0, "width": 1e-300, "height": 1e-300, "out_width": 4096}',
    '{"x": 1, "y": 1, "width": 1, "height": 1, "out_width": 1}',
]  # fmt: skip
PATHS = ["/", "/api/about", "/api/sessions", "/api/sessions/{s}", "/api/sessions/{s}/apply", "/api/jobs",
         "/api/live", "/api/colorize", "/api/folder?path=..%2f..", "/api/folder?start=99999999999999999999",
         "/static/../app.py", "/static/%2e%2e/app.py", "/openapi.json", "/" + "a" * 5000, "/%00",
         "/api/sessions/{s}/photos",
         *(f"/api/sessions/{{s}}/photos/{{p}}{end}" for end in (
             "", "/state", "/keep-grey", "/before?size=99999", "/preview", "/region", "/suggest",
             "/candidates", "/confidence", "/download?format=exe"))]  # fmt: skip
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW", "\0"]


def request(dice, head, session, photo):
    """Bytes of a request that is wrong in some way, or in several."""
    path = dice.choice(PATHS).replace("{s}", session).replace("{p}", photo)
    body = dice.choice(BODIES).encode("utf-8", "replace")
    kind = dice.choice(["application/json", "multipart/form-data; boundary=x", "image/png", "text/plain"])
    if kind.startswith("multipart") and dice.random() < 0.7:
        field = dice.choice(["file", "hints", "warmth", "x" * 300])
        name = dice.choice(["", '; filename="../../a.png"', '; filename="' + "a" * 3000 + '"'])
        part = f'Content-Disposition: form-data; name="{field}"{name}\r\n\r\n'.encode()
        body = b"--x\r\n" + part + body + dice.choice([b"\r\n--x--\r\n", b"", b"\r\n--x\r\n"])
    length = dice.choice([len(body), len(body), len(body), len(body) + 10, 0, -1, "x", 10**30])
    made = f"{dice.choice(METHODS)} {path} HTTP/1.1\r\n{head}"
    made += f"Content-Type: {kind}\r\nContent-Length: {length}\r\n"
    extra = ["", "", "Transfer-Encoding: chunked\r\n", "Host: evil.example\r\n", "Cookie: tintype=\0;=;\r\n",
             "X: " + "y" * 70_000 + "\r\n", "Upgrade: websocket\r\nConnection: upgrade\r\n",
             "Expect: 100-continue\r\n", "Range: bytes=5-1\r\n"]  # fmt: skip
    data = (made + dice.choice(extra) + "\r\n").encode("latin-1", "replace") + body
    return data[: dice.randrange(len(data))] if dice.random() < 0.1 else data


def answer(port, data):
    """The first bytes of the answer; none where it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        try:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
            return line.recv(4096)
        except OSError:
            return b""


def test_whatever_is_sent(attack):
    import httpx

    with tempfile.TemporaryDirectory() as home:
        process, lines = started(Path(home), "--no-browser")
        try:
            address, _, token = url_of(lines).partition("/?token=")
            port = int(address.rpartition(":")[2])
            head = f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
            with httpx.Client(
                base_url=address, headers={"authorization": f"Bearer {token}"}, timeout=60
            ) as client:

                def fresh():
                    session = client.post("/api/sessions").json()["id"]
                    files = {"file": ("a.png", encoded(grey_photo(64)))}
                    made = client.post(f"/api/sessions/{session}/photos", files=files)
                    return session, made.json()["photos"][0]["id"]

                for dice in attack.rounds():
                    there = fresh()
                    for _ in range(10):
                        sent = request(dice, head, *there)
                        said = answer(port, sent)
                        assert not said.startswith(b"HTTP/1.1 5"), (sent[:500], said)
                    assert client.get("/api/about").status_code == 200
                    client.delete(f"/api/sessions/{there[0]}")
        finally:
            said = ended(process)[1]
        assert in_words(said), said[-3000:]
        assert said == ""
