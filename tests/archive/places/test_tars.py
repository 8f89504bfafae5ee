"""Results in tar files."""

import tarfile

import pytest

from tintype.archive.places import open_place, tars
from tintype.files import sha256


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tars, "MOST", 2)
    return open_place(f"tar:{tmp_path / 'out'}")


def put(place, tmp_path, *names):
    made = {}
    for name in names:
        (tmp_path / "staged").write_bytes(name.encode())
        made[name] = sha256(tmp_path / "staged")
        place.put(tmp_path / "staged", name)
    return made


def packed(tmp_path):
    found = {}
    for path in sorted((tmp_path / "out").glob("*.tar")):
        with tarfile.open(path) as tar:
            found[path.name] = {m.name: tar.extractfile(m).read().decode() for m in tar}
    return found


def test_results_are_packed_at_the_end_and_read_before_and_after(place, tmp_path):
    names = ["z.jpg", "a/1.jpg", "a/2.jpg"]
    made = put(place, tmp_path, *names)
    assert {n: place.sha256(n) for n in names} == made
    place.finish(iter(made.items()))
    assert packed(tmp_path) == {
        "000000.tar": {"z.jpg": "z.jpg", "a/1.jpg": "a/1.jpg"},
        "000001.tar": {"a/2.jpg": "a/2.jpg"},
    }
    again = open_place(f"tar:{tmp_path / 'out'}")
    assert list(again.files()) == [(n, len(n)) for n in names]
    assert {n: again.sha256(n) for n in names} == made
    assert again.show("a/2.jpg").endswith("000001.tar#a/2.jpg")
    assert again.local("a/2.jpg", tmp_path / "copy").read_bytes() == b"a/2.jpg"
    assert not again.exists("b.jpg")
    with pytest.raises(FileNotFoundError):
        again.sha256("b.jpg")


def test_a_run_that_goes_on_adds_tar_files_and_packs_nothing_twice(place, tmp_path):
    made = put(place, tmp_path, "1.jpg", "2.jpg")
    place.finish(iter(made.items()))
    # Killed between packing and clearing away: the file lies there still.
    (tmp_path / "out/.tintype/open/2.jpg").write_text("2.jpg")
    made |= put(place, tmp_path, "3.jpg")
    place.write("3.xmp", b"3.xmp")
    place.finish(iter(made.items()))
    assert packed(tmp_path) == {"000000.tar": {"1.jpg": "1.jpg", "2.jpg": "2.jpg"},
                                "000001.tar": {"3.jpg": "3.jpg", "3.xmp": "3.xmp"}}  # fmt: skip
    assert not list((tmp_path / "out/.tintype/open").rglob("*.jpg"))


def test_a_result_that_is_made_anew_takes_its_place_in_its_tar_file(place, tmp_path):
    made = put(place, tmp_path, "1.jpg", "2.jpg", "3.jpg")
    place.finish(iter(made.items()))
    (tmp_path / "staged").write_bytes(b"another")
    made["1.jpg"] = sha256(tmp_path / "staged")
    place.put(tmp_path / "staged", "1.jpg")
    assert place.sha256("1.jpg") == made["1.jpg"]
    # Killed before the end: the next run's end does it.
    again = open_place(f"tar:{tmp_path / 'out'}")
    assert again.sha256("1.jpg") == made["1.jpg"]
    assert "open" in again.show("1.jpg")
    untouched = (tmp_path / "out/000001.tar").stat().st_mtime_ns
    again.finish(iter(made.items()))
    assert packed(tmp_path) == {"000000.tar": {"1.jpg": "another", "2.jpg": "2.jpg"},
                                "000001.tar": {"3.jpg": "3.jpg"}}  # fmt: skip
    assert {n: again.sha256(n) for n in made} == made
    assert (tmp_path / "out/000001.tar").stat().st_mtime_ns == untouched
    assert not list((tmp_path / "out/.tintype/open").rglob("*.jpg"))


def test_a_tar_file_that_is_damaged_stays_and_what_is_made_anew_goes_into_another(place, tmp_path):
    made = put(place, tmp_path, "1.jpg", "2.jpg")
    place.finish(iter(made.items()))
    first = tmp_path / "out/000000.tar"
    end = first.read_bytes().index(b"2.jpg", first.read_bytes().index(b"2.jpg") + 5)
    first.write_bytes(first.read_bytes()[: end + 2])  # cut off in its last member
    damaged = first.read_bytes()
    assert list(place.files()) == [("1.jpg", 5), ("2.jpg", 2)]
    assert place.sha256("1.jpg") == made["1.jpg"]
    put(place, tmp_path, "2.jpg")
    place.finish(iter(made.items()))
    assert first.read_bytes() == damaged
    again = open_place(f"tar:{tmp_path / 'out'}")
    assert {n: again.sha256(n) for n in made} == made
    assert "000001.tar" in again.show("2.jpg")
    assert not list((tmp_path / "out/.tintype/open").rglob("*.jpg"))
