"""A finished archive in review: the least certain first, and what is decided stays."""

import sqlite3
import tarfile
from contextlib import closing

import numpy as np
import pytest
import pyvips
from click.testing import CliRunner

from archive_help import grey_photo
from tintype import PhotoError
from tintype.archive.review import reviewed
from tintype.commands import main
from tintype.errors import FileMissing


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """An archive of three photographs."""
    home = tmp_path_factory.mktemp("archive")
    for i, name in enumerate(("a.jpg", "deep/b.png", "c.jpg")):
        grey_photo(home / "scans" / name, shift=9 * i)
    run(home)
    return home


def run(home, code=0):
    command = ["archive", "--jobs", "1", "--size", "64", str(home / "scans"), str(home / "out")]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == code, result.output
    return result.stderr


def said(home):
    with closing(sqlite3.connect(home / "out/.tintype/manifest-1-of-1.db")) as db:
        return dict(db.execute("SELECT source, review FROM photographs"))


def spread(path):
    return int(np.ptp(pyvips.Image.new_from_file(str(path)).numpy().astype(int), axis=2).max())


def test_what_is_decided_is_kept_and_later_runs_keep_to_it(finished):
    out = finished / "out"
    with reviewed(str(out)) as review:
        some, total = review.doubtful(0, 2)
        assert (len(some), total) == (2, 3)
        assert some[0].confidence <= some[1].confidence
        first, second = (d.name for d in some)
        assert review.photograph(first, finished) == finished / "scans" / first
        assert review.settings_of(first) == review.settings
        review.accept(first)
        mask = finished / "mask.png"
        pyvips.Image.black(96, 64).write_to_file(str(mask))
        review.redo(second, {"saturation": 0.0}, mask)
        mask.unlink()
        assert review.doubtful(0, 9)[1] == 1
        assert review.settings_of(second).saturation == 0
        with pytest.raises(FileMissing):
            review.accept("no.jpg")
        with pytest.raises(PhotoError):
            review.redo(second, {"hints": [{"x": 1e6, "y": 1, "color": "#ff0000"}]})
    assert spread(out / second) <= 2 < spread(out / first)
    assert said(finished) | {first: "accepted", second: "redone"} == said(finished)
    # The run itself, which says nothing of saturation, goes on without a word.
    assert "3 done before" in run(finished)
    assert spread(out / second) <= 2
    with reviewed(str(out)) as review:
        assert review.settings_of(second).saturation == 0


def test_a_result_in_a_tar_file_is_made_anew_there(finished, one_process):
    out = f"tar:{finished / 'tars'}"
    command = ["archive", "--size", "64", str(finished / "scans"), out]
    assert CliRunner().invoke(main, command).exit_code == 0
    with reviewed(out) as review:
        review.redo("a.jpg", {"saturation": 0.0})
    with tarfile.open(finished / "tars/000000.tar") as tar:
        assert sorted(tar.getnames()) == ["a.jpg", "c.jpg", "deep/b.png"]
        tar.extractall(finished / "extracted", filter="data")
    assert spread(finished / "extracted/a.jpg") <= 2 < spread(finished / "extracted/c.jpg")
    assert CliRunner().invoke(main, ["archive", "--verify", out]).exit_code == 0
    again = CliRunner().invoke(main, command)
    assert "3 done before" in again.stderr


def test_what_is_no_archive_is_said(tmp_path):
    with pytest.raises(PhotoError, match="run it once more"), reviewed(str(tmp_path)):
        pass
