"""What is painted stays grey."""

import numpy as np
from skimage import color

from studio.studio_tools import code, encoded, opened


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
