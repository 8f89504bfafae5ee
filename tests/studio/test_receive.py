"""What comes in: pages, bombs, and what is no photograph."""

import io

import numpy as np
import pytest
from PIL import Image
from skimage import color

from studio.studio_tools import code, encoded, grey_photo, opened, upload


def test_pages_become_photographs_of_their_own(client, session):
    pages = [Image.fromarray(grey_photo(64)), Image.fromarray(255 - grey_photo(64))]
    held = io.BytesIO()
    pages[0].save(held, "TIFF", save_all=True, append_images=pages[1:])
    made = upload(client, session, held.getvalue(), "album.tif").json()["photos"]
    assert [(p["page"], p["pages"]) for p in made] == [(1, 2), (2, 2)]
    base = f"/api/sessions/{session}/photos"
    second = client.get(f"{base}/{made[1]['id']}/download")
    assert "album-2.color.tif" in second.headers["content-disposition"]
    image = opened(second)
    assert image.n_frames == 1
    L = color.rgb2lab(np.asarray(image))[..., 0]
    assert (
        abs(L.mean() - color.rgb2lab(np.repeat(255 - grey_photo(64)[..., None], 3, axis=2))[..., 0].mean())
        < 1
    )
    client.delete(f"{base}/{made[0]['id']}")
    opened(client.get(f"{base}/{made[1]['id']}/before?size=64"))  # the file stays while a page uses it


def test_a_pixel_bomb_is_refused_from_its_header(client, session):
    bomb = encoded(np.zeros((2000, 1000), np.uint8))
    assert len(bomb) < 10_000
    answer = upload(client, session, bomb, "bomb.png")
    assert code(answer) == (413, "too_many_pixels")
    assert "bomb.png" in answer.json()["error"]["message"]
    assert code(client.post("/api/colorize", files={"file": ("bomb.png", bomb)})) == (413, "too_many_pixels")


@pytest.mark.parametrize("data", [b"", b"no photograph", encoded(grey_photo(64))[:200], b"PK\x03\x04zip"])
def test_what_is_no_photograph_is_said_in_words(client, studio, session, data):
    answer = upload(client, session, data, "letter.png")
    assert answer.status_code in (201, 422)  # a file cut short may still have a header
    if answer.status_code == 422:
        assert code(answer) == (422, "photo_unreadable")
        assert answer.json()["error"]["message"].startswith("letter.png: ")
    assert not [p for p in studio.store.temporary.iterdir() if p.suffix != ".zip"]
