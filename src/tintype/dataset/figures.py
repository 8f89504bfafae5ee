"""Figures of matplotlib, made without a display and written whole."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from tintype.files import write_bytes


def figure(width: float, height: float) -> tuple[Any, Any]:
    """A matplotlib figure that needs no display, and its axes; inches."""
    from matplotlib.figure import Figure

    fig = Figure(figsize=(width, height), layout="constrained")
    return fig, fig.add_subplot()


def save(fig: Any, path: Path) -> None:
    """Write a figure as PNG, whole or not at all."""
    buffer = io.BytesIO()
    # Without the software's version the same figure gives the same bytes.
    fig.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
    write_bytes(path, buffer.getvalue(), overwrite=True)
