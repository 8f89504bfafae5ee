"""Evaluation needs packages that colouring does not; say so before the work begins, not after."""

from __future__ import annotations

import importlib.util

from tintype.errors import TintypeError


def require(*modules: str) -> None:
    """Raise TintypeError if one of the modules is not installed, naming it and the command that helps."""
    missing = [m for m in modules if importlib.util.find_spec(m) is None]
    if missing:
        msg = f"{missing[0]} is not installed; get it with: pip install 'tintype[evaluate]'"
        raise TintypeError(msg)
