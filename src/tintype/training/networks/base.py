"""What every network that can be trained states of itself."""

from __future__ import annotations

from typing import Self

from torch import nn

PRETRAINED = ("enc", "second")
"""Names of a network's encoders: they learn at `optimizer.backbone_rate`, or not at all."""


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
    slim : bool
        Whether it is made of a trained network, and begins with the weights of all its parts.
    """

    output: str
    hints: bool
    multiple: int
    stride: int
    slim: bool = False
    _frozen: tuple[str, ...] = ()

    def freeze_encoder(self) -> None:
        """Leave encoders, and what hints add to the first one's first layer, as they are, norms too.

        A step is then about twice as quick, as gradients end where the encoder does.
        """
        self._frozen = tuple(name for name, _ in self.named_children() if name in (*PRETRAINED, "hstem"))
        for name in self._frozen:
            self.get_submodule(name).requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        """Set the mode of all parts but frozen ones, whose norms keep their statistics."""
        super().train(mode)
        for name in self._frozen:
            self.get_submodule(name).eval()
        return self
