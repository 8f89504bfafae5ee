"""What a result says of itself: coloured by a trained network, of which original, with what settings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tintype.photo.metadata.provenance import SOURCE_TYPE, Provenance

ASSERTION = "org.tintype.coloring"
"""Our own assertion: network, weights, settings and the original's hash, for programs."""

ORIGINAL = "original"
"""What the actions call the ingredient."""

COLORED = "Coloured by a trained network"


@dataclass(frozen=True, slots=True)
class Original:
    """The photograph that was coloured: its file's name without folders, media type and SHA-256."""

    name: str
    media: str
    sha256: str

    def ingredient(self) -> dict[str, Any]:
        """As C2PA describes it; `label` is what the actions call it."""
        instance = f"sha256:{self.sha256}"
        named = {"title": self.name, "format": self.media, "instance_id": instance}
        return named | {"relationship": "parentOf", "label": ORIGINAL}


def manifest(title: str, media: str, provenance: Provenance, original: Original) -> dict[str, Any]:
    """The manifest's definition, without its ingredient, signature and hashes.

    Actions and source types: C2PA 2.2, chapter "Actions"; an ``opened`` is what an edited file begins with.
    """
    told = json.loads(provenance.parameters())
    agent = {"name": "Tintype", "version": provenance.version}
    edited = {
        "action": "c2pa.edited",
        "description": f"{COLORED} ({provenance.network})",
        "softwareAgent": agent,
        "digitalSourceType": SOURCE_TYPE,
        "parameters": {"org.tintype.network": provenance.network},
    }
    actions = [{"action": "c2pa.opened", "parameters": {"ingredientIds": [ORIGINAL]}}, edited]
    own = told | {"original": {"name": original.name, "sha256": original.sha256}}
    return {
        "claim_generator_info": [agent],
        "title": title,
        "format": media,
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": actions}},
            {"label": ASSERTION, "data": own},
        ],
    }
