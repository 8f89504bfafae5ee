"""What a film is: its size as it is shown, and whether its file is still the same."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tintype.film.info import FilmInfo, fingerprint
from tintype.film.luma import Encoding

INFO = FilmInfo(
    path=Path("a.mp4"), width=128, height=96, pixel_aspect=Fraction(16, 15), rotation=0,
    encoding=Encoding("bt709", full=False, bits=8), rate=Fraction(25), time_base=Fraction(1, 25), frames=0,
    interlaced=False, fingerprint="",
)  # fmt: skip


@pytest.mark.parametrize(("rotation", "size"), [(0, (96, 137)), (90, (137, 96)), (180, (96, 137))])
def test_a_film_is_shown_turned_and_with_square_pixels(rotation, size):
    assert replace(INFO, rotation=rotation).upright_size == size


def test_a_fingerprint_changes_with_both_ends_and_the_size(tmp_path):
    path = tmp_path / "a"
    data = bytearray(3 << 20)
    seen = set()
    for place in (None, 5, len(data) - 5):
        if place is not None:
            data[place] ^= 1
        path.write_bytes(data)
        seen.add(fingerprint(path))
    path.write_bytes(data + b"x")
    assert len(seen | {fingerprint(path)}) == 4
