"""What an output may replace: nothing but an earlier output of Tintype of the same kind, and never an input.

What a file is, is told by its content, not by its name: pictures carry a mark in their XMP, JSON files begin
with a key of their own. The one place for the rule; the command line, the archive and the studio ask here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path

from tintype import files
from tintype.errors import NotReplaceable, TargetExists, TintypeError, printable


class Kind(StrEnum):
    """Kinds of files that Tintype writes, by what a message calls them."""

    RESULT = "coloured photograph"
    CONFIDENCE = "confidence map"
    COMPARISON = "comparison"
    RECIPE = "recipe"
    REPORT = "report"
    FILM = "film"
    EVALUATION = "evaluation"
    EXPORT = "exported file"


EXPORT_KEY = "tintype_export"
"""Of an exported ONNX file's metadata; networks have another, so that it is not taken for one."""

_JSON = {
    Kind.RECIPE: "tintype_recipe",
    Kind.REPORT: "tintype_report",
    Kind.EVALUATION: "tintype_evaluation",
}
_JSON_HEAD = re.compile(rb'\s*\{\s*"(tintype_[a-z_]+)"\s*:')
_TEXT_HEAD = re.compile(rb"<!-- (tintype_[a-z_]+)")
# As an element or as an attribute, whichever way the packet was written.
_RESULT = re.compile(rb"AISystemUsed\s*[>=]\s*[\"']?Tintype: ")
_SHOWN = re.compile(rb"AISystemUsed\s*[>=]\s*[\"']?Tintype's ([a-z ]+)")
_DRAWN = (Kind.CONFIDENCE, Kind.COMPARISON)


def kind_of(path: Path) -> str | None:
    """Return which kind of Tintype's outputs a file is; None: it is none, or can't be read.

    JSON files of other kinds (a data set's report) are told by their first key. Films have their own test, in
    the room that can open them.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return None
    if found := _JSON_HEAD.match(head) or _TEXT_HEAD.match(head):
        key = found[1].decode()
        return next((kind for kind, own in _JSON.items() if own == key), key)
    return Kind.EXPORT if _is_exported(path) else _of_picture(path)


def _is_exported(path: Path) -> bool:
    from tintype.network.onnx_metadata import (
        metadata_text,
    )  # brings NumPy, which --help and manual pages lack

    try:
        return metadata_text(path, EXPORT_KEY) is not None
    except (OSError, ValueError):
        return False


def _of_picture(path: Path) -> str | None:
    from tintype.photo.read import read
    from tintype.settings import Settings

    try:
        xmp = read(path, Settings())[0].metadata.xmp or b""
    except TintypeError:
        return None
    if _RESULT.search(xmp):
        return Kind.RESULT
    found = _SHOWN.search(xmp)
    return next((k for k in _DRAWN if found and k.value == found[1].decode().strip()), None)


def label(kind: Kind) -> bytes:
    """Return the XMP packet by which a confidence map or a comparison is known again."""
    space = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f'xmlns:Iptc4xmpExt="{space}"><Iptc4xmpExt:AISystemUsed>Tintype\'s {kind.value}'
        '</Iptc4xmpExt:AISystemUsed></rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
    ).encode()


def check(
    path: Path,
    kind: str,
    *,
    force: bool,
    inputs: Iterable[Path] = (),
    told_by: Callable[[Path], str | None] = kind_of,
) -> bool:
    """Say before any work is done whether an output may be written.

    Parameters
    ----------
    path : Path
        Where it would go.
    kind : str
        Of `Kind`, or the first key of a JSON file.
    force : bool
        Whether an earlier output of the same kind may be replaced.
    inputs : paths
        What is read: never replaced, whatever it is, under whichever name.
    told_by : callable
        Says of a file which kind it is, for kinds that `kind_of` doesn't know.

    Returns
    -------
    bool
        Whether something is replaced. Give it to the writer as `overwrite`: what comes in the meantime stays.

    Raises
    ------
    NotReplaceable
        When an input is there, or something that is no earlier output of that kind.
    TargetExists
        When such an output is there and `force` is False.
    """
    if not os.path.lexists(path):
        return False
    for given in inputs:
        if is_same(path, given):
            reason = "that is the photograph itself, or another file that is read"
            raise NotReplaceable(path, reason)
    if path.is_dir():
        raise NotReplaceable(path, "a folder is there")
    ours = told_by(path) == kind
    if not force:
        remedy = "--force replaces it" if ours else "take it away yourself"
        raise TargetExists(path, reason="exists already", remedy=f"choose another name, or {remedy}")
    if not ours:
        reason = f"what is there is no {kind} that Tintype has written and marked, so it isn't replaced"
        raise NotReplaceable(path, reason, remedy="choose another name, or take it away yourself")
    return True


def is_same(path: Path, other: Path) -> bool:
    """Whether two names are one file, however they are spelled."""
    try:
        return path.samefile(other)
    except OSError:
        return False


def headline(kind: Kind) -> str:
    """Return the first line of a Markdown file, by which it is known again; it isn't shown."""
    return f"<!-- {_JSON[kind]}: written by Tintype -->\n"


def write_text(path: Path, text: str, *, overwrite: bool, parents: bool = False) -> None:
    """Write a text file whole or not at all, in a new folder if `parents`. Raises PhotoError."""
    try:
        if parents:
            path.parent.mkdir(parents=True, exist_ok=True)
        files.write_text(path, text, overwrite=overwrite)
    except FileExistsError as error:
        raise TargetExists(path, remedy="--force replaces it") from error
    except OSError as error:
        from tintype.photo.errors import explain

        raise explain(error, printable(path), writing=True) from error
