"""A studio over a folder of photographs; where a file of tests needs another, it has the same name there."""

import pytest

from studio.review_tools import archive_at
from studio.studio_tools import encoded, grey_photo, make_studio, program, upload


@pytest.fixture(autouse=True)
def _quick(small_views):
    """Studios in this process look at small views; what a network sees is tested elsewhere."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Photographs, a text, something hidden, and links that lead in and out."""
    root = tmp_path_factory.mktemp("photos")
    (root / "1920" / "deep").mkdir(parents=True)
    (root / "wedding.png").write_bytes(encoded(grey_photo(64)))
    (root / "1920" / "opa.jpg").write_bytes(encoded(grey_photo(64), "JPEG"))
    (root / "1920" / "letter.txt").write_text("no photograph")
    (root / ".hidden.png").write_bytes(b"")
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.png").write_bytes(encoded(grey_photo(64)))
    (root / "link.png").symlink_to(outside / "secret.png")
    (root / "way-out").symlink_to(outside)
    (root / "way-in").symlink_to(root / "1920")
    return root


@pytest.fixture(scope="module")
def studio(tmp_path_factory, folder):
    return make_studio(
        tmp_path_factory.mktemp("studio"), folder=folder, limits={"queue": 2, "pixels": 1_000_000}
    )


@pytest.fixture(scope="module")
def client(studio):
    """A program that knows the token."""
    with program(studio) as client:
        yield client


@pytest.fixture
def session(client):
    return client.post("/api/sessions", json={"title": "Album"}).json()["id"]


@pytest.fixture
def photo(client, session):
    """The address of a photograph of the session."""
    answer = upload(client, session, encoded(grey_photo()), "wedding.png")
    return f"/api/sessions/{session}/photos/{answer.json()['photos'][0]['id']}"


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A film of two shots, with a sound."""
    pytest.importorskip("av")
    pytest.importorskip("cv2")
    from studio.film_tools import two_shots

    return two_shots(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def archive(tmp_path):
    """An archive in review."""
    return archive_at(tmp_path / "scans")


@pytest.fixture
def reviewing(tmp_path, archive):
    """A program that asks a studio which has that archive in the place of its folder."""
    with program(make_studio(tmp_path / "data", review=archive)) as client:
        yield client
