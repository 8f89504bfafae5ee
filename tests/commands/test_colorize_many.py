"""``tintype colorize`` on folders: mirrored, resumed, interrupted, reported."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import pyvips
from click.testing import CliRunner

from archive_help import colour_photo, grey_photo, tree_of
from tintype.commands import main
from tintype.commands.colorize_many import _list_failures

SMALL = ("--size", "64")  # what the network sees: a tenth of the time, and no less of a folder
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and links of POSIX")


@pytest.fixture
def scans(tmp_path, monkeypatch):
    """A folder ``scans`` with four grey photographs, and worker processes to color them."""
    monkeypatch.chdir(tmp_path)
    for i, name in enumerate(("a.jpg", "deep/b.png", "deep/er/祖母 [1].jpg", "z.tif")):
        grey_photo(tmp_path / "scans" / name, shift=5 * i)
    return tmp_path


@pytest.fixture
def here(scans, one_process):
    """The same, without worker processes."""
    return scans


def run(*args, code=0):
    result = CliRunner().invoke(main, ["colorize", "--jobs", "1", *SMALL, *map(str, args)])
    assert result.exit_code == code, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def counts(*args, code=0):
    run(*args, "--report", "report.json", code=code)
    said = json.loads(Path("report.json").read_text())["counts"]
    return {k: v for k, v in said.items() if v}


def bands(folder):
    return {n: pyvips.Image.new_from_buffer(d, "").bands for n, d in tree_of(folder).items()}


def test_the_tree_is_mirrored_and_the_photographs_untouched(here):
    before = tree_of("scans")
    said = run("scans/", "-o", "coloured/")
    assert "4 coloured" in said.stderr
    assert bands("coloured") == dict.fromkeys(before, 3)
    assert tree_of("scans") == before


def test_a_folder_gives_what_single_photographs_give(scans):
    run("scans", "-o", "coloured")
    CliRunner().invoke(main, ["colorize", *SMALL, "scans/a.jpg", "-o", "single.jpg", "--threads", "1"])
    whole, single = (pyvips.Image.new_from_file(f) for f in ("coloured/a.jpg", "single.jpg"))
    assert (whole.numpy() == single.numpy()).all()


def test_without_output_results_lie_beside_and_are_not_coloured_again(here):
    assert counts("scans") == {"coloured": 4}
    first = tree_of("scans")
    assert "deep/b.color.png" in first
    assert counts("scans") == {"done": 4}
    assert tree_of("scans") == first


def test_a_second_run_skips_what_is_done_and_only_that(here):
    assert counts("scans", "-o", "out") == {"coloured": 4}
    first = tree_of("out")
    times = {p: p.stat().st_mtime_ns for p in Path("out").rglob("*.jpg")}
    assert counts("scans", "-o", "out") == {"done": 4}
    # A missing result and a new photograph are made; the rest stays.
    Path("out/a.jpg").unlink()
    grey_photo(here / "scans/new.jpg", shift=40)
    assert counts("scans", "-o", "out") == {"coloured": 2, "done": 3}
    assert {n: d for n, d in tree_of("out").items() if n != "new.jpg"} == first
    assert all(p.stat().st_mtime_ns == t for p, t in times.items() if p.name != "a.jpg")


def test_a_result_of_other_settings_or_of_another_photograph_is_not_taken_for_done(here):
    run("scans", "-o", "out")
    first = tree_of("out")
    # Other settings, another photograph of that name, a result that somebody edited: none is replaced.
    assert counts("scans", "-o", "out", "--vividness", "1", code=1) == {"failed": 4}
    grey_photo(here / "scans/a.jpg", shift=60)
    assert counts("scans", "-o", "out", code=1) == {"done": 3, "failed": 1}
    Path("out/z.tif").write_bytes(b"mine")
    assert counts("scans", "-o", "out", code=1) == {"done": 2, "failed": 2}
    assert tree_of("out") == first | {"z.tif": b"mine"}
    # By force too only what Tintype has written is replaced.
    assert counts("scans", "-o", "out", "--force", code=1) == {"coloured": 1, "done": 2, "failed": 1}
    assert Path("out/z.tif").read_bytes() == b"mine"
    Path("out/z.tif").unlink()
    assert counts("scans", "-o", "out", "--force") == {"coloured": 1, "done": 3}
    assert tree_of("out")["z.tif"] == first["z.tif"]


def test_files_that_were_there_before_are_kept(here):
    Path("out").mkdir()
    Path("out/a.jpg").write_bytes(b"mine")
    assert counts("scans", "-o", "out", code=1) == {"coloured": 3, "failed": 1}
    assert Path("out/a.jpg").read_bytes() == b"mine"


def test_a_photograph_is_not_replaced_by_a_result_even_with_force(here):
    # scans/a.jpg is mirrored into scans/deep, where a photograph of that name is to be coloured too.
    grey_photo(here / "scans/deep/a.jpg", shift=50)
    before = tree_of("scans")
    said = run("scans/deep/a.jpg", "scans/a.jpg", "-o", "scans/deep", "--force", code=1)
    assert "choose another -o" in said.stderr
    after = tree_of("scans")
    assert {n: after[n] for n in before} == before
    assert after.keys() - before.keys() == {"deep/deep/a.jpg"}


def test_names_that_clash_are_told_apart(here):
    grey_photo(here / "scans/z.png", shift=30)
    grey_photo(here / "scans/deep/b.2.png", shift=31)
    assert counts("scans", "-o", "out", "--format", "jpeg", "--candidates", "2") == {"coloured": 6}
    made = tree_of("out")
    assert len(made) == 12
    assert {"z.jpg", "z.png.jpg"} <= made.keys() or {"z.jpg", "z.tif.jpg"} <= made.keys()
    assert counts("scans", "-o", "out", "--format", "jpeg", "--candidates", "2") == {"done": 6}
    assert tree_of("out") == made


def test_bad_files_are_told_and_the_rest_is_coloured(scans):
    Path("scans/text.jpg").write_text("hello")
    Path("scans/empty.png").touch()
    whole = Path("scans/a.jpg").read_bytes()
    Path("scans/cut.jpg").write_bytes(whole[: len(whole) // 2])
    result = run("scans", "-o", "out", "--report", "r.json", code=1)
    for name in ("text.jpg", "empty.png", "cut.jpg"):
        assert len([n for n in result.stderr.splitlines() if name in n]) == 1
    assert "4 coloured, 3 failed" in result.stderr
    assert len(tree_of("out")) == 4
    report = json.loads(Path("r.json").read_text())
    bad = [p for p in report["photographs"] if p["status"] == "failed"]
    assert sorted(Path(p["source"]).name for p in bad) == ["cut.jpg", "empty.png", "text.jpg"]
    assert all(p["error"] and not p["outputs"] for p in bad)
    good = [p for p in report["photographs"] if p["status"] == "coloured"]
    assert all(Path(p["outputs"][0]).exists() and len(p["sha256"]) == 64 for p in good)


def test_photographs_in_colour_are_left_out_and_cannot_be_overlooked(here):
    colour_photo(here / "scans/colour.png")
    assert counts("scans", "-o", "out", code=3) == {"coloured": 4, "colour": 1}
    assert counts("scans", "-o", "out", code=3) == {"done": 4, "colour": 1}
    said = run("scans", "-o", "out", "--quiet", code=3).stderr
    assert "in colour already" in said
    assert str(Path("scans/colour.png")) in said
    assert "colour.png" not in tree_of("out")


def test_what_is_not_read_is_named_and_system_folders_are_counted(here):
    for name in ("x.tga", "y.tga", "deep/z.pcd", "@eaDir/a.jpg/SYNOPHOTO_THUMB_XL.jpg", "#recycle/b.jpg"):
        path = here / "scans" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    said = run("scans", "-o", "out", "--report", "r.json", code=3).stderr
    assert "4 coloured, 3 not read" in said
    [targa] = [line for line in said.splitlines() if "Targa" in line]
    assert str(Path("scans/x.tga")) in targa
    assert str(Path("scans/y.tga")) in targa
    [system] = [line for line in said.splitlines() if "not entered" in line]
    assert "@eaDir" in system
    assert "#recycle" in system
    report = json.loads(Path("r.json").read_text())
    assert sorted(Path(p).name for p in report["system_folders"]) == ["#recycle", "@eaDir"]
    assert report["counts"]["unread"] == 3
    # A failure weighs more.
    Path("scans/text.jpg").write_text("hello")
    run("scans", "-o", "out", code=1)


def test_a_long_list_says_that_it_is_cut(here):
    for i in range(12):
        Path(f"scans/{i:02}.tga").touch()
    assert "and 7 more" in run("scans", "-o", "out", code=3).stderr


def test_what_was_never_coloured_is_told_to_programs_too(here):
    Path("scans/x.tga").touch()
    Path("scans/gone.jpg").symlink_to("nowhere")
    lines = [json.loads(n) for n in run("scans", "-o", "out", "--json", "-q", code=1).stdout.splitlines()]
    assert {Path(n["source"]).name: n["status"] for n in lines if n["status"] != "coloured"} == {
        "x.tga": "unread",
        "gone.jpg": "failed",
    }


def test_dates_are_kept_when_asked(here):
    old = 1_000_000_000
    for path in Path("scans").rglob("*.*"):
        os.utime(path, (old, old))
    run("scans", "-o", "plain")
    assert all(p.stat().st_mtime > old + 1 for p in Path("plain").rglob("*.*") if p.suffix != ".jsonl")
    run("scans", "-o", "dated", "--keep-dates", "--recipe")
    # Also where the result was made before without.
    run("scans", "-o", "plain", "--keep-dates")
    run("scans/a.jpg", "-o", "one.jpg", "--keep-dates")
    made = [
        Path("one.jpg"),
        *(Path("dated") / n for n in tree_of("dated")),
        *map(Path("plain").joinpath, tree_of("plain")),
    ]
    assert len(made) == 1 + 8 + 4
    assert all(p.stat().st_mtime == old for p in made)


def test_several_sources(here):
    grey_photo(here / "more/c.jpg")
    grey_photo(here / "loose.jpg")
    assert counts("scans", "more", "loose.jpg", "missing.jpg", "-o", "out", code=1) == {
        "coloured": 6,
        "failed": 1,
    }
    assert {"scans/a.jpg", "more/c.jpg", "loose.jpg"} <= tree_of("out").keys()
    # A folder in a folder, and a photograph in a folder, are given twice and coloured once.
    assert counts("scans", "scans/deep", "scans/a.jpg", "-o", "twice") == {"coloured": 4}


def test_an_output_inside_the_input_is_not_coloured_again(here):
    assert counts("scans", "-o", "scans/out") == {"coloured": 4}
    assert counts("scans", "-o", "scans/out") == {"done": 4}


@posix
def test_links_that_loop_end(here):
    Path("scans/deep/loop").symlink_to(here / "scans")
    assert counts("scans", "-o", "out") == {"coloured": 4}


def test_an_empty_folder_is_an_error(here):
    Path("nothing").mkdir()
    assert "no photographs" in run("nothing", code=1).stderr


def test_an_output_that_is_a_file_is_refused(here):
    Path("file").touch()
    run("scans", "-o", "file", code=2)
    assert "file" in run("scans", "-o", "file/below", code=1).stderr


def test_json_is_a_line_a_photograph(here):
    lines = [json.loads(n) for n in run("scans", "-o", "out", "--json", "-q").stdout.splitlines()]
    assert {n["status"] for n in lines} == {"coloured"}
    assert {n["source"] for n in lines} == {str(p) for p in Path("scans").rglob("*.*")}
    single = run("scans/a.jpg", "--json", "-q")
    assert json.loads(single.stdout)["outputs"] == [str(Path("scans/a.color.jpg"))]
    broken = run("nowhere.jpg", "--json", "-q", code=1)
    assert "nowhere.jpg" in json.loads(broken.stdout)["error"]


def test_shards_share_a_folder(scans):
    for part in ("1/2", "2/2"):
        assert counts("scans", "-o", "out", "--shard", part) == {"coloured": 2}
    assert len(tree_of("out")) == 4


def test_two_jobs_make_the_same_files_as_one(scans):
    run("scans", "-o", "one")
    CliRunner().invoke(main, ["colorize", *SMALL, "scans", "-o", "two", "--jobs", "2"])
    assert tree_of("one") == tree_of("two")


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root reads and writes everywhere")
def test_folders_that_may_not_be_read_or_written(here):
    Path("scans/deep").chmod(0)
    Path("locked").mkdir(mode=0o500)
    try:
        assert counts("scans", "-o", "out", code=1) == {"coloured": 2, "failed": 1}
        assert "locked" in run("scans", "-o", "locked/out", code=1).stderr
    finally:
        Path("scans/deep").chmod(0o700)


def test_a_report_that_cannot_be_written_is_told_before_the_work(here):
    assert "report" in run("scans", "-o", "out", "--report", "no/such/r.json", code=1).stderr
    assert not Path("out").exists()


@posix
def test_a_terminal_gets_a_bar_with_rate_and_time_left_and_a_table(here):
    import pty

    Path("scans/text.jpg").write_text("hello")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "tintype", "colorize", *SMALL, "scans", "-o", "out", "--jobs", "1"]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "120", "LINES": "30"}
    with subprocess.Popen(command, stderr=theirs, env=environment) as process:
        os.close(theirs)
        said = b""
        while True:
            try:
                said += os.read(ours, 4096)
            except OSError:  # Linux says so when the other end is closed
                break
    assert process.returncode == 1
    text = said.decode()
    assert "Colouring" in text
    assert "5/5" in text
    assert "left" in text
    assert "/s" in text or "s each" in text
    assert "1 failed" in text
    assert "this is a text file" in text


# --- interrupted


def at_work_in(folder):
    """Processes whose working folder it is (Linux; elsewhere nobody is seen)."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").resolve() == folder.resolve() and (process / "cmdline").read_bytes():
                found.append(process.name)
    return found


@posix
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_an_interrupted_run_leaves_no_half_file_and_the_next_goes_on(tmp_path, how):
    photos = 16
    for i in range(photos):
        path = grey_photo(tmp_path / f"scans/{i:02}.jpg", 400, 400, shift=i)
        if i >= photos // 2:  # work enough that the signal comes in time on a busy machine too
            large = pyvips.Image.new_from_file(str(path)).resize(3).copy_memory()
            large.write_to_file(str(path))
    command = [sys.executable, "-m", "tintype", "colorize", "--size", "128", "scans", "--jobs", "2", "-o"]
    out = tmp_path / "out"
    with subprocess.Popen([*command, "out"], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while len(list(out.glob("*.jpg"))) < 3 and time.monotonic() < deadline:
            time.sleep(0.005)
        process.send_signal(how)
        said = process.stderr.read()
    if how != signal.SIGKILL:
        assert process.returncode == 128 + how, said
        assert "run the same command again" in said
        assert not list(out.rglob("half-made*"))
        assert "Traceback" not in said
    # Nobody is left at work, whatever became of the parent.
    deadline = time.monotonic() + 10
    while (left := at_work_in(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left
    early = tree_of(out)
    assert 3 <= len(early) < photos
    again = subprocess.run(
        [*command, "out", "--report", "r.json"], cwd=tmp_path, capture_output=True, text=True
    )
    assert again.returncode == 0, again.stderr
    done = json.loads((tmp_path / "r.json").read_text())["counts"]
    assert done["done"] == len(early)
    assert done["coloured"] == photos - len(early)
    assert not list(out.rglob("half-made*"))
    # Whole from the beginning: nothing that was there had to be made again, and all can be read.
    late = tree_of(out)
    assert {n: late[n] for n in early} == early
    assert all(pyvips.Image.new_from_buffer(d, "", fail_on="warning").avg() > 0 for d in late.values())
    assert {p.name for p in out.iterdir()} == {f"{i:02}.jpg" for i in range(photos)} | {".tintype"}


@posix
@pytest.mark.parametrize("after", [0.1, 0.25, 0.4])
def test_ctrl_c_at_any_time_is_one_line(tmp_path, after):
    for i in range(12):
        grey_photo(tmp_path / f"scans/{i:02}.jpg", 400, 400, shift=i)
    code = "from tintype.commands import main; print(flush=True); main()"
    command = [sys.executable, "-c", code, "colorize", *SMALL, "scans", "--jobs", "2", "-o", "out"]
    # As a terminal does it: to the whole group, workers in the middle of starting among them.
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          start_new_session=True) as process:  # fmt: skip
        process.stdout.readline()
        time.sleep(after)
        os.killpg(process.pid, signal.SIGINT)
        said = process.stderr.read()
    assert "Traceback" not in said
    # After its last line, Python leaves the signal to the system.
    assert process.returncode in (0, 130, -signal.SIGINT)
    assert not list(tmp_path.rglob("half-made*"))


@posix
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_interrupting_a_single_photograph_leaves_nothing(tmp_path, how):
    noise = pyvips.Image.gaussnoise(600, 600, mean=128, sigma=20).cast("uchar").copy_memory()
    noise.replicate(10, 10).write_to_file(str(tmp_path / "a.tif"))
    command = [sys.executable, "-m", "tintype", "colorize", "a.tif", "-o", "b.png"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.1)
        process.send_signal(how)
        said = process.stderr.read()
    assert process.returncode == 128 + how, said
    assert said.splitlines() == ["tintype: interrupted"]
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]


def test_failures_are_lines_where_nobody_watches(capsys):
    _list_failures([("a.jpg", "a.jpg: damaged"), ("b.jpg", "too large")])
    assert capsys.readouterr().err == "a.jpg: damaged\nb.jpg: too large\n"


def test_failures_are_a_table_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    _list_failures([("[a].jpg", "[a].jpg: damaged")])
    said = capsys.readouterr().err
    assert "1 failed" in said and "[a].jpg" in said and "[a].jpg: damaged" not in said
