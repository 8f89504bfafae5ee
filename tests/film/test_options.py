"""Options of films: read from text and from JSON, checked."""

import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from tintype.errors import SettingsError
from tintype.film.options import FilmHint, FilmOptions, Span, read_film_hints, seconds_of


def test_hints_in_a_file_are_read_and_rubbish_is_named(tmp_path):
    path = tmp_path / "hints.json"
    path.write_text('[{"time": "1:02.5", "x": 3, "y": 4, "color": "#aa3311"}]')
    (hint,) = read_film_hints(path)
    assert (hint.seconds, hint.hint.x) == (62.5, 3)
    assert FilmHint.from_json(hint.to_json()) == hint
    for text in (
        "{",
        "7",
        "[7]",
        "[" * 50_000,
        '[{"x": 3, "y": 4, "color": "#aa3311"}]',
        '[{"time": "soon", "x": 1}]',
    ):
        path.write_text(text)
        with pytest.raises(SettingsError, match=r"hints\.json"):
            read_film_hints(path)


def test_options_come_back_from_json_as_they_were():
    options = FilmOptions(interval=4, codec="ffv1", hints=(FilmHint.parse("1,2,3=#445566"),))
    assert FilmOptions.from_json(options.to_json()) == options
    for values in ({"speed": 3}, {"interval": 0}, {"codec": "vp3"}, {"crf": 99}, {"segment": 0}, 7):
        with pytest.raises(SettingsError):
            FilmOptions.from_json(values)


@pytest.mark.parametrize(
    ("text", "seconds"), [("62.5", 62.5), ("20s", 20), ("1:02", 62), ("01:00:00.25", 3600.25)]
)
def test_moments_are_read(text, seconds):
    assert seconds_of(text) == seconds
    assert Span.parse(f"5s@{text}") == Span(seconds, 5)
