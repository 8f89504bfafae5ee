"""Verdicts on the results of an archive in review."""

import pyvips

from studio.review_tools import taken
from studio.studio_tools import encoded, grey_photo, make_studio, program


def test_verdicts_reach_the_archive(reviewing, archive):
    path, photo = taken(reviewing)
    answer = reviewing.post(f"{path}/review", json={"verdict": "accepted"})
    assert answer.json()["review"] == "accepted"
    # Back to what the run had, but for one thing; and a format is the archive's own affair.
    state = photo["state"] | {"settings": {"warmth": 0.25, "grey": "red", "format": "tiff"}, "hints": []}
    reviewing.put(f"{path}/state", json=state)
    answer = reviewing.post(f"{path}/review", json={"verdict": "redone"})
    assert answer.json()["review"] == "redone"
    assert archive.decided == [("deep/b.png", "accepted"), ("deep/b.png", {"grey": "red"}, None)]


def test_what_an_archive_cannot_take_is_said_and_changes_nothing(reviewing, archive):
    path, photo = taken(reviewing)
    for changes in ({"candidate": 2}, {"settings": {"saturation": 0.0}}):
        reviewing.put(f"{path}/state", json=photo["state"] | changes)
        answer = reviewing.post(f"{path}/review", json={"verdict": "redone"})
        assert answer.status_code in (409, 422), answer.text
    assert reviewing.get(path).json()["review"] is None
    assert archive.decided == []


def test_pages_of_a_file_are_steered_together(reviewing, archive):
    page = pyvips.Image.new_from_buffer(encoded(grey_photo()), "")
    pages = page.join(page, "vertical").copy()
    pages.set_type(pyvips.GValue.gint_type, "page-height", page.height)
    pages.write_to_file(str(archive.folder / "pages.tif"))
    path, photo = taken(reviewing, "pages.tif")
    assert photo["pages"] == 2
    reviewing.put(f"{path}/state", json=photo["state"] | {"hints": []})
    assert reviewing.post(f"{path}/review", json={"verdict": "redone"}).json()["review"] == "redone"
    assert [name for name, *_ in archive.decided] == ["pages.tif"]
    reviewing.put(f"{path}/state", json=photo["state"])
    answer = reviewing.post(f"{path}/review", json={"verdict": "redone"})
    assert answer.status_code == 409
    assert "one page" in answer.text


def test_a_studio_without_an_archive_has_none_to_judge(tmp_path):
    with program(make_studio(tmp_path / "data", folder=tmp_path)) as client:
        (tmp_path / "a.png").write_bytes(encoded(grey_photo()))
        path, photo = taken(client, "a.png")
        assert photo["archive"] is None
        assert client.post(f"{path}/review", json={"verdict": "accepted"}).status_code == 404
