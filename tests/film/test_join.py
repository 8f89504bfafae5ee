"""Which container holds what, before any work; the order of joined packets."""

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import ffmpeg, film, grey, needs_ffmpeg, pan
from tintype.errors import FilmError
from tintype.film.join import _ranks, _reordering, check, holds
from tintype.film.source import probe

pytestmark = needs_ffmpeg


@pytest.fixture(scope="module")
def rich(tmp_path_factory):
    """A film with a sound that MP4 can't hold, and an attachment."""
    folder = tmp_path_factory.mktemp("film")
    (folder / "note.txt").write_text("a note")
    sound = ["-f", "lavfi", "-i", "sine=440:duration=0.4"]
    attached = ["-attach", folder / "note.txt", "-metadata:s:t", "mimetype=text/plain"]
    return film(folder / "a.mkv", grey(pan(count=10)), "-c:a", "pcm_u8", *attached, inputs=sound)


def test_what_a_container_can_not_hold_is_told_before_any_work(rich, tmp_path):
    info, scratch = probe(rich), tmp_path / "probe"
    assert check(tmp_path / "new.mkv", info, scratch) == ()
    with pytest.raises(FilmError, match=r"pcm_u8.*\.mkv"):
        check(tmp_path / "new.mp4", info, scratch)
    (note,) = check(tmp_path / "new.mov", info, scratch)
    assert "attachment" in note
    assert holds(tmp_path / "new.mkv", info, scratch) and not holds(tmp_path / "new.mp4", info, scratch)
    with pytest.raises(FilmError, match="names no film"):
        check(tmp_path / "new.gif", info, scratch)
    assert not list(tmp_path.iterdir())


def test_the_order_of_packets_is_that_of_decoding(tmp_path):
    frames = np.random.default_rng(1).integers(0, 255, (12, 48, 64)).astype(np.uint8)
    straight = film(tmp_path / "a.mp4", frames, "-bf", "0")
    assert _ranks(straight) == list(range(12)) and _reordering(straight) == 0
    film(tmp_path / "still.mp4", grey(pan(count=12, still=True)))
    ffmpeg(
        "-i", tmp_path / "still.mp4", "-c:v", "libx264", "-bf", "2", "-b_strategy", "0", tmp_path / "b.mp4"
    )
    ranks = _ranks(tmp_path / "b.mp4")
    assert sorted(ranks) == list(range(12)) and ranks != sorted(ranks)
    assert 1 <= _reordering(tmp_path / "b.mp4") <= 2
