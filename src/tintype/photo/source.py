"""Where a photograph's bytes come from: a path that libvips can open, or bytes; and what messages call it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from tintype.errors import PhotoError, printable
from tintype.notes import Note
from tintype.photo.errors import translate
from tintype.photo.model import Sidecar


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A file, by its path or by its bytes; `name` is what messages call it.

    `sidecars` are the XMP files that lie beside it; `notes` say what is left aside of them.
    """

    data: str | bytes = field(repr=False)
    name: str
    sidecars: tuple[Sidecar, ...] = field(default=(), repr=False)
    notes: tuple[Note, ...] = ()

    def open(self) -> BinaryIO:
        """Open the content for reading; close it after use. Raises OSError."""
        return io.BytesIO(self.data) if isinstance(self.data, bytes) else Path(self.data).open("rb")

    def content(self) -> bytes:
        """Return all of it. Raises OSError."""
        return self.data if isinstance(self.data, bytes) else Path(self.data).read_bytes()

    def head(self, length: int) -> bytes:
        """Return the first bytes (fewer if it is shorter). Raises OSError."""
        if isinstance(self.data, bytes):
            return self.data[:length]
        with self.open() as file:
            return file.read(length)

    @property
    def suffix(self) -> str:
        """The extension of its name, in lower case."""
        return Path(self.name).suffix.lower()


def take(source: Any, name: str | None) -> PhotoFile:
    """Return the `PhotoFile` of a path, of bytes or of an open binary file. Raises PhotoError."""
    if isinstance(source, bytes | bytearray | memoryview):
        return PhotoFile(bytes(source), name or "<bytes>")
    if isinstance(source, str | Path):
        path = Path(source)
        name = name or printable(source)
        if path.is_dir():
            msg = f"{name}: this is a folder, not a photograph; name a file in it"
            raise PhotoError(msg)
        try:
            str(path).encode("utf-8")
        except UnicodeEncodeError:
            # A name that is not UTF-8 can't be handed to libvips, so the file is read here.
            with translate(name):
                return PhotoFile(path.read_bytes(), name)
        return PhotoFile(str(path), name)
    if hasattr(source, "read"):
        name = name or printable(getattr(source, "name", "")) or "<stream>"
        with translate(name):
            data = source.read()
        if not isinstance(data, bytes):
            msg = f"{name}: the stream gives text, not bytes; open it in binary mode"
            raise PhotoError(msg)
        return PhotoFile(data, name)
    msg = f"{type(source).__name__} is not a path, bytes or an open binary file"
    raise PhotoError(msg)
