"""A bucket as a destination."""

import hashlib

import pytest

from archive_stores import s3_server
from tintype.archive import stores
from tintype.archive.places import open_place
from tintype.archive.places.store import StorePlace


def test_objects_appear_whole_however_often_the_bucket_fails(monkeypatch, tmp_path):
    monkeypatch.setattr(stores, "_FIRST_WAIT", 0.001)
    staged = tmp_path / "staged"
    staged.write_bytes(b"result")
    with s3_server(monkeypatch) as (system, app):
        place = open_place("s3://box/out/")
        assert place == StorePlace("s3://box/out")
        app.each = 3
        assert not place.exists("deep/a.jpg")
        place.put(staged, "deep/a.jpg")
        assert place.exists("deep/a.jpg")
        assert place.sha256("deep/a.jpg") == hashlib.sha256(b"result").hexdigest()
        assert place.local("deep/a.jpg", tmp_path / "copy").read_bytes() == b"result"
        place.write("report.html", b"<html>")
        (tmp_path / "a.xmp").write_bytes(b"xmp")
        assert place.put_sidecars(tmp_path, "deep/a.jpg", overwrite=False) == ()
        for force in (False, True):  # somebody's own stays, even by force
            assert "left as it is" in place.put_sidecars(tmp_path, "deep/a.jpg", overwrite=force)[0]
        assert app.failed
        app.each = 0
        assert sorted(system.find("box")) == [
            "box/out/deep/a.jpg",
            "box/out/deep/a.xmp",
            "box/out/report.html",
        ]
        system.pipe_file("box/out/.tintype/manifest.parquet", b"")
        assert list(place.files()) == [("deep/a.jpg", 6), ("deep/a.xmp", 3), ("report.html", 6)]
        assert list(StorePlace("s3://box/nothing").files()) == []
        # A store that is down for good is an error.
        app.each = 1
        with pytest.raises(OSError):
            place.exists("b.jpg")


def test_where_objects_can_be_half_they_are_written_beside_and_renamed(tmp_path):
    (tmp_path / "staged").write_bytes(b"result")
    memory = StorePlace("memory://out")
    memory.put(tmp_path / "staged", "deep/a.jpg")
    system, _ = stores.filesystem("memory://out")
    assert list(system.find("out")) == ["/out/deep/a.jpg"]
    memory.write(".tintype/a", b"")
    assert list(memory.files()) == [("deep/a.jpg", 6)]
    assert list(StorePlace("memory://nothing").files()) == []
    assert memory.sha256("deep/a.jpg") == hashlib.sha256(b"result").hexdigest()
