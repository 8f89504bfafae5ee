"""Films that are open in the studio: kept beside its temporary files, worked on in processes of their own."""

from __future__ import annotations

import hashlib
import logging
import math
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tintype import names, watch
from tintype.errors import FilmError, MissingExtra, TintypeError
from tintype.studio import film_desk
from tintype.studio.film_models import FilmModel, FilmState, FilmTask, FilmWanted
from tintype.studio.limits import Limits
from tintype.studio.models import NoteModel
from tintype.studio.problems import ApiError, Problem, problem_of
from tintype.studio.processes import spawned
from tintype.studio.store import new_id

log = logging.getLogger("tintype.studio")

_FAILED = 16
"""Films that could not be read of which their pages can still say why."""


def possible() -> bool:
    """Whether what films need is installed."""
    return all(find_spec(name) is not None for name in ("av", "cv2"))


class Helper:
    """A process that works on films, one request at a time; started when it is first needed."""

    def __init__(self, memory_bytes: int) -> None:
        self._memory = memory_bytes
        self._lock = threading.Lock()
        self._process: Any = None
        self._line: Any = None
        self._stopped = False

    def ask(self, name: str, told: Callable[[str, int, int], None] | None = None, **arguments: Any) -> Any:
        """Have one thing done: see `film_desk.Desk`.

        Raises
        ------
        TintypeError, OSError, MemoryError
            What the work raises; FilmError when the process ended over it.
        """
        with self._lock:
            try:
                if self._stopped:
                    raise EOFError
                if self._process is None or not self._process.is_alive():
                    self._process, self._line = spawned(film_desk.serve, self._memory)
                line = self._line
                if self._stopped:  # meanwhile
                    self._process.kill()
                most = 0 if watch.SYSTEM_LIMITS else self._memory
                with watch.Watch(self._process, math.inf, most):
                    line.send((name, arguments))
                    kind, value = line.recv()
                    while kind == "progress":
                        if told is not None:
                            told(*value)
                        kind, value = line.recv()
            except (EOFError, OSError):
                what = "the work on it ended; it may need more memory than it is given"
                raise FilmError(name="film", reason=what, remedy="use a smaller copy") from None
        if kind == "failed":
            raise value
        return value

    def stop(self) -> None:
        """End the process, whatever it is at; nothing more is done."""
        self._stopped = True
        if self._process is not None:
            self._process.kill()
        # A process may just be starting: whoever asked for it lets go when it has ended, too.
        if self._lock.acquire(timeout=5):
            try:
                if self._process is not None:
                    self._process.kill()
                    self._process.join(timeout=5)
            finally:
                self._lock.release()


@dataclass(slots=True)
class _Pace:
    """Says of a task how far it is, and how long it may still take."""

    task: FilmTask
    began: float = 0.0
    first: int = -1

    def __call__(self, what: str, done: int, total: int) -> None:
        shares = {"plan": (0.0, 0.05), "color": (0.05, 0.94), "join": (0.99, 0.0)}
        before, share = shares[what]
        self.task.progress = round(before + share * min(done / total, 1.0) if total else before, 3)
        if what != "color":
            return
        if self.first < 0:
            self.began, self.first = time.monotonic(), done
        elif done > self.first:
            each = (time.monotonic() - self.began) / (done - self.first)
            self.task.seconds_left = round(each * (total - done))


class Film:
    """One film, its folder, and the work on it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.source = folder / f"source{Path(name).suffix.lower()}"
        self.model = FilmModel(id=folder.name, name=name)
        self.target: Path | None = None
        self.preview: Path | None = None
        self.helper: Helper | None = None
        self.gone = False


class Films:
    """All of them. Safe to use from several threads.

    Parameters
    ----------
    shared : Path
        The studio's temporary folder: what is there is swept when the studio is gone.
    limits : Limits
    model : str
        The network.
    """

    def __init__(self, shared: Path, limits: Limits, model: str) -> None:
        self._folder, self._limits, self._model = shared / "films", limits, model
        self._films: dict[str, Film] = {}
        self._lock = threading.Lock()
        self._desk = Helper(limits.film_memory_bytes)

    def all(self) -> list[FilmModel]:
        """As the API shows them; those that could not be read are none that are open."""
        return [film.model for film in list(self._films.values()) if film.model.state != "failed"]

    def get(self, name: str) -> Film:
        """A film by its id. Raises ApiError 404."""
        film = self._films.get(name)
        if film is None:
            raise ApiError(
                404, "film_unknown", "There is no such film; the studio may have been started anew."
            )
        return film

    def check_room(self) -> None:
        """Raise when no further film may come in: MissingExtra, or ApiError 409."""
        if not possible():
            raise MissingExtra("film", package="PyAV and OpenCV", purpose="colouring films")
        if len(self.all()) >= self._limits.films:
            text = f"{self._limits.films} films are open already. Close one that is done with."
            raise ApiError(409, "too_many_films", text)

    def add(self, received: Path, name: str) -> FilmModel:
        """Take in a film; `received` is moved. It is read on a thread."""
        with self._lock:
            self.check_room()
            failed = [name for name, film in self._films.items() if film.model.state == "failed"]
            for old in failed[:-_FAILED]:
                del self._films[old]
            film = Film(self._folder / new_id(), name)
            film.folder.mkdir(parents=True, mode=0o700)
            received.replace(film.source)
            self._films[film.model.id] = film
        threading.Thread(target=self._look, args=(film,), name="studio-film", daemon=True).start()
        return film.model

    def remove(self, name: str) -> None:
        """Close a film: its work is stopped, and the studio's copy goes."""
        film = self.get(name)
        with self._lock:
            del self._films[film.model.id]
        film.gone = True
        if film.helper is not None:
            film.helper.stop()
        shutil.rmtree(film.folder, ignore_errors=True)

    def close(self) -> None:
        """Stop all work."""
        self._desk.stop()
        for film in self._films.values():
            film.gone = True
            if film.helper is not None:
                film.helper.stop()

    def frame(self, film: Film, index: int, side: int, state: FilmState | None) -> bytes:
        """One frame as a JPEG; coloured where there is a state."""
        self._ready(film)
        if not 0 <= index < film.model.frames:
            raise ApiError(404, "frame_unknown", f"The film has frames 0 to {film.model.frames - 1}.")
        given = None if state is None else state.model_dump()
        data = self._desk.ask("frame", source=film.source, folder=film.folder, index=index, side=side,
                              model=self._model, state=given)  # fmt: skip
        assert isinstance(data, bytes)
        return data

    def start(self, film: Film, wanted: FilmWanted) -> FilmModel:
        """Begin a piece of work. Raises ApiError when another is under way."""
        self._ready(film)
        span = None
        if wanted.kind == "preview":
            if wanted.shot >= len(film.model.shots):
                raise ApiError(404, "shot_unknown", "The film has no such shot.")
            shot = film.model.shots[wanted.shot]
            span = shot.time, min(shot.seconds, film_desk.PREVIEW_SECONDS)
        with self._lock:
            if any(f.model.task and f.model.task.state == "running" for f in self._films.values()):
                raise ApiError(429, "busy", "A film is being coloured. Try again when it is done.")
            film.model.task = FilmTask(kind=wanted.kind)
            film.helper = Helper(self._limits.film_memory_bytes)
        args = film, film.model.task, film.helper, wanted, span
        threading.Thread(target=self._work, args=args, name="studio-film", daemon=True).start()
        return film.model

    def cancel(self, film: Film) -> FilmModel:
        """Stop the work on a film; what is finished of it stays, and is gone on with when asked again."""
        task = film.model.task
        if task is not None and task.state == "running":
            task.state = "cancelled"
            if film.helper is not None:
                film.helper.stop()
        return film.model

    @staticmethod
    def _ready(film: Film) -> None:
        if film.model.state != "ready":
            raise ApiError(409, "not_ready", "This film is not ready.")

    def _look(self, film: Film) -> None:
        film.helper = helper = Helper(self._limits.film_memory_bytes)

        def told(what: str, done: int, total: int) -> None:
            film.model.progress = min(1.0, done / total) if total else 0.0

        try:
            found = helper.ask("look", told, source=film.source, folder=film.folder)
            known = film.model.model_dump() | found | {"state": "ready", "progress": 1.0}
            film.model = FilmModel.model_validate(known)
        except Exception as error:
            film.model.problem, film.model.state = _why(error, film), "failed"
            shutil.rmtree(film.folder, ignore_errors=True)
        finally:
            helper.stop()
            film.helper = None

    def _work(
        self, film: Film, task: FilmTask, helper: Helper, wanted: FilmWanted, span: tuple[float, float] | None
    ) -> None:
        state = wanted.state.model_dump()
        key = hashlib.sha256(repr((wanted.kind, state, span)).encode()).hexdigest()[:12]
        target = film.folder / f"{wanted.kind}-{key}.mp4"
        try:
            found = helper.ask("color", _Pace(task), source=film.source, target=target, model=self._model,
                               state=state, kind=wanted.kind, span=span)  # fmt: skip
            if wanted.kind == "film":
                film.target = found["target"]
            else:
                film.preview = found["target"]
            task.notes = [NoteModel.model_validate(note) for note in found["notes"]]
            task.progress, task.seconds_left = 1.0, None
            what = "result" if wanted.kind == "film" else "preview"
            task.result, task.state = f"/api/films/{film.model.id}/{what}?of={key}", "done"
        except Exception as error:
            if task.state == "running":
                task.problem, task.state = _why(error, film), "failed"
        finally:
            helper.stop()
            with suppress(OSError):
                if film.gone:
                    shutil.rmtree(film.folder, ignore_errors=True)


def result_name(film: Film) -> str:
    """What a coloured film is called when it is saved."""
    suffix = film.target.suffix if film.target else ".mp4"
    return names.colored(film.model.name, suffix)


def _why(error: Exception, film: Film) -> Problem:
    """What went wrong; the studio's own paths are not the reader's business."""
    if isinstance(error, MemoryError):
        text = "There is not enough memory for this film. Close other programs or use a smaller copy."
        return Problem(code="film_memory", message=text)
    if isinstance(error, TintypeError):
        own = error.name and Path(error.name).is_relative_to(film.folder)
        return problem_of(error.instead(name=film.model.name) if own else error)
    told = problem_of(error)
    if told.code == "internal":
        log.error("film %s failed", film.model.name, exc_info=error)
    return told
