"""The weights that a run begins with."""

import pytest
import torch
from safetensors.torch import load_file, save_file

from tintype.color.bins import srgb_bins
from tintype.errors import NetworkError, TrainingError
from tintype.training.finish import finish
from tintype.training.first_weights import load_weights, make_network, save_weights
from tintype.training.loop import Loop
from tintype.training.new_run import begin_run
from tintype.training.recipe import SHIPS
from tintype.training.recipe_file import load
from training.network_tester import inputs
from training.runs import CPU, SHORT, shaken, small, started


def test_the_network_that_ships_goes_on_with_its_recipe_and_another_is_told_which():
    bins = len(srgb_bins())
    load_weights(make_network(load(SHIPS), bins), "tintype")
    with pytest.raises(TrainingError, match=rf"not weights of this Tintype: it has no .*of recipe {SHIPS}$"):
        load_weights(make_network(load("tintype"), bins), "tintype")


def test_a_run_goes_on_from_anothers_weights(dataset, backbones, tmp_path):
    first = started("cnn", dataset, tmp_path / "first", backbones, "length.steps=2")
    loop = Loop(first, CPU)
    loop.run()
    save_weights(loop.average.module, first.weights)
    recipe = small("cnn", "length.steps=1")
    weights = load_file(first.weights)
    for init in (first.path, first.weights):
        folder = tmp_path / f"from {init.name}"
        second = Loop(begin_run(recipe, dataset, folder, CPU, init=str(init)), CPU)
        assert all(torch.equal(v, weights[k]) for k, v in second.network.named_parameters())
    exported = finish(first).report.path
    third = Loop(begin_run(recipe, dataset, tmp_path / "onnx", CPU, init=str(exported)), CPU)
    view = torch.full((1, 1, 64, 64), 40.0)
    with torch.no_grad():
        same = [n.network.eval()(view) for n in (second, third)]
    torch.testing.assert_close(same[1], same[0], atol=0.02, rtol=0.02)
    half = {k: v.half() for k, v in weights.items() if "num_batches" not in k}
    save_file(half, tmp_path / "half.safetensors")
    begin_run(recipe, dataset, tmp_path / "h", CPU, init=str(tmp_path / "half.safetensors"))
    del half["last.weight"]
    save_file(half, tmp_path / "short.safetensors")
    with pytest.raises(TrainingError, match=r"short\.safetensors: .* has no 'last\.weight'"):
        begin_run(recipe, dataset, tmp_path / "x", CPU, init=str(tmp_path / "short.safetensors"))
    with pytest.raises(TrainingError, match=r"can't read these weights"):
        begin_run(recipe, dataset, tmp_path / "x", CPU, init=str(tmp_path / "none.safetensors"))
    with pytest.raises(NetworkError, match="nosuch"):
        begin_run(recipe, dataset, tmp_path / "x", CPU, init="nosuch")
    assert not (tmp_path / "x").exists(), "what can't begin leaves nothing"


SECOND = f"network.second={list(SHORT)}"


def test_a_second_encoder_joins_a_network_that_is_trained(dataset, backbones, tmp_path):
    """With weights of the network without it the run begins as that network, the second encoder in place."""
    first = begin_run(
        small("tintype"), dataset, tmp_path / "first", CPU, backbone=str(backbones / "tintype.safetensors")
    )
    alone = Loop(first, CPU).network
    save_weights(shaken(alone), first.weights)
    file = str(backbones / "efficientnet-lite2.safetensors")
    joined = begin_run(
        small("tintype", SECOND), dataset, tmp_path / "joined", CPU, init=str(first.path), second=file
    )
    network = Loop(joined, CPU).network
    for name, value in load_file(file).items():
        assert torch.equal(network.second.state_dict()[name], value.float())
    x = inputs(network, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(network.eval()(*x), alone.eval()(*x))


@pytest.mark.parametrize("given", [{}, {"backbone": "none"}, {"init": "x.onnx", "second": "x.pth"}])
def test_a_slim_network_begins_with_all_weights(dataset, tmp_path, given):
    with pytest.raises(TrainingError, match=r"tintype-lite is of a slim network.*with --init alone"):
        begin_run(small("tintype-lite"), dataset, tmp_path / "x", CPU, **given)


def test_a_second_encoder_without_weights_or_without_its_place_is_said(dataset, backbones, tmp_path):
    first, second = (str(backbones / f"{name}.safetensors") for name in ("tintype", "efficientnet-lite2"))
    with pytest.raises(TrainingError, match=r"has a second encoder: give its weights with --second FILE"):
        begin_run(small("tintype", SECOND), dataset, tmp_path / "x", CPU, backbone=first)
    with pytest.raises(TrainingError, match=r"tintype has no second encoder; leave out --second"):
        begin_run(small("tintype"), dataset, tmp_path / "x", CPU, backbone=first, second=second)
    with pytest.raises(NetworkError, match=r"tintype\.safetensors: not a backbone for EfficientNetLite2"):
        begin_run(small("tintype", SECOND), dataset, tmp_path / "x", CPU, backbone=first, second=first)
    assert not (tmp_path / "x").exists()
    begin_run(small("tintype", SECOND), dataset, tmp_path / "y", CPU, backbone=first, second="none")
