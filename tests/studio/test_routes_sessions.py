"""What a page needs to know, and sessions: made, listed, renamed, deleted."""

import pytest

from studio.studio_tools import make_studio


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    return make_studio(tmp_path_factory.mktemp("studio"))


@pytest.fixture
def session(client):
    return client.post("/api/sessions", json={"title": "Großmutter"}).json()["id"]


def test_about_says_what_a_page_needs(client):
    about = client.get("/api/about").json()
    assert about["network"] == "tintype"
    assert about["networks"][0]["hints"] is True
    settings = {s["name"]: s for s in about["settings"]}
    assert settings["vividness"] | {"help": ""} == {
        "name": "vividness", "label": "Vividness", "help": "", "type": "number", "minimum": 0.0,
        "maximum": 1.0, "step": 0.01, "default": 0.5, "choices": None, "group": "color", "live": True,
    }  # fmt: skip
    assert not {"keep_grey", "reference", "model", "threads"} & settings.keys()
    assert about["limits"]["queue"] > 0


def test_sessions_are_made_listed_renamed_and_deleted(client, session):
    assert client.patch(f"/api/sessions/{session}", json={"title": "Opa"}).json()["title"] == "Opa"
    listed = {s["id"]: s for s in client.get("/api/sessions").json()["sessions"]}
    assert listed[session]["title"] == "Opa"
    assert listed[session]["photos"] == 0
    assert client.delete(f"/api/sessions/{session}").status_code == 204
    gone = client.get(f"/api/sessions/{session}")
    assert gone.status_code == 404
    assert gone.json()["error"]["code"] == "session_unknown"
