"""How much the studio accepts and keeps."""

import pytest

from studio.studio_tools import client_of, code, encoded, grey_photo, make_studio, program, upload


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    return make_studio(tmp_path_factory.mktemp("studio"), limits={"file_bytes": 300_000, "photos": 2})


@pytest.fixture
def client(studio):
    with client_of(studio) as client:
        yield client


def test_sessions_colours_and_networks_are_bounded(tmp_path):
    with program(make_studio(tmp_path, limits={"sessions": 2})) as client:
        answers = [client.post("/api/sessions") for _ in range(3)]
        assert [a.status_code for a in answers] == [201, 201, 409]
        assert code(answers[2]) == (409, "too_many_sessions")
        base = f"/api/sessions/{answers[0].json()['id']}/photos"
        photo = upload(client, answers[0].json()["id"], encoded(grey_photo(64))).json()["photos"][0]["id"]
        state = {"settings": {"palette": ["#204060"] * 33}}
        assert code(client.put(f"{base}/{photo}/state", json=state)) == (422, "invalid")
        state = {"network": ",".join(["tintype"] * 5)}
        assert code(client.put(f"{base}/{photo}/state", json=state)) == (422, "network_unknown")


def test_the_number_of_photos_is_bounded(studio):
    with program(studio) as client:
        session = client.post("/api/sessions").json()["id"]
        answers = [upload(client, session, encoded(grey_photo(64))) for _ in range(3)]
        assert [a.status_code for a in answers] == [201, 201, 409]
        assert code(answers[2]) == (409, "too_many_photos")
