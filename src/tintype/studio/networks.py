"""The networks that the studio offers: those that are installed, by name; never a path from a client."""

from __future__ import annotations

import logging
from typing import Any

from tintype.colorizer import Colorizer
from tintype.errors import TintypeError
from tintype.network import registry
from tintype.network.onnx_metadata import descriptor_of
from tintype.settings import split_models
from tintype.studio.problems import ApiError

MOST_NETWORKS = 4
"""How many networks may be asked together."""

log = logging.getLogger("tintype.studio")


def model_of(network: str | None, default: str) -> str:
    """The `model` setting for what a client asks for: None is the studio's own network.

    Raises ApiError for a name that is not installed.
    """
    if network is None:
        return default
    known = {*registry.distinct(), *registry.available(), *split_models(default)}
    wanted = split_models(network)
    for name in wanted:
        if name not in known:
            text = f"There is no network named {name[:60]!r} here; there are {', '.join(sorted(known))}."
            raise ApiError(422, "network_unknown", text)
    if len(wanted) > MOST_NETWORKS:
        raise ApiError(422, "network_unknown", f"{MOST_NETWORKS} networks at once are the most.")
    return ",".join(wanted)


def described(colorizer: Colorizer) -> list[dict[str, Any]]:
    """Each network with what a person wants to know of it; damaged ones are left out."""
    made = []
    own = colorizer.settings.models
    for name in dict.fromkeys([*own, *registry.distinct()]):
        try:
            # Its own networks must run; of the others the card is enough, they may be a gigabyte each.
            mine = name in own
            card = (
                colorizer.networks(model=name)[0].descriptor if mine else descriptor_of(registry.find(name))
            )
        except TintypeError as error:
            if name in own:
                raise
            log.warning("network %s is left out: %s", name, error)
            continue
        made.append({"name": name, "title": card.name, "hints": card.hints, "license": card.license})
    return made
