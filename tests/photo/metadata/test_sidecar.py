"""XMP files beside a photograph are read, and written where they were read; others' are left alone."""

import pytest
from click.testing import CliRunner

from photo.metadata import everything
from photo.metadata.everything import many, packet
from tintype import Settings
from tintype.commands import main
from tintype.photo.metadata.provenance import Provenance
from tintype.photo.metadata.xmp import DC, IPTC_EXT, PHOTOSHOP, TIFF, XMP, Packet
from tintype.photo.read import read
from tintype.photo.write import Page, write

MARK = Provenance("1.2.3", "tintype", "ab" * 32)
TITLE = "<dc:title>" + many("Alt", "from beside", alt=True) + "</dc:title>"
BESIDE = packet('tiff:Orientation="8" photoshop:SidecarForExtension="JPG"', TITLE)


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "ida.jpg"
    path.write_bytes(everything.saved(everything.pixels(), "JPEG", xmp=packet('xmp:Rating="4"', TITLE)))
    return path


def coloured(path, target, **options):
    (found,) = read(path, Settings())
    return found, write([Page(found, found.open(), mark=MARK)], target, Settings(), **options)


@pytest.mark.parametrize("name", ["ida.xmp", "ida.jpg.xmp", "ida.XMP"])
def test_it_is_read_and_written_under_the_same_kind_of_name(photo, tmp_path, name):
    (tmp_path / name).write_bytes(BESIDE)
    found, written = coloured(photo, tmp_path / "out.png")
    assert (found.width, found.height) == (40, 60), "turned as the sidecar says"
    told = Packet(found.metadata.xmp)
    assert told.items(DC, "title") == ["from beside"]
    assert told.get(XMP, "Rating") == "4"
    beside = tmp_path / ("out.png.xmp" if name == "ida.jpg.xmp" else "out.xmp")
    assert written.sidecars == (beside,)
    made = Packet(beside.read_bytes())
    assert made.get(TIFF, "Orientation") == "1"
    assert made.get(PHOTOSHOP, "SidecarForExtension") == "PNG"
    assert made.get(IPTC_EXT, "AISystemUsed") == "Tintype: tintype"
    assert Packet(read(tmp_path / "out.png", Settings())[0].metadata.xmp).items(DC, "title") == [
        "from beside"
    ]
    assert (tmp_path / name).read_bytes() == BESIDE


def test_without_one_none_is_written(photo, tmp_path):
    _, written = coloured(photo, tmp_path / "out.jpg")
    assert written.sidecars == ()
    assert not list(tmp_path.glob("*.xmp"))


@pytest.mark.parametrize("force", [False, True])
def test_a_sidecar_that_is_not_ours_is_never_replaced(photo, tmp_path, force):
    (tmp_path / "ida.xmp").write_bytes(BESIDE)
    (tmp_path / "out.xmp").write_bytes(b"somebody's")
    _, written = coloured(photo, tmp_path / "out.jpg", overwrite=force)
    assert (tmp_path / "out.xmp").read_bytes() == b"somebody's"
    assert [n for n in written.notes if n.startswith("out.xmp exists already")]
    # The result beside its own photograph, under the same name.
    _, written = coloured(photo, tmp_path / "ida.png", overwrite=force)
    assert (tmp_path / "ida.xmp").read_bytes() == BESIDE
    assert written.sidecars == ()


def test_ours_is_replaced_only_when_that_is_allowed(photo, tmp_path):
    (tmp_path / "ida.xmp").write_bytes(BESIDE)
    coloured(photo, tmp_path / "out.jpg")
    (tmp_path / "ida.xmp").write_bytes(BESIDE.replace(b"from beside", b"a new title"))
    (tmp_path / "out.jpg").unlink()
    before = (tmp_path / "out.xmp").read_bytes()
    _, written = coloured(photo, tmp_path / "out.jpg")
    assert (tmp_path / "out.xmp").read_bytes() == before and written.sidecars == ()
    coloured(photo, tmp_path / "out.jpg", overwrite=True)
    assert b"a new title" in (tmp_path / "out.xmp").read_bytes()


@pytest.mark.parametrize("name", ["out.xmp", "out.jpg.xmp"])
def test_one_that_is_read_is_never_replaced_though_it_is_ours(photo, tmp_path, name):
    """A result is a photograph too: colored once more, in another format, under the same name."""
    (tmp_path / ("ida.xmp" if name == "out.xmp" else "ida.jpg.xmp")).write_bytes(BESIDE)
    coloured(photo, tmp_path / "out.jpg")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / name).hardlink_to(tmp_path / name)
    before = (tmp_path / name).read_bytes()
    _, written = coloured(tmp_path / "out.jpg", tmp_path / "sub" / "out.jpg", overwrite=True)
    assert written.sidecars == ()
    _, written = coloured(tmp_path / "out.jpg", tmp_path / "out.png", overwrite=True)
    assert [p.name for p in written.sidecars] == ([] if name == "out.xmp" else ["out.png.xmp"])
    assert (tmp_path / name).read_bytes() == before


def test_the_sidecar_of_a_raw_is_not_its_jpegs(photo, tmp_path):
    (tmp_path / "ida.xmp").write_bytes(BESIDE)
    (tmp_path / "ida.NEF").write_bytes(b"MM\0*")
    found, written = coloured(photo, tmp_path / "out.jpg")
    assert found.height == 40
    assert found.notes == ("ida.xmp is taken for the sidecar of ida.NEF, and left aside",)
    assert written.sidecars == ()


@pytest.mark.parametrize("content", [b"no xml", b"<!DOCTYPE x>" + BESIDE])
def test_a_damaged_one_is_said_and_left_aside(photo, tmp_path, content):
    (tmp_path / "ida.xmp").write_bytes(content)
    found, written = coloured(photo, tmp_path / "out.jpg")
    assert len(found.notes) == 1 and "ida.xmp is damaged" in found.notes[0]
    assert written.sidecars == ()


def test_the_one_with_the_whole_name_counts_more(photo, tmp_path):
    (tmp_path / "ida.xmp").write_bytes(BESIDE)
    (tmp_path / "ida.jpg.xmp").write_bytes(packet('tiff:Orientation="3"'))
    found, written = coloured(photo, tmp_path / "out.jpg")
    assert found.orientation == 3
    assert [p.name for p in written.sidecars] == ["out.xmp", "out.jpg.xmp"]


def test_results_in_folders_get_them_too(photo, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in" / "deep").mkdir(parents=True)
    photo.rename(tmp_path / "in" / "deep" / "ida.jpg")
    (tmp_path / "in" / "deep" / "ida.xmp").write_bytes(BESIDE)
    called = ["colorize", "--jobs", "1", "in", "-o", "out"]
    made = CliRunner().invoke(main, called)
    assert made.exit_code == 0, made.output
    beside = tmp_path / "out" / "deep" / "ida.xmp"
    assert b"from beside" in beside.read_bytes()
    # Somebody rates it: that is no reason to colour again, nor to replace it.
    beside.write_bytes(beside.read_bytes().replace(b"from beside", b"my new title"))
    assert CliRunner().invoke(main, called).exit_code == 0
    assert b"my new title" in beside.read_bytes()
