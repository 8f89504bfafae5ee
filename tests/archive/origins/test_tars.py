"""Tar files as sources."""

import io
import tarfile

import pytest

from tintype import SettingsError
from tintype.archive.origins import open_origin


def write(path, **members):
    with tarfile.open(path, "w") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))


def test_members_are_listed_with_their_settings_and_read_from_the_middle(tmp_path):
    write(tmp_path / "s.tar", **{
        "a/1.jpg": b"one", "a/1.json": b'{"tintype": {"warmth": 0.2}, "year": 1911}', "a/2.jpg": b"zwei!",
        "a/2.txt": b"", "a/3.tga": b"", "../4.jpg": b"", "a/5.json": b"no json", "a/5.png": b"",
    })  # fmt: skip
    source = open_origin(str(tmp_path / "s.tar"))
    listed = list(source.items())
    assert [(i.name, i.kind, i.options) for i in listed] == [
        ("a/1.jpg", "photograph", {"warmth": 0.2}), ("a/2.jpg", "photograph", None),
        ("a/3.tga", "unread", None),
        (f"{tmp_path}/s.tar#../4.jpg", "problem", None), ("a/5.png", "photograph", None)]  # fmt: skip
    assert [source.local(i, tmp_path / "stage").read_bytes() for i in listed[:2]] == [b"one", b"zwei!"]


@pytest.mark.parametrize("pattern", ["{000..001}.tar", "*.tar"])
def test_several_have_names_apart(tmp_path, pattern):
    for number in ("000", "001"):
        write(tmp_path / f"{number}.tar", **{"1.jpg": number.encode()})
    source = open_origin(str(tmp_path / pattern))
    listed = list(source.items())
    assert [i.name for i in listed] == ["000/1.jpg", "001/1.jpg"]
    assert source.local(listed[1], tmp_path / "stage").read_bytes() == b"001"


def test_a_tar_that_is_damaged_gone_or_compressed_is_told(tmp_path):
    write(tmp_path / "0.tar", **{"1.jpg": b"one", "2.jpg": b"two"})
    (tmp_path / "1.tar").write_bytes((tmp_path / "0.tar").read_bytes()[:700])
    (tmp_path / "2.tar").write_bytes(b"no tar at all" * 100)
    kinds = [i.kind for i in open_origin(str(tmp_path / "{0..3}.tar")).items()]
    assert kinds == ["photograph"] * 3 + ["problem"] * 3  # of the one cut off, what is whole
    with pytest.raises(SettingsError, match="uncompress"):
        open_origin("a.tar.gz")
    with pytest.raises(SettingsError, match="no such tar"):
        list(open_origin(str(tmp_path / "x*.tar")).items())


def test_sidecars_of_a_key_are_copied_with_their_photograph(tmp_path):
    write(tmp_path / "s.tar", **{
        "a/1.jpg": b"one", "a/1.jpg.xmp": b"whole", "a/1.xmp": b"short", "a/2.png": b"two", "a/2.cr2": b"raw",
        "a/2.xmp": b"raw's", "b/1.xmp": b"another's",
    })  # fmt: skip
    source = open_origin(str(tmp_path / "s.tar"))
    listed = {i.name: i for i in source.items()}
    for name, beside in (
        ("a/1.jpg", {"1.jpg": b"one", "1.jpg.xmp": b"whole", "1.xmp": b"short"}),
        ("a/2.png", {"2.png": b"two", "2.cr2": b"", "2.xmp": b"raw's"}),
        ("a/2.cr2", {"2.cr2": b"raw", "2.xmp": b"raw's"}),
    ):
        stage = tmp_path / "stage" / name
        source.local(listed[name], stage)
        assert {p.name: p.read_bytes() for p in stage.iterdir()} == beside


def test_a_tar_cut_off_in_its_last_member_loses_only_that(tmp_path):
    path = tmp_path / "0.tar"
    write(path, **{"a.jpg": b"a" * 600, "b.jpg": b"b" * 600, "b.xmp": b"x" * 600})
    path.write_bytes(path.read_bytes()[: 3 * 1536 - 600])
    source = open_origin(str(path))
    listed = list(source.items())
    assert [(i.name, i.kind) for i in listed[:2]] == [("a.jpg", "photograph"), ("b.jpg", "photograph")]
    assert listed[2].kind == "problem"
    assert source.local(listed[0], tmp_path / "stage").read_bytes() == b"a" * 600
    with pytest.raises(OSError, match="shorter"):  # what is known of it was cut off
        source.local(listed[1], tmp_path / "stage")


def test_links_and_what_is_stored_in_parts_are_told(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        for name, kind in (
            ("a.jpg", tarfile.LNKTYPE),
            ("b.jpg", tarfile.SYMTYPE),
            ("c.txt", tarfile.SYMTYPE),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "x.jpg"
            tar.addfile(member)
    assert [(i.name, i.kind, "link" in i.why) for i in open_origin(str(tmp_path / "a.tar")).items()] == [
        ("a.jpg", "unread", True), ("b.jpg", "unread", True)]  # fmt: skip
    with tarfile.open(tmp_path / "s.tar", "w", format=tarfile.PAX_FORMAT) as tar:  # as `tar --sparse` does
        member = tarfile.TarInfo("hole.tif")
        member.size, member.pax_headers = 3, {"GNU.sparse.size": "9999", "GNU.sparse.map": "0,3"}
        tar.addfile(member, io.BytesIO(b"II*"))
    [item] = open_origin(str(tmp_path / "s.tar")).items()
    assert "--sparse" in item.why
