"""A folder as a destination."""

from tintype.archive.places.local import LocalFolder


def test_files_are_put_shown_and_hashed(tmp_path):
    place = LocalFolder(tmp_path / "out")
    (tmp_path / "staged").write_bytes(b"")
    assert not place.exists("deep/a.jpg")
    place.put(tmp_path / "staged", "deep/a.jpg")
    assert place.exists("deep/a.jpg")
    assert place.sha256("deep/a.jpg").startswith("e3b0c442")
    assert place.show("deep/a.jpg") == str(tmp_path / "out/deep/a.jpg")
    assert place.local("deep/a.jpg", tmp_path) == tmp_path / "out/deep/a.jpg"
    place.write("deep/report.html", b"1")
    place.write("deep/report.html", b"2")
    assert [p.read_bytes() for p in sorted((tmp_path / "out/deep").iterdir())] == [b"", b"2"]


def test_sidecars_go_beside_and_replace_none(tmp_path):
    place, stage = LocalFolder(tmp_path / "out"), tmp_path / "stage"
    assert place.put_sidecars(stage, "a.jpg", overwrite=False) == ()
    for folder in (stage, tmp_path / "out"):
        folder.mkdir()
    (stage / "a.xmp").write_bytes(b"new")
    (stage / "b.xmp").write_bytes(b"new")
    (tmp_path / "out/b.xmp").write_bytes(b"mine")
    [note] = place.put_sidecars(stage, "a.jpg", overwrite=True)
    assert "b.xmp" in note
    assert (tmp_path / "out/b.xmp").read_bytes() == b"mine"
    assert (tmp_path / "out/a.xmp").read_bytes() == b"new"


def test_all_files_are_listed_with_their_sizes(tmp_path):
    for name in ("b.jpg", "deep/er/a.jpg", ".hidden.jpg", ".tintype/manifest", ".snapshot/b.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "nowhere").symlink_to("nothing")
    assert dict(LocalFolder(tmp_path).files()) == {".hidden.jpg": 11, "b.jpg": 5, "deep/er/a.jpg": 13}
