"""What is kept between two runs of one film: a hidden folder with its plan and its finished pieces."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tintype import files
from tintype.errors import FilmChanged, FilmError
from tintype.film import plan
from tintype.film.info import fingerprint
from tintype.film.plan import Plan, Segment

_JOINING = "join.lock"
_MADE = "made"
"""Holds the fingerprint of the finished result, written before that gets its name."""


@dataclass(frozen=True, slots=True)
class Work:
    """The folder of one film's work.

    Attributes
    ----------
    folder : Path
    target : Path
        What comes of it.
    """

    folder: Path
    target: Path

    @property
    def is_begun(self) -> bool:
        """Whether there is a plan to go on with."""
        return plan.is_kept(self.folder)

    def is_published(self) -> bool:
        """Whether the result has got its name already: a run ended between that and taking the work away."""
        try:
            return (self.folder / _MADE).read_text(encoding="utf-8") == fingerprint(self.target)
        except (OSError, FilmError, UnicodeDecodeError):
            return False

    def sweep(self) -> None:
        """Take away what ended runs have left here and beside the target. Raises OSError."""
        files.sweep(self.target.parent)
        files.sweep(self.folder)
        if self.folder.is_dir() and not self.is_begun:
            self._vanish()

    @contextmanager
    def alone(self, part: int) -> Iterator[None]:
        """Hold a part of the work; the folder is made, and goes when there is nothing to go on with.

        Raises
        ------
        FilmError
            When another run is at work on that part: it would do all of it twice.
        OSError
        """
        self.folder.mkdir(exist_ok=True)
        try:
            with files.lock(self._lock(part)):
                try:
                    yield
                finally:
                    if not self.is_begun:  # the film is whole, or nothing came of it
                        self._vanish(but=part)
        except BlockingIOError as error:
            reason, remedy = "another run is at work on it", "wait for its end, or end it"
            raise FilmError(name=str(self.target), reason=reason, remedy=remedy) from error

    def planned(self, stated: dict[str, Any], suffix: str, survey: Callable[[], Plan]) -> Plan:
        """The plan that work was begun with, or a new one.

        Parameters
        ----------
        stated : dict
            All that the result depends on.
        suffix : str
            Of the pieces.
        survey : callable
            Makes a plan.

        Raises
        ------
        FilmChanged
            When the work is of another film, network or settings.
        """
        kept = plan.load(self.folder)
        pieces = list(self.folder.glob(f"[0-9]*{suffix}"))
        if kept is not None and kept[1] == stated:
            return kept[0]
        if kept is not None and pieces:
            before = kept[1]
            other = next(k for k in stated if before.get(k) != stated[k])
            what = "on the film before it changed" if other == "source" else f"of a run with another {other}"
            remedy = "delete that folder to begin anew, or choose another name for the result"
            raise FilmChanged(str(self.folder), other, reason=f"it holds work {what}", remedy=remedy)
        for piece in pieces:
            files.discard(piece)  # of a run that ended, or whose plan is lost
        made = survey()
        plan.save(made, self.folder, stated)
        return made

    def is_of(self, stated: dict[str, Any]) -> bool:
        """Whether the work was begun with all that is stated."""
        kept = plan.load(self.folder)
        return kept is not None and kept[1] == stated

    def piece(self, segment: Segment, suffix: str) -> Path:
        """Where the finished piece of a segment lies."""
        return self.folder / f"{segment.index:05d}{suffix}"

    def seal(self, made: Path) -> None:
        """Remember the finished result, which lies at `made` and gets its name next. Raises OSError."""
        files.write_text(self.folder / _MADE, fingerprint(made), overwrite=True)

    def join(self, join: Callable[[], None]) -> bool:
        """Make the result, unless another part that ended too does so; whether it was made here."""
        try:
            with files.lock(self.folder / _JOINING):
                if not self.is_begun:
                    return False
                if not self.is_published():
                    join()
                self.forget()
        except BlockingIOError:
            return False
        return True

    def forget(self) -> None:
        """There is nothing to go on with. Raises OSError."""
        plan.forget(self.folder)

    def _lock(self, part: int) -> Path:
        return self.folder / f"part-{part}.lock"

    def _vanish(self, but: int | None = None) -> None:
        """Delete the folder, unless other parts than one are at work."""
        with ExitStack() as held, suppress(OSError):
            for path in self.folder.glob("part-*.lock"):
                if but is None or path != self._lock(but):
                    held.enter_context(files.lock(path))
            shutil.rmtree(self.folder)
