"""A bucket as a source."""

from archive_stores import s3_server
from tintype.archive.origins import open_origin
from tintype.archive.origins.store import Store


def test_a_bucket_is_listed_as_a_folder_is(monkeypatch, tmp_path):
    with s3_server(monkeypatch) as (system, _):
        for name in ("b.jpg", "a.JPG", "deep/er/c.png", "x.tga", "notes.txt", ".hidden.jpg", "@eaDir/t.jpg"):
            system.pipe_file(f"box/scans/{name}", name.encode())
        source = open_origin("s3://box/scans/")
        assert source == Store("s3://box/scans")
        listed = list(source.items())
        assert [(i.name, i.kind) for i in listed] == [
            ("a.JPG", "photograph"), ("b.jpg", "photograph"), ("x.tga", "unread"), ("@eaDir", "system"),
            ("deep/er/c.png", "photograph")]  # fmt: skip
        first = listed[0]
        assert (first.place, first.size) == ("s3://box/scans/a.JPG", 5)
        assert source.local(first, tmp_path / "stage").read_bytes() == b"a.JPG"
        # Another photograph of the same size is another version.
        system.pipe_file("box/scans/a.JPG", b"A.JPG")
        assert next(iter(source.items())).version != first.version
        [gone] = Store("s3://nowhere").items()
        assert (gone.kind, gone.place) == ("problem", "s3://nowhere/")


def test_sidecars_in_a_bucket_are_copied_with_their_photograph(monkeypatch, tmp_path):
    with s3_server(monkeypatch) as (system, _):
        for name in ("a.jpg", "a.jpg.xmp", "a.XMP", "ab.xmp", "b.jpg"):
            system.pipe_file(f"box/scans/{name}", name.encode())
        source = open_origin("s3://box/scans")
        first, second = source.items()
        source.local(first, tmp_path / "one")
        assert {p.name for p in (tmp_path / "one").iterdir()} == {"a.jpg", "a.jpg.xmp", "a.XMP"}
        source.local(second, tmp_path / "two")
        assert {p.name for p in (tmp_path / "two").iterdir()} == {"b.jpg"}
        # Another sidecar is another version.
        system.pipe_file("box/scans/a.XMP", b"another")
        assert next(iter(source.items())).version != first.version


def test_a_single_object_is_an_archive_of_one(monkeypatch, tmp_path):
    with s3_server(monkeypatch) as (system, _):
        system.pipe_file("box/scans/a.jpg", b"one")
        source = open_origin("s3://box/scans/a.jpg")
        [item] = source.items()
        assert (item.name, item.place) == ("a.jpg", "s3://box/scans/a.jpg")
        assert source.local(item, tmp_path).read_bytes() == b"one"


def test_a_folder_without_a_name_is_told_and_the_destination_is_not_entered(monkeypatch):
    with s3_server(monkeypatch) as (system, _):
        for name in ("scans/a.jpg", "scans//b.jpg", "scans/out/a.jpg", "scans/out2/c.jpg"):
            system.call_s3("put_object", Bucket="box", Key=name, Body=b"")
        listed = Store("s3://box/scans", without="s3a://box/scans/out").items()
        assert [(i.name, i.kind) for i in listed] == [
            ("a.jpg", "photograph"), (".", "problem"), ("out2/c.jpg", "photograph")]  # fmt: skip
