"""Sessions on disk: what a killed studio left is swept; what another one is using stays."""

import os
import signal
import subprocess
import sys
import time

import pytest

from studio.studio_tools import encoded, grey_photo, make_studio, program, upload
from tintype.studio.limits import Limits
from tintype.studio.store import Store

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def files_below(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def kept(tmp_path):
    """A data folder with one session of one photograph; its studio has ended."""
    studio = make_studio(tmp_path)
    with program(studio) as client:
        session = client.post("/api/sessions").json()["id"]
        upload(client, session, encoded(grey_photo(64)))
    studio.store.close()
    return tmp_path, tmp_path / "sessions" / session


def test_deleted_photographs_are_gone_even_when_the_deletion_was_cut_short(kept):
    data, session = kept
    before = files_below(data)
    old = time.time() - 100
    left = [
        session / "originals" / "0123456789abcdef",  # its record was deleted, or never written
        session / "photos" / "0123456789abcdef.png",
        data / "temporary" / "0123456789abcdef.gone" / "originals" / "x",  # an older version's
        data / "temporary" / "99-dead" / "session" / "originals" / "x",
    ]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"secret")
        os.utime(path, (old, old))
    store = Store(data, Limits())
    store.sweep()
    assert not [p for p in left if p.exists()]
    store.close()
    assert files_below(data) - before == set()
    assert before <= files_below(data)


@posix
def test_a_studio_that_is_killed_while_it_deletes_leaves_nothing(tmp_path):
    code = """
import os, shutil, sys
from pathlib import Path
from tintype.studio.limits import Limits
from tintype.studio.store import Store
store = Store(Path(sys.argv[1]), Limits())
shutil.rmtree = lambda *a, **k: os.kill(os.getpid(), 9)
store.delete(sys.argv[2])
"""
    studio = make_studio(tmp_path)
    with program(studio) as client:
        session = client.post("/api/sessions").json()["id"]
        upload(client, session, encoded(grey_photo(64)))
    studio.store.close()
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path), session]).returncode == -signal.SIGKILL
    assert any("originals" in name for name in files_below(tmp_path))
    store = Store(tmp_path, Limits())
    store.sweep()
    store.close()
    assert files_below(tmp_path) == set()


def test_what_another_studio_is_using_is_not_swept(kept):
    data, session = kept
    one, two = Store(data, Limits()), Store(data, Limits())
    coming = one.scratch()
    coming.write_bytes(b"an upload")
    moved = session / "originals" / "fedcba9876543210"
    moved.write_bytes(b"added, its record is still to come")
    two.sweep()
    assert coming.exists()
    assert moved.exists()
    one.close()
    two.sweep()
    assert not moved.exists()
    two.close()


def test_nothing_that_is_kept_is_ever_swept(tmp_path):
    import io

    from PIL import Image

    held = io.BytesIO()
    Image.fromarray(grey_photo(64)).save(
        held, "TIFF", save_all=True, append_images=[Image.fromarray(grey_photo(64))]
    )
    studio = make_studio(tmp_path)
    with program(studio) as client:
        session = client.post("/api/sessions").json()["id"]
        photos = upload(client, session, held.getvalue(), "album.tif").json()["photos"]
        client.put(
            f"/api/sessions/{session}/photos/{photos[1]['id']}/keep-grey", content=encoded(grey_photo(16))
        )
        client.delete(f"/api/sessions/{session}/photos/{photos[0]['id']}")
        before = files_below(tmp_path / "sessions")
        studio.store.sweep()
        assert files_below(tmp_path / "sessions") == before
        assert client.get(f"/api/sessions/{session}/photos/{photos[1]['id']}/download").status_code == 200
