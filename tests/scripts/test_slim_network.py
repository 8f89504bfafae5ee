"""From a trained network to the first weights of a slim one, by the script."""

import runpy
from pathlib import Path

import pytest
import torch

from tintype.color.bins import srgb_bins
from tintype.dataset.build import Options, make_dataset
from tintype.training.first_weights import load_weights, make_network, save_weights
from tintype.training.recipe_file import load, to_toml
from training.runs import SHORT, small, write_photos

SCRIPT = runpy.run_path(str(Path(__file__).resolve().parents[2] / "scripts" / "slim_network.py"))
SLIM = ["network.width=32", "network.w8=16", "network.w4=16", "network.r8=[4, 4, 4]", "network.r4=[4, 4, 4]",
        "network.depth=2",
        "network.units=[1, 2, 1]", "network.key=2", "network.value=2", "network.hidden=24",
        f"network.second={list(SHORT)}",
        "phases=[{view=64, batch=4}]"]  # fmt: skip


def test_a_slim_network_is_made_and_what_it_lost_is_said(tmp_path, capsys):
    write_photos(tmp_path / "photos")
    make_dataset([tmp_path / "photos"], tmp_path / "set", Options(validation=0.2))
    whole = small(
        "tintype",
        "network.units=[1, 2, 1]",
        "network.depth=2",
        "network.d8=2",
        f"network.second={list(SHORT)}",
    )
    torch.manual_seed(4)
    teacher = make_network(whole, len(srgb_bins()))
    save_weights(teacher, tmp_path / "teacher.safetensors")
    (tmp_path / "whole.toml").write_text(to_toml(whole.table()))
    changes = [word for key in [*SLIM, f"teacher.recipe={tmp_path}/whole.toml"] for word in ("--set", key)]
    out = tmp_path / "slim.safetensors"
    words = [str(tmp_path / "set"), "-o", str(out), "--views", "8", *changes, "--teacher"]
    SCRIPT["main"]([*words, str(tmp_path / "teacher.safetensors")])
    assert "nats from its teacher, on 32 other views" in capsys.readouterr().out
    load_weights(make_network(load("tintype-lite").replace(SLIM), len(srgb_bins())), out)
    made = out.read_bytes()
    with pytest.raises(SystemExit):
        SCRIPT["main"]([*words, str(tmp_path / "teacher.safetensors")])
    assert "slim.safetensors exists" in capsys.readouterr().err
    assert out.read_bytes() == made
    words[2] = str(tmp_path / "other.safetensors")
    with pytest.raises(SystemExit, match=r"none\.safetensors"):
        SCRIPT["main"]([*words, str(tmp_path / "none.safetensors")])
