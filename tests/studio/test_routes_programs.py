"""Programs and the webcam: a picture in, a picture out."""

import json

import numpy as np

from studio.studio_tools import code, encoded, grey_photo, opened
from tintype.settings import MOST_HINTS


def test_programs_colour_a_file_with_any_setting(client):
    files = {"file": ("opa.png", encoded(grey_photo()))}
    answer = client.post("/api/colorize", files=files)
    assert "opa.color.png" in answer.headers["content-disposition"]
    assert np.asarray(opened(answer)).shape == (256, 256, 3)
    grey = client.post(
        "/api/colorize", files=files, data={"saturation": "0", "format": "jpeg", "mark": "false"}
    )
    assert opened(grey).format == "JPEG"
    hints = json.dumps([{"x": 40, "y": 40, "color": "#2040c0"}])
    hinted = np.asarray(opened(client.post("/api/colorize", files=files, data={"hints": hints})))
    assert (hinted != np.asarray(opened(answer))).any()
    for data in (
        {"saturation": "9"},
        {"saturation": "x"},
        {"keep_grey": "/etc/passwd"},
        {"hints": "{"},
        {"hints": "[" * 100_000},
        {"hints": "[" + "9" * 5000 + "]"},
        {"hints": json.dumps([{"x": 1, "y": 1, "color": "#102030"}] * (MOST_HINTS + 1))},
        {"palette": ",".join(["#102030"] * 33)},
        {"size": "9" * 5000},
        {"x": "1"},
    ):
        assert code(client.post("/api/colorize", files=files, data=data)) == (422, "settings")


def test_a_photo_in_colour_is_refused_to_programs_and_coloured_anew_by_the_studio(client, session):
    from skimage import data

    files = {"file": ("new.png", encoded(data.astronaut()[:128, :128]))}
    assert code(client.post("/api/colorize", files=files)) == (422, "already_color")
    found = client.post(f"/api/sessions/{session}/photos", files=files).json()["photos"][0]
    assert found["tone"]["kind"] == "color"
    assert found["tone"]["note"]
    opened(client.post(f"/api/sessions/{session}/photos/{found['id']}/preview", json={"size": 64}))


def test_webcam_frames_are_coloured_one_at_a_time(client, studio):
    frame = encoded(grey_photo(), "JPEG")
    image = opened(client.post("/api/live", content=frame))
    assert (image.format, image.size) == ("JPEG", (256, 256))
    assert code(client.post("/api/live", content=b"x" * 100)) == (422, "photo_unreadable")
    studio.live_clients.add("program")
    try:
        assert code(client.post("/api/live", content=frame)) == (429, "busy")
    finally:
        studio.live_clients.clear()
