"""Photographs that an IIIF manifest on a disk names (Presentation API 2 and 3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from tintype.archive import beside, stores
from tintype.archive.model import Item
from tintype.archive.named import name_of, stray
from tintype.errors import SettingsError
from tintype.photo.folders import kind_of
from tintype.settings import read_json

_WHOLES = ("Choice", "oa:Choice", "SpecificResource", "oa:SpecificResource")
_IMAGE_API = 4  # region/size/rotation/quality.format behind an image's identifier


@dataclass(frozen=True, slots=True)
class Iiif:
    """The images of a manifest's canvases; see `tintype.archive.model.PhotoSource`.

    An image is looked for on the disk: at its path, or, where the manifest gives an address of the web,
    beside the manifest under the last parts of that address. Nothing is fetched.
    """

    manifest: Path
    mark: str = ""

    @property
    def title(self) -> str:
        """The manifest."""
        return str(self.manifest)

    def items(self) -> Iterator[Item]:
        """List the images in the order of the canvases. Raises SettingsError."""
        told = read_json(self.manifest, "an IIIF manifest")
        for address in dict.fromkeys(_images(told)):  # one that lies on several canvases is one photograph
            yield self._item(address)

    def _item(self, address: str) -> Item:
        if stores.is_remote(address) and not address.lower().startswith(("http:", "https:", "file:")):
            name = name_of(address)
            return Item(name, address) if name else stray(address, address)
        root = self.manifest.parent
        parts = [unquote(p) for p in PurePosixPath(urlsplit(address).path).parts if p != "/"]
        ways = [parts[-n:] for n in range(len(parts), 0, -1)]
        # …/iiif/IDENTIFIER/full/max/0/default.jpg: the identifier is the file's name.
        ways += [parts[-n:-_IMAGE_API] for n in range(len(parts), _IMAGE_API, -1)]
        for way in ways:
            name = name_of("/".join(way))
            if name and kind_of(name) == "photograph" and (path := root / name).is_file():
                return Item(name, str(path), *stores.state(str(path)))
        why = "is not on this disk; fetch it, and put it beside the manifest"
        return Item(name_of(address) or address, address, kind="problem", why=why)

    def local(self, item: Item, folder: Path) -> Path:
        """Return the photograph's own path, or a copy with its sidecars beside it. Raises OSError."""
        return beside.copied(item.place, folder, PurePosixPath(item.name).name)

    def holds(self, path: Path) -> bool:
        """Whether a path lies beside the manifest, where its images are looked for."""
        return path.resolve().is_relative_to(self.manifest.parent.resolve())


def _images(manifest: Any) -> Iterator[str]:
    """Yield the addresses of the images: of bodies (version 3), of resources (version 2)."""
    for canvas in _list(manifest, "items"):
        for page in _list(canvas, "items"):
            for annotation in _list(page, "items"):
                yield from _pictures(annotation.get("body"))
    for sequence in _list(manifest, "sequences"):
        for canvas in _list(sequence, "canvases"):
            for image in _list(canvas, "images"):
                yield from _pictures(image.get("resource"))


def _pictures(body: Any) -> Iterator[str]:
    """Yield the addresses of what lies on a canvas: an image, also one shown in part, or all of a choice."""
    if isinstance(body, list):
        for one in body:
            yield from _pictures(one)
    elif isinstance(body, dict):
        kind = body.get("type") or body.get("@type")
        address = body.get("id") or body.get("@id")
        if kind in _WHOLES:
            for part in filter(None, map(body.get, ("items", "default", "item", "source", "full"))):
                yield from [part] if isinstance(part, str) else _pictures(part)
        elif isinstance(address, str) and ("@id" in body or kind == "Image"):
            yield address


def _list(value: Any, key: str) -> list[dict[str, Any]]:
    found = value.get(key) if isinstance(value, dict) else None
    return [v for v in found if isinstance(v, dict)] if isinstance(found, list) else []


def opened(text: str) -> Iiif | None:
    """Return the IIIF manifest that a text names. Raises SettingsError for JSON that is none."""
    path = Path(text)
    if path.suffix.lower() != ".json" or not path.is_file():
        return None
    told = read_json(path, "an IIIF manifest")
    context = told.get("@context") if isinstance(told, dict) else None
    if "iiif.io/api/presentation" not in str(context):
        msg = f"{path}: no IIIF manifest; a list of photographs is called .csv, .jsonl or .parquet"
        raise SettingsError(msg, name=str(path))
    if str(told.get("type") or told.get("@type")).endswith("Collection"):
        msg = f"{path}: a collection, which names IIIF manifests; give one of those"
        raise SettingsError(msg, name=str(path))
    return Iiif(path)
