"""A training set on disk: shards of 8-bit sRGB photographs, memory-mapped, so that thousands open at once."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tintype.errors import DatasetError

INDEX = "dataset.json"
VERSION = 1


class ShardWriter:
    """Writes one split's photographs; each shard appears when it is complete.

    Parameters
    ----------
    folder : Path
    split : str
    limit : int
        Bytes after which a new shard begins.
    """

    def __init__(self, folder: Path, split: str, limit: int = 1 << 30) -> None:
        self.folder, self.split, self.limit = folder, split, limit
        self.names: list[str] = []
        self.count = 0
        self._file: Any = None

    def add(self, pixels: NDArray[np.uint8], name: str) -> None:
        """Append a photograph, uint8 (h, w, 3)."""
        if self._file is None:
            self._path = self.folder / f"{self.split}-{len(self.names):03d}.bin"
            self._file = self._path.with_suffix(".bin.part").open("wb")
            self._offsets: list[int] = []
            self._shapes: list[tuple[int, int]] = []
            self._sources: list[str] = []
            self._at = 0
        self._offsets.append(self._at)
        self._shapes.append((pixels.shape[0], pixels.shape[1]))
        self._sources.append(name)
        self._file.write(np.ascontiguousarray(pixels).tobytes())
        self._at += pixels.size
        self.count += 1
        if self._at >= self.limit:
            self._finish()

    def close(self) -> None:
        """Complete the last shard."""
        if self._file is not None:
            self._finish()

    def _finish(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._file = None
        index = self._path.with_suffix(".npz")
        np.savez(
            index,
            offset=np.array(self._offsets, np.int64),
            shape=np.array(self._shapes, np.int32),
            name=np.array(self._sources),
        )
        self._path.with_suffix(".bin.part").replace(self._path)
        self.names.append(self._path.stem)


class PhotoSet:
    """The photographs of one split.

    ``photos[i]`` is a uint8 (h, w, 3) view of the file; nothing is read before it is touched.
    """

    def __init__(self, folder: Path, shards: list[str]) -> None:
        self.folder, self.shards = folder, shards
        offsets, shapes, names, home = [], [], [], []
        for i, shard in enumerate(shards):
            try:
                with np.load(folder / f"{shard}.npz") as index:
                    offset, shape, name = index["offset"], index["shape"], index["name"]
                size = (folder / f"{shard}.bin").stat().st_size
            except (OSError, KeyError, ValueError) as error:
                msg = (
                    f"{folder / shard}: damaged training set ({error}); make it again with `tintype dataset`"
                )
                raise DatasetError(msg) from None
            if len(offset) and int(offset[-1]) + 3 * int(np.prod(shape[-1])) != size:
                msg = f"{folder / shard}.bin has {size} bytes, not what its index says; make the set again"
                raise DatasetError(msg)
            offsets.append(offset)
            shapes.append(shape)
            names.append(name)
            home.append(np.full(len(offset), i))
        self._offset = np.concatenate(offsets) if offsets else np.zeros(0, np.int64)
        self._shape = np.concatenate(shapes) if shapes else np.zeros((0, 2), np.int32)
        self.names = [str(n) for n in np.concatenate(names)] if names else []
        self._home = np.concatenate(home) if home else np.zeros(0, np.int64)
        self._maps: dict[int, np.memmap[Any, np.dtype[np.uint8]]] = {}

    @classmethod
    def open(cls, folder: str | Path, split: str) -> Self:
        """Open ``train`` or ``val`` of a training set.

        Raises
        ------
        DatasetError
            If the folder holds none, an unfinished one, or one of another version.
        """
        folder = Path(folder)
        try:
            index = json.loads((folder / INDEX).read_text("utf-8"))
        except FileNotFoundError:
            msg = f"{folder}: no training set ({INDEX} is missing); make one with `tintype dataset PHOTOS -o "
            raise DatasetError(f"{msg}{folder}`") from None
        except (OSError, ValueError) as error:
            msg = f"{folder / INDEX}: can't be read ({error}); make the set again with `tintype dataset`"
            raise DatasetError(msg) from None
        if not isinstance(index, dict) or index.get("version") != VERSION:
            msg = f"{folder}: a training set of another version of Tintype; make it again"
            raise DatasetError(msg)
        if split not in index["splits"]:
            msg = f"{folder}: no split {split!r}; it has {', '.join(index['splits'])}"
            raise DatasetError(msg)
        return cls(folder, index["splits"][split]["shards"])

    def __len__(self) -> int:
        return len(self._offset)

    def __getitem__(self, i: int) -> NDArray[np.uint8]:
        shard = int(self._home[i])
        if shard not in self._maps:
            path = self.folder / f"{self.shards[shard]}.bin"
            self._maps[shard] = np.memmap(path, np.uint8, "r")
        h, w = (int(s) for s in self._shape[i])
        at = int(self._offset[i])
        return self._maps[shard][at : at + h * w * 3].reshape(h, w, 3)

    def mapped(self) -> list[NDArray[np.uint8]]:
        """Every shard's bytes, mapped copy-on-write: nothing is read before it is touched, nor written."""
        return [np.memmap(self.folder / f"{shard}.bin", np.uint8, "c") for shard in self.shards]

    def places(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]:
        """Where photographs are: first byte in the shard (n,), height and width (n, 2), shard (n,)."""
        return self._offset, self._shape, self._home

    def __getstate__(self) -> dict[str, Any]:
        """Workers map the files anew; pickling a map would copy its bytes."""
        return self.__dict__ | {"_maps": {}}
