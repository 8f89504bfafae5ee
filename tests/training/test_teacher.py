"""A trained network as a teacher: how far a student is from it, for how long, and who can teach whom."""

import numpy as np
import pytest
import torch
from torch import nn

from tintype.errors import TrainingError
from tintype.training.batches import Batch
from tintype.training.first_weights import make_network, save_weights
from tintype.training.loop import Loop
from tintype.training.new_run import begin_run
from tintype.training.recipe_file import to_toml
from tintype.training.run_folder import RunFolder
from tintype.training.teacher import Teacher
from training.runs import CPU, losses, small, stop_after


class Two(nn.Module):
    """Logits of two bins: nothing, and a tenth of L."""

    output, hints, multiple, stride = "logits", False, 1, 1

    def forward(self, L):
        return torch.cat([torch.zeros_like(L), L / 10], 1)


def test_the_divergence_is_that_of_what_the_teacher_sees_before_ageing():
    L = torch.tensor([10.0, -20.0]).view(1, 1, 1, 2)
    batch = Batch(L * 7, torch.zeros(1, 2, 1, 2), torch.zeros(1, 3, 1, 2), L)
    teacher = Teacher(Two(), CPU, 1.0, 0.5)
    student = torch.tensor([[0.3, 0.0], [0.0, 0.2]]).view(1, 2, 1, 2)
    p = np.exp([[0, 1], [0, -2]])
    p /= p.sum(1, keepdims=True)
    q = np.exp([[0.3, 0], [0, 0.2]])
    q /= q.sum(1, keepdims=True)
    expected = (p * np.log(p / q)).sum(1).mean()
    assert float(teacher.divergence(student, batch)) == pytest.approx(expected, rel=1e-5)
    assert float(teacher.divergence(Two()(L), batch)) == pytest.approx(0, abs=1e-6)


def test_a_teacher_weighs_less_and_less():
    teacher = Teacher(Two(), CPU, 2.0, 0.5)
    assert [teacher.weight_at(s) for s in (0, 0.25, 0.5, 0.9)] == pytest.approx([2, 1, 0, 0])
    assert Teacher(Two(), CPU, 2.0, 0.0).weight_at(0) == 0


@pytest.fixture(scope="module")
def taught_by(tmp_path_factory):
    """Weights of a small zhang16, and its recipe."""
    folder = tmp_path_factory.mktemp("teacher")
    torch.manual_seed(9)
    recipe = small("zhang16")
    network = make_network(recipe, 261)
    with torch.no_grad():
        network.head.bias.normal_(0, 2)  # an opinion
    save_weights(network, folder / "teacher.safetensors")
    (folder / "recipe.toml").write_text(to_toml(recipe.table()))
    return folder


def test_a_taught_run_comes_nearer_to_its_teacher_and_resumes_the_same(
    taught_by, dataset, tmp_path, monkeypatch
):
    recipe = small("zhang16", "teacher.recipe=recipe.toml", "teacher.weight=50", "teacher.until=0.75",
                   "optimizer.rate=0.1", "length.steps=8", "length.validate=100")  # fmt: skip
    monkeypatch.chdir(taught_by)
    runs = [
        begin_run(recipe, dataset, tmp_path / name, CPU, seed=5, teacher="teacher.safetensors")
        for name in ("whole", "mine")
    ]
    monkeypatch.chdir(tmp_path)
    assert Loop(runs[0], CPU).run()
    assert not Loop(runs[1], CPU, stop=stop_after(3)).run()
    assert Loop(RunFolder.open(tmp_path / "mine"), CPU).run()
    assert losses(runs[0]) == losses(runs[1])
    apart = [row["teacher"] for row in runs[0].rows() if "teacher" in row]
    assert len(apart) == 6  # three quarters of the steps
    assert apart[-1] < 0.9 * apart[0]


def test_who_cannot_teach_is_said_before_anything_is_written(taught_by, dataset, tmp_path):
    recipe = f"teacher.recipe={taught_by}/recipe.toml"
    weights = str(taught_by / "teacher.safetensors")
    with pytest.raises(TrainingError, match="Zhang16 can't teach ConvNet"):
        begin_run(small("cnn", recipe), dataset, tmp_path / "x", CPU, teacher=weights)
    with pytest.raises(TrainingError, match="not weights of this Tintype"):
        begin_run(small("tintype"), dataset, tmp_path / "x", CPU, backbone="none", teacher=weights)
    assert not (tmp_path / "x").exists()
