"""Remarks for the user: English words, and with them what a translation needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Note(str):
    """A remark in English that also says what kind of remark it is.

    It is a string, so that whoever only shows it needs to know nothing more.

    Parameters
    ----------
    text : str
        What a person reads in English.
    code : str
        The kind, for programs and translations: ``framed``.
    **values
        What the words tell: numbers and names (str, int, float, or a list of str).
    """

    code: str
    values: dict[str, object]

    def __new__(cls, text: str, code: str, **values: object) -> Note:
        """Make one; see the class."""
        made = super().__new__(cls, text)
        made.code, made.values = code, values
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, object]]:
        # What copies and other processes make it anew from.
        return (str(self), self.code), self.values

    def to_json(self) -> dict[str, object]:
        """As plain JSON values."""
        return {"text": str(self), "code": self.code, "values": self.values}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Note:
        """The note that `to_json` has given. Raises KeyError or TypeError for anything else."""
        return cls(value["text"], value["code"], **value["values"])
