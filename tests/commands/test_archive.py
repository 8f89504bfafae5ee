"""``tintype archive``: once, verifiably, whatever dies."""

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
from contextlib import closing
from pathlib import Path

import bagit
import numpy as np
import pytest
import pyvips
from click.testing import CliRunner

from archive_help import SMALL, colour_photo, grey_photo, posix, tree_of
from archive_stores import s3_server
from tintype.archive import stores
from tintype.archive.places import open_place
from tintype.commands import main


@pytest.fixture
def scans(tmp_path, monkeypatch):
    """A folder ``scans`` with three grey photographs, and worker processes to color them."""
    monkeypatch.chdir(tmp_path)
    for i, name in enumerate(("a.jpg", "deep/b.png", "z.tif")):
        grey_photo(tmp_path / "scans" / name, shift=5 * i)
    return tmp_path


def run(*args, code=0):
    result = CliRunner().invoke(main, ["archive", "--jobs", "1", *SMALL, *map(str, args)])
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def rows(folder, columns="source, state"):
    with closing(sqlite3.connect(Path(folder) / ".tintype/manifest-1-of-1.db")) as db:
        return db.execute(f"SELECT {columns} FROM photographs ORDER BY source").fetchall()


def test_an_archive_gives_what_a_folder_run_gives_and_either_goes_on_with_the_other(here):
    run("scans", "one")
    CliRunner().invoke(main, ["colorize", *SMALL, "scans", "-o", "two", "--jobs", "1"])
    assert tree_of("one") == tree_of("two")
    assert "3 done before" in run("scans", "two").stderr
    CliRunner().invoke(main, ["colorize", *SMALL, "scans", "-o", "one", "--jobs", "1", "--report", "r.json"])
    assert json.loads(Path("r.json").read_text())["counts"]["done"] == 3


def test_the_manifest_says_what_was_made_how_and_when(scans):
    colour_photo(scans / "scans/c.png")
    Path("scans/t.jpg").write_text("hello")
    lines = [json.loads(n) for n in run("scans", "out", "--json", code=1).stdout.splitlines()]
    assert {n["status"] for n in lines} == {"coloured", "colour", "failed"}
    said = {r[0]: r[1:] for r in rows("out", "source, state, status, cause, length(input), networks")}
    assert {n: s[0] for n, s in said.items()} == {
        "a.jpg": "done", "c.png": "done", "deep/b.png": "done", "t.jpg": "failed", "z.tif": "done",
    }  # fmt: skip
    assert said["t.jpg"][2] == "NotAPhotograph"
    assert said["c.png"][1] == "colour"
    assert all(s[3] == 64 and len(s[4]) == 64 for n, s in said.items() if n != "t.jpg")
    assert all(0 <= r[0] <= 1 and r[1] > 0 for r in rows("out", "confidence, seconds")[:1])


def test_what_is_done_is_trusted_and_read_again_when_asked(here):
    run("scans", "out")
    made = Path("out/a.jpg").read_bytes()
    Path("out/a.jpg").write_bytes(made[:-1] + b"?")
    assert "3 done before" in run("scans", "out").stderr
    grey_photo(here / "scans/new.jpg", shift=40)
    colour_photo(here / "scans/c.png")
    said = run("scans", "out", code=3).stderr
    assert all(what in said for what in ("1 coloured", "1 colour,", "3 done before"))
    assert "5 done before" in run("scans", "out", code=3).stderr
    assert "was not made from this photograph" in run("scans", "out", "--recheck", code=1).stderr


def test_verify_reads_everything(here):
    run("scans", "out")
    assert "3 photographs checked, 0 not" in run("--verify", "out").stderr
    Path("out/a.jpg").write_bytes(b"edited")
    Path("out/z.tif").unlink()
    Path("out/deep/added.jpg").touch()
    said = run("--verify", "out", code=1).stderr
    assert "a.jpg: changed" in said
    assert f"knows nothing: {Path('out/deep/added.jpg')}\n" in said
    assert "z.tif: missing" in said
    assert "no manifest" in run("--verify", "scans", code=1).stderr


@pytest.mark.parametrize("out", ["out", "bag:out", "tar:out", "memory://lost/out"])
def test_a_result_that_is_gone_is_made_again_without_being_asked(here, monkeypatch, out):
    monkeypatch.setenv("TINTYPE_HOME", str(here / "home"))
    run("scans", out)
    place = open_place(out)
    early = dict(place.files())
    assert {"a.jpg", "deep/b.png", "z.tif"} <= early.keys()
    match out.partition(":")[0]:
        case "tar":
            path = here / "out/000000.tar"
            with tarfile.open(path) as tar:
                kept = {m.name: tar.extractfile(m).read() for m in tar if m.name != "a.jpg"}
            with tarfile.open(path, "w") as tar:
                for name, data in kept.items():
                    member = tarfile.TarInfo(name)
                    member.size = len(data)
                    tar.addfile(member, io.BytesIO(data))
        case "memory":
            place.remove("a.jpg")
        case kind:
            Path("out/data/a.jpg" if kind == "bag" else "out/a.jpg").unlink()
    assert "missing" in run("--verify", out, code=1).stderr
    said = run("scans", out).stderr
    assert "1 were done before, and their results weren't there" in said
    assert "1 coloured, 2 done before" in said
    assert "3 photographs checked, 0 not" in run("--verify", out).stderr
    assert {n: open_place(out).sha256(n) for n in early}.keys() == early.keys()
    assert dict(open_place(out).files()) == early


def test_shards_share_an_archive_and_verify_sees_them_all(here):
    for part in ("1/2", "2/2"):
        run("scans", "out", "--shard", part)
    said = run("--verify", "out").stderr
    assert "3 photographs checked, 0 not" in said
    assert "knows nothing" not in said
    assert "3 done before" in run("scans", "out").stderr
    # Other shards, and none, know what these have done, also when everything is read again.
    assert "2 done" in run("scans", "out", "--shard", "1/2", "--recheck").stderr
    assert "1 done" in run("scans", "out", "--shard", "2/3", "--recheck").stderr
    assert "3 done" in run("scans", "out", "--recheck").stderr
    Path("out/z.tif").unlink()
    assert "1 coloured, 2 done before" in run("scans", "out").stderr
    assert "3 photographs checked, 0 not" in run("--verify", "out").stderr


@posix
def test_a_photograph_that_kills_its_worker_is_tried_again_and_given_up(scans, monkeypatch):
    here = scans
    # The worker dies when it is handed this one, as at a fault of a decoder.
    (here / "sitecustomize.py").write_text(
        "import os, signal\n"
        "import tintype.archive.origins.folder as f\n"
        "real = f.Folder.local\n"
        "def local(self, item, folder):\n"
        "    if item.name == 'deep/b.png' and not os.path.exists('cured'):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(self, item, folder)\n"
        "f.Folder.local = local\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(here), *sys.path]))
    said = run("scans", "out", "--retries", "1", code=1).stderr
    assert "1 given up" in said
    assert "killed" in said
    assert rows("out", "source, state, retries, cause") == [
        ("a.jpg", "done", 0, ""), ("deep/b.png", "quarantined", 1, "WorkerDied"), ("z.tif", "done", 0, ""),
    ]  # fmt: skip
    again = run("scans", "out", code=1).stderr  # no run ends well while a photograph is given up
    assert "2 done before" in again and "1 given up" in again
    assert "quarantined: " in run("--verify", "out", code=1).stderr
    Path("cured").touch()
    assert "1 coloured" in run("scans", "out", "--again").stderr


@posix
def test_kill_9_loses_nothing_and_does_nothing_twice(tmp_path, monkeypatch, one_process):
    photos = 14
    for i in range(photos):
        grey_photo(tmp_path / f"scans/{i:02}.jpg", 400, 400, shift=i)
    command = [sys.executable, "-m", "tintype", "archive", "--size", "128", "scans", "out", "--jobs", "2"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while len(list((tmp_path / "out").glob("*.jpg"))) < 3 and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    early = tree_of(tmp_path / "out")
    assert 3 <= len(early) < photos
    monkeypatch.chdir(tmp_path)
    assert f"{photos - len(early)} coloured" in run("--size", "128", "scans", "out").stderr
    late = tree_of(tmp_path / "out")
    assert len(late) == photos
    assert {n: late[n] for n in early} == early
    assert {s for _, s in rows(tmp_path / "out")} == {"done"}
    assert not list((tmp_path / "out").rglob("half-made*"))


def test_what_is_not_understood(here):
    run("scans", code=2)
    run("scans", "out", "--shard", "3/2", code=2)
    assert "of its own" in run("scans", "scans", code=1).stderr
    Path("nothing").mkdir()
    assert "no photographs there" in run("nothing", "out", code=1).stderr
    Path("list.csv").write_text("photo,vividness\nscans/a.jpg,9\n")
    assert "scans/a.jpg: vividness is 9" in run("list.csv", "out", code=1).stderr.replace(os.sep, "/")


def test_a_list_gives_photographs_settings_of_their_own(here):
    Path("list.csv").write_text(
        "photo,name,format,saturation\nscans/a.jpg,one.jpg,,\nscans/a.jpg,grey.jpg,,0\nscans/z.tif,,png,\nscans/no.jpg,,,\n"
    )
    said = run("list.csv", "out", code=1).stderr
    assert "no.jpg" in said
    made = {n: pyvips.Image.new_from_buffer(d, "") for n, d in tree_of("out").items()}
    assert made.keys() == {"one.jpg", "grey.jpg", "scans/z.png"}
    spread = {n: float(np.ptp(i.numpy().astype(int), axis=2).max()) for n, i in made.items()}
    assert spread["grey.jpg"] <= 2 < spread["one.jpg"]


def test_tars_and_bags_in_and_out(here):
    with tarfile.open("in.tar", "w") as tar:
        tar.add("scans/a.jpg", "a.jpg")
        tar.add("scans/deep/b.png", "b.png")
    run("in.tar", "bag:bag")
    assert bagit.Bag("bag").validate()
    run("bag:bag", "tar:out", "--already-color", "recolor")
    with tarfile.open("out/000000.tar") as tar:
        assert sorted(tar.getnames()) == ["a.jpg", "b.png"]
    assert "2 done before" in run("bag:bag", "tar:out", "--already-color", "recolor").stderr
    assert "2 photographs checked, 0 not" in run("--verify", "tar:out").stderr


def test_from_bucket_to_bucket_when_one_call_in_ten_fails(here, monkeypatch):
    monkeypatch.setenv("TINTYPE_HOME", str(here / "home"))
    with s3_server(monkeypatch) as (system, app):
        for name in ("a.jpg", "deep/b.png", "z.tif"):
            system.put_file(f"scans/{name}", f"box/in/{name}")
        run("scans", "plain")
        app.each = 10
        run("s3://box/in", "s3://box/out")
        assert app.failed
        app.each = 0
        made = {n.removeprefix("box/out/"): system.cat_file(n) for n in system.find("box/out")}
        own = {n for n in made if n.startswith(".tintype/")}
        assert {".tintype/manifest.parquet", ".tintype/report.html"} <= own
        made = {n: d for n, d in made.items() if n not in own}
        assert made == tree_of("plain")
        assert "3 done before" in run("s3://box/in", "s3://box/out").stderr
        assert "3 photographs checked, 0 not" in run("--verify", "s3://box/out").stderr
        # Another machine reads what is known from the bucket; and where that is lost too, what is there is
        # found to be what was made.
        monkeypatch.setenv("TINTYPE_HOME", str(here / "other"))
        assert "3 done before" in run("s3://box/in", "s3://box/out").stderr
        monkeypatch.setenv("TINTYPE_HOME", str(here / "third"))
        system.rm_file("box/out/.tintype/manifest.parquet")
        assert "3 coloured" in run("s3://box/in", "s3://box/out").stderr


def test_sidecars_are_read_from_tars_and_stores_as_from_folders(here, monkeypatch):
    packet = (
        "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        "<rdf:Description xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='4'/></rdf:RDF></x:xmpmeta>"
    )
    Path("scans/a.xmp").write_text(packet)
    run("scans", "plain")
    assert "Rating" in Path("plain/a.xmp").read_text()
    with tarfile.open("in.tar", "w") as tar:
        for name in ("a.jpg", "a.xmp", "z.tif"):
            tar.add(f"scans/{name}", name)
    run("in.tar", "out")
    expected = {n: d for n, d in tree_of("plain").items() if "deep" not in n}
    assert tree_of("out") == expected
    store, _ = stores.filesystem("memory://sidecars")
    for name in ("a.jpg", "a.xmp", "z.tif"):
        store.put_file(f"scans/{name}", f"/sidecars/in/{name}")
    monkeypatch.setenv("TINTYPE_HOME", str(here / "home"))
    run("memory://sidecars/in", "memory://sidecars/out")
    made = {n.removeprefix("/sidecars/out/"): store.cat_file(n) for n in store.find("/sidecars/out")}
    assert {n: d for n, d in made.items() if not n.startswith(".tintype")} == expected
    # Named by a list, by another name too, and by an IIIF manifest.
    Path("list.csv").write_text("photo,name\nmemory://sidecars/in/a.jpg,b.jpg\nmemory://sidecars/in/z.tif,\n")
    run("list.csv", "listed")
    assert tree_of("listed") == {"b.jpg": expected["a.jpg"], "b.xmp": expected["a.xmp"],
                                 "sidecars/in/z.tif": expected["z.tif"]}  # fmt: skip


def test_a_report_for_which_there_is_no_room_hides_nothing(here, monkeypatch):
    def write(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("tintype.archive.album.write", write)
        said = run("scans", "out", code=1).stderr
    assert "3 coloured" in said
    assert "tintype: out: what ends an archive" in said
    assert "No space left on device" in said
    assert "3 done before" in run("scans", "out").stderr


def test_a_run_ends_with_a_report_and_what_a_million_cost(here):
    said = run("scans", "out", "--cost-per-hour", "0.6", "--metrics", "127.0.0.1:0").stderr
    assert "a million at this rate" in said
    report = Path("out/.tintype/report.html")
    assert str(report) in said
    assert report.read_text().count("data:image") == 6
    assert Path("out/.tintype/photographs.csv").read_text().count("\n") == 4
