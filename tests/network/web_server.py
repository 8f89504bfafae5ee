"""A web server on this machine that misbehaves in the ways that real ones do."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Site:
    """What the server does; the address of a file is ``url(manner)``.

    Manners: plain; no-range (ignores Range); no-length; slow; stuck (sends a little, then nothing);
    breaks-N (closes after N bytes of each answer); short (says fewer bytes than there are); long (says more);
    extra (sends more than the published size, without a length); page (an HTML page); empty; wrong (other
    bytes of the same size); redirect, loop; no-416 (416 to every range); missing; elsewhere (another range).
    """

    data: bytes
    etag: str = '"one"'
    asked: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    def url(self, manner: str = "plain") -> str:
        return f"http://127.0.0.1:{self.port}/{manner}"

    def ranges(self) -> list[str]:
        return [a.get("Range", "") for a in self.asked]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def log_message(self, format: str, *args: Any) -> None: ...

    def do_GET(self) -> None:
        self.close_connection = True
        site = self.site
        site.asked.append({"path": self.path, **dict(self.headers.items())})
        manner = self.path.rsplit("/", 1)[-1]
        data = site.data
        if manner == "missing":
            return self.send_error(404)
        if manner in ("redirect", "loop"):
            self.send_response(302)
            self.send_header("Location", "/plain" if manner == "redirect" else "/loop")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if manner == "wrong":
            data = bytes(len(data))
        if manner == "page":
            data = b"<!doctype html><title>Sign in</title>"
        if manner == "empty":
            data = b""
        start = self._start(manner)
        if manner == "no-416" and start:
            return self.send_error(416)
        body = data[start:]
        claimed = len(data) + {"short": -1000, "long": 1000}.get(manner, 0)
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", "text/html" if manner == "page" else "application/octet-stream")
        self.send_header("ETag", site.etag)
        if start:
            first = start + 7 if manner == "elsewhere" else start
            self.send_header("Content-Range", f"bytes {first}-{claimed - 1}/{claimed}")
        if manner not in ("no-length", "extra"):
            self.send_header("Content-Length", str(claimed - start))
        self.send_header("Connection", "close")
        self.end_headers()
        self._send(manner, body)
        return None

    def _start(self, manner: str) -> int:
        match = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        same = self.headers.get("If-Range", self.site.etag) == self.site.etag
        return int(match[1]) if match and same and manner != "no-range" else 0

    def _send(self, manner: str, body: bytes) -> None:
        if manner.startswith("breaks-"):
            body = body[: int(manner[7:])]
        if manner == "extra":
            body += bytes(5000)
        try:
            if manner == "slow":
                for at in range(0, len(body), 20_000):
                    self.wfile.write(body[at : at + 20_000])
                    time.sleep(0.01)
            elif manner == "stuck":
                self.wfile.write(b"" if "Range" in self.headers else body[:1000])
                self.wfile.flush()
                time.sleep(1.0)
            else:
                self.wfile.write(body)
        except OSError:
            pass  # the client has gone


def serve(data: bytes) -> tuple[Site, ThreadingHTTPServer]:
    """Start a server on a free port; ``server.shutdown()`` ends it."""
    site = Site(data)
    handler = type("Handler", (Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return site, server
