"""An archive in review: its doubtful results in the place of the studio's folder."""

from studio.review_tools import taken


def test_doubtful_results_are_listed_in_their_order_and_taken_as_they_were_made(reviewing):
    assert reviewing.get("/api/about").json()["review"] is True
    listed = reviewing.get("/api/folder").json()
    assert [p["path"] for p in listed["photos"]] == ["deep/b.png", "a.png"]
    _, photo = taken(reviewing)
    assert (photo["archive"], photo["review"]) == ("deep/b.png", None)
    assert photo["state"]["settings"] == {"vividness": 0.75, "warmth": 0.25}
    assert photo["state"]["hints"] == [{"x": 0.25, "y": 0.5, "color": "#ff0000", "radius": 0.0}]
    session = reviewing.post("/api/sessions").json()["id"]
    answer = reviewing.post(f"/api/sessions/{session}/photos/from-folder", json={"paths": ["no.png"]})
    assert answer.status_code == 404
