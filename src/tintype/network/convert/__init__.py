"""Foreign weights, converted once to an ONNX file that carries its descriptor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tintype.errors import NetworkError
from tintype.network.descriptor import KEY, NetworkDescriptor
from tintype.network.rule import Rule

TORCH_SUFFIXES = (".pth", ".pt", ".bin", ".ckpt", ".safetensors")


@dataclass(frozen=True, slots=True)
class Converted:
    """A network ready to be saved.

    Attributes
    ----------
    model : onnx.ModelProto
    descriptor : NetworkDescriptor
    notes : tuple of str
        What was found, assumed and used; to be shown to the user.
    """

    model: Any
    descriptor: NetworkDescriptor
    notes: tuple[str, ...]

    def save(self, target: Path) -> None:
        """Write the ONNX file, whole or not at all."""
        from tintype.network.convert.graph import save

        save(self.model, target)


def convert(
    file: str | Path,
    *,
    name: str = "",
    prototxt: Path | None = None,
    points: Path | None = None,
    variant: str = "",
    rule: Rule | None = None,
) -> Converted:
    """Turn a weights file of another program into a network of ours.

    Parameters
    ----------
    file : path
        A Caffe, PyTorch, safetensors or ONNX file.
    name : str
        What to call it; empty takes the architecture's own name.
    prototxt, points, variant
        For Caffe, see `tintype.network.convert.caffe.convert`.
    rule : Rule, optional
        For ONNX, see `tintype.network.convert.foreign_onnx.convert`.

    Raises
    ------
    NetworkError
        If the file is damaged, unsafe or unknown; the message says what was expected.
    """
    file = Path(file)
    if not file.is_file():
        msg = f"{file}: no such file"
        raise NetworkError(msg)
    kind = file.suffix.lower()
    if kind != ".caffemodel" and (prototxt or points or variant):
        msg = f"{file}: a prototxt, cluster centres and a variant belong to a .caffemodel"
        raise NetworkError(msg)
    if kind == ".caffemodel":
        from tintype.network.convert.caffe import convert as from_caffe

        found = Converted(*from_caffe(file, prototxt=prototxt, points=points, variant=variant))
    elif kind in TORCH_SUFFIXES:
        from tintype.network.convert.pytorch import convert as from_torch

        found = Converted(*from_torch(file))
    elif kind == ".onnx":
        from tintype.network.convert.foreign_onnx import convert as from_onnx

        found = Converted(*from_onnx(file, rule))
    else:
        msg = f"{file}: {kind or 'a file without a suffix'} can't be imported; give a .caffemodel, "
        msg += f"{', '.join(TORCH_SUFFIXES)} or .onnx file"
        raise NetworkError(msg)
    return renamed(found, name) if name else found


def renamed(found: Converted, name: str) -> Converted:
    """The same network under another name."""
    descriptor = replace(found.descriptor, name=name)
    for entry in found.model.metadata_props:
        if entry.key == KEY:
            entry.value = descriptor.to_json()
    return Converted(found.model, descriptor, found.notes)
