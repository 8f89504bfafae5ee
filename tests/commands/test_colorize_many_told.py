"""What ``tintype colorize`` says of folders: to people, to programs, in reports, on a terminal."""

import json
import os
import subprocess
import sys
from pathlib import Path

from archive_help import SMALL, colorize, colour_photo, counts, posix, tree_of
from tintype.commands.colorize_many import _list_failures


def test_bad_files_are_told_and_the_rest_is_coloured(scans):
    Path("scans/text.jpg").write_text("hello")
    Path("scans/empty.png").touch()
    whole = Path("scans/a.jpg").read_bytes()
    Path("scans/cut.jpg").write_bytes(whole[: len(whole) // 2])
    result = colorize("scans", "-o", "out", "--report", "r.json", code=1)
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
    said = colorize("scans", "-o", "out", "--quiet", code=3).stderr
    assert "in colour already" in said
    assert str(Path("scans/colour.png")) in said
    assert "colour.png" not in tree_of("out")


def test_what_is_not_read_is_named_and_system_folders_are_counted(here):
    for name in ("x.tga", "y.tga", "deep/z.pcd", "@eaDir/a.jpg/SYNOPHOTO_THUMB_XL.jpg", "#recycle/b.jpg"):
        path = here / "scans" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    said = colorize("scans", "-o", "out", "--report", "r.json", code=3).stderr
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
    colorize("scans", "-o", "out", code=1)


def test_a_long_list_says_that_it_is_cut(here):
    for i in range(12):
        Path(f"scans/{i:02}.tga").touch()
    assert "and 7 more" in colorize("scans", "-o", "out", code=3).stderr


def test_what_was_never_coloured_is_told_to_programs_too(here):
    Path("scans/x.tga").touch()
    Path("scans/gone.jpg").symlink_to("nowhere")
    lines = [
        json.loads(n) for n in colorize("scans", "-o", "out", "--json", "-q", code=1).stdout.splitlines()
    ]
    assert {Path(n["source"]).name: n["status"] for n in lines if n["status"] != "coloured"} == {
        "x.tga": "unread",
        "gone.jpg": "failed",
    }


def test_an_empty_folder_is_an_error(here):
    Path("nothing").mkdir()
    assert "no photographs" in colorize("nothing", code=1).stderr


def test_an_output_that_is_a_file_is_refused(here):
    Path("file").touch()
    colorize("scans", "-o", "file", code=2)
    assert "file" in colorize("scans", "-o", "file/below", code=1).stderr


def test_json_is_a_line_a_photograph(here):
    lines = [json.loads(n) for n in colorize("scans", "-o", "out", "--json", "-q").stdout.splitlines()]
    assert {n["status"] for n in lines} == {"coloured"}
    assert {n["source"] for n in lines} == {str(p) for p in Path("scans").rglob("*.*")}
    single = colorize("scans/a.jpg", "--json", "-q")
    assert json.loads(single.stdout)["outputs"] == [str(Path("scans/a.color.jpg"))]
    broken = colorize("nowhere.jpg", "--json", "-q", code=1)
    assert "nowhere.jpg" in json.loads(broken.stdout)["error"]


def test_a_report_that_cannot_be_written_is_told_before_the_work(here):
    assert "report" in colorize("scans", "-o", "out", "--report", "no/such/r.json", code=1).stderr
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


def test_failures_are_lines_where_nobody_watches(capsys):
    _list_failures([("a.jpg", "a.jpg: damaged"), ("b.jpg", "too large")])
    assert capsys.readouterr().err == "a.jpg: damaged\nb.jpg: too large\n"


def test_failures_are_a_table_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    _list_failures([("[a].jpg", "[a].jpg: damaged")])
    said = capsys.readouterr().err
    assert "1 failed" in said and "[a].jpg" in said and "[a].jpg: damaged" not in said
