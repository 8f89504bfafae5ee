"""What all errors have in common, and those that belong to no one part."""

from __future__ import annotations

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

    def instead(self, remedy: str | None = None, *, name: str | None = None) -> Self:
        """Return the same error for another door.

        Parameters
        ----------
        remedy : str, optional
            Where the usual one can't be followed.
        name : str, optional
            Where what the error is about is known by another name.
        """
        if not self.reason:
            return self
        other = _rebuilt(type(self), self.args, self.__dict__)
        name, remedy = (self.name if name is None else name), (self.remedy if remedy is None else remedy)
        TintypeError.__init__(other, name=name, reason=self.reason, remedy=remedy)
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


class Cancelled(TintypeError):
    """The caller's progress callback asked to stop."""
