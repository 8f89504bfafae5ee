"""Which files of a folder are frames, and which numbers they have."""

from fractions import Fraction

import pytest

from tintype.errors import FileMissing, FilmError, NotAFilm, SettingsError
from tintype.film.folder import frames_in, rate_of, sha256, state_of


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


def test_what_changes_with_a_frame_and_what_with_its_content(tmp_path):
    for number in (1, 2):
        (tmp_path / f"a{number}.png").write_bytes(b"frame")
    state, digest = state_of(tmp_path), sha256(tmp_path)
    (tmp_path / "letter.txt").write_text("dear")
    assert (state_of(tmp_path), sha256(tmp_path)) == (state, digest)
    (tmp_path / "a2.png").write_bytes(b"other frame")
    assert state_of(tmp_path) != state and sha256(tmp_path) != digest
    with pytest.raises(FileMissing):
        frames_in(tmp_path / "nowhere")
