"""Films written as folders of frames: names, depth, lightness; broken off and gone on with."""

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import PIECES, SMALL, colored, colorful, film, frames_of, grey, needs_ffmpeg, pan, pixels
from tintype import outputs
from tintype.color.lab import lab_from_srgb
from tintype.errors import Cancelled, FilmError, NotReplaceable, SettingsError, TargetExists
from tintype.film import folder_target
from tintype.film.job import FilmJob
from tintype.film.options import FilmOptions


@pytest.mark.parametrize(("suffix", "frames", "deep"), [(".png", "png", False), (".tif", "tiff", True)])
def test_frames_become_frames_of_the_same_names_depth_and_lightness(tmp_path, suffix, frames, deep):
    old = frames_of(tmp_path / "old", grey(pan(count=10)), first=97, suffix=suffix, deep=deep)
    result = colored(old, tmp_path / "new", frames=frames)
    assert result.frames == 10
    suffix = ".png" if frames == "png" else ".tif"
    names = [f"shot_{n:04d}_v2{suffix}" for n in range(97, 107)]
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == names
    for name in names[::3]:
        before, after = pixels(old / name), pixels(tmp_path / "new" / name)
        assert after.dtype == before.dtype == (np.uint16 if deep else np.uint8)
        assert colorful(after) > (400 if deep else 2)
        if not deep:
            grey_L = lab_from_srgb(np.repeat(before.reshape(*before.shape[:2], 1), 3, axis=-1))[..., 0]
            assert np.abs(lab_from_srgb(after)[..., 0] - grey_L).max() < 0.7
        assert outputs.kind_of(tmp_path / "new" / name) == outputs.Kind.RESULT


def test_frames_are_written_as_deep_as_is_asked(tmp_path):
    old = frames_of(tmp_path / "old", grey(pan(count=3)))
    deep = frames_of(tmp_path / "deep", grey(pan(count=3)), deep=True)
    flat = [colored(old, tmp_path / "8", frames="png"), colored(old, tmp_path / "16", frames="png", depth=16)]
    for before, after in zip(*(sorted(r.target.iterdir()) for r in flat), strict=True):
        assert pixels(after).dtype == np.uint16
        assert np.abs(pixels(after) / 257 - pixels(before)).max() < 0.6
    colored(deep, tmp_path / "less", frames="png", depth=8)
    assert pixels(next((tmp_path / "less").iterdir())).dtype == np.uint8
    for wrong in ({"frames": "jpeg", "depth": 16}, {"depth": 16}, {"frames": "png", "depth": 12}):
        with pytest.raises(SettingsError, match="depth"):
            FilmOptions(**wrong)


@needs_ffmpeg
def test_a_film_becomes_frames(tmp_path):
    old = film(tmp_path / "old.mp4", grey(pan(count=9)))
    with pytest.raises(SettingsError, match="own times"):
        colored(old, tmp_path / "new", frames="png", rate="18")
    result = colored(old, tmp_path / "new", frames="tiff")
    made = sorted((tmp_path / "new").iterdir())
    assert [p.name for p in made] == [f"{n:06d}.tif" for n in range(1, 10)]
    picture = pixels(made[4])
    assert picture.dtype == np.uint16 and picture.shape == (96, 128, 3) and colorful(picture) > 400
    assert any("25/1" in note for note in result.notes)


def test_a_run_that_was_broken_off_goes_on_to_the_same_bytes(tmp_path, scans):
    whole = FilmJob(scans, tmp_path / "whole", SMALL, PIECES)
    whole.run()
    job = FilmJob(scans, tmp_path / "new", SMALL, PIECES)
    with pytest.raises(Cancelled):
        job.run(lambda what, done, _: what != "color" or done < 12)
    assert not job.target.exists()
    assert job.run().reused >= 1
    for path in whole.target.iterdir():
        assert (job.target / path.name).read_bytes() == path.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new", "whole"]


def test_joining_that_was_broken_off_goes_on(tmp_path, scans, monkeypatch):
    job = FilmJob(scans, tmp_path / "new", SMALL, PIECES)
    monkeypatch.setattr(folder_target, "publish", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        job.run()
    monkeypatch.undo()
    assert job.run().target == job.target
    assert len(list(job.target.iterdir())) == 20 and not job.folder.exists()


def test_nothing_but_an_empty_folder_or_our_own_frames_is_replaced(tmp_path, scans):
    target = tmp_path / "new"
    target.mkdir()
    few = FilmOptions(frames="png")
    short = frames_of(tmp_path / "short", grey(pan(count=3)))
    FilmJob(short, target, SMALL, few).run()
    with pytest.raises(TargetExists, match="not empty"):
        FilmJob(short, target, SMALL, few).run()
    FilmJob(short, target, SMALL, few, overwrite=True).run()
    (target / "letter.txt").write_text("dear")
    with pytest.raises(NotReplaceable, match=r"letter\.txt"):
        FilmJob(short, target, SMALL, few, overwrite=True).run()
    with pytest.raises(NotReplaceable):
        FilmJob(short, short, SMALL, few, overwrite=True).run()
    assert (target / "letter.txt").read_text() == "dear" and len(list(short.iterdir())) == 3


def test_finished_frames_that_were_taken_away_are_missed(tmp_path):
    (tmp_path / "whole").mkdir()
    with pytest.raises(FilmError, match="of 3 finished frames 0"):
        folder_target.check_count(tmp_path / "whole", 3)
