"""What lies beside photographs that are no files of a disk."""

from tintype.archive.beside import File, fetched, of, plain, streamed
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
