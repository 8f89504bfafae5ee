"""Say in the file that its colour was made by a network: XMP DigitalSourceType, CreatorTool, history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Provenance:
    """By what a photograph was coloured.

    Attributes
    ----------
    version
        Of Tintype.
    network
        Name of the network.
    weights_sha256
        Of the network's file, hexadecimal.
    settings
        As `Settings.to_json` gives them.
    """

    version: str
    network: str
    weights_sha256: str
    settings: Mapping[str, Any] = field(default_factory=dict)
