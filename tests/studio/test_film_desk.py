"""Work on films inside their process: what is found, single frames, settings and hints."""

import io

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import ffmpeg, film, grey, needs_ffmpeg, pan
from tintype.errors import FilmError, SettingsError
from tintype.studio.film_desk import Desk, chosen

pytestmark = needs_ffmpeg


def test_a_turned_film_is_shown_upright_and_its_reading_is_told(tmp_path):
    flat = film(tmp_path / "flat.mp4", grey(pan(count=6)))
    ffmpeg("-i", flat, "-c", "copy", "-metadata:s:v", "rotate=90", tmp_path / "a.mp4")
    told = []
    desk = Desk(lambda *progress: told.append(progress))
    found = desk.look(tmp_path / "a.mp4", tmp_path)
    assert (found["width"], found["height"], found["frames"]) == (96, 128, 6)
    assert told[-1] == ("plan", 6, 6)
    given = {"source": tmp_path / "a.mp4", "folder": tmp_path, "index": 3, "model": "tintype"}
    with Image.open(io.BytesIO(desk.frame(**given, side=1000, state=None))) as picture:
        assert picture.size == (96, 128)
        shown = np.asarray(picture.convert("L")).astype(float)
    want = np.rot90(grey(pan(count=6))[3], 1)
    assert min(np.abs(shown - want).mean(), np.abs(shown - np.rot90(want, 2)).mean()) < 4
    (tmp_path / "plan.json").unlink()
    with pytest.raises(FilmError, match="plan is gone"):
        Desk(lambda *_: None).frame(**given, side=64, state={})


def test_a_state_becomes_settings_and_options():
    hint = {"time": 1.5, "x": 3, "y": 4, "color": "#102030"}
    state = {"settings": {"vividness": 0.7}, "hints": [hint], "scene_hints": True}
    settings, options = chosen(state, "tintype", crf=23)
    assert settings.vividness == 0.7 and options.crf == 23 and options.scene_hints
    assert options.hints[0].seconds == 1.5 and options.hints[0].hint.color == (16, 32, 48)
    with pytest.raises((SettingsError, ValueError)):
        chosen({"settings": {"vividness": 9}}, "tintype")
