"""Errors about networks: found, converted, run."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tintype.errors.base import TintypeError, printable


class NetworkError(TintypeError):
    """A network is unknown, missing, damaged, or can't take what it was given."""


class UnknownNetwork(NetworkError):
    """No network of that name is here.

    Parameters
    ----------
    message : str
    name : str
        What was asked for.
    near : sequence of str
        Names like it that are known.
    installable : bool
        Whether ``tintype models pull`` knows it.
    """

    def __init__(
        self, message: str, *, name: str, near: Sequence[str] = (), installable: bool = False
    ) -> None:
        super().__init__(message, name=name)
        self.near, self.installable = tuple(near), installable


class NoDescriptor(NetworkError):
    """An ONNX file doesn't say what it is fed and what it gives."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        name = printable(path)
        reason = "an ONNX file without a Tintype descriptor"
        super().__init__(f"{name}: {reason}; `tintype models import {name}` makes one", name=name)
        self.reason, self.path = reason, path


class DamagedNetwork(NetworkError):
    """A network's file, descriptor or record can't be read, or is not what was installed."""


class NetworkTooSlow(NetworkError):
    """Converting or trying a network took longer than it may.

    Parameters
    ----------
    name : str
    seconds : float
        The limit.
    """

    def __init__(self, name: str, *, seconds: float) -> None:
        super().__init__(
            name=name,
            reason=f"it was not done after {seconds:.0f} s: it may loop for ever",
            remedy="if you trust it, allow more with --time-limit",
        )
        self.seconds = seconds


class DeviceMissing(NetworkError):
    """The device that was asked for is not there.

    Parameters
    ----------
    message : str
    device : str
    available : sequence of str
    """

    def __init__(self, message: str, *, device: str, available: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.device, self.available = device, tuple(available)
