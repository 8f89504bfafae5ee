"""Requests that nobody should send to a studio: bytes that are no request, and requests nearly right."""

import json

from attack.broken import mutated, mutated_text

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

STATE = {
    "settings": {"vividness": 0.7, "warmth": 0.1, "palette": ["#aa3311", "#113355"], "temperature": 0.4},
    "hints": [{"x": 0.25, "y": 0.5, "color": "#7f3010", "radius": 2.0}, {"x": 1, "y": 0, "color": "#102030"}],
    "candidate": 1,
}
ONE = "/api/sessions/{s}/photos/{p}"
RIGHT = [
    ("PUT", f"{ONE}/state", STATE),
    ("POST", f"{ONE}/preview", {"size": 64, "state": STATE, "quick": True}),
    ("POST", f"{ONE}/region", {"x": 0.1, "y": 0.2, "width": 0.5, "height": 0.5, "out_width": 64}),
    ("POST", f"{ONE}/suggest", {"x": 0.5, "y": 0.5, "count": 5}),
    ("POST", f"{ONE}/candidates", {"size": 64, "count": 2, "state": STATE}),
    ("POST", f"{ONE}/confidence", {"size": 64}),
    ("POST", "/api/sessions/{s}/apply", {"photos": ["{p}"], "settings": {"warmth": 0.3}}),
    ("PATCH", "/api/sessions/{s}", {"title": "Grandmother"}),
    ("POST", "/api/jobs", {"session": "{s}", "photos": ["{p}"]}),
    ("GET", "/api/jobs/0123456789abcdef/result", None),
    ("GET", "/api/folder?start=0&path=a", None),
    ("GET", f"{ONE}/before?size=64", None),
    ("GET", f"{ONE}/download?format=png", None),
]  # fmt: skip
"""Requests as the page and programs send them; what is told is then changed in some places."""


def nonsense(dice, head, session, photo):
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


def nearly_right(dice, head, session, photo):
    """Bytes of a request that exists, whose values are others."""
    method, path, body = dice.choice(RIGHT)
    path = path.replace("{s}", session).replace("{p}", photo)
    if body is None:
        told = mutated(dice, path[5:].encode(), [b"%00%ff&&=="]).decode("latin-1")
        path, data = "/api/" + "".join(c for c in told if "!" <= c <= "~"), b""
    else:
        right = json.dumps(body).replace("{s}", session).replace("{p}", photo).encode()
        data = mutated_text(dice, right, [right]) if dice.random() < 0.9 else right
    made = f"{method} {path} HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: {len(data)}"
    return made.encode() + b"\r\n\r\n" + data


def upload(dice, head, session, files):
    """Bytes of a request that uploads a broken photograph: into a session, to be coloured, of a camera."""
    name = dice.choice(list(files))
    data = mutated(dice, files[name], list(files.values()))
    path = dice.choice([f"/api/sessions/{session}/photos", "/api/colorize", "/api/live"])
    kind, body = "image/jpeg", data
    if path != "/api/live":
        kind, body = "multipart/form-data; boundary=x", _part("file", data, name) + b"--x--\r\n"
    if path == "/api/colorize":
        body = _part("size", b"64") + body
    made = f"POST {path} HTTP/1.1\r\n{head}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return made.encode() + body


def _part(field, data, name=""):
    told = f'; filename="{name}"' if name else ""
    return f'--x\r\nContent-Disposition: form-data; name="{field}"{told}\r\n\r\n'.encode() + data + b"\r\n"
