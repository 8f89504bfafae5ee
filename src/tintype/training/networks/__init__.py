"""Networks that Tintype can train, as torch modules.

Each has `output` ("ab" or "logits"), `hints` (whether its forward takes them), `multiple` (sizes that it
takes) and `stride` (of its output).
"""

from __future__ import annotations

import inspect
from typing import Any

from torch import nn

from tintype.errors import SettingsError
from tintype.training.networks.cnn import ConvNet, Fusion
from tintype.training.networks.gan import UNet
from tintype.training.networks.tintype import Tintype
from tintype.training.networks.zhang16 import Zhang16

NETWORKS: dict[str, type[nn.Module]] = {
    "convnet": ConvNet,
    "fusion": Fusion,
    "tintype": Tintype,
    "unet": UNet,
    "zhang16": Zhang16,
}


def build(kind: str, options: dict[str, Any], bins: int) -> nn.Module:
    """Make a network.

    Parameters
    ----------
    kind : str
        One of `NETWORKS`.
    options : dict
        Arguments of its class, as a recipe's ``[network]`` table gives them.
    bins : int
        Number of ab bins, for networks that give logits.

    Raises
    ------
    SettingsError
        If the kind or an option is unknown: it lists the known ones.
    """
    if kind not in NETWORKS:
        msg = f"network kind {kind!r} is unknown; choose one of {', '.join(sorted(NETWORKS))}"
        raise SettingsError(msg)
    known = set(inspect.signature(NETWORKS[kind]).parameters) - {"bins"}
    if unknown := sorted(options.keys() - known):
        msg = f"network {kind} has no option {unknown[0]!r}; it has {', '.join(sorted(known))}"
        raise SettingsError(msg)
    given = dict(options)
    if NETWORKS[kind].output == "logits":
        given["bins"] = bins
    return NETWORKS[kind](**given)
