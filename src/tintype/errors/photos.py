"""Errors about photographs: read, understood, written."""

from __future__ import annotations

import os

from tintype.errors.base import MissingExtra, TintypeError, printable


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
        remedy: str = "pass overwrite=True or choose another name",
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
