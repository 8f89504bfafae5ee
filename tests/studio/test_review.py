"""An archive in review: its doubtful results in the place of the studio's folder."""

import pytest

from studio.review_tools import archive_at, taken
from studio.studio_tools import make_studio, program


@pytest.fixture
def archive(tmp_path):
    return archive_at(tmp_path / "scans")


@pytest.fixture
def client(tmp_path, archive):
    with program(make_studio(tmp_path / "data", review=archive)) as client:
        yield client


def test_doubtful_results_are_listed_in_their_order_and_taken_as_they_were_made(client):
    assert client.get("/api/about").json()["review"] is True
    listed = client.get("/api/folder").json()
    assert [p["path"] for p in listed["photos"]] == ["deep/b.png", "a.png"]
    _, photo = taken(client)
    assert (photo["archive"], photo["review"]) == ("deep/b.png", None)
    assert photo["state"]["settings"] == {"vividness": 0.75, "warmth": 0.25}
    assert photo["state"]["hints"] == [{"x": 0.25, "y": 0.5, "color": "#ff0000", "radius": 0.0}]
    session = client.post("/api/sessions").json()["id"]
    answer = client.post(f"/api/sessions/{session}/photos/from-folder", json={"paths": ["no.png"]})
    assert answer.status_code == 404
