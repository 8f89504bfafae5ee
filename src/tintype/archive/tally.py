"""What a run has done so far, in numbers that don't grow with it."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from tintype.archive.loop import Step
from tintype.archive.report import Line

_NAMED = 5


@dataclass(slots=True)
class Tally:
    """Counts of a run.

    Attributes
    ----------
    statuses : counter
        Photographs finished in this run, by the status of their outcome.
    causes : counter
        Failures, by the class of the error.
    done, listed : int
        With those that were done before.
    lost : int
        Photographs that were done before and whose results weren't there any more.
    given_up, in_color : int
        Photographs that an earlier run has given up, or left because they are in color.
    work : float
        Seconds that workers spent.
    started : float
        Of `time.perf_counter`.
    examples : mapping of str to list of Line
        The first few photographs of each cause.
    """

    statuses: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    done: int = 0
    listed: int = 0
    lost: int = 0
    given_up: int = 0
    in_color: int = 0
    work: float = 0.0
    started: float = field(default_factory=time.perf_counter)
    examples: dict[str, list[Line]] = field(default_factory=dict)

    def add(self, step: Step) -> None:
        """Count a step."""
        self.done, self.listed, self.lost = step.done, step.listed, step.lost
        self.given_up, self.in_color = step.given_up, step.in_color
        if step.line is None:
            return
        outcome = step.line.outcome
        self.statuses[outcome.status] += 1
        self.work += outcome.seconds
        if outcome.status in ("failed", "unread"):
            cause = outcome.cause or outcome.status
            if outcome.status == "failed":
                self.causes[cause] += 1
            examples = self.examples.setdefault(cause, [])
            if len(examples) < _NAMED:
                examples.append(step.line)

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return time.perf_counter() - self.started

    @property
    def finished(self) -> int:
        """Photographs that this run has worked on."""
        return sum(self.statuses.values())

    @property
    def rate(self) -> float:
        """Photographs a second, of those that this run has worked on."""
        return self.finished / self.seconds if self.finished else 0.0

    @property
    def left(self) -> float:
        """Seconds that what is listed and not done will take at this rate; infinite where nothing is done."""
        return (self.listed - self.done) / self.rate if self.rate else float("inf")

    def failures(self) -> str:
        """Failures by kind, the most frequent first: ``3 Damaged, 1 WorkerDied``."""
        return ", ".join(f"{count} {cause}" for cause, count in self.causes.most_common())

    def cost_per_million(self, per_hour: float) -> float:
        """What a million photographs cost at this rate on machines that cost so much an hour together."""
        return per_hour / 3600 * 1_000_000 / self.rate if self.rate else float("nan")
