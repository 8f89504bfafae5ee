"""Where a run computes, and what is told of it."""

import os

import pytest
import torch

from tintype.errors import TrainingError
from tintype.training.distributed import Process, environment, join_processes, power_limit


@pytest.mark.skipif(os.name == "nt", reason="a program of two lines of shell")
@pytest.mark.parametrize(("told", "watts"), [("echo 700.00", 700.0), ("echo '[N/A]'", 0.0), ("exit 9", 0.0)])
def test_a_gpu_tells_its_limit_or_nothing(told, watts, tmp_path, monkeypatch):
    program = tmp_path / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{told}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert power_limit(0) == watts
    monkeypatch.setenv("PATH", "")
    assert power_limit(0) == 0


def test_a_cpu_is_told_without_watts():
    told = environment(Process(torch.device("cpu")))
    assert told["precision"] == "fp32"
    assert "watts" not in told


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is there")
def test_a_gpu_that_is_not_there_is_said():
    with pytest.raises(TrainingError, match="use --device cpu"):
        join_processes("cuda")
    assert join_processes("auto", "fp32").device.type == "cpu"


def test_one_process_agrees_with_itself():
    process = Process(torch.device("cpu"))
    assert process.agree([3.0]) == process.mean([3.0]) == [3.0]
    assert process.first
