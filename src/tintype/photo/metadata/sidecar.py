"""XMP files beside a photograph: photo.xmp (Adobe) and photo.jpg.xmp (darktable, digiKam)."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from tintype import files
from tintype.notes import Note
from tintype.photo import formats
from tintype.photo.metadata.xmp import LARGEST, PHOTOSHOP, Packet, XmpError
from tintype.photo.model import Sidecar

_OURS = b"AISystemUsed>Tintype: "


def beside(photo: Path) -> tuple[tuple[Sidecar, ...], tuple[Note, ...]]:
    """The sidecars of a photograph, the one that counts most last; and notes about those that don't."""
    found, notes = [], list[Note]()
    for path, whole in _names(photo):
        try:
            if not path.is_file():
                continue
            if path.stat().st_size > LARGEST:
                told = f"{path.name} is too large for a sidecar, and is left aside"
                notes.append(Note(told, "sidecar_large", name=path.name))
                continue
            if not whole and (owner := _raw_of(photo)):
                told = f"{path.name} is taken for the sidecar of {owner}, and left aside"
                notes.append(Note(told, "sidecar_other", name=path.name, owner=owner))
                continue
            packet = path.read_bytes()
            Packet(packet)
        except OSError as error:
            told = f"{path.name} can't be read ({error.strerror}), and is left aside"
            notes.append(Note(told, "sidecar_unread", name=path.name))
        except XmpError as error:
            told = f"{path.name} is damaged ({error}), and is left aside"
            notes.append(Note(told, "sidecar_damaged", name=path.name))
        else:
            found.append(Sidecar(packet, whole, path))
    return tuple(found), tuple(notes)


def _names(photo: Path) -> list[tuple[Path, bool]]:
    """Where sidecars may lie, and whether the name holds the photograph's suffix; capitals as cameras do."""
    short, full = photo.with_suffix(".xmp"), photo.with_name(photo.name + ".xmp")
    names: list[tuple[Path, bool]] = []
    for path, whole in ((short, False), (full, True)):
        for one in (path, path.with_suffix(".XMP")):
            with suppress(OSError):
                if os.path.lexists(one):
                    names.append((one, whole))
                    break
    return names


def _raw_of(photo: Path) -> str:
    """The camera RAW with the same name beside a photograph of another kind: a short name is its sidecar."""
    suffixes = formats.FORMATS["raw"].suffixes
    if photo.suffix.lower() in suffixes:
        return ""
    for suffix in suffixes:
        for path in (photo.with_suffix(suffix), photo.with_suffix(suffix.upper())):
            if path.is_file():
                return path.name
    return ""


def place(target: Path, *, whole: bool) -> Path:
    """Where the sidecar of a result lies."""
    return target.with_name(target.name + ".xmp") if whole else target.with_suffix(".xmp")


def write(
    target: Path, packet: bytes, *, whole: bool, overwrite: bool, read: Collection[Path] = ()
) -> tuple[Path | None, tuple[Note, ...]]:
    """Write the sidecar of a result; one that may not be replaced is left as it is, and that is said.

    Parameters
    ----------
    target
        The result.
    packet
        What the sidecar says.
    whole
        Whether it is named ``out.jpg.xmp``; else ``out.xmp``.
    overwrite
        Whether a sidecar that Tintype has written may be replaced; another never is.
    read
        Sidecars of the photograph itself: never replaced, whoever has written them.

    Returns
    -------
    The path, or None where it isn't written; and notes.

    Raises
    ------
    OSError
        What the system says.
    """
    path = place(target, whole=whole)
    if os.path.lexists(path):
        its_own = any(path.samefile(one) for one in read if path.exists() and one.exists())
        if its_own or not (overwrite and is_ours(path)):
            return None, (kept(path),)
    renewed = Packet(packet)
    renewed.put(PHOTOSHOP, "SidecarForExtension", target.suffix.lstrip(".").upper(), only_if_there=True)
    try:
        files.write_bytes(path, renewed.to_bytes(), overwrite=overwrite)
    except FileExistsError:  # it came while this one was written
        return None, (kept(path),)
    return path, ()


def settle(stage: Path, folder: Path, *, overwrite: bool) -> tuple[Note, ...]:
    """Move sidecars from a folder of half-made files to where results go; notes on those that can't.

    Raises OSError.
    """
    notes = []
    for staged in sorted(stage.glob("*.xmp")):
        final = folder / staged.name
        if os.path.lexists(final) and not (overwrite and is_ours(final)):
            notes.append(kept(final))
        else:
            staged.replace(final)
    return tuple(notes)


def kept(path: Path) -> Note:
    told = f"{path.name} exists already, and is left as it is: the result has no sidecar of its own"
    return Note(told, "sidecar_kept", name=path.name)


def is_ours(path: Path) -> bool:
    """Whether Tintype has written a sidecar. Raises OSError."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return _OURS in file.read(LARGEST)
