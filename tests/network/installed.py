"""What lies in the folder of installed networks."""

from __future__ import annotations

from pathlib import Path


def left(networks: Path) -> list[str]:
    """Return the names of all that is there, hidden or not."""
    return sorted(p.name for p in networks.iterdir()) if networks.exists() else []
