"""``tintype train`` as people run it: from the shell, killed, taken up again, and on two processes."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner
from skimage import data

import tintype
from tintype.commands import main
from tintype.network.registry import find
from tintype.network.runtime import load
from tintype.training import journal
from tintype.training.run_folder import RunFolder
from training.runs import changes, write_photos

pytestmark = pytest.mark.usefixtures("quick_exports")
SHELL = [sys.executable, "-m", "tintype", "train"]
COMMON = ["--precision", "fp32", "--threads", "1"]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "photos"
    write_photos(folder)
    return folder


@pytest.fixture(scope="module")
def dataset(photos):
    made = photos.parent / "set"
    done = CliRunner().invoke(main, ["dataset", str(photos), "-o", str(made), "--validation", "0.3"])
    assert done.exit_code == 0, done.output
    return made


def options(name, *more):
    return [word for change in changes(name, *more) for word in ("--set", change)] + COMMON


def train(*words):
    return CliRunner().invoke(main, ["train", *map(str, words)])


def losses(folder):
    return [(r["step"], r["loss"]) for r in RunFolder.open(folder).rows() if "loss" in r]


def environment():
    return os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "OMP_NUM_THREADS": "1"}


def test_a_stranger_trains_on_a_plain_folder_and_colours_with_it(photos, tmp_path):
    run = tmp_path / "run"
    done = train("cnn", photos, "-o", run, *options("cnn", "length.epochs=2"))
    assert done.exit_code == 0, done.output
    assert "DATA is no training set: making a training set in the run's folder" in done.stderr
    assert "validation loss" in done.stderr
    assert f"tintype colorize --model {run}" in done.stdout
    assert (run / "dataset" / "report.html").is_file()
    assert tintype.colorize(data.camera()[::8, ::8], model=str(run)).shape == (64, 64, 3)
    started = json.loads((run / "environment.jsonl").read_text().splitlines()[0])
    assert {"torch", "device", "precision", "started"} <= started.keys()

    done = train("--export", run, "--name", "mine")
    assert done.exit_code == 0, done.output
    assert load(find(str(run))).descriptor.name == "mine"


def test_kill_9_and_resume_end_in_the_same_curve(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "draw_curves", lambda *_: None)  # ten times in each run: a third of the test
    steps = ("length.steps=40", "length.validate=4")
    with monkeypatch.context() as patch:
        patch.setattr("tintype.commands.train._export", lambda *_: None)  # its curve is wanted
        assert train("cnn", dataset, "-o", tmp_path / "whole", *options("cnn", *steps)).exit_code == 0
    run = tmp_path / "killed"
    words = ["cnn", str(dataset), "-o", str(run), *options("cnn", *steps)]
    process = subprocess.Popen([*SHELL, *words], env=environment(), stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not (run / "checkpoint.pt").exists() or not losses(run):
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    before = losses(run)[-1][0]
    assert before < 40
    done = train("--resume", run, *COMMON)
    assert done.exit_code == 0, done.output
    assert "going on at step" in done.stderr
    assert losses(run) == losses(tmp_path / "whole")
    assert (run / "network.onnx").is_file()


def test_tensorboard_that_is_not_there_is_named(dataset, tmp_path, monkeypatch):
    from tintype.training import extra

    monkeypatch.setattr(extra.importlib.util, "find_spec", lambda name: None if name == "tensorboard" else 1)
    run = tmp_path / "run"
    done = train("cnn", dataset, "-o", run, "--tensorboard", *options("cnn", "length.steps=1"))
    assert done.exit_code == 1
    assert "tintype[tensorboard]" in done.output
    assert not run.exists()


def test_a_run_told_to_stop_leaves_a_checkpoint_and_says_how_to_go_on(dataset, tmp_path):
    run = tmp_path / "run"
    words = ["cnn", str(dataset), "-o", str(run), *options("cnn", "length.steps=100000")]
    process = subprocess.Popen([*SHELL, *words], env=environment(), stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not (run / "log.jsonl").exists() or not losses(run):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "SIGINT: writing a checkpoint" in told
    assert f"tintype train --resume {run}" in told
    assert "Traceback" not in told
    assert (run / "checkpoint.pt").is_file()
    assert not (run / "network.onnx").exists()


def test_two_processes_under_torchrun_learn_one_network(dataset, tmp_path):
    run = tmp_path / "run"
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--rdzv-backend",
               "c10d", "--rdzv-endpoint", "localhost:0", "-m", "tintype", "train"]  # fmt: skip
    first = ["cnn-deep", str(dataset), "-o", str(run), "--device", "cpu"]
    first += options("cnn-deep", "length.steps=3", "length.validate=2")
    done = subprocess.run([*launch, *first], env=environment(), capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    assert [step for step, _ in losses(run)] == [1, 2, 3]
    assert done.stdout.count("use it with") == 1
    started = json.loads((run / "environment.jsonl").read_text().splitlines()[0])
    assert started["processes"] == 2
    assert tintype.colorize(data.camera()[::8, ::8], model=str(run)).shape == (64, 64, 3)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "give a RECIPE, DATA and -o RUN"),
        (["cnn"], "give a RECIPE, DATA and -o RUN"),
        (["cnn", "--resume", "."], "take nothing but the run"),
        (["--export", ".", "--resume", "."], "exclude each other"),
        (["--export", "nowhere"], "does not exist"),
    ],
)
def test_what_makes_no_sense_is_refused(words, said):
    done = train(*words)
    assert done.exit_code == 2
    assert said in done.output


def test_mistakes_are_one_line(dataset, tmp_path):
    for words, said in (
        (("resnet", dataset, "-o", tmp_path / "x"), "choose one of cnn, cnn-deep, fusion"),
        (("cnn", dataset, "-o", tmp_path / "x", "--set", "optimizer.rte=1"), "unknown key 'rte'"),
        (("tintype", dataset, "-o", tmp_path / "x"), "--backbone FILE.safetensors"),
        (("cnn", dataset, "-o", tmp_path / "x", "--device", "cuda"), "no CUDA"),
        (("--resume", tmp_path), "no run"),
    ):
        done = train(*words)
        assert done.exit_code == 1
        assert said in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "x").exists()


def test_the_recipes_are_listed():
    done = train("--list")
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "cnn", "cnn-deep", "fusion", "gan", "tintype", "tintype-lite", "zhang16"]  # fmt: skip
