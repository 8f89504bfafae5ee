"""``tintype dataset``, as people call it."""

import numpy as np
import pyvips
from click.testing import CliRunner

from tintype.commands import main
from training.runs import write_photos


def run(*args, code=0):
    result = CliRunner().invoke(main, ["dataset", *map(str, args)])
    assert result.exit_code == code, result.output
    return result


def test_the_command_says_what_it_kept_and_under_which_terms(tmp_path):
    write_photos(tmp_path / "in" / "box", count=4)
    grey = np.repeat(np.arange(90, dtype=np.uint8)[:, None, None], 90, axis=1).repeat(3, axis=2)
    pyvips.Image.new_from_array(grey).write_to_file(str(tmp_path / "in" / "grey.png"))
    (tmp_path / "terms.toml").write_text('[box]\nsource = "an archive"\nterms = "CC0"\ncommercial = true\n')
    arguments = ("--smallest", 64, "--short", 64, "--validation", 0.5, "--largest-group", 1,
                 "--terms", tmp_path / "terms.toml")  # fmt: skip
    said = run(tmp_path / "in", "-o", tmp_path / "set", *arguments).output
    assert "5 photographs found, 4 kept: " in said
    assert "1 dropped: grey" in said
    assert "4 of box: CC0" in said
    assert f"report: {tmp_path / 'set' / 'report.html'}" in said
    again = run(tmp_path / "in", "-o", tmp_path / "set", *arguments, code=1)
    assert "holds a training set already" in again.output
    assert "no such folder" in run(tmp_path / "no", "-o", tmp_path / "other", code=1).output
