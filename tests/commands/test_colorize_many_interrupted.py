"""``tintype colorize`` on folders and files, interrupted and killed: real processes."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import pyvips

from archive_help import SMALL, counts, grey_photo, posix, tree_of

pytestmark = pytest.mark.usefixtures("heard_signals")


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
def test_an_interrupted_run_leaves_no_half_file_and_the_next_goes_on(tmp_path, monkeypatch, one_process, how):
    photos = 8
    for i in range(photos):
        path = grey_photo(tmp_path / f"scans/{i:02}.jpg", 400, 400, shift=i)
        if i >= 3:  # work enough that the signal comes in time on a busy machine too
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
    monkeypatch.chdir(tmp_path)
    assert counts("scans", "-o", "out", "--size", "128") == {
        "done": len(early),
        "coloured": photos - len(early),
    }
    assert not list(out.rglob("half-made*"))
    # Whole from the beginning: nothing that was there had to be made again, and all can be read.
    late = tree_of(out)
    assert {n: late[n] for n in early} == early
    assert all(pyvips.Image.new_from_buffer(d, "", fail_on="warning").avg() > 0 for d in late.values())
    assert {p.name for p in out.iterdir()} == {f"{i:02}.jpg" for i in range(photos)} | {".tintype"}


@posix
@pytest.mark.parametrize("after", [0.1, 0.25, 0.4])
def test_ctrl_c_at_any_time_is_one_line(tmp_path, after):
    for i in range(8):
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
@pytest.mark.parametrize(("how", "name"), [(signal.SIGINT, "b.png"), (signal.SIGTERM, "b.tif")])
def test_interrupting_a_single_photograph_leaves_nothing(tmp_path, how, name):
    noise = pyvips.Image.gaussnoise(600, 600, mean=128, sigma=20).cast("uchar").copy_memory()
    noise.replicate(10, 10).write_to_file(str(tmp_path / "a.tif"))
    command = [sys.executable, "-m", "tintype", "colorize", "a.tif", "-o", name]
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
