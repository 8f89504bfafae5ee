"""Photographs below a folder, or single ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tintype.archive import stores
from tintype.archive.model import Item
from tintype.archive.plan import without_results
from tintype.archive.walk import Found, walk
from tintype.names import MARK, photograph_of
from tintype.photo.folders import kind_of


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder; see `tintype.archive.model.PhotoSource`.

    Attributes
    ----------
    root : Path
    files : tuple of Path or None
        Only these, relative to it; None takes every photograph below it.
    mark : str
        What tells results from photographs where both lie in this folder.
    without : tuple of Path
        Folders not to enter: the output, when it lies inside.
    """

    root: Path
    files: tuple[Path, ...] | None = None
    mark: str = ""
    without: tuple[Path, ...] = ()

    @property
    def title(self) -> str:
        """The folder."""
        return str(self.root)

    def items(self) -> Iterator[Item]:
        """List it, in the order of names."""
        if self.files is not None:
            for path in self.files:
                yield self._item(Found(path))
            return
        beside: tuple[Path | None, set[Path]] = None, set()
        for found in walk(self.root, without=self.without):
            if self.mark and found.kind == "photograph" and photograph_of(found.path):
                if beside[0] != found.path.parent:
                    beside = found.path.parent, self._photographs(found.path.parent)
                if found.path not in beside[1]:
                    continue
            yield self._item(found)

    def _photographs(self, folder: Path) -> set[Path]:
        """Return what of a folder is no result of a photograph beside it."""
        names = [folder / p.name for p in (self.root / folder).iterdir() if not p.name.startswith(".")]
        return set(without_results([n for n in names if kind_of(n.name) == "photograph"]))

    def _item(self, found: Found) -> Item:
        here = self.root / found.path
        # What can't be asked is told when its turn comes.
        size, version = stores.state(str(here)) if found.kind == "photograph" else (-1, "")
        return Item(found.path.as_posix(), str(here), size, version, kind=found.kind, why=found.why)

    def local(self, item: Item, folder: Path) -> Path:
        """Return the photograph's own path."""
        return self.root / item.name

    def holds(self, path: Path) -> bool:
        """Whether a path is one of the photographs that are listed here."""
        path = path.resolve()
        if self.files is not None:
            return path in {(self.root / f).resolve() for f in self.files}
        inside = path.is_relative_to(self.root.resolve())
        out = any(path.is_relative_to(w.resolve()) for w in self.without)
        result = self.mark == MARK and photograph_of(path) is not None
        return inside and not out and not result and kind_of(path.name) == "photograph"


def opened(text: str) -> Folder | None:
    """Return the folder that a text names; a single photograph is one of its folder, the only one."""
    path = Path(text)
    if path.is_file() and kind_of(path.name) == "photograph":
        return Folder(path.parent, (Path(path.name),))
    return Folder(path) if path.is_dir() else None
