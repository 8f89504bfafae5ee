"""The loop: it stops for a reason, in time, and says how far it is."""

import math

import pytest
import torch
from safetensors.torch import load_file

from tintype.errors import TrainingError
from tintype.training.distributed import Process
from tintype.training.first_weights import make_network, save_weights
from tintype.training.loop import Loop
from tintype.training.new_run import begin_run
from tintype.training.recipe_file import load, to_toml
from training.elsewhere import META, Elsewhere, MetaGenerator
from training.runs import CPU, SMALL, small, started, stop_after


def test_nan_stops_with_a_reason_and_the_checkpoint_stays_good(dataset, backbones, tmp_path):
    run = started("cnn", dataset, tmp_path / "run", backbones, "length.steps=9", "length.validate=2")
    loop = Loop(run, CPU, stop=stop_after(3))
    assert not loop.run()
    broken = Loop(run, CPU)
    broken.network.last.bias.data.fill_(math.nan)
    with pytest.raises(
        TrainingError, match=r"run: stopped at step 4: the loss is nan: lower optimizer\.rate"
    ):
        broken.run()
    assert run.rows()[-1]["event"] == "stopped"
    assert "nan" in run.rows()[-1]["reason"]
    assert Loop(run, CPU, stop=stop_after(1)).steps == 3


def test_a_run_stops_early_and_keeps_the_best(dataset, backbones, tmp_path):
    run = started("cnn", dataset, tmp_path / "run", backbones, "length.steps=50", "length.validate=1",
                  "length.patience=2", "optimizer.rate=0.0")  # fmt: skip
    loop = Loop(run, CPU)
    assert loop.run()
    assert loop.steps == 3  # one that is best, two that are not better
    assert run.rows()[-1]["event"] == "stopped early"
    assert Loop(run, CPU).run()  # a finished run is finished, however often it is asked
    best = load_file(run.best)
    first = make_network(run.recipe, 261).state_dict()
    assert best.keys() == first.keys()


def test_an_encoder_whose_rate_is_nothing_stays_as_it_is(dataset, backbones, tmp_path):
    run = started("tintype-lite", dataset, tmp_path / "run", backbones, "length.steps=2",
                  "optimizer.backbone_rate=0", "hints.share=1")  # fmt: skip
    loop = Loop(run, CPU)
    before = {k: v.clone() for k, v in loop.network.state_dict().items()}
    assert loop.run()
    moved = {k.split(".")[0] for k, v in loop.network.state_dict().items() if not torch.equal(v, before[k])}
    assert moved.isdisjoint({"enc", "second"}) and {"head", "h16"} <= moved


def test_weights_that_shall_only_be_exported_stay_as_they_are(dataset, backbones, tmp_path):
    run = started("tintype", dataset, tmp_path / "run", backbones, "length.steps=2", "optimizer.rate=0.0")
    loop = Loop(run, CPU)
    before = {k: v.clone() for k, v in loop.network.state_dict().items()}
    assert loop.run()
    for k, v in loop.average.module.state_dict().items():
        assert torch.equal(v, before[k]), k


def test_the_loop_tells_how_far_it_is(dataset, backbones, tmp_path):
    run = started("zhang16", dataset, tmp_path / "run", backbones, "length.steps=4", "length.validate=4")
    told = []
    Loop(run, CPU, tell=told.append).run()
    assert [t.step for t in told] == [1, 2, 3, 4, 4]
    assert [t.share for t in told] == [0.25, 0.5, 0.75, 1, 1]
    assert all(t.rate > 0 for t in told[:4])
    assert told[3].left == 0
    assert set(told[0].values) == {"loss", "cross_entropy"}
    assert set(told[4].values) == {"val_loss", "delta_psnr", "colorfulness"}


def test_a_run_can_be_as_long_as_the_clock_says(dataset, backbones, tmp_path):
    run = begin_run(small("cnn"), dataset, tmp_path / "run", CPU, minutes=1.5 / 60)
    loop = Loop(run, CPU)
    assert loop.run()
    assert 1.5 <= loop.elapsed < 6
    assert loop.steps > 1


def taught(name, run, folder):
    """The same run, following a teacher of its own kind, and what is decoded."""
    (folder / "small.toml").write_text(to_toml(run.recipe.table()))
    save_weights(make_network(run.recipe, 261), folder / "teacher.safetensors")
    recipe = small(name, f"teacher.recipe={folder}/small.toml", "objective.decoded=1")
    return begin_run(recipe, run.job.data, folder / "taught", CPU, backbone=run.job.backbone,
                     second=run.job.second, teacher=str(folder / "teacher.safetensors"))  # fmt: skip


@pytest.mark.parametrize("name", SMALL)
def test_a_step_stays_on_its_device_and_waits_once(name, dataset, tmp_path, backbones, monkeypatch):
    run = started(name, dataset, tmp_path / "run", backbones)
    if load(name).objective.kind == "classification":
        run = taught(name, run, tmp_path)
    waits = []

    def read(tensor):
        waits.append(tensor.shape)
        return [0.0] * len(tensor)

    monkeypatch.setattr(torch, "Generator", MetaGenerator)
    loop = Loop(run, Process(META))
    monkeypatch.setattr(torch.Tensor, "tolist", read)
    with Elsewhere():
        batches = loop._batches(0)
        loop.network.train()
        for _ in range(2):
            loop._step(batches, 0.0, 0)
            assert batches.drawn is not None  # before the host had to wait
    assert {p.device for p in loop.average.module.parameters()} == {META}
    assert len(waits) == 2 * (2 if name == "gan" else 1)
