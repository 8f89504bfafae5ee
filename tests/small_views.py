"""Networks that look at small views where no size is asked for: a tenth of the work, the same pipeline."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

SIDE = 64  # px
PAGE_SIDE = 128  # px, for pages, whose colours are looked at
_PROGRAM = """
import sys
sys.path.insert(0, {tests!r})
from small_views import look_small
from tintype.commands import main
look_small(side={side})
main()
"""


def small_program(side: int = SIDE) -> tuple[str, str]:
    """Arguments for Python that make it Tintype's command with such networks, in processes of their own."""
    return "-c", _PROGRAM.format(tests=str(Path(__file__).parent), side=side)


def look_small(put: Callable[[object, str, object], None] = setattr, side: int = SIDE) -> None:
    """Let networks of this process look at views of that size, px, unless another one is asked for.

    `put` is what changes the pipeline: `monkeypatch.setattr` puts it back.
    """
    from tintype import pipeline

    whole = pipeline.view_size

    def smaller(rule, height, width, wanted=0):  # type: ignore[no-untyped-def]
        return whole(rule, height, width, wanted or (0 if rule.fixed else max(side, rule.minimum)))

    put(pipeline, "view_size", smaller)
