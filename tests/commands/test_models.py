"""The command `tintype models`, end to end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from click.testing import CliRunner, Result

from network.onnx_models import mixing
from network.random_caffe import write_published
from tintype import Colorizer
from tintype.commands import main
from tintype.network.registry import find


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path / "home" / "networks"


@pytest.fixture(scope="module")
def caffe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_published(tmp_path_factory.mktemp("caffe"), narrow=8)


def run(*args: object, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["models", *map(str, args)])
    assert result.exit_code == code, result.output
    return result


def test_list_shows_what_is_here_and_what_can_be_fetched() -> None:
    lines = run("list").output.splitlines()
    rows = {line.split()[0]: line for line in lines}
    assert "embedded" in rows["tintype"]
    assert "hints" in rows["tintype"]
    assert "fast" in rows["tintype"]
    assert "known" in rows["ddcolor-tiny"]
    assert "Apache-2.0" in rows["ddcolor-tiny"]
    values = {v["name"]: v for v in json.loads(run("list", "--json").output)}
    assert values["tintype"]["size"] == find("tintype").stat().st_size
    assert values["ddcolor"]["exact"] is False
    assert len(values) == len(rows) - 1


def test_the_caffe_model_comes_checks_colours_and_goes(caffe: Path, home: Path) -> None:
    said = run("import", *sorted(caffe.iterdir())).output
    assert "variant: v2" in said
    assert "pts_in_hull.npy" in said
    assert "BSD-2-Clause" in said
    assert "NOT that of the published file" in said  # its weights are random
    assert "installed as zhang16-v2" in said
    values = {v["name"]: v for v in json.loads(run("list", "--json").output)}
    assert values["zhang16-v2"]["where"] == "installed"
    assert values["zhang16-v2"]["gives"] == "distribution"
    told = json.loads(run("info", "zhang16-v2", "--json").output)
    assert told["bins"] == 313
    assert "Zhang" in told["citation"]
    assert len(told["sha256"]) == 64
    assert "as installed" in run("verify").output
    grey = np.tile(np.arange(0, 255, 4, dtype=np.uint8), (48, 1))
    assert Colorizer(model="zhang16-v2")(grey).shape == (48, 64, 3)
    assert "installed already" in run("import", *sorted(caffe.iterdir()), code=1).output
    run("remove", "zhang16-v2")
    assert not list(home.iterdir())


def test_an_onnx_file_of_another_program_says_how_it_is_read(tmp_path: Path, home: Path) -> None:
    file = tmp_path / "Tinter.onnx"
    onnx.save(mixing(3, 3), file)
    asked = run("import", file, code=1).output
    assert "say it with --normalize … --output …" in asked
    assert not home.exists()
    said = run("import", file, "--normalize", "*255", "--output", "rgb*255").output
    assert "guessed input rgb" in said
    assert "the whole rule: input=rgb normalize=*255 size=64,square,fixed output=rgb*255" in said
    assert "installed as tinter" in said
    (tmp_path / "other.json").write_text('{"normalize": "-50/100", "output": "ab/110", "licence": "MIT"}')
    onnx.save(mixing(1, 2), file)
    said = run("import", file, "--rule", tmp_path / "other.json", "--output", "ab/128", "--force").output
    assert "normalize=-50/100 size=64,square,fixed output=ab/128" in said
    assert "licence: MIT" in said
    rows = {v["name"]: v for v in json.loads(run("list", "--json").output)}
    assert (rows["tinter"]["takes"], rows["tinter"]["gives"]) == ("L", "ab")
    assert "the whole rule" in run("info", "tinter").output
    (tmp_path / "a.pth").write_bytes(b"x")
    assert "leave it out" in run("import", tmp_path / "a.pth", "--input", "L", code=1).output


def test_info_of_each_kind(tmp_path: Path) -> None:
    assert "steps of 32" in run("info", "tintype").output
    known = run("info", "siggraph17").output
    assert "https://colorizers.s3" in known
    assert "tintype models pull siggraph17" in known
    assert "tintype[train]" in run("info", "deoldify-artistic").output
    shutil.copy(find("tintype"), tmp_path / "mine.onnx")
    assert "mine.onnx" in run("info", tmp_path / "mine.onnx").output
    assert "Did you mean" in run("info", "sigraph", code=1).output


def test_verify_fails_with_the_names(tmp_path: Path, home: Path) -> None:
    shutil.copy(find("tintype"), tmp_path / "mine.onnx")
    run("import", tmp_path / "mine.onnx", "--name", "mine")
    with (home / "mine" / "network.onnx").open("ab") as file:
        file.write(b"\0")
    result = run("verify", code=1)
    assert "tintype: no record" in result.output
    assert "1 of 2 networks failed: mine" in result.output


def test_remove_keeps_what_comes_along() -> None:
    assert "stays" in run("remove", "tintype", code=1).output
