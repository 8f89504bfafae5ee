"""What travels from a photograph into the file that is written: renewed, and fitted to the format."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

from tintype.notes import Note
from tintype.photo import formats
from tintype.photo.metadata import (
    exif,
    exif_truth,
    gather,
    iptc,
    jpeg,
    photoshop,
    provenance,
    rehome,
    xmp_truth,
)
from tintype.photo.metadata.facts import Facts
from tintype.photo.metadata.provenance import Provenance
from tintype.photo.metadata.xmp import PHOTOSHOP, Packet, XmpError
from tintype.photo.model import Metadata, Photo, Text
from tintype.photo.tiff import TiffError

_COPYRIGHT, _URL, _DIGEST = 0x040A, 0x040B, 0x0425


def renewed(photo: Photo, facts: Facts, mark: Provenance | None) -> tuple[Metadata, tuple[Note, ...]]:
    """The metadata of `photo` for a new file, and notes about what can't be kept.

    Parameters
    ----------
    photo
        The photograph.
    facts
        What is true of the new picture; `Facts.kind` is a key of `tintype.photo.formats.WRITABLE`.
    mark
        How the colour was made; None leaves that unsaid.
    """
    old, notes = photo.metadata, list[Note]()
    holds = formats.saving(facts.kind).holds
    records = iptc.renewed(old.iptc, facts)
    resources, more = photoshop.renewed(old.photoshop, facts, (old.iptc, records))
    notes += more
    new = Metadata(_exif(old, facts, mark, notes), None, records, None, old.dpi, resources,
                   old.comments, old.texts, old.modified)  # fmt: skip
    packet = _packet(old, facts, mark, notes)
    if packet is not None:
        _renew_digest(packet, old.iptc, records if "iptc" in holds else None)
    if packet is None:  # damaged, and nothing has to be added to it
        new = dataclasses.replace(new, xmp=old.xmp)
        packet, untouched = Packet(), True
    else:
        untouched = False
    if "xmp" in holds:
        new = _placed(new, packet, holds, facts.kind, notes)
    if not untouched and (old.xmp is not None or mark is not None or packet.names()):
        new = dataclasses.replace(new, xmp=packet.to_bytes())
    elif untouched and packet.names():
        notes.append(Note("what would be told in XMP is left out", "left_out", names=["XMP"]))
    notes += _without_place(new, old, mark, facts.kind)
    if formats.saving(facts.kind).room:
        new = _fitted(new, facts, mark, notes)
    return new, tuple(dict.fromkeys(notes))


def _packet(old: Metadata, facts: Facts, mark: Provenance | None, notes: list[Note]) -> Packet | None:
    """The XMP packet, renewed and with the mark; None for a damaged one to which nothing is added."""
    try:
        packet = Packet(old.xmp)
    except XmpError as error:
        if mark is None:
            notes.append(Note(f"its XMP is damaged ({error}) and is left as it is", "xmp_damaged"))
            return None
        told = f"its XMP is damaged ({error}): its text is kept in tintype:{gather.DAMAGED}"
        notes.append(Note(told, "xmp_damaged"))
        packet = Packet()
        gather.keep_damaged(packet, old.xmp or b"")
    notes += xmp_truth.put_right(packet, facts)
    if mark is not None:
        provenance.tell(packet, mark)
    return packet


def _renew_digest(packet: Packet, before: bytes | None, after: bytes | None) -> None:
    """Photoshop's note on which IPTC-IIM its XMP was made from (MD5): of what is written, if it was true."""
    told = packet.get(PHOTOSHOP, "LegacyIPTCDigest")
    if told is None:
        return
    if before is None or after is None or told.lower() != hashlib.md5(before).hexdigest():
        packet.remove(PHOTOSHOP, "LegacyIPTCDigest")
    else:
        packet.put(PHOTOSHOP, "LegacyIPTCDigest", hashlib.md5(after).hexdigest().upper())


def renewed_xmp(packet: bytes | None, facts: Facts, mark: Provenance | None) -> bytes | None:
    """One packet renewed and marked; None if there was none and nothing is added. Raises XmpError."""
    if packet is None and mark is None:
        return None
    new = Packet(packet)
    xmp_truth.put_right(new, facts)
    if mark is not None:
        provenance.tell(new, mark)
    return new.to_bytes()


def _exif(old: Metadata, facts: Facts, mark: Provenance | None, notes: list[Note]) -> bytes | None:
    software = mark.tool if mark else None
    try:
        if old.exif is not None:
            return exif_truth.renew(old.exif, facts, software)
    except TiffError as error:
        notes.append(Note(f"its EXIF is damaged ({error}) and is left out", "damaged", names=["EXIF"]))
    needed = software is not None or (old.dpi is not None and "dpi" not in formats.saving(facts.kind).holds)
    return exif_truth.renew(None, facts, software) if needed else None


def _placed(new: Metadata, packet: Packet, holds: frozenset[str], kind: str, notes: list[Note]) -> Metadata:
    """What the format has no place for goes where it has one, else it is said."""
    name, changes = formats.WRITABLE[kind].title, dict[str, Any]()
    comments = new.comments
    if new.texts and "texts" not in holds:
        comments += tuple(t.text for t in new.texts if _is_comment(t))
        texts = rehome.texts_into(packet, tuple(t for t in new.texts if not _is_comment(t)))
        changes["texts"] = ()
        if "comments" in holds:  # a comment can say whatever it likes
            comments += tuple(f"{t.keyword}: {t.text}" for t in texts)
        elif texts:
            left = list(dict.fromkeys(t.keyword for t in texts))
            told = f"{name} has no place for the texts {', '.join(left)}: left out"
            notes.append(Note(told, "no_place", format=name, names=left))
    if new.iptc is not None and "iptc" not in holds:
        without = rehome.iptc_into(packet, new.iptc)
        sets = [f"2:{n:02}" for n in without]
        told = f"{name} has no place for IPTC-IIM: those fields are told in XMP"
        if sets:
            told += f", but for {', '.join(sets)}, for which it has no place or another word: left out"
            notes.append(Note(told, "iptc_partly", format=name, names=sets))
        else:
            notes.append(Note(told, "iptc_moved", format=name))
        changes["iptc"] = None
    if comments and "comments" not in holds:
        left_comments = rehome.comments_into(packet, comments)
        comments = ()
        if left_comments:
            told = f"{name} has no place for comments: {len(left_comments)} left out"
            notes.append(Note(told, "no_place", format=name, names=["Comment"]))
    changes["comments"] = comments
    if new.modified is not None and "modified" not in holds:
        rehome.modified_into(packet, new.modified)
        changes["modified"] = None
    if new.photoshop is not None and "photoshop" not in holds:
        block = new.photoshop
        rehome.photoshop_into(packet, photoshop.content(block, _COPYRIGHT), photoshop.content(block, _URL))
        others = {r.number for r in photoshop.parse(block)} - {_COPYRIGHT, _URL, _DIGEST, 0x03ED}
        if others:
            numbers = [f"{n:#06x}" for n in sorted(others)]
            told = f"{name} has no place for Photoshop's resources {', '.join(numbers)}: left out"
            notes.append(Note(told, "no_place", format=name, names=[f"Photoshop {n}" for n in numbers]))
        changes["photoshop"] = None
    return dataclasses.replace(new, **changes)


_WORDS = {
    "exif": ("EXIF", "EXIF"),
    "xmp": ("XMP", "XMP"),
    "iptc": ("IPTC-IIM", "IPTC-IIM"),
    "photoshop": ("Photoshop's resources", "Photoshop"),
    "comments": ("comments", "Comment"),
    "texts": ("texts", "Text"),
    "modified": ("the time of the last change", "ModifyDate"),
}
"""What messages call the kinds of metadata that a format may hold, in English and in every language."""


def _without_place(new: Metadata, old: Metadata, mark: Provenance | None, kind: str) -> list[Note]:
    """Notes on all that is lost because the format has no place for it, nor another one where it could go."""
    holds, title = formats.saving(kind).holds, formats.WRITABLE[kind].title
    there = {"exif": old.exif, "xmp": old.xmp}  # of these two a new one only says how the picture was made
    lost = [
        words for name, words in _WORDS.items() if name not in holds and there.get(name, getattr(new, name))
    ]
    if old.dpi is not None and not {"exif", "dpi"} & holds:
        lost.append(("the resolution", "dpi"))
    notes = []
    if lost:
        told = f"{title} has no place for {', '.join(word for word, _ in lost)}: left out"
        notes.append(Note(told, "no_place", format=title, names=[name for _, name in lost]))
    if mark is not None and "xmp" not in holds:
        told = f"{title} has no place for XMP: it doesn't say that its colour was made by a network"
        notes.append(Note(told, "unmarked", format=title))
    return notes


def _is_comment(text: Text) -> bool:
    return text.keyword.lower() == "comment"


def _fitted(new: Metadata, facts: Facts, mark: Provenance | None, notes: list[Note]) -> Metadata:
    """A JPEG holds 64 KB of EXIF in one piece, and XMP that comes apart into such pieces."""
    title, room = formats.WRITABLE[facts.kind].title, formats.saving(facts.kind).room
    if new.exif is not None and len(new.exif) > room["exif"]:
        large, slim = len(new.exif), exif.slimmed(new.exif)
        if len(slim) <= room["exif"]:
            told = f"the maker's note in its EXIF is too large for a {title}: left out"
            notes.append(Note(told, "too_large_for", format=title, names=["MakerNote"]))
            new = dataclasses.replace(new, exif=slim)
        else:
            told = f"its EXIF ({large:,} bytes) is too large for a {title}: left out"
            notes.append(Note(told, "too_large_for", format=title, names=["EXIF"]))
            new = dataclasses.replace(new, exif=None)
    if new.xmp is not None:
        size = len(new.xmp)
        try:
            jpeg.split(new.xmp)
        except XmpError as error:
            told = f"its XMP ({size:,} bytes) is too large for a {title} ({error}): left out"
            notes.append(Note(told, "too_large_for", format=title, names=["XMP"]))
            new = dataclasses.replace(new, xmp=renewed_xmp(None, facts, mark))
    return new
