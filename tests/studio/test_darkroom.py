"""The studio's pictures are the file's, in parts and in haste."""

import threading

import numpy as np

from studio.studio_tools import code, encoded, grey_photo, opened, upload
from tintype.studio.darkroom import KeptSitting


def test_the_file_does_not_tell_where_the_studio_keeps_its_things(client, photo, studio):
    client.put(f"{photo}/keep-grey", content=encoded(np.full((9, 9), 255, np.uint8)))
    client.put(f"{photo}/state", json={"keep_grey": True})
    assert str(studio.data).encode() not in client.get(f"{photo}/download?format=tif").content


def test_a_region_is_the_same_pixels_as_the_file(client, photo):
    part = {"x": 0.25, "y": 0.5, "width": 0.125, "height": 0.25, "out_width": 400}
    seen = np.asarray(opened(client.post(f"{photo}/region", json=part)))
    whole = np.asarray(opened(client.get(f"{photo}/download?format=png")))
    np.testing.assert_array_equal(seen, whole[128:192, 64:96])
    before = np.asarray(opened(client.post(f"{photo}/region", json=part | {"which": "before"})))
    np.testing.assert_array_equal(before, grey_photo()[128:192, 64:96])
    assert opened(client.post(f"{photo}/region", json=part | {"out_width": 16})).size == (16, 32)


def test_confidence_is_a_grey_picture_with_differences(client, photo):
    image = opened(client.post(f"{photo}/confidence", json={"size": 128}))
    assert (image.mode, image.size) == ("L", (128, 128))
    assert np.asarray(image).std() > 2


def test_an_older_preview_gives_way_to_a_newer_one(client, studio, photo, monkeypatch):
    gate, started = threading.Event(), threading.Event()
    chroma = studio.darkroom.chroma

    def slow(*arguments):
        started.set()
        gate.wait(10)
        return chroma(*arguments)

    monkeypatch.setattr(studio.darkroom, "chroma", slow)
    answers = []
    body = {"size": 64}
    first = threading.Thread(target=lambda: answers.append(client.post(f"{photo}/preview", json=body)))
    first.start()
    assert started.wait(10)
    monkeypatch.setattr(studio.darkroom, "chroma", chroma)
    second = client.post(f"{photo}/preview", json=body)
    gate.set()
    first.join(10)
    assert second.status_code == 200
    assert code(answers[0]) == (409, "superseded")


def test_a_photograph_that_changes_meanwhile_is_not_coloured_as_another(client, session, studio):
    answer = upload(client, session, encoded(grey_photo(64)), "a.png")
    photo = f"/api/sessions/{session}/photos/{answer.json()['photos'][0]['id']}"
    assert client.get(f"{photo}/download?format=png").status_code == 200
    [kept] = [s for s in kept_sittings(studio) if s.photo.name == "a.png"]
    kept.source.path.write_bytes(encoded(255 - grey_photo(64)))
    assert "changed while" in client.get(f"{photo}/download?format=png").json()["error"]["message"]


def kept_sittings(studio):
    return [value for value, *_ in studio.darkroom.cache._things.values() if isinstance(value, KeptSitting)]
