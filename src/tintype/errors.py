"""Errors that Tintype raises: what went wrong is in the class and its fields, the message is for people.

Each message names the file and the value, and says what to do. Doors (the command line, the studio) decide by
class and fields, never by reading a message; a door with a remedy of its own puts it in place of `remedy`.

>>> error = TooLarge("a.tif", 1_200_000_000, limit=1_000_000_000)
>>> str(error)
'a.tif: it has 1,200,000,000 pixels, more than the 1,000,000,000 allowed; raise max_pixels if that is meant'
>>> error.found > error.limit, error.name
(True, 'a.tif')
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Self, TypeVar

_Error = TypeVar("_Error", bound="TintypeError")


class TintypeError(Exception):
    """Base of every error that Tintype raises on purpose.

    Parameters
    ----------
    message : str
        For a person, in one line: what it is about, what is wrong, what to do.
    name : str
        The file (or photograph, network, setting) that the error is about; empty where there is none.
    reason, remedy : str
        What is wrong, and what to do: the parts of the message, where it has been put together of them.
    """

    def __init__(self, message: str = "", *, name: str = "", reason: str = "", remedy: str = "") -> None:
        head, tail = (f"{name}: " if name else ""), (f"; {remedy}" if remedy else "")
        super().__init__(message or f"{head}{reason}{tail}")
        self.name = name
        self.reason = reason
        self.remedy = remedy

    def __reduce__(self) -> tuple[Any, ...]:
        # Worker processes hand errors over; their constructors take other arguments than the message.
        return _rebuilt, (type(self), self.args, self.__dict__)

    def instead(self, remedy: str) -> Self:
        """Return the same error with another remedy, for a door where the usual one can't be followed."""
        if not self.reason:
            return self
        other = _rebuilt(type(self), self.args, self.__dict__)
        TintypeError.__init__(other, name=self.name, reason=self.reason, remedy=remedy)
        other.__cause__ = self.__cause__
        return other


def _rebuilt(kind: type[_Error], args: tuple[Any, ...], fields: dict[str, Any]) -> _Error:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(fields)
    return error


def printable(path: object) -> str:
    """Return a path as text that can be printed everywhere (undecodable bytes become ``?``).

    >>> printable("grandma.jpg"), printable(3)
    ('grandma.jpg', '')
    """
    if isinstance(path, int):  # the name of a file opened by its descriptor
        return ""
    if isinstance(path, bytes):
        return path.decode("utf-8", "replace")
    return str(path).encode("utf-8", "replace").decode("utf-8")


# --- photographs


class PhotoError(TintypeError):
    """A photograph can't be read or written: the message names it and says what to do."""


class FileMissing(PhotoError):
    """There is no such file or folder."""

    def __init__(self, name: str, *, remedy: str = "check the spelling") -> None:
        super().__init__(name=name, reason="there is no such file or folder", remedy=remedy)


class NotAPhotograph(PhotoError):
    """What was given holds no picture.

    Parameters
    ----------
    name : str
    found : str
        What it is instead: ``a text file``.
    """

    def __init__(self, name: str, found: str, *, remedy: str = "", message: str = "") -> None:
        reason = f"this is {found}, not a photograph that Tintype reads"
        super().__init__(message, name=name, reason=reason, remedy=remedy)
        self.found = found


class UnsupportedFormat(PhotoError):
    """A picture of a format, or of a layout within its format, that is not read or written here.

    Parameters
    ----------
    name : str
    found : str
        The format or layout: ``JPEG 2000``.
    """

    def __init__(
        self, name: str, found: str, *, reason: str = "", remedy: str = "save it as a plain TIFF or PNG"
    ) -> None:
        super().__init__(name=name, reason=reason or f"{found} is not read here", remedy=remedy)
        self.found = found


class Damaged(PhotoError):
    """A photograph's file is damaged or cut short.

    Parameters
    ----------
    name : str
    detail : str
        What the decoder says.
    """

    def __init__(
        self, name: str, detail: str = "", *, reason: str = "", remedy: str = "get a fresh copy of it"
    ) -> None:
        said = f" ({detail})" if detail else ""
        super().__init__(name=name, reason=reason or f"the file is damaged or cut short{said}", remedy=remedy)
        self.detail = detail


class TooLarge(PhotoError):
    """A photograph is larger than the settings, the format or the memory allow.

    Parameters
    ----------
    name : str
    found, limit : int
        How many there are, and may be.
    unit : str
        Of what: ``pixels``, ``bytes`` or ``pixels a side``.
    """

    def __init__(
        self, name: str, found: int, *, limit: int, unit: str = "pixels", reason: str = "", remedy: str = ""
    ) -> None:
        usual = "raise max_pixels if that is meant" if unit == "pixels" else "use a smaller copy"
        said = reason or f"it has {found:,} {unit}, more than the {limit:,} allowed"
        super().__init__(name=name, reason=said, remedy=remedy or usual)
        self.found, self.limit, self.unit = found, limit, unit


class AlreadyInColor(PhotoError):
    """A photograph is in color already, and the settings say that such ones are left as they are."""

    def __init__(
        self,
        name: str,
        *,
        reason: str = "already in colour; left as it is",
        remedy: str = "recolour it with already_color='recolor'",
    ) -> None:
        super().__init__(name=name, reason=reason, remedy=remedy)


class OutOfMemory(PhotoError):
    """There isn't enough memory for a photograph."""

    def __init__(self, name: str, *, remedy: str = "close other programs or use a smaller copy") -> None:
        super().__init__(name=name, reason="there isn't enough memory for it", remedy=remedy)


class TargetExists(PhotoError):
    """A file is where a result would go, and may not be replaced.

    Attributes
    ----------
    path : str or os.PathLike
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        reason: str = "the file exists already",
        remedy: str = "allow overwriting or choose another name",
    ) -> None:
        super().__init__(name=printable(path), reason=reason, remedy=remedy)
        self.path = path


class NotReplaceable(TargetExists):
    """A file is where a result would go, and no setting lets it be replaced.

    It is one of the photographs themselves, or nothing that Tintype has made.
    """

    def __init__(
        self, path: str | os.PathLike[str], reason: str, *, remedy: str = "choose another name"
    ) -> None:
        super().__init__(path, reason=reason, remedy=remedy)


class DiskFull(PhotoError):
    """The disk, or the user's share of it, is full."""

    def __init__(
        self,
        name: str,
        *,
        reason: str = "the disk is full",
        remedy: str = "free some space or write elsewhere",
    ) -> None:
        super().__init__(name=name, reason=reason, remedy=remedy)


# --- films


class FilmError(TintypeError):
    """A film can't be read, coloured or written: the message names it and says what to do."""


class NotAFilm(FilmError):
    """What was given holds no moving pictures that can be decoded."""


class FilmChanged(FilmError):
    """Work that was broken off can't be gone on with: something that its result depends on is another now.

    Parameters
    ----------
    name : str
    differs : str
        What: ``source``, ``settings``, ``film`` (its options), ``network_sha256``, ``program``, ``ffmpeg``, …
    """

    def __init__(self, name: str, differs: str, *, reason: str, remedy: str) -> None:
        super().__init__(name=name, reason=reason, remedy=remedy)
        self.differs = differs


# --- what is not installed


class MissingExtra(TintypeError):
    """Something needs a library that is not installed.

    Parameters
    ----------
    extra : str
        The extra of Tintype that brings it: ``pip install "tintype[studio]"``.
    package : str
        The library that is missing.
    purpose : str
        What needs it.
    name : str
        The file that it was needed for.
    """

    def __init__(self, extra: str, *, package: str = "", purpose: str = "this", name: str = "") -> None:
        what = package or "an extra package"
        super().__init__(
            name=name,
            reason=f"{purpose} needs {what}, which is not installed",
            remedy=f'install it: pip install "tintype[{extra}]"',
        )
        self.extra, self.package, self.purpose = extra, package, purpose


class MissingDecoder(MissingExtra, UnsupportedFormat):
    """A photograph is of a format whose decoder is an extra that is not installed.

    Parameters
    ----------
    name : str
    found : str
        The format: ``HEIC``.
    extra : str
        The extra of Tintype that reads it.
    package : str
    """

    def __init__(self, name: str, found: str, *, extra: str, package: str = "") -> None:
        TintypeError.__init__(
            self,
            name=name,
            reason=f"{found} needs an extra decoder",
            remedy=f'install it: pip install "tintype[{extra}]"',
        )
        self.found, self.extra, self.package, self.purpose = found, extra, package, found


# --- settings


class SettingsError(TintypeError, ValueError):
    """A setting has a value outside its range, or settings contradict one another.

    Parameters
    ----------
    message : str
    setting : str
        The option; empty where the error is about several, or about a file of settings.
    name : str
        The file that holds the setting, if it comes from one.
    """

    def __init__(
        self, message: str = "", *, setting: str = "", name: str = "", reason: str = "", remedy: str = ""
    ) -> None:
        super().__init__(message, name=name, reason=reason, remedy=remedy)
        self.setting = setting


# --- networks


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


# --- other work


class Cancelled(TintypeError):
    """The caller's progress callback asked to stop."""


class DatasetError(TintypeError):
    """Photographs to learn from, or a training set, can't be used: the message says which and what to do."""


class TrainingError(TintypeError):
    """A recipe or training run can't be used: the message names it and says what to do."""
