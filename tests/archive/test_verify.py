"""A finished archive against its manifest."""

from tintype.archive.entry import Entry
from tintype.archive.manifest import Manifest
from tintype.archive.places.local import LocalFolder
from tintype.archive.verify import strangers, verify
from tintype.files import sha256


def test_everything_that_is_not_as_it_was_written_is_found(tmp_path):
    for name in ("good", "changed", "gone"):
        (tmp_path / name).write_bytes(name.encode())
    with Manifest(tmp_path) as m:
        for name in ("good", "changed", "gone"):
            m.add(Entry(name, name, status="coloured", outputs={name: sha256(tmp_path / name)}))
        m.add(Entry("color", "color", status="colour"))
        m.plan((n, n, f"in/{n}", "", None) for n in ("new", "bad", "worse"))
        m.failed("bad", "why", "Damaged")
        m.failed("worse", "why", "WorkerDied", state="quarantined")
        (tmp_path / "changed").write_bytes(b"else")
        (tmp_path / "gone").unlink()
        found = {e.source: [(f.kind, f.output) for f in fs] for e, fs in verify(m, LocalFolder(tmp_path))}
    assert found == {
        "good": [], "color": [],
        "changed": [("changed", str(tmp_path / "changed"))], "gone": [("missing", str(tmp_path / "gone"))],
        "new": [("unfinished", "")], "bad": [("failed", "")], "worse": [("quarantined", "")],
    }  # fmt: skip


def test_what_the_manifest_does_not_know_is_found(tmp_path):
    for name in ("a.jpg", "a.page2.jpg", "a.xmp", "deep/b.jpg", ".hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    with Manifest(tmp_path) as m:
        m.add(Entry("a.jpg", "a.jpg", outputs={"a.jpg": "", "a.page2.jpg": ""}))
        assert list(strangers(m, LocalFolder(tmp_path))) == ["deep/b.jpg"]
