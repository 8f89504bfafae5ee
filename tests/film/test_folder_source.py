"""Folders of frames as films: read in order, with gaps, other sizes, damage and exact times."""

from fractions import Fraction

import numpy as np
import pytest
import pyvips
from skimage import data

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import (
    PIECES,
    SMALL,
    colored,
    frames_of,
    grey,
    light,
    needs_ffmpeg,
    pan,
    pixels,
    planes,
    times,
)
from tintype.color.lab import lab_from_srgb
from tintype.errors import FilmChanged, SettingsError
from tintype.film.door import probe, reader
from tintype.film.job import FilmJob
from tintype.film.options import FilmOptions


def test_gaps_stay_gaps_and_metadata_and_transparency_stay(tmp_path):
    old = frames_of(tmp_path / "old", grey(pan(count=12)))
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
    _, _, cr = planes(result.target)
    assert np.abs(cr.astype(int) - 128).mean() > 2
    before = np.repeat(pixels(scans / "shot_0001_v2.png").reshape(96, 128, 1), 3, axis=-1)
    assert np.abs(light(result.target)[0] - lab_from_srgb(before)[..., 0]).mean() < 1


def test_a_frame_that_changes_is_refused(tmp_path):
    old = frames_of(tmp_path / "old", grey(pan(count=12)))

    def meddle(what, done, total):
        if what == "color" and done == 4:
            (old / "shot_0001_v2.png").write_bytes((old / "shot_0002_v2.png").read_bytes())

    with pytest.raises(FilmChanged):
        FilmJob(old, tmp_path / "new", SMALL, PIECES).run(meddle)
    assert not (tmp_path / "new").exists()


def test_a_frame_that_can_not_be_read_is_made_of_its_neighbors_and_told(tmp_path):
    old = frames_of(tmp_path / "old", grey(pan(count=12)))
    (old / "shot_0006_v2.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    result = colored(old, tmp_path / "new", frames="png")
    assert any("1 damaged frame" in note for note in result.notes)
    made = pixels(tmp_path / "new" / "shot_0006_v2.png")
    assert made.shape == (96, 128, 3) and len(list((tmp_path / "new").iterdir())) == 12


def test_frames_in_color_are_told(tmp_path):
    for n in (1, 2):
        picture = pyvips.Image.new_from_array(data.astronaut()[::4, ::4].copy())
        picture.copy(interpretation="srgb").write_to_file(str(tmp_path / f"f{n}.png"))
    notes = reader(probe(tmp_path, FilmOptions(rate="18"))).notes
    assert [note.code for note in notes] == ["film_color"]


def test_negatives_are_told_and_turned(tmp_path):
    positives = grey(pan(count=8))
    old = frames_of(tmp_path / "old", positives)
    negatives = frames_of(tmp_path / "negatives", 255 - positives)
    turned = SMALL.replace(invert=True)
    result = colored(negatives, tmp_path / "new", settings=turned, frames="png")
    assert not [note for note in result.notes if note.code == "negative"]
    colored(old, tmp_path / "want", frames="png")
    for path in (tmp_path / "want").iterdir():
        np.testing.assert_array_equal(pixels(tmp_path / "new" / path.name), pixels(path))
    options = FilmOptions(rate="18")
    luma = {
        s: [f for _, f in reader(probe(negatives, options, s), options, s).frames()] for s in (SMALL, turned)
    }
    np.testing.assert_allclose(np.add(luma[SMALL], luma[turned], dtype=int), 16 + 235, atol=1)


def test_what_looks_like_negatives_is_told_with_the_option_that_turns_them(tmp_path):
    small = np.asarray(data.camera())[::2, ::2]
    folder = frames_of(tmp_path / "negatives", np.stack([255 - small] * 2))
    notes = reader(probe(folder, FilmOptions(rate="18"))).notes
    assert [(note.code, str(note)) for note in notes] == [
        ("negative", "the frames look like negatives; --invert turns them")
    ]


def test_deep_frames_are_ten_bits_of_luma(tmp_path):
    folder = frames_of(tmp_path / "deep", grey(pan(count=3)), suffix=".tif", deep=True)
    info = probe(folder, FilmOptions(rate="18"))
    assert (info.encoding.bits, info.rate, info.time_base) == (10, 18, Fraction(1, 18))
    (pts, luma), *rest = reader(info).frames(1)
    assert (pts, luma.dtype, len(rest)) == (1, np.uint16, 1)
    want = 64 + grey(pan(count=3))[1] / 255 * 876
    assert np.abs(luma - want).max() <= 0.5
