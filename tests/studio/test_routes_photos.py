"""One photograph: described, steered, previewed and downloaded."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image
from skimage import color

from studio.studio_tools import encoded, grey_photo, make_studio, opened, upload


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    return make_studio(tmp_path_factory.mktemp("studio"))


@pytest.fixture
def session(client):
    return client.post("/api/sessions", json={"title": "Großmutter"}).json()["id"]


@pytest.fixture
def photo(client, session):
    answer = upload(client, session, encoded(grey_photo()), "wedding.png")
    assert answer.status_code == 201, answer.text
    return f"/api/sessions/{session}/photos/{answer.json()['photos'][0]['id']}"


def chroma(image):
    lab = color.rgb2lab(np.asarray(image.convert("RGB")))
    return np.hypot(lab[..., 1], lab[..., 2])


def test_a_photo_is_described(client, photo):
    found = client.get(photo).json()
    assert (found["name"], found["width"], found["height"], found["bits"]) == ("wedding.png", 256, 256, 8)
    assert found["tone"]["kind"] == "grey"
    assert found["state"] == {
        "network": None, "settings": {}, "hints": [], "candidate": None, "keep_grey": False,
    }  # fmt: skip


def test_before_is_grey_and_preview_is_coloured(client, photo):
    before = opened(client.get(f"{photo}/before?size=128"))
    after = opened(client.post(f"{photo}/preview", json={"size": 128, "state": {}}))
    assert before.size == after.size == (128, 128)
    assert before.mode == "L"
    assert chroma(after).mean() > 3
    assert after.layer[0][1:3] == (1, 1)  # 4:4:4


def test_state_is_kept_and_steers(client, photo):
    state = {
        "settings": {"saturation": 0.0, "vividness": 0.5},
        "hints": [{"x": 0.5, "y": 0.5, "color": "#2040c0"}],
    }
    kept = client.put(f"{photo}/state", json=state).json()["state"]
    assert kept["settings"] == {"saturation": 0.0}  # only what differs
    assert kept["hints"] == [{"x": 0.5, "y": 0.5, "color": "#2040c0", "radius": 0.0}]
    assert client.get(photo).json()["state"] == kept
    grey = opened(
        client.post(f"{photo}/preview", json={"size": 128, "state": {"settings": {"saturation": 0}}})
    )
    assert chroma(grey).max() < 1


def test_a_hint_is_followed_in_the_preview(client, photo):
    def b(state):
        image = opened(client.post(f"{photo}/preview", json={"size": 256, "state": state}))
        return color.rgb2lab(np.asarray(image))[118:138, 118:138, 2].mean()

    assert b({"hints": [{"x": 0.5, "y": 0.5, "color": "#2040c0"}]}) < b({}) - 5


def test_suggestions_come_with_shares(client, photo):
    colors = client.post(f"{photo}/suggest", json={"x": 0.4, "y": 0.3, "count": 5}).json()["colors"]
    shares = [c["share"] for c in colors]
    assert len(colors) == 5
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=1e-3)
    assert len({c["color"] for c in colors}) == 5


def test_download_is_whole_and_named(client, photo):
    answer = client.get(f"{photo}/download")
    assert "wedding.color.png" in answer.headers["content-disposition"]
    image = opened(answer)
    assert image.size == (256, 256)
    lab = color.rgb2lab(np.asarray(image))
    want = color.rgb2lab(np.repeat(grey_photo()[..., None], 3, axis=2))
    assert np.abs(lab[..., 0] - want[..., 0]).max() <= 0.6
    assert opened(client.get(f"{photo}/download?format=jpg")).format == "JPEG"


def test_a_download_tells_what_was_reduced_for_its_format(client, session):
    deep = encoded(np.arange(64 * 64, dtype=np.uint16).reshape(64, 64) * 16)
    made = upload(client, session, deep, "deep.png").json()["photos"][0]
    address = f"/api/sessions/{session}/photos/{made['id']}/download"
    told = json.loads(client.get(f"{address}?format=jpg").headers["tintype-notes"])
    assert [(one["code"], one["values"]) for one in told] == [("fewer_bits", {"format": "JPEG", "bits": 8})]
    assert "tintype-notes" not in client.get(f"{address}?format=png").headers


def test_a_chosen_candidate_is_previewed_and_downloaded(client, photo):
    made = client.post(f"{photo}/candidates", json={"count": 3, "size": 64}).json()["candidates"]
    assert [m["candidate"] for m in made] == [0, 1, 2]
    kind, _, data = made[1]["image"].partition(",")
    assert kind == "data:image/jpeg;base64"
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (64, 64)
    client.put(f"{photo}/state", json={"candidate": 1})
    chosen, plain = (
        np.asarray(
            opened(client.post(f"{photo}/preview", json={"size": 256, "state": {"candidate": c}}))
        ).astype(int)
        for c in (1, 0)
    )
    full = np.asarray(opened(client.get(f"{photo}/download"))).astype(int)
    assert np.abs(full - chosen).mean() < np.abs(full - plain).mean()
