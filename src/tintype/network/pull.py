"""Fetch a published network and install it, when the user asks for it."""

from __future__ import annotations

import importlib.util
from contextlib import suppress
from pathlib import Path

from tintype.errors import NetworkError
from tintype.files import home
from tintype.network.download import DownloadProgress, fetch, offline
from tintype.network.families import published
from tintype.network.families.family import Published
from tintype.network.importing import import_files
from tintype.network.install import Installed, check_name
from tintype.network.registry import embedded, find, installed

# What an extra brings that converting needs.
_MODULES = {"caffe": ("google.protobuf", "onnx"), "train": ("torch", "safetensors", "onnx")}


def pull(
    name: str,
    *,
    force: bool = False,
    no_network: bool = False,
    keep: bool = False,
    progress: DownloadProgress | None = None,
    timeout: float = 30.0,
    seconds: float = 0.0,
) -> Installed:
    """Download a known network, convert and install it.

    Parameters
    ----------
    name : str
        One of `tintype.network.families.published`.
    force : bool
        Whether an installed network of that name may be replaced.
    no_network : bool
        Fetch nothing, as if ``TINTYPE_OFFLINE`` were set: an error says how to do it by hand.
    keep : bool
        Keep the downloaded file in ``downloads`` of `home`.
    progress, timeout
        As for `fetch`.
    seconds : float
        As for `import_files`.

    Raises
    ------
    NetworkError
        If it is unknown, can't be fetched, is not the published file, or can't be converted. The message
        says what to do. A file that came whole but could not be converted is kept.
    Cancelled
        If `progress` returned False.
    """
    entry = _entry(name)
    check_name(name, force=force)
    missing = [m for m in _MODULES.get(entry.needs, ()) if not _there(m)]
    if missing:
        msg = (
            f"{name}: converting it needs {' and '.join(missing)}: pip install 'tintype[{entry.needs}]' first"
        )
        raise NetworkError(msg)
    if no_network or offline():
        msg = f"{name}: nothing is fetched offline (--offline or TINTYPE_OFFLINE). On a computer "
        raise NetworkError(msg + "with a network, " + _by_hand(entry))
    folder = home() / "downloads"
    try:
        fetched = fetch(
            entry.urls,
            folder / entry.file,
            size=entry.bytes,
            sha256=entry.sha256,
            progress=progress,
            timeout=timeout,
        )
    except NetworkError as error:
        msg = f"{name} could not be fetched: {error}. Try again later, or {_by_hand(entry)}"
        raise NetworkError(msg) from None
    try:
        (made,) = import_files([fetched.path], name=name, force=force, source=fetched.url, seconds=seconds)
    except NetworkError as error:
        msg = f"{error}. The file that came from {fetched.url} has sha256 {fetched.sha256} "
        msg += "(the published one)" if fetched.checked else "(none is published to compare with)"
        msg += (
            f" and is kept as {fetched.path}: `tintype models import` takes it, or delete it to fetch it anew"
        )
        raise NetworkError(msg) from None
    if not keep:
        fetched.path.unlink(missing_ok=True)
        with suppress(OSError):  # another file is there
            folder.rmdir()
    return made


def _entry(name: str) -> Published:
    entry = published().get(name)
    if entry is not None:
        return entry
    if name in embedded() or name in installed():
        msg = f"network {name!r} is here already: {find(name)}"
        raise NetworkError(msg)
    can = ", ".join(published())
    msg = f"no network named {name!r} can be fetched; those that can are {can}. Weights that you have are "
    msg += "taken with `tintype models import FILE`"
    raise NetworkError(msg)


def _by_hand(entry: Published) -> str:
    check = f", check that its sha256 is {entry.sha256}" if entry.sha256 else ""
    others = f" (or {' or '.join(entry.urls[1:])})" if len(entry.urls) > 1 else ""
    return (
        f"download {entry.urls[0]}{others} by hand{check}, and run: "
        f"tintype models import {Path(entry.file).name} --name {entry.name}"
    )


def _there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # its parent package is missing
        return False
