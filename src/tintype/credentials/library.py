"""c2pa-python, loaded when it is needed, and kept from the internet."""

from __future__ import annotations

import importlib
from typing import Any

from tintype.errors import MissingExtra

_OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
_PLAIN = {"builder": {"thumbnail": {"enabled": False}}}  # a picture more in each file, that nobody asked for


def c2pa(purpose: str = "signing with Content Credentials") -> Any:
    """The library. Raises MissingExtra."""
    try:
        return importlib.import_module("c2pa")
    except ImportError as error:
        raise MissingExtra("credentials", package="c2pa-python", purpose=purpose) from error


def context(*, anchors: str = "") -> Any:
    """How the library is to work: alone, and trusting the certificates `anchors` (PEM)."""
    settings: dict[str, Any] = _OFFLINE | _PLAIN
    if anchors:
        settings = settings | {"trust": {"user_anchors": anchors}}
    return c2pa().Context.from_dict(settings)


def media_that_are_signed() -> frozenset[str]:
    """Media types of the files that can be signed."""
    return frozenset(c2pa().Builder.get_supported_mime_types())


def media_that_are_read() -> frozenset[str]:
    """Media types of the files whose credentials can be read."""
    return frozenset(c2pa().Reader.get_supported_mime_types())
