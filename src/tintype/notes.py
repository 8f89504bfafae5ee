"""Remarks for the user: English words, and with them what a translation needs."""

from __future__ import annotations


class Note(str):
    """A remark in English that also says what kind of remark it is.

    It is a string, so that whoever only shows it needs to know nothing more.

    Parameters
    ----------
    text : str
        What a person reads in English.
    code : str
        The kind, for programs and translations: ``framed``. Empty: of no kind that has one.
    **values
        What the words tell: numbers and names (str, int, float, or a list of str).
    """

    code: str
    values: dict[str, object]

    def __new__(cls, text: str, code: str = "", **values: object) -> Note:
        """Make one; see the class."""
        made = super().__new__(cls, text)
        made.code, made.values = code, values
        return made
