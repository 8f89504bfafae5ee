"""Networks that Tintype can train, as torch modules.

`tintype.training.networks.base.ColorNetwork` says what each states of itself.
"""

from __future__ import annotations

import inspect
from typing import Any

from tintype.errors import SettingsError
from tintype.training.networks.base import ColorNetwork
from tintype.training.networks.cnn import ConvNet, Fusion
from tintype.training.networks.gan import UNet
from tintype.training.networks.lite import TintypeLite
from tintype.training.networks.tintype import Tintype
from tintype.training.networks.zhang16 import Zhang16

NETWORKS: dict[str, type[ColorNetwork]] = {
    "convnet": ConvNet,
    "fusion": Fusion,
    "tintype": Tintype,
    "tintype-lite": TintypeLite,
    "unet": UNet,
    "zhang16": Zhang16,
}


def build(kind: str, options: dict[str, Any], bins: int) -> ColorNetwork:
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
