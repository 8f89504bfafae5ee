"""What the studio says of a file's photographs as soon as it has come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tintype.colorizer import Colorizer
from tintype.notes import Note

_TONES = {
    "grey": "A neutral black-and-white photograph.",
    "sepia": "A sepia print: its brown tone is taken away before it is coloured.",
    "cyanotype": "A cyanotype: its blue tone is taken away before it is coloured.",
    "toned": "A toned print: its tone is taken away before it is coloured.",
    "color": "It is in colour already. The studio colours its lightness anew.",
}


def _told(note: Note, name: str) -> dict[str, Any]:
    """What a `NoteModel` holds; the page names the photograph itself."""
    return note.to_json() | {"text": note.removeprefix(f"{name}: ")}


def survey(path: Path, name: str, max_pixels: int, max_memory: int) -> list[dict[str, Any]]:
    """Return what is known of each page of a file: values for `PhotoModel`.

    Parameters
    ----------
    path : Path
    name : str
        What messages call it.
    max_pixels : int
        A page with more is refused.
    max_memory : int
        So is one that would take more, MB.

    Raises
    ------
    PhotoError
    """
    pages = []
    for sitting in Colorizer().prepare(path, name=name, max_pixels=max_pixels, max_memory=max_memory):
        photo = sitting.photo
        pages.append({
            "name": name, "width": photo.width, "height": photo.height, "bits": photo.bits,
            "format": photo.format, "page": photo.page, "pages": photo.pages,
            "tone": {"kind": sitting.tone.kind, "note": _TONES.get(sitting.tone.kind, "")},
            "notes": [_told(note, name) for note in sitting.notes],
        })  # fmt: skip
    return pages
