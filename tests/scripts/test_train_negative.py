"""From photographs to what tells negatives: every step of the script, with very little."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import torch

from tintype.dataset.build import Options, make_dataset
from tintype.photo import negative
from training.runs import write_photos

SCRIPT = runpy.run_path(str(Path(__file__).resolve().parents[2] / "scripts" / "train_negative.py"))


@pytest.fixture
def views(tmp_path):
    write_photos(tmp_path / "photos" / "a")
    make_dataset([tmp_path / "photos"], tmp_path / "set", Options(short=64, validation=0))
    SCRIPT["views"](str(tmp_path / "set"), str(tmp_path / "views.npz"))
    return tmp_path / "views.npz"


def test_what_is_exported_says_what_was_trained(views, tmp_path, monkeypatch, capsys):
    run, made = tmp_path / "run.pt", tmp_path / "made.npz"
    SCRIPT["train"](str(views), str(run), 0.01, batch=8)
    SCRIPT["train"](str(views), str(run), 0.01, batch=8)
    assert torch.load(run, weights_only=True)["step"] >= 2
    SCRIPT["export"](str(run), str(views), str(made))
    assert "called negatives" in capsys.readouterr().out

    network = SCRIPT["Network"]()
    network.load_state_dict(torch.load(run, weights_only=True)["network"])
    network.eval()
    monkeypatch.setattr(negative, "_FILE", made)
    negative._weights.cache_clear()
    try:
        limit = float(negative._weights()["limit"])
        for view in np.load(views)["views"][:4].astype(np.float32) / 255:
            with torch.no_grad():
                told = float(network(torch.from_numpy(view)[None, None]))
            assert negative.score(view) + limit == pytest.approx(told, abs=0.02)
            assert negative.score(1 - view) + limit == pytest.approx(-told, abs=0.02)
    finally:
        negative._weights.cache_clear()


def test_what_is_shipped_is_tried_on_photographs(tmp_path, capsys):
    write_photos(tmp_path / "photos", count=3)
    SCRIPT["tried"](str(tmp_path / "photos"))
    assert capsys.readouterr().out.startswith("3 photographs: 0 called negatives;")
