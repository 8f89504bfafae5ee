"""Say in the file that its colour was made by a network: XMP DigitalSourceType, CreatorTool, history.

An XMP packet that is there already keeps all that it says; only what is no longer true is put right.
Properties: XMP specification parts 1 and 2, IPTC Photo Metadata 2025.1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PureWindowsPath
from typing import Any

from tintype.photo.metadata.xmp import EVENT, IPTC_EXT, MM, XMP, Packet

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""IPTC's term for a real picture to which a trained network has added content, as with inpainting.

Not ``algorithmicallyEnhanced``: that is for corrections that add nothing, and the colours are invented here.
"""


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
        As `Settings.to_json` gives them; only those that are not the defaults are written.
    """

    version: str
    network: str
    weights_sha256: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tool(self) -> str:
        """Name and version of the program."""
        return f"Tintype {self.version}"

    def parameters(self) -> str:
        """What the history entry tells, as JSON."""
        from tintype.settings import FILES, WITHOUT_EFFECT, Settings, split_models

        usual = Settings().to_json() | {"model": None}
        told = {k: v for k, v in self.settings.items() if k not in usual or v != usual[k]}
        told = {k: v for k, v in told.items() if k not in WITHOUT_EFFECT}
        told |= {k: _name(told[k]) for k in FILES if told.get(k)}
        if "model" in told:
            told["model"] = ",".join(_name(n) for n in split_models(str(told["model"])))
        what = {"network": self.network, "weights_sha256": self.weights_sha256, "settings": told}
        return json.dumps(what, ensure_ascii=False)


def _name(path: object) -> str:
    """The last part of a path of any system."""
    return PureWindowsPath(str(path)).name


def tell(xmp: Packet, provenance: Provenance) -> None:
    """Merge into a packet how the colour was made."""
    before = xmp.get(IPTC_EXT, "DigitalSourceType")
    parameters = provenance.parameters()
    if before and before != SOURCE_TYPE:
        parameters = json.dumps(json.loads(parameters) | {"source_type_before": before}, ensure_ascii=False)
    xmp.put(IPTC_EXT, "DigitalSourceType", SOURCE_TYPE)
    xmp.put(IPTC_EXT, "AISystemUsed", f"Tintype: {provenance.network}")
    xmp.put(IPTC_EXT, "AISystemVersionUsed", provenance.version)
    if xmp.get(XMP, "CreatorTool") is None:  # "the first known tool": an older one stays
        xmp.put(XMP, "CreatorTool", provenance.tool)
    # No time and no random id: the same photograph and settings give the same file, bit for bit.
    event = {"action": "edited", "softwareAgent": provenance.tool, "changed": "/",
             "parameters": f"colourised by a trained network: {parameters}"}  # fmt: skip
    xmp.append(MM, "History", EVENT, event)
