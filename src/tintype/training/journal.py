"""What a training run says of itself: in its folder, to who waits for it, and to TensorBoard."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from tintype.training.distributed import Process
from tintype.training.plots import draw_curves, draw_sheet
from tintype.training.run_folder import RunFolder
from tintype.training.tensorboard import TensorBoardWriter


@dataclass(frozen=True)
class ProgressReport:
    """What the loop tells while it runs.

    Attributes
    ----------
    step : int
    share : float
        Of the run that is over, 0-1.
    rate : float
        Photographs a second, all processes together.
    left : float
        Seconds left, as far as one can say.
    values : dict of str to float
        Means of ``loss`` and its parts since the last time, or ``val_loss``, ``delta_psnr`` and
        ``colorfulness`` of a validation.
    """

    step: int
    share: float
    rate: float
    left: float
    values: dict[str, float]


OnProgress = Callable[[ProgressReport], None]


class Journal:
    """Losses summed up between two lines of the log; only the first process writes.

    Parameters
    ----------
    run : RunFolder
    process : Process
    tell : callable
        Called with every `ProgressReport`.
    tensorboard : TensorBoardWriter, optional
    """

    def __init__(
        self, run: RunFolder, process: Process, tell: OnProgress, tensorboard: TensorBoardWriter | None
    ) -> None:
        self.run, self.process, self.tell, self.tensorboard = run, process, tell, tensorboard
        self.sums: dict[str, torch.Tensor | float] = {}
        self.count = 0
        self.go_on()

    def go_on(self) -> None:
        """Begin to measure the speed anew: what was done until now was no training."""
        self._since, self._seen = time.perf_counter(), 0

    def add(self, parts: Mapping[str, torch.Tensor | float], seen: int) -> None:
        """Count a step: its losses, and how many photographs all processes saw."""
        self._seen += seen
        self.count += 1
        for key, value in parts.items():
            self.sums[key] = self.sums.get(key, 0.0) + value

    def log(self, step: int, share: float, elapsed: float, rate: float) -> None:
        """Write the mean losses since the last line."""
        keys = sorted(self.sums)
        means = self.process.mean([float(self.sums[k]) / self.count for k in keys])
        self.sums, self.count = {}, 0
        values = dict(zip(keys, means, strict=True))
        now = time.perf_counter()
        speed, self._seen = self._seen / max(now - self._since, 1e-9), 0
        self._since = now
        row = {"rate": rate, "photos_per_second": round(speed, 2), "elapsed": round(elapsed, 1)}
        self.say(step, share, elapsed, values, speed, row)

    def say(
        self,
        step: int,
        share: float,
        elapsed: float,
        values: dict[str, float],
        speed: float = 0.0,
        more: Mapping[str, float] | None = None,
    ) -> None:
        """Write a line of the log, and tell it; `more` is for the log alone."""
        if not self.process.first:
            return
        self.run.append({"step": step, **values, **(more or {})})
        left = elapsed * (1 - share) / share if share else math.inf
        self.tell(ProgressReport(step, share, speed, left, values))
        if self.tensorboard is not None:
            self.tensorboard.values(step, values)

    def draw(self, step: int, rows: list[list[Any]]) -> None:
        """Draw the curves, and a sheet of pictures."""
        sheet = self.run.samples / f"step-{step:07d}.jpg"
        draw_sheet(rows, sheet)
        draw_curves(self.run.rows(), self.run.curves)
        if self.tensorboard is not None:
            self.tensorboard.picture(step, sheet)

    def state(self) -> dict[str, Any]:
        """What is summed up, for a checkpoint."""
        return {"sums": {k: float(v) for k, v in self.sums.items()}, "count": self.count}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Go on with what was summed up."""
        self.sums, self.count = dict(saved["sums"]), saved["count"]
