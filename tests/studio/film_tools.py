"""What the tests of the studio's films share."""

import time

import numpy as np

from film_clips import film, grey, pan

HINT = {"time": 0.2, "x": 60, "y": 40, "color": "#d02020"}


def two_shots(folder):
    """Two shots of 12 frames, with a sound."""
    frames = grey(np.concatenate([pan(count=12), pan("coffee", count=12)]))
    sound = ["-f", "lavfi", "-i", "sine=440:duration=0.9"]
    return film(folder / "old.mp4", frames, "-c:a", "aac", inputs=sound)


def until(client, film_id, done, seconds=60):
    end = time.monotonic() + seconds
    while not done(found := client.get(f"/api/films/{film_id}").json()):
        assert time.monotonic() < end, found
        time.sleep(0.05)
    return found


def opened(client, path):
    made = client.post("/api/films", files={"file": (path.name, path.read_bytes())})
    assert made.status_code == 201, made.text
    return until(client, made.json()["id"], lambda f: f["state"] != "reading")
