"""Long work: broken off, gone on with, shared, on bad files and full disks."""

import contextlib
import json
import resource
import signal
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import (
    SMALL,
    chroma,
    colored,
    film,
    grey,
    needs_ffmpeg,
    packet_hash,
    packets,
    pan,
    times,
)
from tintype import files
from tintype.errors import (
    Cancelled,
    DiskFull,
    FileMissing,
    FilmChanged,
    FilmError,
    NotAFilm,
    NotReplaceable,
    TargetExists,
)
from tintype.film import encode
from tintype.film.job import FilmJob
from tintype.film.options import FilmOptions

pytestmark = needs_ffmpeg
PIECES = FilmOptions(segment=8, interval=4)


@pytest.fixture(scope="module")
def long(tmp_path_factory):
    """Forty frames of two shots, in five pieces."""
    folder = tmp_path_factory.mktemp("long")
    frames = grey(np.concatenate([pan(count=24), pan("coffee", count=16)]))
    sound = ["-f", "lavfi", "-i", "sine=440:duration=1.6"]
    return film(folder / "old.mkv", frames, "-c:a", "flac", inputs=sound)


@pytest.fixture(scope="module")
def whole(long):
    """The same, coloured in one go."""
    FilmJob(long, long.with_name("whole.mkv"), SMALL, PIECES).run()
    return long.with_name("whole.mkv")


PROGRAM = """
import os, signal, sys
from pathlib import Path
from tintype import FilmJob, FilmOptions, Settings
source, target, number, until = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
def told(what, done, total):
    if what == "color" and done == until:
        os.kill(os.getpid(), signal.SIGKILL)
options = FilmOptions(segment=8, interval=4)
shard = (number, 2) if number else (1, 1)
made = FilmJob(source, target, Settings(size=64, threads=1), options, shard=shard)
print(made.run(told).target)
"""


def started(source, target, shard=0, until=0):
    """A process that colours a film, or a part of it, and kills itself after some frames."""
    command = [sys.executable, "-c", PROGRAM, str(source), str(target), str(shard), str(until)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_killed_run_goes_on_to_the_same_bytes(long, whole, tmp_path):
    job = FilmJob(long, tmp_path / "new.mkv", SMALL, PIECES)
    run = started(long, job.target, until=12)
    run.communicate(timeout=100)
    assert run.returncode == -signal.SIGKILL
    assert not job.target.exists() and len(list(job.folder.glob("0*.mp4"))) == 1
    result = job.run()
    assert result.reused == 1
    assert job.target.read_bytes() == whole.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["new.mkv"]


def test_cancelled_work_is_gone_on_with(long, whole, tmp_path):
    job = FilmJob(long, tmp_path / "new.mkv", SMALL, PIECES)
    with pytest.raises(Cancelled):
        job.run(lambda what, done, _: what != "color" or done < 12)
    assert job.run().reused == 1
    assert job.target.read_bytes() == whole.read_bytes()


def test_shards_make_the_same_film(long, whole, tmp_path):
    jobs = [FilmJob(long, tmp_path / "new.mkv", SMALL, PIECES, shard=(n, 2)) for n in (1, 2)]
    assert jobs[0].run().target is None
    assert jobs[1].run().target == tmp_path / "new.mkv"
    assert (tmp_path / "new.mkv").read_bytes() == whole.read_bytes()


def test_two_processes_share_a_film(long, whole, tmp_path):
    parts = [started(long, tmp_path / "new.mkv", number) for number in (1, 2)]
    said = [part.communicate(timeout=100)[0].strip() for part in parts]
    assert [part.returncode for part in parts] == [0, 0]
    assert sorted(said) == sorted(["None", str(tmp_path / "new.mkv")])
    assert (tmp_path / "new.mkv").read_bytes() == whole.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["new.mkv"]


def test_who_ends_while_another_joins_leaves_it_to_that_one(long, tmp_path):
    job = FilmJob(long, tmp_path / "new.mkv", SMALL, PIECES)

    def other(what, done, total):
        if what == "join":
            held.enter_context(files.lock(job.folder / "join.lock"))

    with contextlib.ExitStack() as held:
        assert job.run(other).target is None
    assert job.run().target == job.target


def test_pieces_join_without_a_seam(long, tmp_path):
    pieces = colored(long, tmp_path / "pieces.mkv", segment=8, interval=4)
    one = colored(long, tmp_path / "one.mkv", interval=4)
    assert times(pieces.target) == times(one.target) == times(long)
    color = chroma(pieces.target), chroma(one.target)
    assert np.abs(color[0] - color[1]).max() < 0.25
    assert packet_hash(pieces.target, "a:0") == packet_hash(long, "a:0")


def test_two_runs_at_once_are_refused(long, tmp_path):
    job = FilmJob(long, tmp_path / "new.mkv", SMALL, PIECES)
    job.folder.mkdir()
    with files.lock(job.folder / "part-1.lock"), pytest.raises(FilmError, match="another run"):
        job.run()


def begun(source, target, options=PIECES):
    job = FilmJob(source, target, SMALL, options)
    with pytest.raises(Cancelled):
        job.run(lambda what, done, _: what != "color" or done < 12)
    return job


def test_other_settings_or_another_film_are_refused(long, tmp_path):
    source = tmp_path / "old.mkv"
    source.write_bytes(long.read_bytes())
    job = begun(source, tmp_path / "new.mkv")
    with pytest.raises(FilmChanged) as found:
        FilmJob(source, job.target, SMALL, FilmOptions(segment=16)).run()
    assert found.value.differs == "film"
    source.write_bytes(long.read_bytes() + b"more")
    with pytest.raises(FilmChanged) as found:
        job.run()
    assert found.value.differs == "source" and "delete that folder" in str(found.value)


def test_a_film_that_changes_meanwhile_is_refused(long, tmp_path):
    source = tmp_path / "old.mkv"
    source.write_bytes(long.read_bytes())

    def meddle(what, done, total):
        if what == "color" and done == total:
            source.write_bytes(long.read_bytes() + b"more")

    job = FilmJob(source, tmp_path / "new.mkv", SMALL, PIECES)
    with pytest.raises(FilmChanged):
        job.run(meddle)
    assert not job.target.exists()


def test_nothing_but_our_own_film_is_replaced(long, tmp_path):
    target = tmp_path / "new.mkv"
    target.write_bytes(long.read_bytes())
    for overwrite, error in ((False, TargetExists), (True, NotReplaceable)):
        with pytest.raises(error):
            FilmJob(long, target, SMALL, overwrite=overwrite).run()
    assert target.read_bytes() == long.read_bytes()
    with pytest.raises(NotReplaceable):
        FilmJob(target, target, SMALL, overwrite=True).run()
    target.unlink()
    short = film(tmp_path / "short.mkv", grey(pan(count=6)))
    FilmJob(short, target, SMALL, recipe=True).run()
    first = target.read_bytes()
    assert json.loads((tmp_path / "new.mkv.recipe.json").read_text())["output"]["name"] == "new.mkv"
    with pytest.raises(TargetExists):
        FilmJob(short, target, SMALL).run()
    FilmJob(short, target, SMALL, overwrite=True).run()
    assert target.read_bytes() == first


def test_a_full_disk_is_told_and_gone_on_with(long, whole, tmp_path, monkeypatch):
    job, write = FilmJob(long, tmp_path / "new.mkv", SMALL, PIECES), encode.Piece.write

    def full(self, planes, pts):
        if pts > 800:
            raise OSError(28, "No space left on device")
        write(self, planes, pts)

    monkeypatch.setattr(encode.Piece, "write", full)
    with pytest.raises(DiskFull, match="goes on"):
        job.run()
    monkeypatch.undo()
    assert not list(job.folder.glob("*.tmp"))
    assert job.run().reused >= 1
    assert job.target.read_bytes() == whole.read_bytes()


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs limits of a process")
def test_what_the_encoder_can_not_write_is_told(long, tmp_path):
    job = FilmJob(long, tmp_path / "new.mkv", SMALL, PIECES)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9000, before[1]))
    try:
        with pytest.raises(FilmError, match="goes on"):
            job.run()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not job.target.exists()
    job.run()
    assert len(times(job.target)) == 40


def test_damaged_frames_are_made_up_for_and_told(tmp_path):
    old = film(tmp_path / "old.mp4", grey(pan(count=16)), "-bf", "0", "-g", "10")
    data, places = bytearray(old.read_bytes()), packets(old)
    for number in (6, 7):
        place, size = places[number]
        data[place : place + size] = b"\xff" * size
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    result = colored(broken, tmp_path / "new.mp4")
    assert times(tmp_path / "new.mp4") == times(old)
    assert any("damaged" in note for note in result.notes)
    assert chroma(tmp_path / "new.mp4").min() > 2


def test_a_truncated_film_is_colored_as_far_as_it_goes_and_told(tmp_path):
    old = film(tmp_path / "old.mkv", grey(pan(count=40)), "-g", "8")
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(old.read_bytes()[: old.stat().st_size * 6 // 10])
    result = colored(cut, tmp_path / "new.mkv")
    assert 10 < result.frames < 40
    assert times(tmp_path / "new.mkv") == times(old)[: result.frames]
    assert any("ends before" in note for note in result.notes)


@pytest.mark.parametrize("what", ["missing", "folder", "text", "empty", "sound", "cut mp4", "random"])
def test_rubbish_is_refused_in_words(tmp_path, what):
    path = tmp_path / "old.mp4"
    match what:
        case "folder":
            path.mkdir()
        case "text":
            path.write_text("no film at all\n" * 100)
        case "empty":
            path.touch()
        case "sound":
            path = tmp_path / "old.wav"
            path.write_bytes(wav())
        case "cut mp4":
            film(path, grey(pan(count=6)))
            path.write_bytes(path.read_bytes()[:2000])
        case "random":
            path.write_bytes(np.random.default_rng(1).bytes(20000))
    error = FileMissing if what == "missing" else NotAFilm
    with pytest.raises(error) as found:
        colored(path, tmp_path / "new.mp4")
    assert str(path) in str(found.value) and ";" in str(found.value)
    assert not (tmp_path / "new.mp4").exists()


def wav():
    import io
    import wave

    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(1600))
    return held.getvalue()


def test_a_target_that_names_no_film_or_folder_is_refused_before_any_work(tmp_path):
    old = film(tmp_path / "old.mkv", grey(pan(count=4)))
    for target in ("new.txt", "new", "away/new.mkv"):
        with pytest.raises(FilmError):
            colored(old, tmp_path / target)
    assert [p.name for p in tmp_path.iterdir()] == ["old.mkv"]


def test_a_container_that_can_not_hold_the_sound_is_refused(tmp_path):
    old = film(
        tmp_path / "old.mkv",
        grey(pan(count=6)),
        "-c:a",
        "pcm_u8",
        inputs=["-f", "lavfi", "-i", "sine=440:duration=0.2"],
    )
    with pytest.raises(FilmError, match=r"pcm_u8.*mkv"):
        colored(old, tmp_path / "new.mp4")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["old.mkv"]
