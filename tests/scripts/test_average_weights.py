"""The mean of the weights of several runs, from files and folders; what doesn't fit together is named."""

import runpy
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tintype.color.bins import srgb_bins
from tintype.training.first_weights import make_network, save_weights
from tintype.training.new_run import begin_run
from training.runs import CPU, small, write_photos

SCRIPT = runpy.run_path(str(Path(__file__).resolve().parents[2] / "scripts" / "average_weights.py"))


@pytest.fixture
def weights(tmp_path):
    def write(name, **values):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        save_file(values, path)
        return path

    return write


def test_weights_are_averaged_and_counters_are_not(weights, tmp_path):
    one = weights("one.safetensors", w=torch.tensor([1.0, 4.0]).half(), seen=torch.tensor(7))
    weights("run/weights.safetensors", w=torch.tensor([3.0, -8.0]).half(), seen=torch.tensor(9))
    out = tmp_path / "mean.safetensors"
    SCRIPT["main"]([str(one), str(tmp_path / "run"), "-o", str(out)])
    made = load_file(out)
    assert made["w"].tolist() == [2.0, -2.0]
    assert made["w"].dtype == torch.float16
    assert made["seen"] == 7


def test_shares_may_go_beyond_what_runs_began_with(weights, tmp_path, capsys):
    files = [weights(f"{i}.safetensors", w=torch.tensor([value])) for i, value in enumerate((4.0, 6.0, 1.0))]
    out = tmp_path / "beyond.safetensors"
    words = [*map(str, files), "-o", str(out), "--shares"]
    SCRIPT["main"]([*words, "0.75", "0.75", "-0.5"])
    assert load_file(out)["w"].tolist() == [7.0]
    for shares in (["0.75", "0.25"], ["1", "1", "1"], ["nan", "1", "0"]):
        with pytest.raises(SystemExit):
            SCRIPT["main"]([*words, *shares])
        assert "one for each of the 3 runs, and a sum of 1" in capsys.readouterr().err


def test_many_small_halves_lose_nothing_on_the_way(weights, tmp_path):
    """In 16 bits the sum of eight of them would be infinite."""
    runs = [weights(f"{i}.safetensors", w=torch.full((2,), 30000.0).half()) for i in range(8)]
    out = tmp_path / "mean.safetensors"
    SCRIPT["main"]([*map(str, runs), "-o", str(out)])
    assert load_file(out)["w"].tolist() == [30000.0, 30000.0]


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"w": torch.ones(3)}, "'w' is missing, or not of the shape"),
        ({}, "'w' is missing"),
        ({"w": torch.ones(2), "v": torch.ones(1)}, "'v' is not in"),
    ],
)
def test_weights_of_another_network_are_refused(weights, tmp_path, other, said):
    one, two = weights("one.safetensors", w=torch.ones(2)), weights("two.safetensors", **other)
    with pytest.raises(SystemExit, match=said) as refused:
        SCRIPT["main"]([str(one), str(two), "-o", str(tmp_path / "mean.safetensors")])
    assert "two.safetensors" in str(refused.value)
    assert not (tmp_path / "mean.safetensors").exists()


def test_one_run_has_no_mean(weights, tmp_path, capsys):
    one = weights("one.safetensors", w=torch.ones(2))
    with pytest.raises(SystemExit):
        SCRIPT["main"]([str(one), "-o", str(tmp_path / "mean.safetensors")])
    assert "two runs or more" in capsys.readouterr().err


def test_rubbish_is_named_and_nothing_is_replaced(weights, tmp_path):
    one, bad, out = (
        weights("one.safetensors", w=torch.ones(2)),
        tmp_path / "bad.safetensors",
        tmp_path / "out",
    )
    bad.write_bytes(b"rubbish")
    for other in (bad, tmp_path / "missing.safetensors"):
        with pytest.raises(SystemExit, match=rf"{other.name}: can't read"):
            SCRIPT["main"]([str(one), str(other), "-o", str(out)])
    out.write_bytes(b"mine")
    with pytest.raises(SystemExit, match="out"):
        SCRIPT["main"]([str(one), str(one), "-o", str(out)])
    assert out.read_bytes() == b"mine"


def test_a_mean_can_be_settled_on_its_runs_own_photographs(tmp_path):
    """Norms alone move, the same way each time; weights of another network are refused."""
    write_photos(tmp_path / "photos")
    run = begin_run(small("zhang16", "length.steps=1"), tmp_path / "photos", tmp_path / "run", CPU)
    network = make_network(run.recipe, len(srgb_bins()))
    save_weights(network, run.weights)
    words = [str(run.path), str(run.weights), "--settle", "5", "-o"]
    made = []
    for name in ("one", "two"):
        SCRIPT["main"]([*words, str(tmp_path / name)])
        made.append(load_file(tmp_path / name))
    moved = {name for name, value in network.state_dict().items() if not torch.equal(value, made[0][name])}
    assert moved
    assert all("running" in name or "tracked" in name for name in moved)
    assert all(torch.equal(value, made[1][name]) for name, value in made[0].items())
    assert next(int(made[0][name]) for name in moved if "tracked" in name) == 3, "steps of two views"
    save_file({"w": torch.ones(2)}, run.weights)
    with pytest.raises(SystemExit, match=r"run: not weights of this Zhang16: it has no"):
        SCRIPT["main"]([*words, str(tmp_path / "three")])
    assert not (tmp_path / "three").exists()


def test_settling_needs_a_run_and_a_number(weights, tmp_path, capsys):
    one = str(weights("one.safetensors", w=torch.ones(2)))
    for number in ("5", "-1"):
        with pytest.raises(SystemExit):
            SCRIPT["main"]([one, one, "--settle", number, "-o", str(tmp_path / "mean")])
        assert "--settle needs a number of views, and a RUN that is a folder" in capsys.readouterr().err
