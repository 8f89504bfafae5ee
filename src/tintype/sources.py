"""Photographs as they are given: a path, bytes, an open file, a PIL image or an array, behind one door.

>>> import numpy as np
>>> open_source(np.zeros((4, 6), np.uint8)).name
'<array>'
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tintype import files
from tintype.errors import FileMissing, NotAPhotograph, PhotoError, printable
from tintype.in_memory import codes_of, is_pil, tiff_of
from tintype.photo.errors import translate
from tintype.photo.model import Photo
from tintype.photo.pages import check_size
from tintype.photo.read import from_array, read
from tintype.settings import Settings

if TYPE_CHECKING:
    from PIL.Image import Image

    Given: TypeAlias = (
        str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO | NDArray[Any] | Image
    )
    """What every door takes as a photograph."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A photograph as it was given; made by `open_source`.

    Attributes
    ----------
    name : str
        What messages call it: the path, or ``<bytes>``, ``<array>``, ``<PIL image>``.
    path : Path or None
        Where it lies; None in memory.
    data : bytes or None
        The file's content, where that is in memory.
    array : uint8 or uint16 array, or None
        Its pixels, where they were given.
    opened : Path or None
        The file that an open file or a PIL image says it came from: its result must not replace it.
    """

    name: str
    path: Path | None = None
    data: bytes | None = field(default=None, repr=False)
    array: NDArray[Any] | None = field(default=None, repr=False)
    opened: Path | None = field(default=None, repr=False)
    _found: os.stat_result | None = field(default=None, repr=False)

    def photos(self, settings: Settings) -> list[Photo]:
        """Return its pages, see `tintype.photo.read.read`. Raises PhotoError."""
        if self.array is not None:
            height, width = self.array.shape[:2]
            check_size(width, height, self.name, settings)
            return [from_array(self.array, name=self.name)]
        given = self.path if self.data is None else self.data
        assert given is not None
        return read(given, settings, name=self.name)

    def sha256(self) -> str:
        """Return the SHA-256 of what was opened, hexadecimal. Raises PhotoError."""
        if self.data is not None:
            return hashlib.sha256(self.data).hexdigest()
        if self.array is not None:
            return hashlib.sha256(self.array.tobytes()).hexdigest()
        assert self.path is not None
        with translate(self.name):
            digest = files.sha256(self.path)
        self.check()
        return digest

    def check(self) -> None:
        """Raise PhotoError when the file is another one than the one that was opened."""
        if self.path is not None and _state(_look(self.path)) != _state(self._found):
            reason = "it was changed while it was coloured"
            raise PhotoError(name=self.name, reason=reason, remedy="colour it again")

    def keep_dates(self, target: Path) -> None:
        """Give a file the dates that the photograph had when it was opened. Raises OSError."""
        if self._found is not None:
            os.utime(target, ns=(self._found.st_atime_ns, self._found.st_mtime_ns))


def open_source(given: Given | Source, *, name: str | None = None) -> Source:
    """Take a photograph however it is given.

    Parameters
    ----------
    given : str, os.PathLike, bytes, bytearray, memoryview, binary file, PIL image or ndarray
        A binary file is read to its end. An array is (H, W), (H, W, 1), (H, W, 3) or (H, W, 4) of uint8,
        uint16 or floats 0-1, sRGB-encoded; it is not copied.
    name : str, optional
        What messages call it.

    Raises
    ------
    PhotoError
        When it is no picture, or the file isn't there.
    """
    if isinstance(given, Source):
        return given
    if isinstance(given, bytes | bytearray | memoryview):
        return Source(name or "<bytes>", data=bytes(given))
    if isinstance(given, np.ndarray):
        return Source(name or "<array>", array=codes_of(given))
    if isinstance(given, str | os.PathLike):
        path = Path(given)
        name = name or printable(os.fspath(given))
        try:
            found = path.stat()
        except (FileNotFoundError, ValueError):
            raise FileMissing(name) from None
        except OSError:
            found = None  # what is wrong is said by whoever reads it
        if _is_pipe(path):
            with translate(name), path.open("rb") as stream:
                return Source(name, data=stream.read())
        return Source(name, path=path, _found=found)
    if is_pil(given):
        return Source(name or "<PIL image>", data=tiff_of(given), opened=_file_of(given, "filename"))
    if hasattr(given, "read"):
        return _of_stream(given, name or printable(getattr(given, "name", "")) or "<stream>")
    kind = type(given).__name__
    message = f"a {kind} is not a picture; give a path, bytes, a binary file, a PIL image or an array"
    raise NotAPhotograph(name or f"<{kind}>", f"a {kind}", message=message)


def _of_stream(stream: BinaryIO, name: str) -> Source:
    with translate(name):
        data = stream.read()
    if not isinstance(data, bytes):
        msg = f"{name}: the stream gives text, not bytes; open it in binary mode"
        raise PhotoError(msg, name=name)
    return Source(name, data=data, opened=_file_of(stream, "name"))


def _file_of(given: object, attribute: str) -> Path | None:
    told = getattr(given, attribute, None)
    return Path(told) if isinstance(told, str) and told and _look(Path(told)) else None


def _is_pipe(path: Path) -> bool:
    """Whether this is a pipe of the shell's, as ``<(scanimage)`` gives: it can be read once only."""
    try:
        return path.is_fifo()
    except OSError:
        return False


def _look(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (OSError, ValueError):
        return None


def _state(found: os.stat_result | None) -> tuple[int, int] | None:
    """Return what changes with a file's content.

    No inode: some network disks number files anew each time they are asked.
    """
    return None if found is None else (found.st_size, found.st_mtime_ns)
