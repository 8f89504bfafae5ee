"""Hints are followed at once, also where the network is slow."""

import dataclasses

import numpy as np
import pytest
from skimage import color

from studio.studio_tools import encoded, grey_photo, make_studio, opened, program, upload

HINT = {"x": 0.5, "y": 0.5, "color": "#2040c0"}


@pytest.fixture
def studio(tmp_path):
    return make_studio(tmp_path)


@pytest.fixture
def preview(studio):
    """Asks for a picture of one photograph: its pixels, and whether it is a draft."""
    with program(studio) as client:
        session = client.post("/api/sessions").json()["id"]
        photo = upload(client, session, encoded(grey_photo())).json()["photos"][0]["id"]

        def ask(hints, **wanted):
            state = {"hints": hints, "settings": wanted.pop("settings", {})}
            body = {"size": 256, "state": state, **wanted}
            answer = client.post(f"/api/sessions/{session}/photos/{photo}/preview", json=body)
            return color.rgb2lab(np.asarray(opened(answer))), "tintype-draft" in answer.headers

        yield ask


def slow(studio, monkeypatch):
    monkeypatch.setattr(studio.darkroom.latency, "seconds", lambda *_: 1.0)


def asked(studio, monkeypatch):
    """A list that grows whenever the network is asked."""
    seen = []
    predict = studio.colorizer.predict
    monkeypatch.setattr(studio.colorizer, "predict", lambda *a, **o: seen.append(o) or predict(*a, **o))
    return seen


def test_a_slow_network_is_not_waited_for_while_a_hint_moves(studio, preview, monkeypatch):
    slow(studio, monkeypatch)
    runs = asked(studio, monkeypatch)
    plain, _ = preview([])
    quick, draft = preview([HINT], quick=True)
    assert draft
    assert len(runs) == 1  # not asked for the draft
    middle = np.s_[120:136, 120:136, 2]
    assert quick[middle].mean() < plain[middle].mean() - 10  # and yet the colour is there
    final, draft = preview([HINT])
    assert not draft
    assert len(runs) == 2
    assert abs(final[middle].mean() - quick[middle].mean()) < 8
    again, draft = preview([HINT], quick=True)  # known by now
    assert not draft
    np.testing.assert_array_equal(again, final)


def test_sliders_and_fast_networks_need_no_draft(studio, preview, monkeypatch):
    preview([HINT])
    slow(studio, monkeypatch)
    assert not preview([HINT], quick=True, settings={"warmth": 0.5})[1]
    monkeypatch.setattr(studio.darkroom.latency, "seconds", lambda *_: 0.02)
    assert not preview([HINT | {"x": 0.2}], quick=True)[1]


def test_the_first_picture_is_never_a_draft(studio, preview, monkeypatch):
    slow(studio, monkeypatch)
    assert not preview([HINT], quick=True)[1]


def test_a_network_that_takes_no_hints_is_not_asked_again_for_them(studio, preview, monkeypatch):
    runs = asked(studio, monkeypatch)
    (network,) = studio.colorizer.networks()
    monkeypatch.setattr(network, "descriptor", dataclasses.replace(network.descriptor, hints=False))

    def feed(L, hints):
        return {"L": L[None, None], "hints": np.zeros((1, 3, *L.shape), np.float32)}

    monkeypatch.setattr(network, "_feed", feed)
    preview([])
    preview([HINT])
    assert len(runs) == 1


def test_the_pace_is_the_best_of_the_last_runs(studio):
    from types import SimpleNamespace

    from tintype.studio.latency import Latency

    latency = Latency(studio.colorizer)
    options = {"model": "tintype"}
    assert latency.seconds(options, 100, 100) == 0
    sitting = SimpleNamespace(photo=SimpleNamespace(height=100, width=100))
    latency._colorizer = SimpleNamespace(
        networks=studio.colorizer.networks,
        predict=lambda *_, **__: [SimpleNamespace(L=np.zeros((10, 10)))],
    )
    latency.predict(sitting, options)
    one = latency.seconds(options, 256, 256)
    assert one > 0
    assert latency.seconds(options, 256, 512) == pytest.approx(2 * one)
