"""What is kept between two runs, and that none of it stays behind whenever a run ends."""

import os

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import SMALL, film, frames_of, grey, needs_ffmpeg, pan
from tintype import files
from tintype.errors import FilmChanged, FilmError, TargetExists
from tintype.film import plan
from tintype.film.job import FilmJob
from tintype.film.options import FilmOptions
from tintype.film.plan import Plan
from tintype.film.shots import Shot
from tintype.film.work import Work

PLAN = Plan(
    pts=np.arange(4, dtype=np.int64), missing=(), shots=(Shot(0, 4),), keys=(0, 3), anchors=(-1,),
    area=(0, 0, 8, 8), damaged=0, cut_short=False, longest=480,
)  # fmt: skip
STATED = {"source": "a", "settings": 1}


class Killed(BaseException):
    """Stands for a kill: nothing after it is done, but what every error does."""


@pytest.fixture
def work(tmp_path):
    return Work(tmp_path / ".new.mkv.tintype-film", tmp_path / "new.mkv")


def begun(work):
    with work.alone(1):
        work.planned(STATED, ".mp4", lambda: PLAN)
        work.piece(PLAN.segments()[0], ".mp4").write_bytes(b"piece")


def test_the_folder_goes_when_there_is_nothing_to_go_on_with(work):
    with pytest.raises(Killed), work.alone(1):
        assert work.folder.is_dir()
        raise Killed
    assert not work.folder.exists()
    begun(work)
    assert work.is_begun
    with work.alone(1):
        work.forget()
    assert not work.folder.exists()


def test_another_part_at_work_keeps_the_folder(work):
    with work.alone(2):
        with work.alone(1):
            pass
        work.sweep()
        assert work.folder.is_dir()
        with pytest.raises(FilmError, match="another run"), work.alone(2):
            pass
    assert not work.folder.exists()


def test_work_goes_on_only_with_all_that_was_stated(work):
    begun(work)
    assert work.planned(STATED, ".mp4", pytest.fail).keys == PLAN.keys
    assert work.is_of(STATED) and not work.is_of(STATED | {"settings": 2})
    with pytest.raises(FilmChanged) as found:
        work.planned(STATED | {"settings": 2}, ".mp4", pytest.fail)
    assert found.value.differs == "settings"
    work.forget()
    work.planned(STATED, ".mp4", lambda: PLAN)
    assert not list(work.folder.glob("0*"))


def test_what_is_left_of_ended_runs_is_swept(work, tmp_path):
    begun(work)
    (tmp_path / "own.tmp").touch()
    dead = tmp_path / files.temporary_beside(tmp_path).name.replace(str(os.getpid()), "4999999")
    dead.write_bytes(b"half a film")
    work.sweep()
    assert not dead.exists() and work.is_begun and (tmp_path / "own.tmp").exists()
    work.forget()  # and a kill before the folder goes
    work.sweep()
    assert not work.folder.exists()


@pytest.fixture(params=["film", "frames"])
def job(request, tmp_path):
    """A job that was killed when its result had got its name."""
    if request.param == "film":
        made = FilmJob(film(tmp_path / "old.mkv", grey(pan(count=6))), tmp_path / "new.mkv", SMALL)
    else:
        scans = frames_of(tmp_path / "old", grey(pan(count=6)))
        made = FilmJob(scans, tmp_path / "new", SMALL, FilmOptions(frames="png"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "forget", killed)
        with pytest.raises(Killed):
            made.run()
    assert made.target.exists() and made.folder.is_dir()
    return made


def killed(*_):
    raise Killed


def state(path):
    return [p.read_bytes() for p in (sorted(path.iterdir()) if path.is_dir() else [path])]


@needs_ffmpeg
def test_a_run_killed_when_its_result_is_there_is_ended_by_the_same_command(job):
    before = state(job.target)
    result = job.run(lambda what, *_: what == "join" or pytest.fail(what))
    assert result.target == job.target and result.frames == 6
    assert state(job.target) == before and not job.folder.exists()
    with pytest.raises(TargetExists):
        job.run()


@needs_ffmpeg
def test_such_a_result_is_no_other_commands(job):
    before = state(job.target)
    job.settings = job.settings.replace(warmth=0.5)
    with pytest.raises(TargetExists):
        job.run()
    assert state(job.target) == before and not job.folder.exists()
    job.overwrite = True
    job.run()
    assert state(job.target) != before and not job.folder.exists()
