"""Files wherever they lie."""

import pytest

from archive_stores import s3_server
from tintype.archive import stores
from tintype.errors import MissingExtra, PhotoError


def test_what_a_store_refuses_for_a_moment_is_asked_again(monkeypatch):
    waits = []
    monkeypatch.setattr(stores.time, "sleep", waits.append)
    answers = [OSError("busy"), OSError("busy"), "here"]

    def ask():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert stores.tried(ask) == "here"
    assert waits == sorted(waits)
    assert len(waits) == 2
    answers += [FileNotFoundError("gone"), "never asked"]
    with pytest.raises(FileNotFoundError):
        stores.tried(ask)
    answers[:] = [OSError("for good")] * 9
    with pytest.raises(OSError, match="for good"):
        stores.tried(ask)


def test_local_files_are_themselves(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    assert stores.fetch(str(path), tmp_path / "copy", "b") == path
    assert stores.digest(str(path), "md5") == "781e5e245d69b566979b86e28d23f2c7"
    stores.copy_part(str(path), tmp_path / "copy/part", 3, 4)
    assert (tmp_path / "copy/part").read_bytes() == b"3456"
    with pytest.raises(OSError, match="shorter"):
        stores.copy_part(str(path), tmp_path / "copy/part", 3, 40)


def test_an_address_that_nothing_answers_for_is_said():
    with pytest.raises(PhotoError, match="check the spelling"):
        stores.filesystem("nonsense://box")
    with pytest.raises(MissingExtra, match=r"tintype\[gcs\]"):
        stores.filesystem("gs://box")


def test_a_bucket_is_read_however_often_it_fails(monkeypatch, tmp_path):
    monkeypatch.setattr(stores, "_FIRST_WAIT", 0.001)
    with s3_server(monkeypatch) as (system, app):
        system.pipe_file("box/deep/a.jpg", b"0123456789")
        app.each = 3
        for number in range(4):
            copy = stores.fetch("s3://box/deep/a.jpg", tmp_path / str(number), "a.jpg")
            assert copy.read_bytes() == b"0123456789"
        assert stores.digest("s3://box/deep/a.jpg", "md5") == "781e5e245d69b566979b86e28d23f2c7"
        stores.copy_part("s3://box/deep/a.jpg", tmp_path / "part", 3, 4)
        assert (tmp_path / "part").read_bytes() == b"3456"
        assert app.failed >= 3
