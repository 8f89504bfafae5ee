"""Films over HTTP: opened, looked at, previewed, coloured; and what is refused."""

import io

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import needs_ffmpeg, times
from studio.film_tools import HINT, opened, until
from studio.studio_tools import make_studio, program

pytestmark = needs_ffmpeg


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    with program(make_studio(tmp_path_factory.mktemp("data"), limits={"films": 2})) as client:
        yield client


@pytest.fixture(scope="module")
def ready(studio, clip):
    return opened(studio, clip)


def picture(answer):
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB")).astype(int)


def test_a_film_is_read_and_its_shots_are_told(ready):
    assert (ready["state"], ready["name"], ready["frames"]) == ("ready", "old.mp4", 24)
    assert (ready["width"], ready["height"], ready["rate"]) == (128, 96, 25)
    assert [(s["start"], s["end"]) for s in ready["shots"]] == [(0, 12), (12, 24)]
    assert ready["shots"][1]["time"] == pytest.approx(0.48)


def test_a_frame_is_shown_before_and_after_and_hints_reach_it(studio, ready):
    at = f"/api/films/{ready['id']}/frames/5"
    before, after = picture(studio.get(at)), picture(studio.post(at, json={}))
    assert before.shape == after.shape == (96, 128, 3)
    assert np.ptp(before, axis=-1).max() < 12 and np.ptp(after, axis=-1).mean() > 5
    red = picture(studio.post(at, json={"hints": [HINT]}))
    patch = np.s_[34:46, 54:66]
    assert (red[patch][..., 0] - red[patch][..., 1]).mean() > (
        after[patch][..., 0] - after[patch][..., 1]
    ).mean() + 8
    assert picture(studio.get(f"{at}?side=64")).shape == (48, 64, 3)
    pale = picture(studio.post(at, json={"settings": {"saturation": 0}}))
    assert np.ptp(pale, axis=-1).max() < 12


def test_a_shot_is_previewed(studio, ready, tmp_path):
    at = f"/api/films/{ready['id']}"
    state = {"hints": [HINT], "settings": {"vividness": 0.6}}
    begun = studio.post(f"{at}/task", json={"kind": "preview", "shot": 1, "state": state})
    assert begun.status_code == 202, begun.text
    assert studio.get(f"{at}/result").json()["error"]["code"] == "not_ready"
    busy = studio.post(f"{at}/task", json={"kind": "film", "state": state})
    assert busy.json()["error"]["code"] == "busy"
    task = until(studio, ready["id"], lambda f: f["task"]["state"] != "running")["task"]
    assert (task["state"], task["progress"]) == ("done", 1), task
    path = tmp_path / "preview.mp4"
    path.write_bytes(studio.get(task["result"]).content)
    assert len(times(path)) == 12


def test_what_is_not_there_or_wrong_is_refused(studio, ready):
    at = f"/api/films/{ready['id']}"
    assert studio.get("/api/films/0123456789abcdef").json()["error"]["code"] == "film_unknown"
    assert studio.get(f"{at}/frames/24").json()["error"]["code"] == "frame_unknown"
    for state in ({"hints": [HINT | {"color": "red"}]}, {"settings": {"speed": 3}}, {"extra": 1}):
        assert studio.post(f"{at}/frames/0", json=state).status_code == 422
    outside = {"hints": [HINT | {"x": 900}]}
    assert "900" in studio.post(f"{at}/frames/5", json=outside).json()["error"]["message"]
    assert studio.post(f"{at}/task", json={"kind": "preview", "shot": 9}).status_code in (404, 429)


def test_rubbish_is_told_in_words_and_closing_makes_room(studio, ready, clip, tmp_path):
    rubbish = tmp_path / "no.mp4"
    rubbish.write_bytes(b"no film at all" * 40)
    broken = opened(studio, rubbish)
    assert broken["state"] == "failed" and broken["problem"]["message"].startswith("no.mp4")
    assert studio.get(f"/api/films/{broken['id']}/frames/0").json()["error"]["code"] == "not_ready"
    assert studio.delete(f"/api/films/{broken['id']}").status_code == 204
    second = opened(studio, clip)  # what could not be read took no room
    full = studio.post("/api/films", files={"file": ("a.mp4", b"x")})
    assert full.json()["error"]["code"] == "too_many_films"
    assert studio.delete(f"/api/films/{second['id']}").status_code == 204
    assert [f["id"] for f in studio.get("/api/films").json()["films"]] == [ready["id"]]
