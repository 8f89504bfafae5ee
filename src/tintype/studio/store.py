"""Sessions on disk: originals, masks and states, in the user's data folder; every write whole or not at all.

``sessions/<id>/session.json``, ``…/originals/<id>`` (files as they came), ``…/photos/<id>.json`` (one page of
one, with its state) and ``…/photos/<id>.png`` (what stays grey). Names on disk are made here; nothing that a
client sends becomes part of a path.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tintype import files
from tintype.studio.limits import Limits
from tintype.studio.models import PhotoModel, SessionLine, SessionModel, State
from tintype.studio.problems import ApiError
from tintype.studio.scratch import Scratch

_ID = re.compile(r"[0-9a-f]{16}\Z")


def home() -> Path:
    """Return where the studio keeps its things: ``studio`` in Tintype's folder for the user's data."""
    return files.home() / "studio"


def new_id() -> str:
    """A name that nobody can guess: 16 hexadecimal digits."""
    return secrets.token_hex(8)


class Store:
    """The sessions below one folder; safe to use from several threads.

    Parameters
    ----------
    folder : Path
        Made if it is missing.
    limits : Limits
    """

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder, self.limits = folder, limits
        self.sessions_folder, shared = folder / "sessions", folder / "temporary"
        self._lock = threading.RLock()
        for made in (self.sessions_folder, shared):
            made.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._own = Scratch(shared)
        self.temporary = self._own.folder

    def close(self) -> None:
        """Remove this studio's temporary files."""
        self._own.close()

    def sweep(self) -> None:
        """Remove what a killed studio left: files half written, photographs that were being deleted or added.

        While another studio is at work on the same sessions nothing is removed there: what looks left over
        may be what it is just adding.
        """
        began = time.time()
        alone = self._own.sweep_others()
        for session in self.sessions_folder.iterdir():
            for folder in (session, session / "photos"):
                files.sweep(folder)
            if alone:
                with self._lock, suppress(OSError, ValueError):
                    _sweep_session(session, began)

    def scratch(self) -> Path:
        """Return a new path for a temporary file."""
        return self.temporary / new_id()

    # --- sessions

    def sessions(self) -> list[SessionLine]:
        """All sessions, the one used last first."""
        lines = []
        for path in self.sessions_folder.iterdir():
            with suppress(ApiError):
                values = self.require(path.name)
                count = sum(1 for _ in (path / "photos").glob("*.json"))
                lines.append(SessionLine(**values, modified=self._modified(path), photos=count))
        return sorted(lines, key=lambda line: -line.modified)

    def create(self, title: str) -> SessionModel:
        """A new, empty session."""
        with self._lock:
            if sum(1 for _ in self.sessions_folder.iterdir()) >= self.limits.sessions:
                text = f"There are {self.limits.sessions} sessions already. Delete one that is done with."
                raise ApiError(409, "too_many_sessions", text)
            name = new_id()
            folder = self.sessions_folder / name
            # Built beside and renamed, so that a session is never seen without its file.
            building = self.temporary / name
            for sub in ("photos", "originals"):
                (building / sub).mkdir(parents=True, mode=0o700)
            self._write_session(building, {"id": name, "title": title, "created": time.time()})
            building.replace(folder)
        return self.session(name)

    def session(self, session: str) -> SessionModel:
        """A session with its photographs in the order they came."""
        values = self.require(session)
        folder = self.sessions_folder / session
        return SessionModel(**values, modified=self._modified(folder), photos=self.photos(session))

    def rename(self, session: str, title: str) -> SessionModel:
        """Give a session another title."""
        with self._lock:
            values = self.require(session) | {"title": title}
            self._write_session(self.sessions_folder / session, values)
        return self.session(session)

    def delete(self, session: str) -> None:
        """Remove a session and the studio's copies of its photographs."""
        with self._lock:
            self.require(session)
            # Renamed away first: a deletion that is interrupted leaves no half of a session in the list, and
            # what it leaves is swept at the next start.
            gone = self.scratch()
            (self.sessions_folder / session).replace(gone)
            shutil.rmtree(gone, ignore_errors=True)

    def require(self, session: str) -> dict[str, Any]:
        """What is kept of a session beside its photographs. Raises ApiError 404 if there is none."""
        missing = ApiError(404, "session_unknown", "There is no such session; it may have been deleted.")
        if not _ID.match(session):
            raise missing
        try:
            text = (self.sessions_folder / session / "session.json").read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            raise missing from None
        values: dict[str, Any] = json.loads(text)
        return values

    def _write_session(self, folder: Path, values: dict[str, Any]) -> None:
        _write_json(folder / "session.json", values)

    def _modified(self, folder: Path) -> float:
        times = [0.0]
        for path in (folder / "session.json", folder / "photos"):
            with suppress(OSError):
                times.append(path.stat().st_mtime)
        return max(times)

    # --- photographs

    def photos(self, session: str) -> list[PhotoModel]:
        """The photographs of a session."""
        records = []
        for path in (self.sessions_folder / session / "photos").glob("*.json"):
            with suppress(FileNotFoundError):  # deleted in this moment
                records.append(json.loads(path.read_text(encoding="utf-8")))
        records.sort(key=lambda r: (r["order"], r["page"]))
        return [_model(r) for r in records]

    def photo(self, session: str, photo: str) -> PhotoModel:
        """One photograph."""
        return _model(self._record(session, photo))

    def original(self, session: str, photo: str) -> Path:
        """The file that a photograph came in."""
        return self.sessions_folder / session / "originals" / self._record(session, photo)["original"]

    def add(self, session: str, temporary: Path, pages: list[dict[str, Any]]) -> list[PhotoModel]:
        """Take a file into a session: `temporary` is moved; `pages` are the values of a `PhotoModel` each."""
        with self._lock:
            self.require(session)
            folder = self.sessions_folder / session
            there = sum(1 for _ in (folder / "photos").glob("*.json"))
            if there + len(pages) > self.limits.photos:
                text = f"A session holds {self.limits.photos} photographs at the most; begin another one."
                raise ApiError(409, "too_many_photos", text)
            original, order = new_id(), time.time_ns()
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            temporary.replace(folder / "originals" / original)
            for page in pages:
                page |= {"id": new_id(), "original": original, "order": order, "modified": time.time(),
                         "state": State().model_dump()}  # fmt: skip
                self._write(session, page)
        return [_model(p) for p in pages]

    def put_state(self, session: str, photo: str, state: State) -> PhotoModel:
        """Keep a photograph's state."""
        with self._lock:
            record = self._record(session, photo)
            record |= {"state": state.model_dump(), "modified": time.time()}
            self._write(session, record)
        return _model(record)

    def put_archive(self, session: str, photo: str, name: str, review: str | None = None) -> PhotoModel:
        """Keep what an archive calls a photograph, and what was said of its result."""
        with self._lock:
            record = self._record(session, photo)
            record |= {"archive": name, "review": review, "modified": time.time()}
            self._write(session, record)
        return _model(record)

    def remove(self, session: str, photo: str) -> None:
        """Remove the studio's copy of a photograph; its file too when no other page uses it."""
        with self._lock:
            original = self.original(session, photo)
            folder = original.parent.parent / "photos"
            (folder / f"{photo}.json").unlink()
            (folder / f"{photo}.png").unlink(missing_ok=True)
            users = (json.loads(p.read_text(encoding="utf-8")) for p in folder.glob("*.json"))
            if not any(u["original"] == original.name for u in users):
                original.unlink(missing_ok=True)

    def mask(self, session: str, photo: str) -> Path:
        """Where the keep-grey mask of a photograph lies, if it has one."""
        self._record(session, photo)
        return self.sessions_folder / session / "photos" / f"{photo}.png"

    def _record(self, session: str, photo: str) -> dict[str, Any]:
        missing = ApiError(404, "photo_unknown", "There is no such photograph in this session.")
        self.require(session)
        if not _ID.match(photo):
            raise missing
        try:
            path = self.sessions_folder / session / "photos" / f"{photo}.json"
            values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise missing from None
        return values

    def _write(self, session: str, record: dict[str, Any]) -> None:
        path = self.sessions_folder / session / "photos" / f"{record['id']}.json"
        _write_json(path, record)


def _write_json(path: Path, values: dict[str, Any]) -> None:
    files.write_text(path, json.dumps(values, ensure_ascii=False), overwrite=True)


def _sweep_session(session: Path, began: float) -> None:
    """Remove originals and masks that no record names, unless they are younger than `began`."""
    photos = session / "photos"
    present = [
        p for folder in (session / "originals", photos) for p in folder.glob("*") if p.suffix != ".json"
    ]
    records = list(photos.glob("*.json"))
    named = {json.loads(r.read_text(encoding="utf-8"))["original"] for r in records}
    named |= {f"{r.stem}.png" for r in records}
    for path in present:
        if path.name not in named and path.stat().st_ctime < began:
            path.unlink()


def _model(record: dict[str, Any]) -> PhotoModel:
    return PhotoModel.model_validate({k: v for k, v in record.items() if k not in ("original", "order")})
