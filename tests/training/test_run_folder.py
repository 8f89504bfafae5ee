"""A run's folder: damaged and foreign ones are named, and a full disk leaves it whole."""

import json

import pytest
import torch

from tintype.errors import TrainingError
from tintype.training.finish import finish
from tintype.training.loop import Loop
from tintype.training.run_folder import RunFolder
from training.runs import CPU, started


def test_damaged_and_foreign_folders_are_named(dataset, backbones, tmp_path):
    with pytest.raises(TrainingError, match=r"no run .*tintype train RECIPE DATA -o"):
        RunFolder.open(tmp_path)
    run = started("cnn", dataset, tmp_path / "run", backbones, "length.steps=1")
    with pytest.raises(TrainingError, match="no checkpoint yet"):
        finish(run)
    with pytest.raises(TrainingError, match="holds a run already"):
        started("cnn", dataset, tmp_path / "run", backbones)
    run.checkpoint.write_bytes(b"rubbish")
    with pytest.raises(TrainingError, match=r"checkpoint\.pt: damaged"):
        Loop(run, CPU)
    values = json.loads((run.path / "run.json").read_text())
    (run.path / "run.json").write_text(json.dumps(values | {"version": 99}))
    with pytest.raises(TrainingError, match="another version"):
        RunFolder.open(run.path)


def test_a_full_disk_stops_with_the_checkpoint_before_it_whole(dataset, backbones, tmp_path):
    resource = pytest.importorskip("resource")  # of Unix
    run = started("cnn", dataset, tmp_path / "run", backbones, "length.steps=1")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def saved_on_a_full_disk():
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
        try:
            run.save({"steps": 2, "much": torch.zeros(100_000)})
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    with pytest.raises(TrainingError, match=r"checkpoint\.pt: can't be written.*a new run"):
        saved_on_a_full_disk()
    run.save({"steps": 1})
    with pytest.raises(TrainingError, match=r"File too large.*--resume"):
        saved_on_a_full_disk()
    assert run.load()["steps"] == 1
    assert not list(run.path.glob(".checkpoint*"))
