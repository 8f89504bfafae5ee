"""The door of the studio: who may ask, from where, and how much; and the headers of every answer.

A plain ASGI middleware, so that bodies stream through it and a client that goes away is noticed.
"""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import json
import re
import secrets
import socket
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tintype.studio.limits import MIB, Limits
from tintype.studio.problems import ApiError, body
from tintype.studio.tokens import Invitations

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "permissions-policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
    "cache-control": "no-store",
}
_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
_HOST = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+))(?::(\d{1,5}))?\Z")
_DRAINED_BYTES, _DRAINED_SECONDS = 64 * MIB, 5.0  # of a body that was refused
_SIGN_IN = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Tintype</title><h1>Tintype</h1>"
    "<p>This studio belongs to whoever started it. Open the address that <code>tintype studio</code> "
    "printed in its terminal window; it ends in <code>?token=…</code>.</p>"
)
_ENTER = (
    b"<!doctype html><title>Tintype</title>"
    b'<meta http-equiv="refresh" content="0; url=/"><a href="/">Open the studio</a>'
)


def is_local(host: str) -> bool:
    """Return whether only this computer can reach what is bound to `host`.

    >>> is_local("127.0.0.1"), is_local("localhost"), is_local("0.0.0.0")
    (True, True, False)
    """
    return host == "localhost" or host == "::1" or host.startswith("127.")


class Guard:
    """Checks every request before the application sees it.

    Parameters
    ----------
    app : ASGI application
    token : str
        Whoever has it may do everything.
    host : str
        The address that the server is bound to: on a loopback address only loopback names are let in, else
        also numeric addresses and this computer's name (a rebound name is none of these).
    port : int or None
        The port that Host must name; None lets every port through (tests).
    limits : Limits
    guests : Invitations
        Who is let in once without the token.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str,
        host: str,
        port: int | None,
        limits: Limits,
        guests: Invitations,
    ) -> None:
        self.app, self.token, self.port, self.limits, self.guests = app, token, port, limits, guests
        self.local = is_local(host)
        name = socket.gethostname().lower()
        self.names = _LOOPBACK if self.local else _LOOPBACK | {host.lower(), name, f"{name}.local"}
        # Cookies are shared by all ports of a host; two studios must not sign each other out.
        self.cookie = f"tintype-{hashlib.sha256(token.encode()).hexdigest()[:8]}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = _headers(scope)

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {k.lower() for k, _ in message["headers"]}
                extra = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in given]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        try:
            self._check_place(scope, headers)
            if self._signs_in(scope):
                await self._welcome(scope, sealed)
                return
            self._check_person(scope, headers)
            limited = self._limited(scope, headers, receive)
        except ApiError as error:
            if error.status_code == 413:
                await _drain(receive)
            await _refuse(sealed, scope, error)
            return
        await self.app(scope, limited, sealed)

    def _check_place(self, scope: Scope, headers: dict[str, str]) -> None:
        host = headers.get("host", "")
        if not self._ours(host):
            text = "This address is not the studio's. Open the one that tintype studio printed."
            raise ApiError(421, "wrong_host", text)
        origin = headers.get("origin")
        foreign = origin is not None and origin.lower() != f"{scope['scheme']}://{host}".lower()
        changes = scope["method"] not in _SAFE
        if foreign or (changes and headers.get("sec-fetch-site") in ("cross-site", "same-site")):
            raise ApiError(403, "wrong_origin", "Another page may not use the studio.")

    def _ours(self, host: str) -> bool:
        match = _HOST.match(host)
        if match is None:
            return False
        name = (match[1] or match[2]).lower()
        if self.port is not None and int(match[3] or 80) != self.port:
            return False
        if name in self.names:
            return True
        if self.local:
            return False
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _signs_in(self, scope: Scope) -> bool:
        if scope["path"] != "/" or scope["method"] != "GET":
            return False
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        return bool(given) and (self._is_token(given) or self.guests.accept(given))

    async def _welcome(self, scope: Scope, send: Send) -> None:
        secret = f"{self.token}.{secrets.token_hex(8)}"
        cookie = f"{self.cookie}={secret}; Path=/; HttpOnly; SameSite=Strict"
        headers, content = [(b"set-cookie", cookie.encode())], b""
        if b"from=file" in scope["query_string"].split(b"&"):
            # Coming from a file, a browser keeps the strict cookie back; coming from this page it does not.
            headers, status, content = [*headers, (b"content-type", b"text/html")], 200, _ENTER
        else:
            headers, status = [*headers, (b"location", b"/")], 303
        headers.append((b"content-length", str(len(content)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _check_person(self, scope: Scope, headers: dict[str, str]) -> None:
        kind, _, bearer = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self._is_token(bearer.strip()):
            scope["client_id"] = "program"
            return
        kept, _, client = self._cookie(headers).rpartition(".")
        if not self._is_token(kept):
            text = "Sign in: open the address with ?token=… that tintype studio printed."
            raise ApiError(401, "not_signed_in", text, {"www-authenticate": "Bearer"})
        # A form on another page can't set a header of its own; a script there would need our permission.
        if scope["method"] not in _SAFE and headers.get("x-tintype") != "1":
            raise ApiError(403, "header_missing", "A request that changes something needs X-Tintype: 1.")
        scope["client_id"] = client

    def _cookie(self, headers: dict[str, str]) -> str:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            return ""
        return morsel.value if morsel else ""

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode("utf-8", "replace"), self.token.encode())

    def _limited(self, scope: Scope, headers: dict[str, str], receive: Receive) -> Receive:
        """The body, cut off with an error as soon as it grows over the limit of its address."""
        allowed = self._allowed(scope["path"])
        too_large = ApiError(413, "too_large", f"This is larger than the {allowed:,} bytes allowed here.")
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit():
            raise ApiError(400, "bad_request", "Content-Length is no number.")
        if int(length) > allowed:
            raise too_large
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > allowed:
                    raise too_large
            return message

        return counted

    def _allowed(self, path: str) -> int:
        limits = self.limits
        if path == "/api/colorize" or path.endswith("/photos"):
            return limits.file_bytes + limits.json_bytes
        if path == "/api/films":
            return limits.film_bytes + limits.json_bytes
        if path.endswith("/keep-grey"):
            return limits.mask_bytes
        return limits.frame_bytes if path == "/api/live" else limits.json_bytes


def _headers(scope: Scope) -> dict[str, str]:
    """Headers by name. One that must be unique and is not counts as wrong."""
    found: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found and name != "cookie" else text
    return found


async def _drain(receive: Receive) -> None:
    """Read what is still being sent and forget it: who is hung up on never learns why."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_DRAINED_SECONDS):
            seen, more = 0, True
            while more and seen < _DRAINED_BYTES:
                message = await receive()
                more = message.get("more_body", False)
                seen += len(message.get("body", b""))


async def _refuse(send: Send, scope: Scope, error: ApiError) -> None:
    accepts = dict(scope["headers"]).get(b"accept", b"")
    if scope["path"] == "/" and b"text/html" in accepts and error.status_code == 401:
        content, kind = _SIGN_IN.encode(), b"text/html; charset=utf-8"
    else:
        content, kind = json.dumps(body(error.problem)).encode(), b"application/json"
    headers = [(b"content-type", kind), (b"content-length", str(len(content)).encode())]
    headers += [(k.encode(), v.encode()) for k, v in (error.headers or {}).items()]
    # The rest of a refused body is not read: the connection can't go on.
    headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": error.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": content})
