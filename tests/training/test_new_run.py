"""What can go wrong is looked at before anything is written."""

import pytest

from tintype.errors import TrainingError
from tintype.training.new_run import begin_run
from training.runs import CPU, small


def test_an_encoder_that_is_missing_or_unwanted_is_said_before_anything_is_written(dataset, tmp_path):
    with pytest.raises(TrainingError, match="--backbone none"):
        begin_run(small("tintype"), dataset, tmp_path / "x", CPU)
    with pytest.raises(TrainingError, match="no pretrained encoder"):
        begin_run(small("cnn"), dataset, tmp_path / "x", CPU, backbone="some.safetensors")
    with pytest.raises(TrainingError, match="no such training set"):
        begin_run(small("cnn"), tmp_path / "nothing", tmp_path / "x", CPU)
    assert not (tmp_path / "x").exists()
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "recipe.toml").write_text("mine")
    with pytest.raises(TrainingError, match="not an empty folder"):
        begin_run(small("cnn"), dataset, tmp_path / "x", CPU)
    assert (tmp_path / "x" / "recipe.toml").read_text() == "mine"
