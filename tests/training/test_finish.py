"""Whole runs: every recipe trains, is put down and taken up the same, ends in a network that colours."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from skimage import data

import tintype
from tintype.color.bins import srgb_bins
from tintype.dataset.shards import PhotoSet
from tintype.training import finish as ending
from tintype.training import journal
from tintype.training.card import write_card
from tintype.training.finish import finish
from tintype.training.first_weights import load_weights, make_network
from tintype.training.loop import Loop
from tintype.training.networks import zhang16
from tintype.training.objective import make_objective
from tintype.training.onnx_weights import load_onnx
from tintype.training.recipe_file import names
from tintype.training.run_folder import RunFolder
from tintype.training.validation import measure, validate
from training.network_tester import agrees, inputs
from training.runs import CPU, losses, small, started, stop_after


def tintype_lightness(rgb):
    from tintype.color.lab import lab_from_srgb

    return lab_from_srgb(rgb)[..., 0]


def gives_what_its_file_gives(network, file, again):
    """A network that goes on from the exported file begins where the one that was exported ended."""
    x = inputs(network, 64, 96, n=2)
    load_onnx(again, file)
    with torch.no_grad():
        expected, found = network.eval()(*x), again.eval()(*x)
    torch.testing.assert_close(found, expected, atol=0.02, rtol=0.02)


@pytest.mark.parametrize("name", names())
def test_every_recipe_trains_resumes_the_same_exports_and_colours(
    name, dataset, backbones, tmp_path, monkeypatch
):
    # One convolution a block: strides, dilations and norms are all there, and an export takes half as long.
    monkeypatch.setattr(zhang16, "_PLAN", tuple((f, 1, s, d) for f, _, s, d in zhang16._PLAN))
    more = ("length.steps=3", "length.validate=2")
    whole = started(name, dataset, tmp_path / "whole", backbones, *more)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "draw_curves", lambda *_: None)  # those of the other run are looked at
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
    network = make_network(again.recipe, len(srgb_bins()))
    load_weights(network, again.weights)
    agrees(network, done.report.path)
    gives_what_its_file_gives(network, done.report.path, make_network(again.recipe, len(srgb_bins())))
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


class Torn(torch.nn.Module):
    """Rather sure of grey, else red where light and blue where dark: its mode is duller than its mean."""

    output, hints, multiple, stride = "logits", False, 32, 4

    def forward(self, L):
        small = torch.nn.functional.avg_pool2d(L, 4)
        bins = torch.from_numpy(srgb_bins())
        red, blue, grey = (
            int((bins - torch.tensor(ab)).norm(dim=1).argmin()) for ab in ((60, 40), (20, -60), (0, 0))
        )
        logits = torch.full((len(L), len(bins), *small.shape[2:]), -20.0)
        logits[:, grey] = 1.5
        logits[:, red], logits[:, blue] = (x[:, 0] / 40 - 1 for x in (small, 100 - small))
        return logits


def test_vividness_grows_to_the_end_where_the_mode_is_duller_than_the_mean(dataset):
    recipe = small("tintype", "decode.fit=true", "length.photos=8")
    photos = PhotoSet.open(dataset, "val")
    vividness, measured = ending._vividness(Torn(), recipe, photos)
    assert measured.colorfulness == pytest.approx(1, abs=0.05)
    flat = np.full(len(srgb_bins()), 1 / len(srgb_bins()), np.float32)
    objective = make_objective(recipe, srgb_bins(), flat, 4)
    temperature, gain = vividness.vivid
    pairs = [
        (loss, replace(seen, guess=seen.vivid))
        for loss, seen in validate(Torn(), objective, photos, recipe, CPU)
    ]
    assert measure(iter(pairs), gain)[0].colorfulness == pytest.approx(ending.VIVID, abs=0.05)
    assert temperature < vividness.matched[0]
    middle = measure(iter(pairs), vividness.matched[1])[0].colorfulness
    assert middle < measured.colorfulness, "with the gain of the middle it would be duller than there"
