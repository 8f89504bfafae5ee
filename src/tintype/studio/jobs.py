"""Long work: a short queue, one job at a time, progress for whoever watches, a zip at the end."""

from __future__ import annotations

import errno
import logging
import os
import threading
import time
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tintype import names
from tintype.errors import Cancelled, DiskFull
from tintype.studio.darkroom import Darkroom, Order
from tintype.studio.models import JobFailure, JobModel, PhotoModel
from tintype.studio.problems import ApiError, full, problem_of
from tintype.studio.receive import plain_name
from tintype.studio.store import new_id

_FAILURES = "NOT-COLOURED.txt"
"""The file in a zip that lists the photographs that are missing in it."""

log = logging.getLogger("tintype.studio")
_KEPT = 4  # finished jobs that can still be asked for; older ones go with their zips, which may be large


class DownloadJob:
    """A download of several photographs."""

    def __init__(self, session: str, photos: list[PhotoModel]) -> None:
        self.id, self.session, self.photos = new_id(), session, photos
        self.state, self.done, self.failures = "queued", 0, list[JobFailure]()
        self.share = 0.0
        self.cancelled = threading.Event()

    def model(self) -> JobModel:
        """As the API shows it."""
        result = f"/api/jobs/{self.id}/result" if self.state == "done" else None
        part = self.share if self.done < len(self.photos) else 0.0
        progress = round((self.done + part) / len(self.photos), 3)
        return JobModel(
            id=self.id, session=self.session, state=self.state, done=self.done,  # type: ignore[arg-type]
            total=len(self.photos), progress=progress, failures=list(self.failures), result=result,
        )  # fmt: skip


class Jobs:
    """The queue.

    Parameters
    ----------
    darkroom : Darkroom
    order : callable
        (session, photo id) → Order, as it is saved at that moment.
    folder : Path
        Where zips are built and lie until they are fetched.
    queue : int
        How many jobs may wait; one more is refused with 429.
    default : str
        The studio's own network.
    """

    def __init__(
        self, darkroom: Darkroom, order: Callable[[str, str], Order], folder: Path, queue: int, default: str
    ) -> None:
        self._darkroom, self._order, self._folder = darkroom, order, folder
        self._queue, self._default = queue, default
        self._jobs: OrderedDict[str, DownloadJob] = OrderedDict()
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def add(self, session: str, photos: list[PhotoModel]) -> DownloadJob:
        """Queue a job. Raises ApiError 429 when the queue is full."""
        with self._changed:
            if sum(j.state == "queued" for j in self._jobs.values()) >= self._queue:
                text = f"{self._queue} downloads wait already. Try again when one is done."
                raise ApiError(429, "queue_full", text, {"retry-after": "5"})
            job = DownloadJob(session, photos)
            self._jobs[job.id] = job
            if self._thread is None:
                self._closed = False
                self._thread = threading.Thread(target=self._work, name="studio-jobs", daemon=True)
                self._thread.start()
            self._changed.notify_all()
        return job

    def get(self, name: str) -> DownloadJob:
        """A job by its id."""
        job = self._jobs.get(name)
        if job is None:
            text = "There is no such download; the studio may have been started anew. Ask for it again."
            raise ApiError(404, "job_unknown", text)
        return job

    def cancel(self, name: str) -> DownloadJob:
        """Stop a job, or take it out of the queue; a finished one loses its zip."""
        job = self.get(name)
        job.cancelled.set()
        with self._changed:
            if job.state in ("queued", "done"):
                job.state = "cancelled"
                self.result(job).unlink(missing_ok=True)
        return job

    def forget(self, session: str) -> None:
        """Stop a session's jobs and remove their zips."""
        for job in [j for j in self._jobs.values() if j.session == session]:
            self.cancel(job.id)

    def result(self, job: DownloadJob) -> Path:
        """Where the zip of a job lies."""
        return self._folder / f"{job.id}.zip"

    def close(self) -> None:
        """Stop the work and forget the zips."""
        with self._changed:
            self._closed = True
            for job in self._jobs.values():
                job.cancelled.set()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=10)
            self._thread = None
        for job in self._jobs.values():
            self.result(job).unlink(missing_ok=True)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._forget()
                job = next((j for j in self._jobs.values() if j.state == "queued"), None)
                if job is None and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                if job is None:
                    continue
                job.state = "running"
            self._run(job)

    def _forget(self) -> None:
        finished = [j for j in self._jobs.values() if j.state in ("done", "failed", "cancelled")]
        for job in finished[:-_KEPT]:
            self.result(job).unlink(missing_ok=True)
            del self._jobs[job.id]

    def _run(self, job: DownloadJob) -> None:
        building = self._folder / f"{job.id}.building"
        try:
            with zipfile.ZipFile(building, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
                used: set[str] = set()
                for photo in job.photos:
                    if job.cancelled.is_set():
                        break
                    self._one(job, photo.id, archive, used)
                    job.share = 0.0
                    job.done += 1
                if job.failures and not job.cancelled.is_set():
                    archive.writestr(_FAILURES, _listed(job))
            state = "done" if len(job.failures) < len(job.photos) else "failed"
            if state == "done" and not job.cancelled.is_set():
                building.replace(self.result(job))
        except Cancelled:
            state = "cancelled"
        except OSError as error:
            job.failures.append(_failed("", error))
            state = "failed"
        except Exception as error:
            job.failures.append(_failed("", error))
            state = "failed"
        finally:
            with suppress(OSError):
                building.unlink(missing_ok=True)
        with self._changed:
            job.state = "cancelled" if job.cancelled.is_set() else state

    def _one(self, job: DownloadJob, photo: str, archive: zipfile.ZipFile, used: set[str]) -> None:
        made: Path | None = None
        try:
            order = self._order(job.session, photo)
            name = target_name(order, self._darkroom.suffix(order))
            made = self._folder / f"{new_id()}{Path(name).suffix}"

            def told(share: float) -> bool:
                job.share = share
                return not job.cancelled.is_set()

            self._darkroom.develop(order, made, self._default, told)
            info = zipfile.ZipInfo(_unused(name, used), time.localtime()[:6])
            info.file_size = made.stat().st_size
            with made.open("rb") as source, archive.open(info, "w") as target:
                while block := source.read(1 << 20):
                    target.write(block)
        except Cancelled:
            raise
        except Exception as error:  # whatever it is: one photograph doesn't sink the others
            _raise_if_full(error)
            job.failures.append(_failed(photo, error))
        finally:
            if made is not None:
                made.unlink(missing_ok=True)


def _raise_if_full(error: Exception) -> None:
    """Raise the system's error when the disk is full: the next photograph would not fare better."""
    causes = (error, error.__cause__)
    for cause in causes:
        if isinstance(cause, OSError) and full(cause):
            raise cause
    if isinstance(error, DiskFull):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error


def _failed(photo: str, error: Exception) -> JobFailure:
    told = problem_of(error)
    if told.code == "internal":
        log.error("photograph %s failed", photo or "of a download", exc_info=error)
    return JobFailure(photo=photo, **told.model_dump())


def _listed(job: DownloadJob) -> str:
    called = {p.id: p.name for p in job.photos}
    lines = (f"{called.get(f.photo, f.photo)}: {f.message.removeprefix(f'{called.get(f.photo)}: ')}"
             for f in job.failures)  # fmt: skip
    return "\n".join(["These photographs could not be made:", "", *lines, ""])


def target_name(order: Order, suffix: str) -> str:
    """Return the name of a coloured file: ``grandma.color.jpg``; pages are numbered."""
    page = order.photo.page if order.photo.pages > 1 else 0
    return names.colored(plain_name(order.photo.name), suffix, page=page)


def _unused(name: str, used: set[str]) -> str:
    # Compared without case: two names that differ in case alone are one file on many disks.
    stem, dot, suffix = name.rpartition(f"{names.MARK}.")
    chosen, number = name, 1
    while chosen.casefold() in used:
        number += 1
        chosen = f"{stem} ({number}){dot}{suffix}"
    used.add(chosen.casefold())
    return chosen
