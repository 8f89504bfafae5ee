"""Where the true photographs come from: a folder, a tar, or a set of `tintype dataset`."""

from __future__ import annotations

import json
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from tintype.errors import PhotoError
from tintype.photo.errors import translate
from tintype.photo.formats import READABLE_SUFFIXES
from tintype.photo.read import read
from tintype.settings import Settings

_INDEX = "dataset.json"  # as `tintype dataset` writes it
_TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


@dataclass(frozen=True, slots=True)
class Source:
    """One photograph, not read yet; `load` gives the encoded file, or pixels uint8 (h, w, 3)."""

    name: str
    load: Callable[[], bytes | NDArray[np.uint8]]


def sources(data: str | Path, split: str = "val") -> list[Source]:
    """All photographs of a folder (searched deeply), a tar, a photograph, or a training set.

    Raises
    ------
    PhotoError
        If there are none, or the place can't be read.
    """
    path = Path(data).expanduser()
    if (path / _INDEX).is_file():
        found = list(_of_set(path, split))
    elif path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.suffix.lower() in READABLE_SUFFIXES and p.is_file())
        found = [Source(str(p.relative_to(path)), p.read_bytes) for p in files]
    elif path.name.lower().endswith(_TARS):
        found = list(_of_tar(path))
    elif path.is_file():
        found = [Source(path.name, path.read_bytes)]
    else:
        msg = f"{path}: no such folder, tar or training set"
        raise PhotoError(msg)
    if not found:
        msg = f"{path}: holds no photographs; give a folder or a tar of colour photographs"
        raise PhotoError(msg)
    return found


def _of_tar(path: Path) -> Iterator[Source]:
    try:
        archive = tarfile.open(path)  # noqa: SIM115 - the sources read from it as long as they live
        members = sorted((m for m in archive if m.isfile()), key=lambda m: m.name)
    except (OSError, tarfile.TarError, EOFError) as error:
        msg = f"{path}: can't be read as a tar ({error})"
        raise PhotoError(msg) from None

    # All members share one file position, and photographs are loaded from several threads.
    lock = threading.Lock()

    def loader(member: tarfile.TarInfo) -> Callable[[], bytes]:
        def load() -> bytes:
            try:
                with lock:
                    file = archive.extractfile(member)
                    assert file is not None
                    return file.read()
            except (OSError, tarfile.TarError, EOFError) as error:
                msg = f"{path}: {member.name} can't be read ({error})"
                raise PhotoError(msg) from None

        return load

    for member in members:
        if PurePosixPath(member.name).suffix.lower() in READABLE_SUFFIXES:
            yield Source(member.name, loader(member))


def _of_set(folder: Path, split: str) -> Iterator[Source]:
    try:
        index = json.loads((folder / _INDEX).read_text("utf-8"))
        shards = index["splits"][split]["shards"]
        for shard in shards:
            with np.load(folder / f"{shard}.npz") as table:
                offsets, shapes, names = table["offset"], table["shape"], table["name"]
            pixels = np.memmap(folder / f"{shard}.bin", np.uint8, "r")
            for at, (h, w), name in zip(offsets.tolist(), shapes.tolist(), names.tolist(), strict=True):
                cut = pixels[at : at + h * w * 3].reshape(h, w, 3)
                yield Source(str(name), lambda cut=cut: np.array(cut))  # type: ignore[misc]
    except (OSError, KeyError, ValueError, TypeError) as error:
        msg = f"{folder}: a training set that can't be read, or without a split {split!r} ({error})"
        raise PhotoError(msg) from None


def load(source: Source, short: int) -> NDArray[np.uint8]:
    """The photograph, upright, sRGB, uint8 (h, w, 3), its short side shrunk to `short` px (0: as it is).

    Smaller photographs stay as they are.

    Raises
    ------
    PhotoError
        If it is damaged, or has no colour at all.
    """
    held = source.load()
    if isinstance(held, np.ndarray):
        held = encode(held)
    photo = read(held, Settings(page=1), name=source.name)[0]
    height, width = photo.height, photo.width
    if short and min(height, width) > short:
        scale = short / min(height, width)
        height, width = max(1, round(height * scale)), max(1, round(width * scale))
        image = photo.thumbnail(width, height)
    else:
        image = photo.open()
    if image.bands != 3:
        msg = f"{source.name}: a grey photograph; its true colours are not known"
        raise PhotoError(msg)
    with translate(source.name):
        if image.format == "ushort":
            # 65535 → 255: libvips' shift by 8 would round down.
            return np.asarray(np.rint(image.numpy() / 257.0).astype(np.uint8))
        return np.asarray(image.numpy())


def encode(rgb: NDArray[np.uint8]) -> bytes:
    """Pixels as the bytes of a file that the pipeline reads: an uncompressed TIFF."""
    import pyvips

    image = pyvips.Image.new_from_array(np.ascontiguousarray(rgb)).copy(interpretation="srgb")
    return bytes(image.write_to_buffer(".tif"))
