"""Too little of what a computer gives: file size, disk, memory, descriptors. Whole, or words and nothing."""

import os
import subprocess
import sys

import pytest

from archive_help import SMALL, grey_photo, tree_of
from attack.attack_tools import ended, in_words, is_whole, leftovers, tintype

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")


def judged(process, target, folder):
    """What must hold: success with a whole picture, or words and no picture."""
    code, _, said = ended(process)
    assert in_words(said), said
    if code == 0:
        assert is_whole(target)
    else:
        assert code > 0, f"it crashed: {code} {said}"
        assert said.startswith("tintype: "), said
        assert len(said.splitlines()) == 1
        assert not target.exists()
    assert not leftovers(folder)
    return code


@pytest.fixture
def photo(tmp_path):
    return grey_photo(tmp_path / "a.png", 400, 300)


def test_file_sizes(attack, tmp_path, photo):
    for dice in attack.rounds():
        target = tmp_path / f"made{dice.choice(['.jpg', '.png', '.tif'])}"
        target.unlink(missing_ok=True)
        blocks = dice.randrange(0, 400)  # of 512 bytes
        judged(
            tintype("colorize", *SMALL, photo, "-o", target, cwd=tmp_path, shell=f"ulimit -f {blocks}"),
            target,
            tmp_path,
        )


def test_file_sizes_of_stdout(attack, tmp_path, photo):
    for dice in attack.rounds():
        target = tmp_path / "made.png"
        with target.open("wb") as file:
            process = tintype(
                "colorize",
                *SMALL,
                photo,
                "-o",
                "-",
                cwd=tmp_path,
                stdout=file,
                shell=f"ulimit -f {dice.randrange(400)}",
            )
            code, _, said = ended(process)
        assert in_words(said), said
        assert (code == 0) == is_whole(target), said


def test_memory(attack, tmp_path, photo):
    for dice in attack.rounds():
        target = tmp_path / "made.png"
        target.unlink(missing_ok=True)
        kib = dice.randrange(1_200_000, 4_000_000)
        code, _, said = ended(
            tintype("colorize", *SMALL, photo, "-o", target, cwd=tmp_path, shell=f"ulimit -v {kib}")
        )
        # Libraries that get too little of it may end the process themselves, but never with half a file.
        assert code != 0 or is_whole(target), said
        assert code == 0 or not target.exists()


def test_descriptors(attack, tmp_path, photo):
    for dice in attack.rounds():
        target = tmp_path / "made.jpg"
        target.unlink(missing_ok=True)
        shell = f"ulimit -n {dice.randrange(24, 64)}"
        judged(tintype("colorize", *SMALL, photo, "-o", target, cwd=tmp_path, shell=shell), target, tmp_path)


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 600 kB, as a journal that a full disk broke off holds 190; mounting one needs root."""
    where = tmp_path / "disk"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(where)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs root, and the right to mount")
    yield where
    subprocess.run(["umount", "-l", str(where)], check=False)


def test_a_folder_run_on_a_small_disk(attack, tmp_path, small_disk):
    for i in range(6):
        grey_photo(tmp_path / f"scans/{i}.png", 200, 160, shift=i)
    for dice in attack.rounds():
        for path in small_disk.iterdir():
            subprocess.run(["rm", "-rf", str(path)], check=True)
        (small_disk / "ballast").write_bytes(bytes(dice.randrange(580_000)))
        code, _, said = ended(
            tintype("colorize", *SMALL, "scans", "-o", small_disk / "out", "--jobs", "1", cwd=tmp_path)
        )
        assert in_words(said), said
        assert code in (0, 1), said
        made = list((small_disk / "out").glob("*.png"))
        assert all(is_whole(p) for p in made)
        assert code == 1 or len(made) == 6
        assert not list(small_disk.rglob("half-made*"))
        early = tree_of(small_disk / "out")
        (small_disk / "ballast").unlink()
        # With room again, it goes on where it was.
        code, _, said = ended(
            tintype("colorize", *SMALL, "scans", "-o", small_disk / "out", "--jobs", "1", cwd=tmp_path)
        )
        if code == 0:
            assert {n: d for n, d in tree_of(small_disk / "out").items() if n in early} == early


def test_an_archive_on_a_small_disk(attack, tmp_path, small_disk):
    for i in range(4):
        grey_photo(tmp_path / f"scans/{i}.jpg", 200, 160, shift=i)
    for dice in attack.rounds():
        for path in small_disk.iterdir():
            subprocess.run(["rm", "-rf", str(path)], check=True)
        (small_disk / "ballast").write_bytes(bytes(dice.randrange(450_000, 585_000)))
        out = f"{dice.choice(['', 'bag:', 'tar:'])}{small_disk / 'out'}"
        command = ["archive", *SMALL, "--jobs", "1", "--retries", "0"]
        code, _, said = ended(tintype(*command, "scans", out, cwd=tmp_path))
        assert in_words(said), said
        assert code in (0, 1), said
        assert not list(small_disk.rglob("half-made*"))
        made = [p for p in (small_disk / "out").rglob("*.jpg") if ".tintype" not in p.parts]
        assert all(is_whole(p) for p in made)
        (small_disk / "ballast").unlink()
        # With room again, it goes on where it was, and all is as the manifest says.
        code, _, said = ended(tintype(*command, "scans", out, cwd=tmp_path))
        assert code == 0, said
        code, _, said = ended(tintype("archive", "--verify", out, cwd=tmp_path))
        assert code == 0, said
