"""What lets somebody into the studio: its token, and invitations that are good for one use."""

from __future__ import annotations

import re
import secrets
import threading
import time

from tintype.errors import SettingsError

_TOKEN = re.compile(r"[A-Za-z0-9._~-]{16,256}")  # what stands in addresses, headers and cookies as it is
_INVITED_SECONDS = 60.0


def new_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(32)


def checked_token(token: str) -> str:
    """Return a token that is long enough and can be sent. Raises SettingsError, which doesn't repeat it."""
    if not _TOKEN.fullmatch(token):
        msg = "the studio's token (TINTYPE_STUDIO_TOKEN) must have 16 to 256 letters, digits and -._~, and "
        msg += "nothing else; leave it out to have one made"
        raise SettingsError(msg, setting="token")
    return token


class Invitations:
    """Codes that let somebody in once, and soon: for a command line, which other users can read."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def invite(self) -> str:
        """Return a new code."""
        code = secrets.token_urlsafe(32)
        with self._lock:
            self._until[code] = time.monotonic() + _INVITED_SECONDS
        return code

    def accept(self, code: str) -> bool:
        """Return whether a code is good; it no longer is afterwards."""
        with self._lock:
            return self._until.pop(code, 0.0) > time.monotonic()
