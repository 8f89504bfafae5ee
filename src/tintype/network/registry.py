"""Where networks are found: by name, path or run folder."""

from __future__ import annotations

from pathlib import Path

from tintype.errors import NetworkError

WEIGHTS = Path(__file__).resolve().parent.parent / "weights"


def embedded() -> dict[str, Path]:
    """Networks that come with the package, by name."""
    found = {file.stem.split("-")[0]: file for file in sorted(WEIGHTS.glob("*.onnx"))}
    if "tintype" not in found and "pilot" in found:
        found["tintype"] = found["pilot"]
    return found


def find(name: str) -> Path:
    """The ONNX file of a network.

    Parameters
    ----------
    name : str
        The name of an embedded or installed network, an ONNX file, or a training run's folder.

    Raises
    ------
    NetworkError
        If there is none; the message lists what there is.
    """
    known = embedded()
    if name in known:
        return known[name]
    path = Path(name).expanduser()
    if path.is_dir() and (path / "network.onnx").is_file():
        return path / "network.onnx"
    if path.is_file():
        return path
    msg = f"no network named {name!r}; there are {', '.join(sorted(known))}, or give the path of an ONNX file"
    raise NetworkError(msg)
