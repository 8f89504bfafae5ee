"""The descriptor inside an ONNX file, read without loading the network or the onnx package.

An ONNX file is one protobuf message; its metadata are small fields beside the graph. Everything else is
skipped by its length, so a file of a gigabyte costs a few reads.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from tintype.errors import DamagedNetwork, NoDescriptor
from tintype.network.descriptor import KEY, NetworkDescriptor

_METADATA_PROPS = 14  # field number in ModelProto
_MOST = 100_000  # top-level fields; a network has a dozen
_LARGEST = 1 << 20  # bytes of a descriptor that we are willing to hold


def descriptor_of(file: Path, *, beside: bool = True) -> NetworkDescriptor:
    """Return the descriptor of an ONNX file, inside it or, if `beside`, in ``<file>.json`` beside it.

    Raises
    ------
    DamagedNetwork
        If the file is missing or damaged, or its descriptor is not valid.
    NoDescriptor
        If it carries none.
    """
    try:
        text = metadata_text(file, KEY)
        sidecar = file.with_name(file.name + ".json")
        if text is None and beside and sidecar.is_file():
            with sidecar.open("rb") as stream:
                text = stream.read(_LARGEST).decode()
    except (OSError, ValueError) as error:
        msg = f"{file}: can't be read as a network ({error}); import or download it again"
        raise DamagedNetwork(msg, name=str(file)) from None
    if text is None:
        raise NoDescriptor(file)
    return NetworkDescriptor.from_json(text, name=str(file))


def metadata_text(file: Path, wanted: str) -> str | None:
    """Return what an ONNX file's metadata hold under a key, None if nothing.

    Raises
    ------
    OSError
    ValueError
        If it is no ONNX file, or damaged.
    """
    found = None
    size = file.stat().st_size
    with file.open("rb") as stream:
        fields = 0
        while stream.tell() < size:
            field, kind = divmod(_varint(stream), 8)
            fields += 1
            if field == 0 or fields > _MOST:
                msg = "it is no ONNX file"
                raise ValueError(msg)
            if kind == 0:
                _varint(stream)
            elif kind in (1, 5):
                stream.seek(8 if kind == 1 else 4, 1)
            elif kind == 2:
                length = _varint(stream)
                if stream.tell() + length > size:
                    msg = "it is cut short"
                    raise ValueError(msg)
                if field == _METADATA_PROPS and length <= _LARGEST:
                    key, value = _entry(stream.read(length))
                    found = value if key == wanted.encode() else found
                else:
                    stream.seek(length, 1)
            else:
                msg = "it is no ONNX file"
                raise ValueError(msg)
    return None if found is None else found.decode()


def _entry(data: bytes) -> tuple[bytes, bytes]:
    """Return key and value of a StringStringEntryProto."""
    parts = {1: b"", 2: b""}
    stream = BytesIO(data)
    while stream.tell() < len(data):
        tag = _varint(stream)
        length = _varint(stream)
        if tag % 8 != 2 or stream.tell() + length > len(data):
            msg = "its metadata are damaged"
            raise ValueError(msg)
        parts[tag >> 3] = stream.read(length)
    return parts[1], parts[2]


def _varint(stream: BinaryIO) -> int:
    value = shift = 0
    while shift < 70:
        byte = stream.read(1)
        if not byte:
            break
        value |= (byte[0] & 127) << shift
        if byte[0] < 128:
            return value
        shift += 7
    msg = "it is cut short or no ONNX file"
    raise ValueError(msg)
