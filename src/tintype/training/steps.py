"""One step of training: forward, backward, clip, move. A plain one, and one against a critic."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from tintype.errors import TrainingError
from tintype.training.batches import Batch
from tintype.training.networks.base import PRETRAINED, ColorNetwork
from tintype.training.networks.gan import PatchCritic
from tintype.training.objective import Objective
from tintype.training.recipe import Optimizer, Recipe
from tintype.training.teacher import Teacher

Wrap = Callable[[nn.Module], nn.Module]
Precision = Callable[[], AbstractContextManager[Any]]
Meanwhile = Callable[[], None]


class PlainStep:
    """Follows an objective.

    Parameters
    ----------
    network : nn.Module
        The bare network: its parameters are optimised and saved.
    wrapped : nn.Module
        What is called; the same, or its `DistributedDataParallel`.
    objective : Objective
    recipe : Recipe
    precision : callable
        Gives the autocast context of the forward pass.
    teacher : Teacher, optional
        Is followed, too, where the network gives a distribution.
    """

    def __init__(
        self,
        network: ColorNetwork,
        wrapped: nn.Module,
        objective: Objective,
        recipe: Recipe,
        precision: Precision,
        teacher: Teacher | None = None,
    ) -> None:
        self.network, self.wrapped, self.objective = network, wrapped, objective
        self.teacher = teacher
        self.options, self.precision = recipe.optimizer, precision
        self.optimizer = make_optimizer(network, recipe.optimizer)

    def forward(self, batch: Batch) -> torch.Tensor:
        """Output of the network: ab in float32, logits as they come, as there are so many."""
        with self.precision():
            output: torch.Tensor = self.wrapped(*batch.inputs(self.network))
        return output if self.network.output == "logits" else output.float()

    def __call__(
        self, batch: Batch, rate: float, meanwhile: Meanwhile = lambda: None, share: float = 0.0
    ) -> dict[str, torch.Tensor]:
        """Take a step at a factor on the learning rate; returns ``loss`` and its parts, still on the device.

        `meanwhile` is called when all is begun that a GPU has to do before the host must wait for it; `share`
        is how much of the run is over.

        Raises
        ------
        TrainingError
            When the loss or the gradient is not finite; the weights are then as they were.
        """
        output = self.forward(batch)
        loss, parts = self.objective(output, batch)
        weight = self.teacher.weight_at(share) if self.teacher is not None else 0.0
        if self.teacher is not None and weight:
            apart = self.teacher.divergence(output, batch)
            loss = loss + weight * apart
            parts["teacher"] = apart.detach()
        _move(self.optimizer, self.network, loss, rate, self.options.clip, meanwhile)
        return {"loss": loss.detach()} | parts

    def state(self) -> dict[str, Any]:
        """All that a checkpoint needs to go on, beside the network's weights."""
        return {"optimizer": self.optimizer.state_dict()}

    def load(self, state: dict[str, Any]) -> None:
        """Take back what `state` gave."""
        self.optimizer.load_state_dict(state["optimizer"])


class AdversarialStep(PlainStep):
    """Follows L1 and a patch critic (Isola et al. 2017); the critic learns in the same step."""

    def __init__(
        self,
        network: ColorNetwork,
        wrapped: nn.Module,
        objective: Objective,
        recipe: Recipe,
        precision: Precision,
        device: torch.device,
        wrap: Wrap,
    ) -> None:
        super().__init__(network, wrapped, objective, recipe, precision)
        self.weights = recipe.objective
        self.critic = PatchCritic(recipe.objective.critic_width).to(device)
        self.wrapped_critic = wrap(self.critic)
        self.critic_optimizer = make_optimizer(self.critic, recipe.optimizer)

    def __call__(
        self, batch: Batch, rate: float, meanwhile: Meanwhile = lambda: None, share: float = 0.0
    ) -> dict[str, torch.Tensor]:
        """One step of the critic on what the generator paints, then one of the generator."""
        painted = self.forward(batch)
        # Real and painted in one call: the critic's norms must see both alike.
        both = torch.cat([batch.ab, painted.detach()])
        with self.precision():
            verdict = self.wrapped_critic(torch.cat([batch.L, batch.L]), both)
        real, fake = verdict.float().chunk(2)
        critic = (_believed(real, True) + _believed(fake, False)) / 2
        _move(self.critic_optimizer, self.critic, critic, rate, self.options.clip)

        self.critic.requires_grad_(False)
        with self.precision():
            verdict = self.critic(batch.L, painted)
        fooled = _believed(verdict.float(), True)
        distance, _ = self.objective(painted, batch)
        loss = self.weights.adversarial * fooled + self.weights.l1 * distance
        _move(self.optimizer, self.network, loss, rate, self.options.clip, meanwhile)
        self.critic.requires_grad_(True)
        parts = {"loss": loss, "l1": distance, "critic": critic, "fooled": fooled}
        return {k: v.detach() for k, v in parts.items()}

    def state(self) -> dict[str, Any]:
        """The plain step's, and the critic with its optimiser."""
        critic = {"critic": self.critic.state_dict(), "critic_optimizer": self.critic_optimizer.state_dict()}
        return super().state() | critic

    def load(self, state: dict[str, Any]) -> None:
        """Take back what `state` gave."""
        super().load(state)
        self.critic.load_state_dict(state["critic"])
        self.critic_optimizer.load_state_dict(state["critic_optimizer"])


def make_optimizer(network: nn.Module, options: Optimizer) -> torch.optim.Optimizer:
    """Optimiser with two groups: pretrained encoders, and the rest; frozen weights in none."""
    named = [(k.partition(".")[0] in PRETRAINED, p) for k, p in network.named_parameters() if p.requires_grad]
    encoder = [p for pretrained, p in named if pretrained]
    rest = [p for pretrained, p in named if not pretrained]
    groups = [{"params": encoder, "factor": options.backbone_rate}] if encoder else []
    groups.append({"params": rest, "factor": 1.0})
    a, b = options.betas
    kinds: dict[str, Callable[[], torch.optim.Optimizer]] = {
        "adamw": lambda: torch.optim.AdamW(groups, options.rate, (a, b), weight_decay=options.decay),
        "adam": lambda: torch.optim.Adam(groups, options.rate, (a, b), weight_decay=options.decay),
        # As in Keras, where the classic network was trained: ρ = 0.9.
        "rmsprop": lambda: torch.optim.RMSprop(
            groups, options.rate, alpha=0.9, eps=1e-7, weight_decay=options.decay
        ),
    }
    optimizer = kinds[options.kind]()
    for group in optimizer.param_groups:
        group["base"] = options.rate * group["factor"]
    return optimizer


def _believed(verdict: torch.Tensor, real: bool) -> torch.Tensor:
    """Cross-entropy of the critic's logits with "real" or "painted"."""
    return F.binary_cross_entropy_with_logits(verdict, torch.full_like(verdict, float(real)))


def _move(
    optimizer: torch.optim.Optimizer,
    network: nn.Module,
    loss: torch.Tensor,
    rate: float,
    clip: float,
    meanwhile: Meanwhile = lambda: None,
) -> None:
    optimizer.zero_grad(set_to_none=True)
    torch.autograd.backward(loss)
    norm = torch.nn.utils.clip_grad_norm_(network.parameters(), clip or float("inf"))
    meanwhile()
    # The only place of a step where the host waits for a GPU: both numbers at once.
    for name, value in zip(("loss", "gradient"), torch.stack([loss.detach(), norm]).tolist(), strict=True):
        if not math.isfinite(value):
            msg = f"the {name} is {value}: lower optimizer.rate or set optimizer.clip"
            raise TrainingError(msg)
    for group in optimizer.param_groups:
        group["lr"] = group["base"] * rate
    optimizer.step()
