"""What is painted stays grey."""

import numpy as np
import pytest
from skimage import color

from studio.studio_tools import encoded, grey_photo, make_studio, opened, program, upload


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
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
    with program(studio) as client:
        yield client


@pytest.fixture
def session(client):
    return client.post("/api/sessions", json={"title": "Album"}).json()["id"]


@pytest.fixture
def photo(client, session):
    answer = upload(client, session, encoded(grey_photo()), "wedding.png")
    return f"/api/sessions/{session}/photos/{answer.json()['photos'][0]['id']}"


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


def test_what_is_painted_stays_grey_in_preview_and_file(client, photo):
    mask = np.zeros((50, 50, 4), np.uint8)
    mask[:, :25] = 255  # the left half, painted white; the rest transparent
    assert client.put(f"{photo}/keep-grey", content=encoded(mask)).status_code == 204
    assert opened(client.get(f"{photo}/keep-grey")).size == (50, 50)
    client.put(f"{photo}/state", json={"keep_grey": True})
    for answer in (
        client.post(f"{photo}/preview", json={"size": 256, "state": {"keep_grey": True}}),
        client.get(f"{photo}/download?format=png"),
    ):
        lab = color.rgb2lab(np.asarray(opened(answer)))
        chroma = np.hypot(lab[..., 1], lab[..., 2])
        assert chroma[:, :115].max() < 1.5
        assert chroma[:, 140:].mean() > 3
    assert b"keep-grey" not in client.get(f"{photo}/download").content
    assert client.delete(f"{photo}/keep-grey").status_code == 204
    assert code(client.get(f"{photo}/keep-grey")) == (404, "no_mask")
    assert code(client.put(f"{photo}/keep-grey", content=b"no picture")) == (422, "mask_unreadable")
