"""Where colour photographs come from: folders, tar files, single files, and sets of `tintype dataset`.

Training and evaluation find photographs by this one list of suffixes and this one reader.
"""

from __future__ import annotations

import tarfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from tintype.dataset.shards import INDEX, PhotoSet
from tintype.errors import DatasetError
from tintype.photo.formats import readable_suffixes

SUFFIXES = readable_suffixes() | {".ppm"}
TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


def group_of(name: str) -> str:
    """Return the folder that a photograph of this name lies in, which is its group; empty if in none."""
    return PurePosixPath(name.replace("\\", "/")).parent.name


class FoundPhoto(ABC):
    """One photograph that was found and not read yet.

    Attributes
    ----------
    name : str
        Its path below the place that was given.
    """

    name: str

    @abstractmethod
    def read(self) -> bytes | NDArray[np.uint8]:
        """Return the encoded photograph, or pixels uint8 (h, w, 3) where it is stored so.

        Raises
        ------
        OSError, DatasetError
        """

    @property
    def group(self) -> str:
        """The folder that the photograph lies in; empty if in none."""
        return group_of(self.name)


@dataclass(frozen=True)
class FileSource(FoundPhoto):
    """A file, or a stretch of an uncompressed tar file."""

    name: str
    path: Path
    offset: int = 0
    size: int = -1

    def read(self) -> bytes:
        """Return the file's bytes."""
        with self.path.open("rb") as file:
            file.seek(self.offset)
            return file.read(self.size)


class _Archive:
    """A compressed tar; its members share one file position, so only one is read at a time."""

    def __init__(self, path: Path) -> None:
        self.path, self.lock = path, threading.Lock()
        self.tar = tarfile.open(path)  # noqa: SIM115 - the sources read from it as long as they live

    def read(self, member: tarfile.TarInfo) -> bytes:
        try:
            with self.lock:
                file = self.tar.extractfile(member)
                assert file is not None
                return file.read()
        except (OSError, tarfile.TarError, EOFError) as error:
            msg = f"{self.path}: {member.name} can't be read ({error})"
            raise DatasetError(msg) from None


@dataclass(frozen=True)
class MemberSource(FoundPhoto):
    """A member of a compressed tar file."""

    name: str
    archive: _Archive
    member: tarfile.TarInfo

    def read(self) -> bytes:
        """Return the member's bytes."""
        return self.archive.read(self.member)


@dataclass(frozen=True)
class StoredSource(FoundPhoto):
    """A photograph of a training set: its pixels are there already."""

    name: str
    photos: PhotoSet
    index: int

    def read(self) -> NDArray[np.uint8]:
        """Return a copy of the pixels, uint8 (h, w, 3)."""
        return np.array(self.photos[self.index])


def photographs(places: Sequence[str | Path]) -> Iterator[FoundPhoto]:
    """Every photograph in folders (searched deeply), tar files and single files, in a stable order.

    Parameters
    ----------
    places : paths
        Names of photographs in a tar begin with the tar's own name when it is not the only place.

    Raises
    ------
    DatasetError
        If a place does not exist or a tar file can't be read.
    """
    for place in (Path(p).expanduser() for p in places):
        if place.is_dir():
            for path in sorted(p for p in place.rglob("*") if p.is_file()):
                name = path.relative_to(place).as_posix()
                if is_tar(path):
                    yield from _members(path, f"{name}/")
                elif path.suffix.lower() in SUFFIXES:
                    yield FileSource(name, path)
        elif not place.is_file():
            msg = f"{place}: no such folder, tar file or photograph"
            raise DatasetError(msg)
        elif is_tar(place):
            yield from _members(place, f"{place.name}/" if len(places) > 1 else "")
        else:
            yield FileSource(place.name, place)


def photographs_to_measure(data: str | Path, split: str = "val") -> list[FoundPhoto]:
    """Photographs of one place, which may also be a training set.

    Parameters
    ----------
    data : path
    split : str
        Of a training set.

    Raises
    ------
    DatasetError
        If there are none, or the place can't be read.
    """
    path = Path(data).expanduser()
    if (path / INDEX).is_file():
        photos = PhotoSet.open(path, split)
        found: list[FoundPhoto] = [StoredSource(name, photos, i) for i, name in enumerate(photos.names)]
    else:
        found = list(photographs([path]))
    if not found:
        msg = f"{path}: holds no photographs; give a folder or a tar of colour photographs"
        raise DatasetError(msg)
    return found


def is_tar(path: Path) -> bool:
    """Whether a file's name is that of a tar, compressed or not."""
    return path.name.lower().endswith(TARS)


def _members(path: Path, prefix: str) -> Iterator[FoundPhoto]:
    try:
        archive = _Archive(path)
        members = sorted((m for m in archive.tar if m.isfile()), key=lambda m: m.name)
    except (OSError, tarfile.TarError, EOFError) as error:
        msg = f"{path}: can't be read as a tar file ({error})"
        raise DatasetError(msg) from None
    plain = path.suffix.lower() == ".tar"
    if plain:
        archive.tar.close()
    for member in members:
        if PurePosixPath(member.name).suffix.lower() in SUFFIXES:
            name = prefix + member.name
            if plain and not member.issparse():
                yield FileSource(name, path, member.offset_data, member.size)
            else:
                yield MemberSource(name, archive, member)
