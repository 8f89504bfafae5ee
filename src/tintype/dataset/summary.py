"""What became of photographs that a training set was made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tintype.color.lab import Float
from tintype.dataset.groups import Terms


@dataclass(frozen=True)
class Summary:
    """What became of the photographs.

    Attributes
    ----------
    found : int
    dropped : dict of str to int
        Why, and how many.
    splits : dict of str to int
        Photographs in ``train`` and ``val``.
    sizes : int array (n, 2)
        Width and height of those kept, px.
    colorfulness : float array (n,)
    ab : float32 array (m, 2)
        A sample of their colours.
    groups, left_out : dict of str to tuple
        Photographs kept, and kept out for their terms alone, and those terms, by folder; the largest first.
    """

    found: int
    dropped: dict[str, int]
    splits: dict[str, int]
    sizes: Any
    colorfulness: Any
    ab: Float
    groups: dict[str, tuple[int, Terms]] = field(default_factory=dict)
    left_out: dict[str, tuple[int, Terms]] = field(default_factory=dict)
