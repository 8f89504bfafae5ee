"""What every network that can be trained states of itself."""

from __future__ import annotations

from torch import nn


class ColorNetwork(nn.Module):
    """Base: lightness (and hints) in; ab, or logits over ab bins, out.

    Attributes
    ----------
    output : str
        ``ab`` or ``logits``.
    hints : bool
        Whether `forward` takes hints after L.
    multiple : int
        Heights and widths that it takes are multiples of this, px.
    stride : int
        Of the output.
    """

    output: str
    hints: bool
    multiple: int
    stride: int
