"""Look through a finished archive, the least certain first: accept results, or have them made anew."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tintype import files
from tintype.archive.entry import Entry
from tintype.archive.loop import recolor
from tintype.archive.model import Item
from tintype.archive.opening import finish, manifest_of
from tintype.archive.origins import open_origin
from tintype.archive.places import open_place
from tintype.archive.planner import Archive
from tintype.archive.walk import STATE
from tintype.archive.work import ColorizeJob
from tintype.errors import FileMissing, PhotoError
from tintype.settings import Settings

_OPEN = "status = 'coloured' AND state = 'done' AND review = ''"


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A result that nobody has looked at yet.

    Attributes
    ----------
    name : str
        The photograph, as the archive calls it.
    confidence : float
        0-1; -1 where the network didn't say.
    """

    name: str
    confidence: float


class Review:
    """A finished archive whose results are looked through; safe to use from several threads.

    Parameters
    ----------
    archive : Archive
        Its manifest is open.
    settings : Settings
        Those of the run that made it.
    """

    def __init__(self, archive: Archive, settings: Settings) -> None:
        self._archive = archive
        self._work = ColorizeJob.of(settings)
        self.settings = self._work.settings

    @property
    def title(self) -> str:
        """What the archive is called."""
        return self._archive.destination.title

    def doubtful(self, start: int, count: int) -> tuple[list[Doubtful], int]:
        """Return results that nobody has looked at, the least certain first; and how many there are."""
        manifest = self._archive.manifest
        total = manifest.count(_OPEN)
        least = manifest.entries(_OPEN, order="confidence, source", most=start + count)
        some = sorted(least, key=lambda e: (e.confidence, e.source))
        return [Doubtful(e.source, e.confidence) for e in some[start : start + count]], total

    def photograph(self, name: str, folder: Path) -> Path:
        """Return a photograph as a local file: itself, or a copy. Raises TintypeError, OSError."""
        entry = self._entry(name)
        item = Item(entry.source, entry.place, version=entry.version)
        return self._archive.source.local(item, folder)

    def settings_of(self, name: str) -> Settings:
        """Return the settings that a result was made with. Raises FileMissing, SettingsError."""
        return self._work.settings_of(self._entry(name).options)

    def accept(self, name: str) -> None:
        """Write that a result is well as it is. Raises FileMissing, OSError."""
        self._archive.manifest.reviewed(self._entry(name).source, "accepted")

    def redo(self, name: str, options: Mapping[str, Any], mask: Path | None = None) -> None:
        """Make a result anew with settings of its own, in place of the earlier one.

        Parameters
        ----------
        name : str
        options : mapping
            Settings over those of the run, as plain JSON values; later runs keep to them.
        mask : Path, optional
            A picture of what stays grey; a copy of it is kept with the manifest.

        Raises
        ------
        PhotoError
            When that can't be done; the earlier result stays.
        """
        entry = self._entry(name)
        own = dict(options)
        if mask is not None:
            own["keep_grey"] = str(self._kept(mask))
        outcome = recolor(self._archive, self._work, entry, own)
        if outcome.status not in ("coloured", "done"):
            raise PhotoError(outcome.error or f"{name}: it was left as it is", name=name)
        self._archive.manifest.reviewed(entry.source, "redone")

    def finish(self) -> None:
        """Make bags whole again, and write the manifest beside results in a store. Raises OSError."""
        finish(self._archive)

    def _entry(self, name: str) -> Entry:
        entry = self._archive.manifest.get(name)
        if entry is None or entry.status != "coloured":
            raise FileMissing(name)
        return entry

    def _kept(self, mask: Path) -> Path:
        folder = self._archive.manifest.path.parent / "masks"
        folder.mkdir(exist_ok=True)
        kept = folder / f"{files.sha256(mask)}.png"
        if not kept.exists():
            with files.replacing(kept, overwrite=True) as temporary:
                shutil.copyfile(mask, temporary)
        return kept.absolute()


@contextmanager
def reviewed(destination: str, state: Path | None = None) -> Iterator[Review]:
    """Open a finished archive for review as long as the context lasts.

    Parameters
    ----------
    destination : str
        As the run named it.
    state : Path, optional
        As for `tintype.archive.opening.opened`.

    Raises
    ------
    TintypeError
        When there is no archive, a run is writing there, or its photographs can't be found.
    """
    place = open_place(destination)
    with manifest_of(place, state=state) as manifest:
        source, told = manifest.fact("source"), manifest.fact("settings")
        if not source or not told:
            msg = f"{destination}: no archive that `tintype archive` has made ({STATE} doesn't say of what); "
            msg += "run it once more"
            raise PhotoError(msg, name=destination)
        settings = Settings.from_json(json.loads(told))
        review = Review(Archive(open_origin(source), place, manifest), settings)
        yield review
        review.finish()
