"""Frames as a folder: in and out, numbered, with gaps, beside films."""

from fractions import Fraction

import numpy as np
import pytest
import pyvips

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import SMALL, colored, film, grey, needs_ffmpeg, pan, planes, times
from tintype import outputs
from tintype.color.lab import lab_from_srgb
from tintype.errors import FilmChanged, FilmError, NotAFilm, NotReplaceable, SettingsError, TargetExists
from tintype.film.folder import frames_in, rate_of
from tintype.film.job import FilmJob
from tintype.film.options import FilmOptions

PIECES = FilmOptions(frames="png", segment=8, interval=4)


def written(folder, frames, *, first=1, suffix=".png", deep=False, name="shot_{:04d}_v2"):
    """A folder of grey frames (count, h, w)."""
    folder.mkdir()
    for number, frame in enumerate(frames, start=first):
        codes = frame.astype(np.uint16) * 257 if deep else frame
        image = pyvips.Image.new_from_array(codes).copy(interpretation="grey16" if deep else "b-w")
        image.write_to_file(str(folder / (name.format(number) + suffix)))
    return folder


def pixels(path):
    return pyvips.Image.new_from_file(str(path)).numpy()


def colorful(picture):
    return np.abs(picture[..., :3].astype(int) - picture[..., 1:2]).mean()


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    return written(tmp_path_factory.mktemp("scans") / "scans", grey(pan(count=20)))


def test_numbers_are_found_wherever_they_stand_in_the_name(tmp_path):
    for name in ("r2_a0007.png", "r2_a0008.png", "r2_a0011.png", "cover.png", "notes.txt", ".r2_a9.png"):
        (tmp_path / name).touch()
    found = frames_in(tmp_path)
    assert list(found.files) == [7, 8, 11] and found.first == 7
    assert found.gaps() == [(9, 10)] and found.named(9) == "r2_a0009"
    gap, left = found.notes()
    assert "2 numbers" in gap and "9 to 10" in gap and left.startswith("1 pictures")


@pytest.mark.parametrize(
    ("files", "error", "words"),
    [
        (["a1.png", "a01.png"], FilmError, "same number"),
        (["a1.png", "a1.tif"], FilmError, "same number"),
        (["a1.png", "b1.png"], FilmError, "2 sequences"),
        (["cover.png", "notes1.txt"], NotAFilm, "no numbered"),
    ],
)
def test_folders_that_are_no_one_sequence_are_refused(tmp_path, files, error, words):
    for name in files:
        (tmp_path / name).touch()
    with pytest.raises(error, match=words):
        frames_in(tmp_path)


def test_rates_are_exact():
    assert rate_of("29.97") == Fraction(30000, 1001) and rate_of("24000/1001") == Fraction(24000, 1001)
    for text in ("0", "-1", "fast", "1/0", "9999"):
        with pytest.raises(SettingsError, match="rate"):
            rate_of(text)


@pytest.mark.parametrize(("suffix", "frames", "deep"), [(".png", "png", False), (".tif", "tiff", True)])
def test_frames_become_frames_of_the_same_names_depth_and_lightness(tmp_path, suffix, frames, deep):
    old = written(tmp_path / "old", grey(pan(count=10)), first=97, suffix=suffix, deep=deep)
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


def test_gaps_stay_gaps_and_metadata_and_transparency_stay(tmp_path):
    old = written(tmp_path / "old", grey(pan(count=12)))
    for number in (5, 6):
        (old / f"shot_{number:04d}_v2.png").unlink()
    seen = pixels(old / "shot_0003_v2.png").reshape(96, 128)
    alpha = np.dstack([seen, np.full_like(seen, 77)])
    image = pyvips.Image.new_from_array(alpha).copy(interpretation="b-w", xres=11.811, yres=11.811)
    image.write_to_file(str(old / "shot_0003_v2.png"))
    pyvips.Image.new_from_array(seen[:48, :64]).write_to_file(str(old / "shot_0009_v2.png"))
    result = colored(old, tmp_path / "new", frames="png")
    made = sorted(p.name for p in (tmp_path / "new").iterdir())
    assert made == sorted(p.name for p in old.iterdir()) and len(made) == 10
    assert (pixels(tmp_path / "new" / made[2])[..., 3] == 77).all()
    assert pyvips.Image.new_from_file(str(tmp_path / "new" / made[2])).xres == pytest.approx(11.811, abs=0.01)
    assert pixels(tmp_path / "new" / "shot_0009_v2.png").shape == (48, 64, 3)
    said = " / ".join(result.notes)
    for words in ("2 numbers have no frame (5 to 6)", "1 frames have transparency", "another size"):
        assert words in said


@needs_ffmpeg
def test_a_folder_becomes_a_film_with_exact_times(tmp_path, scans):
    with pytest.raises(SettingsError, match="--rate"):
        colored(scans, tmp_path / "new.mkv")
    result = colored(scans, tmp_path / "new.mp4", rate="24000/1001")
    assert times(result.target) == [Fraction(n * 1001, 24000) for n in range(20)]
    y, _, cr = planes(result.target)
    assert np.abs(cr.astype(int) - 128).mean() > 2
    want = np.rint(16 + pixels(scans / "shot_0001_v2.png").reshape(96, 128) * (219 / 255))
    assert np.abs(y[0] - want).mean() < 4


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
    with pytest.raises(Exception, match="cancelled"):
        job.run(lambda what, done, _: what != "color" or done < 12)
    assert not job.target.exists()
    assert job.run().reused >= 1
    for path in whole.target.iterdir():
        assert (job.target / path.name).read_bytes() == path.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new", "whole"]


def test_joining_that_was_broken_off_goes_on(tmp_path, scans, monkeypatch):
    from tintype.film import folder_target

    job = FilmJob(scans, tmp_path / "new", SMALL, PIECES)
    monkeypatch.setattr(folder_target, "publish", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        job.run()
    monkeypatch.undo()
    assert job.run().target == job.target
    assert len(list(job.target.iterdir())) == 20 and not job.folder.exists()


def test_a_frame_that_changes_is_refused(tmp_path):
    old = written(tmp_path / "old", grey(pan(count=12)))

    def meddle(what, done, total):
        if what == "color" and done == 4:
            (old / "shot_0001_v2.png").write_bytes((old / "shot_0002_v2.png").read_bytes())

    with pytest.raises(FilmChanged):
        FilmJob(old, tmp_path / "new", SMALL, PIECES).run(meddle)
    assert not (tmp_path / "new").exists()


def test_nothing_but_an_empty_folder_or_our_own_frames_is_replaced(tmp_path, scans):
    target = tmp_path / "new"
    target.mkdir()
    few = FilmOptions(frames="png")
    short = written(tmp_path / "short", grey(pan(count=3)))
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


def test_a_frame_that_can_not_be_read_is_made_of_its_neighbors_and_told(tmp_path):
    old = written(tmp_path / "old", grey(pan(count=12)))
    (old / "shot_0006_v2.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    result = colored(old, tmp_path / "new", frames="png")
    assert any("1 damaged frame" in note for note in result.notes)
    made = pixels(tmp_path / "new" / "shot_0006_v2.png")
    assert made.shape == (96, 128, 3) and len(list((tmp_path / "new").iterdir())) == 12
