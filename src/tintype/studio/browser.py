"""Open the studio in a browser; its token never stands in a command line, which every user can read."""

from __future__ import annotations

import html
import os
import platform
import shutil
import sys
import threading
import webbrowser
from pathlib import Path

from tintype.studio.context import Studio
from tintype.studio.serve import address

_PAGE = (
    "<!doctype html><meta charset=utf-8><title>Tintype</title><meta name=referrer content=no-referrer>"
    '<meta http-equiv=refresh content="0; url={url}"><p><a href="{url}">Open the studio</a></p>'
)


def open_browser(studio: Studio) -> None:
    """Open a window on the studio, without waiting: some browsers are commands that run until closed."""
    url = address(studio, token=studio.guests.invite()) if _is_confined() else redirect_to(studio).as_uri()
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def redirect_to(studio: Studio) -> Path:
    """Write a page that leads to the studio, and that only its owner can read; it goes with the studio."""
    path = studio.store.scratch().with_suffix(".html")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        # A page of a file is another site to the browser, hence from=file: see `Guard`.
        file.write(_PAGE.format(url=html.escape(f"{address(studio)}&from=file")))
    return path


def _is_confined() -> bool:
    """Return whether the browser may be kept from files of ours: on WSL, and where it comes as a snap."""
    if "microsoft" in platform.release().lower():
        return True
    found = (shutil.which(n) for n in ("firefox", "chromium", "chromium-browser"))
    return sys.platform == "linux" and any("/snap" in os.path.realpath(p) for p in found if p)
