"""An archive in review: its least certain results come by themselves, and verdicts reach the archive."""

import sqlite3
from contextlib import closing

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from studio_page.conftest import sit_down
from studio_page.page_tools import Studio, write_photos
from tintype.commands import main

pytestmark = pytest.mark.browser


@pytest.fixture
def archive(tmp_path, one_process):
    write_photos(tmp_path / "scans", "astronaut", "chelsea")
    command = ["archive", "--size", "64", "--jobs", "1", str(tmp_path / "scans"), str(tmp_path / "out")]
    assert CliRunner().invoke(main, command).exit_code == 0
    return tmp_path / "out"


def rows(archive):
    with closing(sqlite3.connect(archive / ".tintype/manifest-1-of-1.db")) as db:
        return db.execute("SELECT source, review FROM photographs ORDER BY confidence").fetchall()


def test_the_least_certain_come_first_and_are_accepted_or_steered_and_put_back(context, tmp_path, archive):
    first, second = (name for name, _ in rows(archive))
    studio = Studio(tmp_path / "home", "--archive", archive)
    try:
        sitting = sit_down(context, studio, fresh=False)
        person = next(sitting)
        person.until(["photos", 2])
        person.until("quiet")
        page = person.page
        page.get_by_role("button", name="Accept").click()
        page.locator("#notices", has_text=f"{first}: Accepted").wait_for()
        person.until("quiet")
        person.newer(lambda: person.slide("saturation", 0))
        page.get_by_role("button", name="Put into the archive").click()
        page.locator("#notices", has_text=f"{second}: In the archive").wait_for()
        person.shot("review")
        assert next(sitting, None) is None  # it has not complained
    finally:
        studio.kill()
    assert dict(rows(archive)) == {first: "accepted", second: "redone"}
    pictures = [np.asarray(Image.open(archive / name)).astype(int) for name in (first, second)]
    spreads = [np.ptp(picture, axis=2).mean() for picture in pictures]
    assert spreads[1] < 1 < spreads[0]
