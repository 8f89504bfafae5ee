"""One script from packed photographs to a network in pieces: rehearsed whole, with very little."""

import json
import runpy
import tarfile
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import tintype
from tintype.commands import main
from tintype.dataset.build import Options, make_dataset
from tintype.dataset.shards import PhotoSet
from tintype.training.card import ASK
from training.runs import changes, write_photos

SCRIPT = runpy.run_path(str(Path(__file__).resolve().parents[2] / "scripts" / "train_network.py"))


def test_pieces_come_together_and_damage_is_noticed(tmp_path):
    data = np.random.default_rng(0).bytes(2500)
    (tmp_path / "a.onnx").write_bytes(data)
    (tmp_path / "empty").write_bytes(b"")
    SCRIPT["cut"]([tmp_path / "a.onnx", tmp_path / "empty"], tmp_path / "pieces", 1000)
    sizes = [p.stat().st_size for p in sorted((tmp_path / "pieces").glob("a.onnx.*"))]
    assert sizes == [1000, 1000, 500]
    assert SCRIPT["join"](tmp_path / "pieces", "a.onnx") == data
    assert SCRIPT["join"](tmp_path / "pieces", "empty") == b""
    (tmp_path / "pieces" / "a.onnx.001").write_bytes(b"x" * 1000)
    with pytest.raises(SystemExit, match="damaged"):
        SCRIPT["join"](tmp_path / "pieces", "a.onnx")
    with pytest.raises(SystemExit, match="no pieces of 'b'"):
        SCRIPT["join"](tmp_path / "pieces", "b")
    assert SCRIPT["PIECE"] < 16 << 20


def test_a_set_travels_in_pieces_and_is_the_same_again(tmp_path, monkeypatch):
    made, packed, out = tmp_path / "set", tmp_path / "packed", tmp_path / "out"
    write_photos(tmp_path / "photos" / "a")
    make_dataset([tmp_path / "photos"], made, Options(short=64, validation=0.3))
    SCRIPT["pack"](made, packed, 90, 24 << 10)
    SCRIPT["pack"](made, packed, 90, 24 << 10)  # again, over what is there
    sizes = [p.stat().st_size for p in packed.glob("*.tar")]
    assert len(sizes) > 3
    assert max(sizes) <= 24 << 10
    trained = []
    monkeypatch.setitem(SCRIPT["run"].__globals__, "train", lambda *words: trained.append(words))
    monkeypatch.setitem(SCRIPT["run"].__globals__, "cut", lambda *_: None)
    SCRIPT["main"](["run", str(packed), "-o", str(out)])
    assert trained
    for split in ("train", "val"):
        before, after = PhotoSet.open(made, split), PhotoSet.open(out / "set", split)
        assert before.names == after.names
        for one, other in zip(before, after, strict=True):
            assert one.shape == other.shape
            assert np.abs(one.astype(int) - other).mean() < 6
    next(packed.glob("train-*.tar")).unlink()
    with pytest.raises(SystemExit, match="fetch its pieces again"):
        SCRIPT["main"](["run", str(packed), "-o", str(tmp_path / "again")])


def test_a_failed_export_leaves_the_weights_in_pieces(tmp_path, monkeypatch):
    def fails(options, made, trained):
        trained.mkdir(parents=True)
        (trained / "weights.safetensors").write_bytes(b"weights")
        raise SystemExit(1)

    monkeypatch.setitem(SCRIPT["run"].__globals__, "train", fails)
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "dataset.json").write_text("{}")
    with pytest.raises(SystemExit):
        SCRIPT["main"](["run", "photos", "-o", str(tmp_path)])
    assert SCRIPT["join"](tmp_path / "pieces", "weights.safetensors") == b"weights"


in_a_process = SCRIPT["tintype"]


def here(*words):
    """Run a command: training in this process, as another one loads torch anew."""
    if words[0] != "train":
        in_a_process(*words)
        return
    done = CliRunner().invoke(main, list(map(str, words)))
    if done.exit_code:
        raise SystemExit(done.exit_code)


@pytest.mark.usefixtures("quick_exports")
def test_from_a_tar_to_a_network_that_colors_and_a_card_that_says_whose_photographs_it_saw(
    tmp_path, monkeypatch
):
    pictures = tmp_path / "photos"
    write_photos(pictures / "quiet")
    for name, group in (("00", "closed"), ("01", "closed"), ("02", "unknown")):
        (pictures / group).mkdir(exist_ok=True)
        (pictures / "quiet" / f"{name}.png").rename(pictures / group / f"{name}.png")
    terms = tmp_path / "terms.toml"
    terms.write_text(
        '[closed]\nsource = "an agency"\nterms = "CC BY-NC 4.0"\ncommercial = false\n'
        '[quiet]\nsource = "a | web site"\nterms = "No terms."\n'
    )
    with tarfile.open(tmp_path / "photos.tar", "w") as archive:
        archive.add(pictures, ".")
    small = [w for change in changes("cnn", "length.steps=2") for w in ("--set", change)]
    out = tmp_path / "out"
    words = ["run", str(tmp_path / "photos.tar"), "-o", str(out), "--recipe", "cnn", *small]
    words += ["--terms", str(terms)]
    monkeypatch.setitem(SCRIPT["run"].__globals__, "tintype", here)
    SCRIPT["main"](words)
    SCRIPT["main"](words)  # goes on where it was: at the end
    assert json.loads((out / "pieces" / "pieces.json").read_text()).keys() >= {"network.onnx", "card.md"}
    card = SCRIPT["join"](out / "pieces", "card.md").decode()
    assert "| quiet | 13 | a \\| web site | No terms. | says nothing |" in card
    assert f"| unknown | 1 | {ASK} | {ASK} | not known to be allowed |" in card
    assert "left out: closed (2). Of 2 groups the sources say nothing" in card
    SCRIPT["main"](["join", str(out / "pieces"), "-o", str(tmp_path / "network.onnx")])
    grey = np.tile(np.arange(0, 250, 5, dtype=np.uint8), (40, 1))
    assert tintype.Colorizer(model=str(tmp_path / "network.onnx"))(grey).shape == (40, 50, 3)
