"""``tintype colorize`` on one photograph: every way in and out, and errors of one line."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import pyvips
from click.testing import CliRunner

from archive_help import colour_photo, grey_photo
from tintype.commands import main

pytestmark = pytest.mark.usefixtures("small_views")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder with one photograph, and we are in it."""
    monkeypatch.chdir(tmp_path)
    grey_photo(tmp_path / "grandma.jpg")
    return tmp_path


SMALL = ("--size", "64")  # what the network sees: a tenth of the time


def run(*args, code=0, **options):
    result = CliRunner().invoke(main, ["colorize", *SMALL, *map(str, args)], **options)
    assert result.exit_code == code, result.output
    if code:
        assert isinstance(result.exception, SystemExit)
        assert "Traceback" not in result.stderr
    return result


def refused(*args, code=1, **options):
    """What was said: one line, and nothing on stdout."""
    result = run(*args, code=code, **options)
    assert result.stdout_bytes == b""
    lines = result.stderr.splitlines()
    if code in (1, 3):
        assert len(lines) == 1, result.stderr
    return lines[-1]


def picture(path):
    return pyvips.Image.new_from_file(str(path))


def names(folder="."):
    return {p.name for p in Path(folder).iterdir()}


def test_the_result_lies_beside_the_photograph(here):
    before = Path("grandma.jpg").read_bytes()
    said = run("grandma.jpg").stderr
    assert "grandma.color.jpg" in said
    assert names() == {"grandma.jpg", "grandma.color.jpg"}
    assert Path("grandma.jpg").read_bytes() == before
    made = picture("grandma.color.jpg")
    assert (made.width, made.height, made.bands) == (96, 64, 3)


@pytest.mark.parametrize("name", ["out.png", "out.webp", "out.tif", "deep/est/out.jpg", "祖母 と [bold].jpg"])
def test_output_name_gives_the_format(here, name):
    Path("deep/est").mkdir(parents=True)
    run("grandma.jpg", "-o", name)
    assert picture(name).bands == 3


def test_output_folder(here):
    run("grandma.jpg", "-o", "out/")
    run("grandma.jpg", "-o", ".")
    assert names("out") == {"grandma.jpg"}
    assert "grandma.color.jpg" in names()


def test_a_pipe_gives_the_bytes_that_a_file_gets(here):
    data = Path("grandma.jpg").read_bytes()
    piped = run("-", input=data)
    run("grandma.jpg", "-o", "out.jpg")
    assert piped.stdout_bytes == Path("out.jpg").read_bytes()
    assert run("grandma.jpg", "-o", "-").stdout_bytes == piped.stdout_bytes
    run("-", "-o", "piped.png", input=data)
    assert picture("piped.png").bands == 3
    assert run("-", "--format", "png", input=data).stdout_bytes.startswith(b"\x89PNG")


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes of POSIX")
def test_a_named_pipe_is_a_pipe_too(here):
    """As the shell's <(…) gives one."""
    os.mkfifo("fifo")
    with subprocess.Popen(["cp", "grandma.jpg", "fifo"]):
        run("fifo", "-o", "out.jpg")
    run("grandma.jpg", "-o", "same.jpg")
    assert Path("out.jpg").read_bytes() == Path("same.jpg").read_bytes()


def test_nothing_is_replaced_without_force(here):
    run("grandma.jpg")
    first = Path("grandma.color.jpg").read_bytes()
    assert "--force" in refused("grandma.jpg")
    assert Path("grandma.color.jpg").read_bytes() == first
    run("grandma.jpg", "--force", "--warmth", "0.5")
    assert Path("grandma.color.jpg").read_bytes() != first
    assert picture("grandma.color.jpg").bands == 3
    # What Tintype has not written stays, even so.
    Path("grandma.color.jpg").write_bytes(b"mine")
    assert "another name" in refused("grandma.jpg")
    assert "another name" in refused("grandma.jpg", "--force")
    assert Path("grandma.color.jpg").read_bytes() == b"mine"


def test_the_photograph_itself_is_never_replaced(here):
    before = Path("grandma.jpg").read_bytes()
    os.link("grandma.jpg", "other.jpg")
    for name in ("grandma.jpg", "./grandma.jpg", "other.jpg"):
        assert "photograph itself" in refused("grandma.jpg", "-o", name, "--force")
    assert Path("grandma.jpg").read_bytes() == before


def test_quiet_says_nothing(here):
    assert run("grandma.jpg", "-q").stderr == ""


def test_what_cannot_be_coloured_is_one_line(here):
    Path("empty.jpg").touch()
    Path("text.jpg").write_text("hello")
    whole = Path("grandma.jpg").read_bytes()
    Path("cut.jpg").write_bytes(whole[: len(whole) // 2])
    for name in ("missing.jpg", "empty.jpg", "text.jpg", "cut.jpg"):
        assert name in refused(name)
    assert "curl" in refused("https://example.org/a.jpg")
    assert "nothing came" in refused("-", input=b"")
    assert "<stdin>" in refused("-", input=b"hello")
    assert "no folder nowhere" in refused("grandma.jpg", "-o", "nowhere/out.jpg")
    assert "pixels" in refused("grandma.jpg", "--max-pixels", "100")
    assert not [n for n in names() if "color" in n]


def test_what_makes_no_sense_is_a_usage_error(here):
    data = Path("grandma.jpg").read_bytes()
    assert "-o" in refused("-", "--candidates", "2", input=data, code=2)
    assert "-o" in refused("-", "--recipe", input=data, code=2)
    assert "folder" in refused("grandma.jpg", "--shard", "1/2", code=2)
    assert "vividness" in refused("grandma.jpg", "--vividness", "7", code=2)
    assert "form" in refused("grandma.jpg", "--hint", "red", code=2)
    assert "one photograph" in refused("-", "grandma.jpg", code=2)
    assert "need a folder" in refused("grandma.jpg", "missing.jpg", "-o", "x.jpg", code=2)
    assert "one photograph" in refused("grandma.jpg", "grandma.jpg", "--compare", "a.png", code=2)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_cannot_be_written_to(here):
    Path("locked").mkdir(mode=stat.S_IRUSR | stat.S_IXUSR)
    assert "locked" in refused("grandma.jpg", "-o", "locked/a.jpg")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are Unicode")
def test_a_name_that_is_no_unicode(here):
    name = os.fsdecode(b"caf\xe9.jpg")
    Path(name).write_bytes(Path("grandma.jpg").read_bytes())
    run(name, "--recipe", "--report", "r.json")
    assert picture_of(os.fsdecode(b"caf\xe9.color.jpg")).bands == 3
    Path("scans").mkdir()
    Path(name).rename(Path("scans", name))
    for words in ("1 coloured", "1 done"):
        assert words in run("scans", "-o", "out", "--jobs", "1", "--json").stderr
    assert picture_of(Path("out", name)).bands == 3


def picture_of(path):
    return pyvips.Image.new_from_buffer(Path(path).read_bytes(), "")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_a_reader_that_goes_away_is_no_traceback(here):
    command = [sys.executable, "-m", "tintype", "colorize", "grandma.jpg", "-o", "-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


def test_names_that_the_system_refuses(here):
    long = "a" * 300 + ".jpg"
    assert long in refused(long)
    assert long in run("grandma.jpg", long, code=1).stderr
    assert "a" * 300 in refused("grandma.jpg", "-o", "a" * 300 + "/")
    assert "grandma.jpg" in refused("grandma.jpg", "-o", "grandma.jpg/below/")
    assert long in refused("grandma.jpg", "-o", long)


def test_a_folder_that_is_not_there(here):
    assert "no/such" in refused("grandma.jpg", "-o", "no/such/out.jpg")


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_full_disk_is_one_line_and_leaves_nothing(here):
    # A limit on the size of files stops a write in the middle, as a full disk does.
    code = (
        "import resource, sys\n"
        "from tintype.commands import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "for target in sys.argv[1:]:\n"
        "    try:\n"
        "        main(['colorize', 'grandma.jpg', '-o', target])\n"
        "    except SystemExit as end:\n"
        "        print(end.code)\n"
    )
    targets = ("out.jpg", "out.png", "out.tif")
    ended = subprocess.run([sys.executable, "-c", code, *targets], capture_output=True, text=True)
    assert ended.stdout.split() == ["1", "1", "1"]
    assert names() == {"grandma.jpg"}
    for target, line in zip(targets, ended.stderr.splitlines(), strict=True):
        assert target in line


def test_already_in_colour(here):
    colour_photo(here / "colour.png")
    assert "--already-color recolor" in refused("colour.png", code=3)
    assert not Path("colour.color.png").exists()
    run("colour.png", "--already-color", "recolor")
    assert picture("colour.color.png").bands == 3
