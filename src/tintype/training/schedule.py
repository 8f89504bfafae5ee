"""How far a run is: which phase it is in, how fast it learns, and when it ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tintype.training.recipe import Optimizer, Phase, Recipe


@dataclass(frozen=True)
class Schedule:
    """A run's length, in steps or in seconds.

    Attributes
    ----------
    optimizer : Optimizer
    phases : tuple of Phase
    steps : int
        0 where the run is as long as `seconds` say.
    seconds : float
        Of training, over all its parts if it was interrupted; 0 where it ends after `steps`.
    """

    optimizer: Optimizer
    phases: tuple[Phase, ...]
    steps: int = 0
    seconds: float = 0.0

    @classmethod
    def of(cls, recipe: Recipe, photos: int, world: int = 1, seconds: float = 0.0) -> Schedule:
        """A recipe's schedule.

        Parameters
        ----------
        recipe : Recipe
        photos : int
            In the training set; an epoch is as many samples.
        world : int
            Processes; each takes the phase's batch.
        seconds : float
            A limit given by the user, which then is the run's length.
        """
        if seconds:
            return cls(recipe.optimizer, recipe.phases, 0, seconds)
        if recipe.length.steps:
            return cls(recipe.optimizer, recipe.phases, recipe.length.steps)
        # Phases are shares of the steps, and a step of one phase may see fewer photographs than another's.
        begin, mean = 0.0, 0.0
        for phase in recipe.phases:
            mean += (phase.until - begin) * phase.batch * world
            begin = phase.until
        return cls(recipe.optimizer, recipe.phases, max(1, math.ceil(recipe.length.epochs * photos / mean)))

    def share(self, step: int, elapsed: float) -> float:
        """How much of the run is over after so many steps and seconds, 0-1."""
        return min(1.0, step / self.steps if self.steps else elapsed / self.seconds)

    def phase(self, share: float) -> int:
        """Which phase this is, from 0."""
        return next((i for i, p in enumerate(self.phases) if share < p.until), len(self.phases) - 1)

    def rate(self, step: int, share: float) -> float:
        """Factor on the learning rate for the step after `step` steps."""
        options = self.optimizer
        if step < options.warmup:
            return (step + 1) / options.warmup
        if options.schedule == "constant" or share < options.hold:
            return 1.0
        fall = (share - options.hold) / (1 - options.hold) if options.hold < 1 else 1.0
        return max(options.floor, 0.5 * (1 + math.cos(math.pi * fall)))
