"""Foreign weights, converted once to an ONNX file that carries its descriptor."""

from __future__ import annotations

from pathlib import Path

from tintype.errors import NetworkError, TintypeError
from tintype.network.converted import Converted
from tintype.network.rule import Rule
from tintype.network.session import first_line, out_of_memory
from tintype.network.snapshot import Snapshot

TORCH_SUFFIXES = (".pth", ".pt", ".bin", ".ckpt", ".safetensors")


def convert(
    file: str | Path,
    *,
    name: str = "",
    prototxt: Path | None = None,
    centers: Path | None = None,
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
    prototxt, centers, variant
        For Caffe, see `tintype.network.convert.caffe.convert`.
    rule : Rule, optional
        For ONNX, see `tintype.network.convert.foreign_onnx.convert`.

    Raises
    ------
    NetworkError
        If the file is damaged, unsafe or unknown, was changed meanwhile, or memory is lacking; the message
        says what was expected.
    """
    file = Path(file)
    if not file.is_file():
        msg = f"{file}: no such file"
        raise NetworkError(msg)
    kind = file.suffix.lower()
    if kind != ".caffemodel" and (prototxt or centers or variant):
        msg = f"{file}: a prototxt, cluster centers and a variant belong to a .caffemodel"
        raise NetworkError(msg)
    try:
        found = _convert(Snapshot(file), kind, prototxt, centers, variant, rule)
    except TintypeError:
        raise
    except Exception as error:  # files of strangers reach every line of several libraries, ours among them
        if out_of_memory(error):
            msg = f"{file}: there is not enough memory to convert it; close other programs"
        else:
            what = f"{type(error).__name__}: {first_line(error)[:200]}"
            msg = f"{file}: damaged, or not what it claims to be ({what}); get it again"
        raise NetworkError(msg) from error
    return found.renamed(name) if name else found


def _convert(
    file: Snapshot,
    kind: str,
    prototxt: Path | None,
    centers: Path | None,
    variant: str,
    rule: Rule | None,
) -> Converted:
    if kind == ".caffemodel":
        from tintype.network.convert.caffe import convert as from_caffe

        return from_caffe(file, prototxt=prototxt, centers=centers, variant=variant)
    if kind in TORCH_SUFFIXES:
        from tintype.network.convert.pytorch import convert as from_torch

        return from_torch(file)
    if kind == ".onnx":
        from tintype.network.convert.foreign_onnx import convert as from_onnx

        return from_onnx(file, rule)
    msg = f"{file.path}: {kind or 'a file without a suffix'} can't be imported; give a .caffemodel, "
    msg += f"{', '.join(TORCH_SUFFIXES)} or .onnx file"
    raise NetworkError(msg)
