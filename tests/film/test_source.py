"""Films in: what the header says, frames with their times, and what is no film."""

from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import film, grey, needs_ffmpeg, pan
from tintype.errors import FileMissing, NotAFilm
from tintype.film.source import Decoder, opened, probe

pytestmark = needs_ffmpeg


@pytest.fixture(scope="module")
def late(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "late.mkv"
    return film(
        path, grey(pan(count=12)), "-vf", "setpts=PTS+1.2/TB", "-copyts", "-g", "4", rate="24000/1001"
    )


def test_the_header_is_read(late):
    info = probe(late)
    assert (info.width, info.height, info.upright_size) == (128, 96, (96, 128))
    assert abs(info.rate - Fraction(24000, 1001)) < Fraction(1, 100)
    assert (info.encoding.matrix, info.encoding.full, info.encoding.tagged) == ("bt601", False, False)
    assert float(info.begins * info.time_base) == pytest.approx(1.2, abs=0.05)


def test_a_negative_is_turned_as_it_is_read(late):
    plain, turned = ([luma for _, luma in Decoder(probe(late), invert=i).frames()] for i in (False, True))
    np.testing.assert_array_equal(np.add(plain, turned, dtype=int).clip(16, 255), 16 + 235)


def test_frames_come_in_order_from_any_moment(late):
    decoder = Decoder(probe(late))
    whole = list(decoder.frames())
    assert len(whole) == 12 and (decoder.damaged, decoder.cut_short, decoder.notes) == (0, False, ())
    times = [pts for pts, _ in whole]
    assert times == sorted(set(times))
    for start in (0, 5, 11):
        part = list(decoder.frames(times[start]))
        assert [pts for pts, _ in part] == times[start:]
        np.testing.assert_array_equal(part[0][1], whole[start][1])
    want = 16 + grey(pan(count=12))[3] * (219 / 255)
    assert np.abs(whole[3][1] - want).mean() < 1.5


def test_lists_of_other_films_are_not_followed(tmp_path, late):
    part = film(tmp_path / "part.ts", grey(pan(count=4)), "-f", "mpegts")
    head = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:0.2,\n"
    (tmp_path / "a.m3u8").write_text(f"{head}{part.name}\n#EXT-X-ENDLIST\n")
    (tmp_path / "a.txt").write_text(f"ffconcat version 1.0\nfile '{part.name}'\n")
    for name in ("a.m3u8", "a.txt"):
        with pytest.raises(NotAFilm), opened(tmp_path / name):
            pass


def test_what_is_no_film_is_told(tmp_path):
    (tmp_path / "text.mp4").write_text("no film")
    for name, error in (("text.mp4", NotAFilm), ("nowhere.mp4", FileMissing), (".", NotAFilm)):
        with pytest.raises(error), opened(tmp_path / name):
            pass
