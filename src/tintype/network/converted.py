"""A network that was made of foreign weights, ready to be saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tintype import files
from tintype.errors import NetworkError
from tintype.network.descriptor import KEY, NetworkDescriptor


@dataclass(frozen=True, slots=True)
class Converted:
    """A network ready to be saved.

    Attributes
    ----------
    model : onnx.ModelProto
        It carries the descriptor.
    descriptor : NetworkDescriptor
    notes : tuple of str
        What was found, assumed and used; to be shown to the user.
    """

    model: Any
    descriptor: NetworkDescriptor
    notes: tuple[str, ...] = ()

    def renamed(self, name: str) -> Converted:
        """Return the same network under another name."""
        descriptor = replace(self.descriptor, name=name)
        for entry in self.model.metadata_props:
            if entry.key == KEY:
                entry.value = descriptor.to_json()
        return Converted(self.model, descriptor, self.notes)

    def noted(self, *notes: str) -> Converted:
        """Return the same network with notes before its own."""
        return replace(self, notes=(*notes, *self.notes))

    def save(self, target: Path) -> None:
        """Write the ONNX file, whole or not at all.

        Raises
        ------
        NetworkError
            If it can't be written, or is larger than the 2 GiB that one ONNX file can hold.
        """
        try:
            data = self.model.SerializeToString(deterministic=True)
        except ValueError as error:  # protobuf's limit
            msg = f"{target}: the network is too large for one ONNX file ({error})"
            raise NetworkError(msg) from error
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            files.write_bytes(target, data, overwrite=True)
        except OSError as error:
            why = error.strerror or error
            msg = f"{target}: can't be written: {why}; free some space or choose another folder"
            raise NetworkError(msg) from error
