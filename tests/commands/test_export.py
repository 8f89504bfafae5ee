"""``tintype export``."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from tintype.commands import export as module
from tintype.commands import main
from tintype.export import file


def test_a_step_is_written_and_named(tmp_path: Path):
    target = tmp_path / "paint.onnx"
    done = CliRunner().invoke(main, ["export", str(target), "--part", "paint", "--pixels", "uint16"])
    assert done.exit_code == 0
    assert done.stdout.strip() == str(target)
    assert "Apache-2.0" in done.stderr
    again = CliRunner().invoke(main, ["export", str(target), "--part", "paint"])
    assert again.exit_code == 1
    assert "--force replaces it" in again.output


def test_its_choices_are_those_of_the_room():
    assert module._PARTS == file.PARTS
    assert module._PIXELS == file.PIXELS
    assert module._WEIGHTS == file.WEIGHTS
