"""Names in a store's folder, page by page."""

from itertools import islice

from archive_stores import s3_server
from tintype.archive import listings, stores


def test_a_bucket_is_listed_page_by_page(monkeypatch):
    monkeypatch.setattr(listings, "PAGE", 10)
    with s3_server(monkeypatch) as (system, app):
        names = [f"{i:04}.jpg" for i in range(95)]
        for name in (*names, "deep/a.jpg", "z z+%.jpg"):
            system.pipe_file(f"box/in/{name}", b"")
        begun = app.asked
        listed = listings.folder("s3://box/in")
        assert [n.name for n in islice(listed, 5)] == names[:5]
        assert app.asked == begun + 1, "only the first page was asked for"
        rest = list(listed)
        assert [n.name for n in rest if not n.is_folder] == [*names[5:], "z z+%.jpg"]
        assert [n.name for n in rest if n.is_folder] == ["deep"]
        assert app.asked == begun + 10
        below = [(n.name, n.is_folder) for n in listings.below("s3://box/in")]
        assert below == [(n, False) for n in [*names, "deep/a.jpg", "z z+%.jpg"]]
        assert app.asked == begun + 20, "folders below take no call of their own"
        assert [n.name for n in listings.beginning("s3://box/in/009")] == names[90:]
        assert [n.name for n in listings.beginning("s3://box/i")] == ["in"]


def test_other_stores_are_listed_folder_by_folder():
    system, _ = stores.filesystem("memory://listed")
    for name in ("b.jpg", "a.jpg", "deep/c.jpg", "deep/er/d.jpg", ".snapshot/a.jpg"):
        system.pipe_file(f"/listed/{name}", b"")
    listed = [(n.name, n.is_folder) for n in listings.folder("memory://listed")]
    assert listed == [(".snapshot", True), ("a.jpg", False), ("b.jpg", False), ("deep", True)]
    below = [n.name for n in listings.below("memory://listed")]
    assert below == ["a.jpg", "b.jpg", "deep/c.jpg", "deep/er/d.jpg"]
    assert listings.beginning("memory://listed/a") is None
    [one] = listings.folder("memory://listed/a.jpg")
    assert (one.name, one.itself) == ("a.jpg", True)
