"""``tintype evaluate-film``, as people call it."""

import json

import pytest
from click.testing import CliRunner

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import film, needs_ffmpeg, pan
from tintype.commands import main

pytestmark = needs_ffmpeg


def run(*args):
    return CliRunner().invoke(main, [str(a) for a in args])


def test_measuring_says_how_steady_a_film_is(tmp_path):
    colored = film(tmp_path / "c.mp4", pan(count=12), "-crf", "10", "-pix_fmt", "yuv444p")
    done = run("evaluate-film", colored, "--height", "96", "--json", "--size", "64", "--threads", "1")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)[str(colored)]
    assert found["truth"]["ab_rmse"] == 0 and found["grey"]["colorfulness"] < 1
    assert found["film"]["warp_ab"] < found["frame by frame"]["warp_ab"]
    assert found["grey"]["warp_ab"] < 0.05
