"""Bags as sources: what an independent program packed, checked."""

import bagit
import pytest

from tintype import SettingsError
from tintype.archive.origins import open_origin
from tintype.errors import Damaged


@pytest.fixture
def bag(tmp_path):
    for name in ("a.jpg", "deep/100% b\n.jpg", "x.tga", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    bagit.make_bag(str(tmp_path), checksums=["sha512", "md5"])
    return tmp_path


def test_the_payload_is_listed_by_the_strongest_hash(bag):
    listed = {i.name: i for i in open_origin(str(bag)).items()}
    kinds = {n: i.kind for n, i in listed.items()}
    assert kinds == {"a.jpg": "photograph", "deep/100% b\n.jpg": "photograph", "x.tga": "unread"}
    assert listed["a.jpg"].version.startswith("sha512:")
    source = open_origin(f"bag:{bag}")
    photographs = [i for i in listed.values() if i.kind == "photograph"]
    assert all(source.local(i, bag).read_bytes() == i.name.encode() for i in photographs)
    assert source.holds(bag / "data/a.jpg")


def test_a_photograph_that_is_another_is_refused(bag):
    (bag / "data/a.jpg").write_bytes(b"A.jpg")
    source = open_origin(str(bag))
    item = next(i for i in source.items() if i.name == "a.jpg")
    with pytest.raises(Damaged, match="bag's manifest"):
        source.local(item, bag)


def test_a_bag_that_lacks_something_is_refused(bag):
    (bag / "data/a.jpg").unlink()
    with pytest.raises(SettingsError, match="no valid bag"):
        list(open_origin(str(bag)).items())
    for path in (bag / "bag-info.txt", *bag.glob("tagmanifest-*")):
        path.unlink()
    manifest = bag / "manifest-sha512.txt"
    manifest.write_text(manifest.read_text().replace("data/", "tags/"))
    with pytest.raises(SettingsError, match="line 1"):
        list(open_origin(str(bag)).items())
    for path in bag.glob("manifest-*"):
        path.unlink()
    with pytest.raises(SettingsError, match="no manifest"):
        list(open_origin(str(bag)).items())


def test_a_bag_whose_own_files_were_changed_or_to_which_something_was_slipped_is_told(bag):
    (bag / "data/slipped.jpg").write_bytes(b"")
    for path in bag.glob("tagmanifest-*"):
        path.unlink()
    (bag / "bag-info.txt").unlink()
    last = list(open_origin(str(bag)).items())[-1]
    assert (last.kind, last.why[:7]) == ("problem", "1 files")
    manifest = bag / "manifest-sha512.txt"
    (bag / "tagmanifest-md5.txt").write_text(f"{'0' * 32}  {manifest.name}\n")
    with pytest.raises(SettingsError, match=r"manifest-sha512\.txt: not what tagmanifest-md5\.txt says"):
        list(open_origin(str(bag)).items())
    (bag / "tagmanifest-md5.txt").write_text(f"{'0' * 32}  gone.txt\n")
    with pytest.raises(SettingsError, match="no valid bag"):
        list(open_origin(str(bag)).items())


def test_a_bag_that_is_to_be_fetched_yet_says_so(bag):
    (bag / "data/a.jpg").unlink()
    (bag / "fetch.txt").write_text("https://example.org/a.jpg 5 data/a.jpg\n")
    with pytest.raises(SettingsError, match=r"fetch what its fetch\.txt names"):
        list(open_origin(str(bag)).items())


def test_a_name_that_was_not_escaped_is_found(bag):
    """As the bagit of Python writes it."""
    assert "100% b" in (bag / "manifest-md5.txt").read_text()
    (bag / "data/50%25.jpg").write_bytes(b"")
    for path in (*bag.glob("manifest-*"), *bag.glob("tagmanifest-*"), bag / "bag-info.txt"):
        path.unlink()
    (bag / "manifest-md5.txt").write_text("d41d8cd98f00b204e9800998ecf8427e *data/50%25.jpg\n")
    source = open_origin(str(bag))
    item = next(source.items())
    assert source.local(item, bag).read_bytes() == b""
