"""One door for films and folders of frames."""

import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import film, frames_of, grey, needs_ffmpeg, pan
from tintype.errors import FileMissing, SettingsError
from tintype.film.door import probe, reader
from tintype.film.folder_source import FolderReader
from tintype.film.options import FilmOptions
from tintype.film.source import Decoder


@needs_ffmpeg
def test_files_and_folders_are_told_apart(tmp_path):
    clip = film(tmp_path / "a.mp4", grey(pan(count=3)))
    folder = frames_of(tmp_path / "frames", grey(pan(count=3)))
    assert isinstance(reader(probe(clip)), Decoder)
    assert isinstance(reader(probe(folder)), FolderReader)
    assert probe(clip).folder is None and probe(folder).frames == 3
    with pytest.raises(SettingsError, match="own times"):
        probe(clip, FilmOptions(rate="18"))


def test_a_rate_is_needed_where_moments_matter(tmp_path):
    folder = frames_of(tmp_path / "frames", grey(pan(count=2)))
    with pytest.raises(SettingsError, match="--rate"):
        probe(folder, timed=True)
    assert probe(folder, FilmOptions(rate="23.976"), timed=True).rate.denominator == 1001
    with pytest.raises(FileMissing):
        probe(tmp_path / "nowhere.mp4")
