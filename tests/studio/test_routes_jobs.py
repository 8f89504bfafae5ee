"""Downloads over HTTP: events until they are done, then the file."""

import io
import json
import zipfile

import numpy as np
from PIL import Image

from studio.studio_tools import encoded, grey_photo, upload


def test_a_session_is_downloaded_as_a_zip(client, session, photo):
    upload(client, session, encoded(grey_photo(64), "JPEG"), "../Wedding.png.jpg")
    upload(client, session, encoded(grey_photo(64)), "WEDDING.png")
    job = client.post("/api/jobs", json={"session": session}).json()
    with client.stream("GET", f"/api/jobs/{job['id']}/events") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        said = [json.loads(line[6:]) for line in events.iter_lines() if line.startswith("data: ")]
    assert said[-1]["state"] == "done"
    assert (said[-1]["done"], said[-1]["total"]) == (3, 3)
    answer = client.get(said[-1]["result"])
    assert "Album.zip" in answer.headers["content-disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert archive.namelist() == ["wedding.color.png", "Wedding.png.color.jpg", "WEDDING (2).color.png"]
    assert all(i.compress_type == zipfile.ZIP_STORED for i in archive.infolist())
    direct = client.get(f"{photo}/download").content
    pixels = [np.asarray(Image.open(io.BytesIO(d))) for d in (archive.read("wedding.color.png"), direct)]
    np.testing.assert_array_equal(*pixels)
