"""A trained network as a teacher, followed at first beside the true colors."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional as F

from tintype.errors import TrainingError
from tintype.training.batches import Batch
from tintype.training.distributed import Process
from tintype.training.first_weights import load_weights, make_network
from tintype.training.networks.base import ColorNetwork
from tintype.training.recipe import Recipe
from tintype.training.recipe_file import load


class Teacher:
    """Says how far a student's distribution is from its own.

    A photograph shows one color where several would have done; a distribution names them all, so that a
    student learns more from each view. The teacher sees the photograph before it aged, the student after.

    Parameters
    ----------
    network : nn.Module
        Gives logits; on the device of the batches.
    process : Process
        Whose precision it computes in.
    weight, until : float
        See `tintype.training.recipe.Teacher`.
    """

    def __init__(self, network: ColorNetwork, process: Process, weight: float, until: float) -> None:
        self.network = network.eval().requires_grad_(False)
        self.process = process
        self.weight, self.until = weight, until

    def weight_at(self, share: float) -> float:
        """What the divergence weighs when this share of the run is over."""
        return self.weight * max(0.0, 1 - share / self.until) if self.until else 0.0

    def divergence(self, logits: torch.Tensor, batch: Batch) -> torch.Tensor:
        """Mean over places of the Kullback-Leibler divergence from the teacher's distribution, in nats.

        Parameters
        ----------
        logits : (n, Q, h, w)
            The student's.
        batch : Batch
            What they were made from.
        """
        with torch.no_grad(), self.process.precision():
            taught = self.network(*batch.inputs(self.network, unaged=True))
        taught = F.log_softmax(taught.float(), 1)
        apart = F.kl_div(F.log_softmax(logits.float(), 1), taught, reduction="none", log_target=True)
        return apart.sum(1).mean()


def make_teacher(recipe: Recipe, weights: str, student: ColorNetwork, bins: int, process: Process) -> Teacher:
    """The teacher of a run, on its device.

    Parameters
    ----------
    recipe : Recipe
        Of the run; its table ``[teacher]`` names the recipe of the teacher's network.
    weights : str
        As for `tintype.training.first_weights.load_weights`.
    student : nn.Module
    bins : int
    process : Process

    Raises
    ------
    TrainingError
        If the weights do not fit, or one of the two networks gives no distribution of the same size.
    """
    options = recipe.teacher
    network = make_network(load(options.recipe), bins)
    for one in (student, network):
        if one.output != "logits" or one.stride != student.stride:
            msg = f"teacher {weights}: {type(network).__name__} can't teach {type(student).__name__}: "
            raise TrainingError(msg + "both must give a distribution over ab bins, at the same stride")
    load_weights(network, weights)  # norms that were folded away do nothing in evaluation mode
    placed: Any = network.to(process.device)
    placed.to(memory_format=torch.channels_last)
    return Teacher(placed, process, options.weight, options.until)
