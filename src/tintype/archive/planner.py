"""List a source while the work goes on: names for the results, and what is to be done, into the manifest."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from pathlib import Path

from tintype.archive.entry import Entry
from tintype.archive.manifest import Manifest
from tintype.archive.model import Destination, Item, PhotoSource
from tintype.archive.plan import Shard, claims, plan
from tintype.archive.task import Task
from tintype.archive.trusted import Trusted
from tintype.archive.work import ColorizeJob
from tintype.errors import PhotoError, SettingsError, TintypeError
from tintype.settings import Settings

_BATCH = 500, 20_000  # photographs planned at once: at least, if the folder ends there; at most
_FIRST = 1000  # at most in the first batch; twice as many in the next
_READ = 256  # rows


@dataclass(frozen=True, slots=True)
class Archive:
    """What is to be coloured, where to, and what is known of it."""

    source: PhotoSource
    destination: Destination
    manifest: Manifest
    shard: Shard = field(default_factory=Shard)


class Planner(threading.Thread):
    """Lists a source in a thread of its own, as fast as it can; `tasks` gives what it has found so far.

    Parameters
    ----------
    archive : Archive
    work : ColorizeJob
    overwrite : bool
    trust : bool
        Leave out what the manifest knows to be done, of photographs whose version is unchanged, without
        reading them; and what has been given up. When all is listed the destination is, and of what isn't
        there with the size that it had, the photographs are taken up after all.
    again : bool
        Take up what has been given up, too.

    Attributes
    ----------
    listed, skipped : int
        Things found so far; those of them that are left out.
    given_up, in_color : int
        Of what is left out: given up in an earlier run; in color already, and left.
    lost : int
        Photographs that were taken for done and whose results aren't there, or have another size.
    """

    def __init__(
        self,
        archive: Archive,
        work: ColorizeJob,
        *,
        overwrite: bool,
        trust: bool = False,
        again: bool = False,
    ) -> None:
        super().__init__(daemon=True, name="planner")
        self.archive = archive
        self.listed = self.skipped = self.given_up = self.in_color = self.lost = 0
        self._work, self._overwrite, self._trust, self._again = work, overwrite, trust, again
        self._told: deque[Item] = deque()
        self._more = threading.Condition()
        self._ended = self._stopped = False
        self._error: BaseException | None = None
        self._number = 0
        self._known: dict[str, Entry] = {}
        self._fresh = archive.manifest.is_empty()

    def run(self) -> None:
        """List and plan; see `threading.Thread.run`."""
        try:
            with ExitStack() as stack:
                trusted = stack.enter_context(Trusted()) if self._trust and not self._fresh else None
                for batch in _batches(self.archive.source.items()):
                    if self._stopped:
                        return
                    self._plan(batch, trusted)
                    self._tell()
                if trusted is not None:
                    self._take_up(trusted)
        except BaseException as error:  # raised where the tasks are taken
            self._error = error
        finally:
            with self._more:
                self._ended = True
                self._more.notify_all()

    def _tell(self) -> None:
        with self._more:
            self._more.notify_all()

    def stop(self) -> None:
        """End before all is listed, and wait for that."""
        self._stopped = True
        if self.ident is not None:
            self.join()

    def told(self) -> Iterator[Item]:
        """What was found so far and is no photograph to colour; each once."""
        while self._told:
            yield self._told.popleft()

    def tasks(self) -> Iterator[Task]:
        """What is to be done, in order, waiting for more while the source is being listed.

        Raises what the listing raised, when all that was listed has been given.
        """
        manifest = self.archive.manifest
        turn = manifest.first_turn
        while True:
            with self._more:
                ended = self._ended
            rows = manifest.planned(turn, _READ)
            for entry in rows:
                turn = entry.turn
                yield self._task(entry)
            if rows:
                continue
            if ended:
                break
            with self._more:
                if not self._ended:
                    self._more.wait(timeout=0.05)
        if self._error is not None:
            raise self._error

    def _task(self, entry: Entry) -> Task:
        item = Item(entry.source, entry.place, version=entry.version, options=entry.options or None)
        return Task(
            item=item,
            target=entry.target,
            source=self.archive.source,
            destination=self.archive.destination,
            stage=self.archive.manifest.stage / str(entry.turn),
            overwrite=self._overwrite,
            known=self._earlier(entry),
        )

    def _earlier(self, planned: Entry) -> Entry | None:
        """Return what was done with a photograph that is planned anew, whichever shard has done it."""
        known = self.archive.manifest.get(planned.source)
        return replace(known, turn=planned.turn) if known is not None and known.status else None

    def _plan(self, batch: Sequence[Item], trusted: Trusted | None) -> None:
        photographs = []
        self._known = {}
        if not self._fresh:
            found = ((i.name, self.archive.manifest.get(i.name)) for i in batch)
            self._known = {name: entry for name, entry in found if entry is not None}
        seen = self.archive.manifest.repeated([i.name for i in batch])
        for item in batch:
            if item.kind == "photograph":
                if item.name in seen:
                    item = replace(item, kind="problem", why="is listed twice; its first place counts")
                    self._told.append(item)
                    self.listed += 1
                    continue
                seen.add(item.name)
                photographs.append(self._reviewed(item))
            elif item.kind == "problem" or self.archive.shard.index == 1:  # of the rest, one machine tells
                self._told.append(item)
                self.listed += item.kind != "system"
        rows, taken, done, skipped = [], [], [], 0
        for item, target, candidates in self._named(photographs):
            taken += [(name, item.name) for name in claims(Path(target), candidates)]
            number, self._number = self._number, self._number + 1
            if not self.archive.shard.takes(number):
                continue
            if (known := self._is_done(item)) is not None:
                skipped += 1
                self.given_up += known.state == "quarantined"
                self.in_color += known.state == "done" and known.status == "colour"
                done.append((known, item.place))
            else:
                rows.append((item.name, target, item.place, item.version, item.options))
        with self.archive.manifest.writing(safely=False):
            self.archive.manifest.claim(taken)
            self.archive.manifest.plan(rows)
        if trusted is not None:
            trusted.add(done)
        self.listed += len(rows) + skipped
        self.skipped += skipped

    def _take_up(self, trusted: Trusted) -> None:
        """Plan what was taken for done and whose results aren't there."""
        destination, manifest = self.archive.destination, self.archive.manifest
        try:
            trusted.see(_until(lambda: self._stopped, destination.files()))
            lost = trusted.lost(destination)
            while not self._stopped and (some := dict(islice(lost, _READ))):
                found = ((manifest.get(source), place) for source, place in some.items())
                rows = [(e.source, e.target, place, e.version, e.options) for e, place in found if e]
                manifest.plan(rows)
                self.skipped -= len(rows)
                self.lost += len(rows)
                self._tell()
        except OSError as error:
            reason = f"what is there can't be listed: {error.strerror or error}"
            raise PhotoError(name=destination.title, reason=reason, remedy="try again") from error

    def _named(self, items: Sequence[Item]) -> Iterator[tuple[Item, str, int]]:
        """Name what each photograph becomes; those with settings of their own by those."""
        manifest = self.archive.manifest
        for (form, candidates), group in groupby(items, self._shape):
            by_name = {Path(i.name): i for i in group}

            def others(names: Sequence[str], own: Mapping[Path, Item] = by_name) -> set[str]:
                owners = manifest.owners(names)
                return {name for name, owner in owners.items() if Path(owner) not in own}

            earlier: dict[Path, Path] = {}
            for name, item in by_name.items():
                if known := self._known.get(item.name):
                    earlier[name] = Path(known.target)
            mark = self.archive.source.mark
            pairs = plan(
                by_name, format=form, mark=mark, candidates=candidates, earlier=earlier, others=others
            )
            for pair in pairs:
                yield by_name[pair.source], pair.target.as_posix(), candidates

    def _shape(self, item: Item) -> tuple[str, int]:
        try:
            settings = self._work.settings_of(item.options)
        except SettingsError:  # told when its turn comes
            settings = Settings()
        return settings.format, settings.candidates

    def _reviewed(self, item: Item) -> Item:
        """Return a photograph with the settings that somebody has given it in review."""
        known = self._known.get(item.name)
        if known is None or known.review != "redone":
            return item
        return replace(item, options={**(item.options or {}), **known.options})

    def _is_done(self, item: Item) -> Entry | None:
        """Return what is known of a photograph for which nothing is left to do, if it is trusted."""
        known = self._known.get(item.name)
        if not self._trust or known is None:
            return None
        if known.state == "quarantined":
            return None if self._again else replace(known, outputs={}, sizes=())
        if known.state != "done" or known.version != item.version:
            return None
        try:
            return known if known.settings == self._work.digest_of(item.options) else None
        except TintypeError:  # told when its turn comes
            return None


def _until(stopped: Callable[[], bool], files: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    for file in files:
        if stopped():
            return
        yield file


def _batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    """Join what is listed; names clash within a folder, so a batch ends where one does, or where a stem does.

    The first are short, so that work begins soon.
    """
    least, most = _BATCH
    room = _FIRST
    batch: list[Item] = []
    parent = stem = ""
    for item in items:
        here, own = item.name.rpartition("/")[0], item.name.rpartition(".")[0]
        if (len(batch) >= least and here != parent) or (len(batch) >= min(room, most) and own != stem):
            yield batch
            batch, room = [], 2 * room
        parent, stem = here, own
        batch.append(item)
    if batch:
        yield batch
