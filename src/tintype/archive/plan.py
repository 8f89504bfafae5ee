"""Decide, before anything is coloured, which file each photograph becomes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tintype import names
from tintype.errors import SettingsError
from tintype.photo.formats import FORMATS, WRITABLE


@cache
def _written_as() -> Mapping[str, str]:
    """The suffix that results get, by that of their photograph, where it is another one."""
    return {
        suffix: WRITABLE[f.becomes or f.name].suffixes[0]
        for f in FORMATS.values()
        for suffix in (f.suffixes if f.becomes else ()) + f.also
    }


@dataclass(frozen=True, slots=True)
class Pair:
    """A photograph and what it becomes, both relative: to the input and to the output folder."""

    source: Path
    target: Path


@dataclass(frozen=True, slots=True)
class Shard:
    """The part of an archive that one of several machines takes: ``2/8`` is the second of eight."""

    index: int = 1
    count: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read ``i/n``.

        >>> Shard.parse("2/8")
        Shard(index=2, count=8)
        """
        match = re.fullmatch(r"(\d+)/(\d+)", text)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            msg = f"shard {text!r} is not of the form i/n with i from 1 to n, like 2/8"
            raise SettingsError(msg)
        return cls(int(match[1]), int(match[2]))

    def take(self, pairs: Iterable[Pair]) -> list[Pair]:
        """Every n-th pair: neighbours, which are often alike in size, go to different machines."""
        return [p for i, p in enumerate(pairs) if self.takes(i)]

    def takes(self, number: int) -> bool:
        """Whether the thing of that number, from 0, is this machine's."""
        return number % self.count == self.index - 1

    def __str__(self) -> str:
        return f"{self.index}-of-{self.count}"


def suffix_of_result(source: Path, format: str = "") -> str:
    """The suffix of a result: the photograph's own where that can be written, else the nearest.

    >>> suffix_of_result(Path("a.JPEG")), suffix_of_result(Path("a.bmp")), suffix_of_result(Path("a.nef"))
    ('.JPEG', '.png', '.tif')
    >>> suffix_of_result(Path("a.tiff"), "jpeg")
    '.jpg'
    """
    own = source.suffix
    if format:
        known = WRITABLE[format].suffixes
        return own if own.lower() in known else known[0]
    if any(own.lower() in f.suffixes for f in WRITABLE.values()):
        return own
    # RAW is deep and PDF has pages: TIFF keeps both.
    return _written_as().get(own.lower(), ".tif")


def plan(
    sources: Iterable[Path],
    *,
    format: str = "",
    mark: str = "",
    candidates: int = 1,
    earlier: Mapping[Path, Path] | None = None,
    others: Callable[[Sequence[str]], Collection[str]] | None = None,
) -> list[Pair]:
    """Give each photograph a name of its own in the mirrored tree.

    Parameters
    ----------
    sources : paths
        Relative to the input folder, each once.
    format : str
        As in `Settings`.
    mark : str
        Put before the suffix (`tintype.names.MARK`, where results lie among the photographs).
    candidates : int
        Files that each photograph becomes: ``a.jpg``, ``a.2.jpg``, …; all these names are its own.
    earlier : mapping, optional
        Names that an earlier run gave; they are kept.
    others : callable, optional
        Asked which of several names (`folded`) belong to photographs that are not among `sources`.

    Returns
    -------
    list of Pair
        In the order of `sources`. ``a.jpg`` and ``a.png`` that both become JPEG are told apart as ``a.jpg``
        and ``a.png.jpg``; names that differ only in case or in Unicode form count as the same, since on
        some disks they are.
    """
    wanted = {s: s.with_name(f"{s.stem}{mark}{suffix_of_result(s, format)}") for s in sources}
    kept = {s: t for s, t in (earlier or {}).items() if s in wanted and t.suffix == wanted[s].suffix}
    taken = {name for t in kept.values() for name in claims(t, candidates)}
    if others is not None:
        # Nearly always the first name is free, so these are asked for all at once, and the rest one by one.
        taken |= set(others([c for s in wanted.keys() - kept.keys() for c in claims(wanted[s], candidates)]))
    chosen = dict(kept)
    # A photograph that keeps its own suffix has the first claim to its name.
    for source in sorted(wanted.keys() - kept.keys(), key=lambda s: (s.suffix != wanted[s].suffix, s)):
        for target in _names(source, wanted[source], mark):
            own = claims(target, candidates)
            if not taken.isdisjoint(own):
                continue
            if others is not None and target != wanted[source] and others(sorted(own)):
                continue
            taken |= own
            chosen[source] = target
            break
    return [Pair(s, chosen[s]) for s in wanted]


def without_results(paths: Collection[Path]) -> list[Path]:
    """Leave out the results that lie beside their photographs, so that they aren't coloured again.

    >>> [p.name for p in without_results([Path("a.png"), Path("a.color.jpg"), Path("b.color.jpg")])]
    ['a.png', 'b.color.jpg']
    """
    # With the suffix too: a.png.color.jpg is the result of a.png where a.jpg has taken the shorter name.
    sources = {p.with_suffix("") for p in paths} | set(paths)
    return [p for p in paths if not _is_result(p, sources)]


def _is_result(path: Path, sources: set[Path]) -> bool:
    return names.photograph_of(path) in sources


def _names(source: Path, wanted: Path, mark: str) -> Iterable[Path]:
    yield wanted
    yield wanted.with_name(f"{source.name}{mark}{wanted.suffix}")
    number = 2
    while True:
        yield wanted.with_name(f"{source.name}-{number}{mark}{wanted.suffix}")
        number += 1


def claims(target: Path, candidates: int) -> set[str]:
    """Return the names (`folded`) that a photograph's results take."""
    return {folded(path.as_posix()) for path in names.proposals(target, candidates)}


def folded(name: str) -> str:
    """Return what names have in common that are one on some disks: those that differ in case or Unicode form.

    >>> folded("A/É.jpg") == folded("a/e\u0301.JPG")
    True
    """
    return unicodedata.normalize("NFC", name).casefold()
