"""What lies beside photographs that are no files of a disk."""

import pytest

from archive_stores import s3_server
from tintype.archive import stores
from tintype.archive.beside import File, copied, fetched, of, plain, streamed
from tintype.archive.model import Item


def beside(*names):
    files = [
        File(n, f"stamp of {n}", None if n.lower().endswith(".xmp") else Item(n, version="1")) for n in names
    ]
    assert [f.name for f in files] == sorted(f.name for f in files)
    return {i.name: set(of(i.version)) for i in streamed(files)}


def test_sidecars_meet_their_photographs_wherever_they_come_in_the_order_of_names():
    assert beside("a.XMP", "a.jpg", "a.jpg.xmp", "b.jpg", "b.xmp") == {
        "a.jpg": {"a.XMP", "a.jpg.xmp"}, "b.jpg": {"b.xmp"}}  # fmt: skip
    assert beside("a.b.jpg", "a.b.xmp", "a.jpg", "a.xmp") == {"a.b.jpg": {"a.b.xmp"}, "a.jpg": {"a.xmp"}}
    assert beside("a.JPG", "a.b.jpg", "a.xmp", "ab.jpg") == {
        "a.JPG": {"a.xmp"}, "a.b.jpg": set(), "ab.jpg": set()}  # fmt: skip
    assert beside("a.JPG", "a.png", "a.xmp") == {"a.JPG": {"a.xmp"}, "a.png": {"a.xmp"}}


def test_a_raw_file_has_the_first_claim_to_a_short_name():
    assert beside("a.CR2", "a.jpg", "a.xmp") == {"a.CR2": {"a.xmp"}, "a.jpg": {"a.xmp", "a.CR2"}}
    assert beside("a.cr2", "a.jpg") == {"a.cr2": set(), "a.jpg": set()}


def test_few_are_held_at_a_time():
    taken = []

    def listed():
        for number in range(1000):
            taken.append(number)
            yield File(f"scan.{number:04}.jpg", item=Item(f"scan.{number:04}.jpg"))

    items = streamed(listed())
    for number in range(1000):
        assert next(items).name == f"scan.{number:04}.jpg"
        assert len(taken) <= number + 2


def test_what_only_has_to_be_there_is_made_empty(tmp_path):
    [item] = [i for i in streamed([File("a.CR2", "1"), File("a.jpg", "2", Item("a.jpg", version="v")),
                                   File("a.xmp", "3")]) if i.name == "a.jpg"]  # fmt: skip
    assert plain(item.version) == "v"
    asked = []
    fetched(item, tmp_path, lambda name, stamp: asked.append((name, stamp)))
    assert asked == [("a.xmp", "3")]
    assert [p.name for p in tmp_path.iterdir()] == ["a.CR2"]


@pytest.fixture(params=["s3", "memory"])
def store(request, monkeypatch):
    """A store that can be asked for a part of a folder, and one that can't."""
    if request.param == "memory":
        yield "memory://beside/scans", stores.filesystem("memory://beside")[0], "/beside/scans"
    else:
        with s3_server(monkeypatch) as (system, _):
            yield "s3://box/scans", system, "box/scans"


def test_a_store_is_asked_what_lies_beside_a_photograph_that_is_named(store, tmp_path):
    address, system, folder = store
    for name in ("a.jpg", "a.XMP", "a.jpg.xmp", "a.b.jpg", "ab.xmp", "c.CR2", "c.jpg", "c.xmp", "none"):
        system.pipe_file(f"{folder}/{name}", name.encode())

    def beside(name, called):
        home = tmp_path / called
        assert copied(f"{address}/{name}", home, called) == home / called
        return {p.name: p.read_text() for p in home.iterdir() if p.name != called}

    assert beside("a.jpg", "one.jpg") == {"one.XMP": "a.XMP", "one.jpg.xmp": "a.jpg.xmp"}
    assert beside("a.b.jpg", "a.b.jpg") == {}
    assert beside("c.jpg", "c.jpg") == {"c.xmp": "c.xmp", "c.CR2": ""}
    assert beside("c.CR2", "c.CR2") == {"c.xmp": "c.xmp"}
    assert beside("none", "none") == {}
    with pytest.raises(FileNotFoundError):
        copied(f"{address}/gone.jpg", tmp_path, "gone.jpg")


def test_a_file_of_a_disk_is_itself(tmp_path):
    assert copied(str(tmp_path / "a.jpg"), tmp_path / "stage", "b.jpg") == tmp_path / "a.jpg"
