"""``tintype colorize`` where stdout takes a part only, files of settings are hostile, and ends are sudden."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive_help import grey_photo
from tintype.commands import main

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="limits and devices of POSIX")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    grey_photo(tmp_path / "photo.png", 600, 400)
    return tmp_path


def process(*command, **options):
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False, **options)


@POSIX
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_behind_stdout_is_an_error(here, unbuffered):
    import os

    code = (
        "import resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "from tintype.commands import main\n"
        "main(['colorize', 'photo.png', '-o', '-'])\n"
    )
    with Path("out.png").open("wb") as out:
        ended = subprocess.run([sys.executable, "-c", code], stdout=out, stderr=subprocess.PIPE, text=True,
                               env=os.environ | {"PYTHONUNBUFFERED": unbuffered}, check=False)  # fmt: skip
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert line.startswith("tintype: <stdout>: ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
@pytest.mark.parametrize("command", [["--help"], ["colorize", "--help"], ["--version"]])
@pytest.mark.parametrize("unbuffered", [[], ["-u"]])
def test_help_on_a_full_disk_is_one_line(command, unbuffered):
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        ended = subprocess.run([sys.executable, *unbuffered, "-m", "tintype", *command], stdout=full,
                               stderr=subprocess.PIPE, text=True, check=False)  # fmt: skip
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert line.startswith("tintype: <stdout>: ") and "room on the disk" in line


DEEP = "[" * 100_000 + "]" * 100_000
HOSTILE_HINTS = {
    "deep": DEEP,
    "digits": '[{"x": ' + "9" * 5000 + ', "y": 1, "color": "#ffffff"}]',
    "huge": '[{"x": 1e308, "y": 1, "color": "#ffffff"}]',
    "large whole": '[{"x": ' + "9" * 400 + ', "y": 1, "color": "#ffffff"}]',
    "radius": '[{"x": 1, "y": 1, "color": "#ffffff", "radius": 1e300}]',
    "nan": '[{"x": NaN, "y": 1, "color": "#ffffff"}]',
    "infinity": '[{"x": Infinity, "y": 1, "color": "#ffffff"}]',
    "text": '[{"x": "1", "y": 1, "color": "#ffffff"}]',
    "true": '[{"x": true, "y": 1, "color": "#ffffff"}]',
    "null": '[{"x": null, "y": 1, "color": "#ffffff"}]',
    "colour": '[{"x": 1, "y": 1, "color": ["#ffffff"]}]',
    "list": "[[1, 2, 3]]",
    "many": "[" + ",".join(['{"x": 1, "y": 1, "color": "#ffffff"}'] * 10_000) + "]",
    "no UTF-8": "\udcff",
}


@pytest.mark.parametrize("kind", HOSTILE_HINTS)
def test_hostile_hints_are_refused_in_words(here, kind):
    Path("hints.json").write_text(HOSTILE_HINTS[kind], encoding="utf-8", errors="surrogateescape")
    result = CliRunner().invoke(main, ["colorize", "photo.png", "--hints", "hints.json"])
    assert result.exit_code == 2, result.output
    said = result.stderr.splitlines()[-1]
    assert "hints.json" in said
    assert len(said) < 400
    assert not Path("photo.color.png").exists()


def recipes():
    result = CliRunner().invoke(main, ["colorize", "photo.png", "-o", "first.png", "--recipe"])
    assert result.exit_code == 0, result.output
    whole = json.loads(Path("first.png.recipe.json").read_text())
    for key in whole:
        for wrong in ("text", 3, None, [], [3], {}, {"a": 1}, True):
            yield whole | {key: wrong}
    hint = {"x": 1, "y": 2, "color": "#ffffff"}
    wrong = [
        ("hints", [hint | {"x": 1e300}]),
        ("hints", [hint] * 501),
        ("hints", "x"),
        ("size", "3"),
        ("palette", [3]),
        ("palette", 3),
        ("vividness", []),
        ("model", 3),
        ("nothing", 1),
        ("reference", {}),
    ]
    for option, value in wrong:
        yield whole | {"settings": whole["settings"] | {option: value}}
    yield whole | {"networks": [{"name": 3, "sha256": 4}]}
    yield whole | {"files": {"mark": "x" * 64}}


def test_hostile_recipes_are_refused_in_words(here):
    tried = 0
    for values in recipes():
        Path("r.json").write_text(json.dumps(values))
        result = CliRunner().invoke(main, ["colorize", "--recipe", "r.json", "photo.png", "-o", "again.png"])
        if result.exit_code == 0:  # a program's name, say, may be any text
            Path("again.png").unlink()
            continue
        tried += 1
        assert result.exit_code == 1, (values, result.output)
        assert isinstance(result.exception, SystemExit)
        [line] = result.stderr.splitlines()
        assert "r.json" in line
        assert not Path("again.png").exists()
    assert tried > 60
    for text in (DEEP, '{"tintype_recipe": ' + "1" * 5000 + "}", '{"tintype_recipe": 1, "settings": "x"}'):
        Path("r.json").write_text(text)
        result = CliRunner().invoke(main, ["colorize", "--recipe", "r.json", "photo.png"])
        assert result.exit_code == 1
        assert len(result.stderr.splitlines()) == 1


@POSIX
def test_temporaries_of_killed_processes_are_swept(here):
    from tintype import files

    code = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from tintype import files\n"
        "files.temporary_beside(Path('.').absolute()).write_bytes(b'half')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert process("-c", code).returncode == -signal.SIGKILL
    Path(".tintype-other.tmp").write_bytes(b"of another computer")
    assert len(list(here.glob(".tintype-*"))) == 2
    result = process("-m", "tintype", "colorize", "photo.png")
    assert result.returncode == 0, result.stderr
    assert [p.name for p in here.glob(".tintype-*")] == [".tintype-other.tmp"]
    assert files.sweep(here) == 0
