"""Whole runs: every recipe trains, is put down and taken up the same, ends in a network that colours."""

import json
import math

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from skimage import data

import tintype
from tintype.dataset.build import Options, make_dataset
from tintype.errors import NetworkError, TrainingError
from tintype.training.card import write_card
from tintype.training.distributed import Process
from tintype.training.finish import finish
from tintype.training.first_weights import make_network, save_weights
from tintype.training.loop import Loop
from tintype.training.networks.backbones import BACKBONES, ResNet50V2
from tintype.training.new_run import begin_run
from tintype.training.recipe_file import load, names
from tintype.training.run_folder import RunFolder
from training.runs import small, write_photos

CPU = Process(torch.device("cpu"))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write_photos(folder / "photos")
    make_dataset([folder / "photos"], folder / "set", Options(validation=0.3))
    return folder / "set"


@pytest.fixture(scope="module")
def backbones(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backbones")
    torch.manual_seed(0)
    for name, encoder in (
        ("tintype", ResNet50V2((1, 1, 1))),
        ("fusion", BACKBONES["mobilenetv2"]()),
        ("tintype-lite", BACKBONES["efficientnet-lite2"]()),
    ):
        save_file(encoder.state_dict(), folder / f"{name}.safetensors")
    return folder


def started(name, dataset, folder, backbones, *more):
    backbone = str(backbones / f"{name}.safetensors") if load(name).network.backbone else ""
    return begin_run(small(name, *more), dataset, folder, CPU, backbone=backbone, seed=5)


def stop_after(steps):
    asked = iter(range(1, 1000))
    return lambda: next(asked) >= steps


def losses(run):
    keys = {"loss", "val_loss", "critic"}
    return [(r["step"], {k: v for k, v in r.items() if k in keys}) for r in run.rows()]


@pytest.mark.parametrize("name", names())
def test_every_recipe_trains_resumes_the_same_exports_and_colours(name, dataset, backbones, tmp_path):
    more = ("length.steps=3", "length.validate=2")
    whole = started(name, dataset, tmp_path / "whole", backbones, *more)
    assert Loop(whole, CPU).run()

    run = started(name, dataset, tmp_path / "mine", backbones, *more)
    assert not Loop(run, CPU, stop=stop_after(1)).run()
    # What came after the checkpoint is forgotten: a line of a step that was lost, and half a line.
    run.append({"step": 2, "loss": 99.0})
    with run.log.open("a") as file:
        file.write('{"step": 3, "lo')
    again = RunFolder.open(tmp_path / "mine")
    loop = Loop(again, CPU)
    assert loop.steps == 1
    assert loop.run()
    assert losses(again) == losses(whole)
    assert [step for step, values in losses(again) if "loss" in values] == [1, 2, 3]

    done = finish(again)
    assert done.report.path == tmp_path / "mine" / "network.onnx"
    assert done.report.delta_e_mean < 0.5
    card = again.card.read_text()
    assert done.report.sha256 in card
    assert "**to be filled in**" in card
    assert "3 steps" in card
    assert "{" not in card
    again.card.write_text("mine")
    write_card(again, done, {})
    assert again.card.read_text() == "mine", "what somebody filled in stays"
    grey = data.camera()[::4, ::3]
    colorizer = tintype.Colorizer(model=str(tmp_path / "mine"))
    painted = colorizer(grey)
    assert painted.shape == (*grey.shape, 3)
    assert colorizer.networks()[0].descriptor.name == "mine"
    assert colorizer.networks()[0].descriptor.hints == name.startswith("tintype")
    kept = np.abs(tintype_lightness(painted) - tintype_lightness(np.stack([grey] * 3, -1)))
    assert kept.max() < 1.0
    for file in ("curves.png", "recipe.toml", "environment.jsonl", "weights.safetensors"):
        assert (again.path / file).stat().st_size > 0
    assert [p.name for p in sorted(again.samples.iterdir())] == ["step-0000002.jpg", "step-0000003.jpg"]
    assert not list(again.path.glob(".*")), "nothing is left lying half written"


def tintype_lightness(rgb):
    from tintype.color.lab import lab_from_srgb

    return lab_from_srgb(rgb)[..., 0]


def test_a_run_goes_on_from_anothers_weights(dataset, backbones, tmp_path):
    first = started("tintype", dataset, tmp_path / "first", backbones, "length.steps=2")
    loop = Loop(first, CPU)
    loop.run()
    save_weights(loop.average.module, first.weights)
    recipe = small("tintype", "length.steps=1")
    weights = load_file(first.weights)
    for init in (first.path, first.weights):
        folder = tmp_path / f"from {init.name}"
        second = Loop(begin_run(recipe, dataset, folder, CPU, init=str(init)), CPU)
        assert all(torch.equal(v, weights[k]) for k, v in second.network.named_parameters())
    exported = finish(first).report.path
    third = Loop(begin_run(recipe, dataset, tmp_path / "onnx", CPU, init=str(exported)), CPU)
    views = torch.full((1, 1, 64, 64), 40.0), torch.zeros(1, 3, 64, 64)
    with torch.no_grad():
        same = [n.network.eval()(*views) for n in (second, third)]
    torch.testing.assert_close(same[1], same[0], atol=0.02, rtol=0.02)
    half = {k: v.half() for k, v in weights.items() if "num_batches" not in k}
    save_file(half, tmp_path / "half.safetensors")
    begin_run(recipe, dataset, tmp_path / "h", CPU, init=str(tmp_path / "half.safetensors"))
    del half["head.weight"]
    save_file(half, tmp_path / "short.safetensors")
    with pytest.raises(TrainingError, match=r"short\.safetensors: .* has no 'head\.weight'"):
        begin_run(recipe, dataset, tmp_path / "x", CPU, init=str(tmp_path / "short.safetensors"))
    with pytest.raises(TrainingError, match=r"can't read these weights"):
        begin_run(recipe, dataset, tmp_path / "x", CPU, init=str(tmp_path / "none.safetensors"))
    with pytest.raises(NetworkError, match="nosuch"):
        begin_run(recipe, dataset, tmp_path / "x", CPU, init="nosuch")
    assert not (tmp_path / "x").exists(), "what can't begin leaves nothing"


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
    assert run.load(torch.device("cpu"))["steps"] == 1
    assert not list(run.path.glob(".checkpoint*"))


def test_the_loop_tells_how_far_it_is(dataset, backbones, tmp_path):
    run = started("zhang16", dataset, tmp_path / "run", backbones, "length.steps=4", "length.validate=4")
    told = []
    Loop(run, CPU, tell=told.append).run()
    assert [t.step for t in told] == [1, 2, 3, 4, 4]
    assert [t.share for t in told] == [0.25, 0.5, 0.75, 1, 1]
    assert all(t.rate > 0 for t in told[:4])
    assert told[3].left == 0
    assert set(told[0].values) == {"loss", "cross_entropy"}
    assert set(told[4].values) == {"val_loss", "delta_psnr", "colourfulness"}


def test_a_run_can_be_as_long_as_the_clock_says(dataset, backbones, tmp_path):
    run = begin_run(small("cnn"), dataset, tmp_path / "run", CPU, minutes=1.5 / 60)
    loop = Loop(run, CPU)
    assert loop.run()
    assert 1.5 <= loop.elapsed < 6
    assert loop.steps > 1
