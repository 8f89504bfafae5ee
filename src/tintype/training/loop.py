"""The training loop: steps, checkpoints, validation, and a log of all of it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tintype.color.bins import srgb_bins
from tintype.dataset.shards import PhotoSet
from tintype.errors import TrainingError
from tintype.files import replacing
from tintype.training.average import moving_average
from tintype.training.batches import Ahead, Batches, shown_once
from tintype.training.distributed import Process, environment
from tintype.training.encoding import bin_weights, prior
from tintype.training.first_weights import give_first_weights, make_network, save_weights, start_at_prior
from tintype.training.journal import Journal, OnProgress
from tintype.training.networks.base import ColorNetwork
from tintype.training.objective import make_objective
from tintype.training.onnx_weights import settle_norms
from tintype.training.run_folder import RunFolder
from tintype.training.schedule import Schedule
from tintype.training.steps import AdversarialStep, PlainStep
from tintype.training.teacher import make_teacher
from tintype.training.tensorboard import TensorBoardWriter
from tintype.training.validation import measure, validate
from tintype.training.views import DevicePhotos

KEEP_EVERY = 300.0  # seconds of work that a crash may cost


class Loop:
    """A run in one process: made from its folder, as it was left.

    Parameters
    ----------
    run : RunFolder
    process : Process
    tell : callable
        Called by the first process with `ProgressReport`, after every few steps and every validation.
    stop : callable
        Asked after every step; when it says True a checkpoint is written and `run` returns.
    tensorboard : TensorBoardWriter, optional
        Draws the curves elsewhere, too (TensorBoard).

    Raises
    ------
    TrainingError
        If the data, the checkpoint or the first weights can't be used.
    """

    def __init__(
        self,
        run: RunFolder,
        process: Process,
        *,
        tell: OnProgress = lambda _: None,
        stop: Callable[[], bool] = lambda: False,
        tensorboard: TensorBoardWriter | None = None,
    ) -> None:
        self.run_folder, self.process = run, process
        self.stop = stop
        self.journal = Journal(run, process, tell, tensorboard)
        self.recipe = recipe = run.recipe
        self.photos = PhotoSet.open(run.job.data, "train")
        self.views = DevicePhotos(self.photos, process.device)
        self.shown = shown_once(self.photos.names, recipe.groups.options)
        self.validation = PhotoSet.open(run.job.data, "val")
        self.schedule = Schedule.of(recipe, len(self.shown), process.world, run.job.minutes * 60)
        torch.manual_seed(run.job.seed)
        saved = run.load()
        self.network = self._make_network(fresh=saved is None)
        self.average = moving_average(self.network, recipe.optimizer.ema)
        self.stepper = self._make_stepper()
        self.steps = self.samples = self.waited = 0
        self.elapsed, self.best = 0.0, math.inf
        self.finished = False
        self._clock = self._kept = time.perf_counter()
        if saved is not None:
            self._restore(saved)

    def _make_network(self, *, fresh: bool) -> ColorNetwork:
        """The network on its device, and `objective`; with its first weights if it is `fresh`."""
        recipe, job, bins = self.recipe, self.run_folder.job, srgb_bins()
        network = make_network(recipe, len(bins))
        options = recipe.objective
        common = self._prior() if options.kind == "classification" else None
        self.objective = make_objective(recipe, bins, common, network.stride).to(self.process.device)
        norms: list[str] = []
        if fresh:
            norms = give_first_weights(
                network, recipe, backbone=job.backbone, init=job.init, second=job.second
            )
            if common is not None and not job.init:
                weights = bin_weights(common, bins, options.rebalance, options.smooth, options.clip)
                start_at_prior(network, common, weights)
        network.to(self.process.device)
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if norms:
            self._settle(network, norms)
        if recipe.optimizer.backbone_rate == 0:
            network.freeze_encoder()
        return network

    def _settle(self, network: ColorNetwork, norms: list[str]) -> None:
        """Give norms that an ONNX file had folded away the statistics of a few views."""
        batch = Batches(self.views, self.recipe, self.recipe.phases[0], seed=self.run_folder.job.seed)[0]
        settle_norms(network, norms, lambda: network(*batch.inputs(network)))

    def _make_stepper(self) -> PlainStep:
        process, recipe = self.process, self.recipe
        common = (self.network, process.wrap(self.network), self.objective, recipe, process.precision)
        if recipe.objective.kind == "adversarial":
            return AdversarialStep(*common, process.device, process.wrap)
        taught_by = self.run_folder.job.teacher
        if not taught_by:
            return PlainStep(*common)
        return PlainStep(*common, make_teacher(recipe, taught_by, self.network, len(srgb_bins()), process))

    def run(self) -> bool:
        """Train to the end; returns whether it was reached (and not `stop` said to leave off).

        Raises
        ------
        TrainingError
            When the loss is no longer finite: it says at which step, and what to do.
        """
        if self.process.first:
            self.run_folder.rewind(self.steps)
            self.run_folder.note_start(environment(self.process))
        # At a rate of 0 (weights that shall only be exported) norms keep their statistics, too.
        self.network.train(self.recipe.optimizer.rate > 0)
        self._clock = self._kept = time.perf_counter()
        self.journal.go_on()
        share = self._share()
        batches, phase = None, -1
        every = max(1, min(20, self.schedule.steps // 100)) if self.schedule.steps else 20
        while share < 1 and not self.finished:
            if self.schedule.phase(share) != phase:
                phase = self.schedule.phase(share)
                batches = self._batches(phase)
            assert batches is not None
            self._step(batches, share, phase)
            share = self._share()
            if self.steps % every == 0 or share == 1:
                rate = self.schedule.rate(self.steps - 1, share) * self.recipe.optimizer.rate
                self.journal.log(self.steps, share, self.elapsed, rate)
            if self._due(phase) or share == 1:
                self._validate(share)
            leave, late = self.process.agree([float(self.stop()), float(self._late())])
            if leave and share < 1 and not self.finished:
                self._keep()
                return False
            if late:
                self._keep()
        if not self.finished:
            self.finished = True
            self._keep()
        return True

    def _share(self) -> float:
        now = time.perf_counter()
        self.elapsed += now - self._clock
        self._clock = now
        (self.elapsed,) = self.process.agree([self.elapsed])
        return self.schedule.share(self.steps, self.elapsed)

    def _late(self) -> bool:
        return time.perf_counter() - self._kept > KEEP_EVERY

    def _batches(self, phase: int) -> Ahead:
        batches = Batches(
            self.views,
            self.recipe,
            self.recipe.phases[phase],
            shown=self.shown,
            step=self.steps,
            sample=self.samples,
            seed=self.run_folder.job.seed,
            rank=self.process.rank,
            world=self.process.world,
        )
        return Ahead(batches)

    def _step(self, batches: Ahead, share: float, phase: int) -> None:
        rate = self.schedule.rate(self.steps, share)
        # What a network draws itself (dropped branches) depends on seed and step alone, too.
        draw = np.random.SeedSequence([self.run_folder.job.seed, self.steps, self.process.rank])
        torch.manual_seed(int(draw.generate_state(1)[0]))
        try:
            parts = self.stepper(next(batches), rate, batches.draw, share)
        except TrainingError as error:
            folder = self.run_folder
            if self.process.first:
                folder.append({"step": self.steps, "event": "stopped", "reason": str(error)})
            msg = f"{folder.path}: stopped at step {self.steps + 1}: {error}"
            msg += "; the checkpoint is of an earlier step" if folder.checkpoint.exists() else ""
            raise TrainingError(msg) from None
        self.steps += 1
        seen = self.recipe.phases[phase].batch * self.process.world
        self.samples += seen
        self.journal.add(parts, seen)
        self.average.update_parameters(self.network)

    def _due(self, phase: int) -> bool:
        every = self.recipe.length.validate
        if every:
            return self.steps % every == 0
        taken = self.recipe.phases[phase].batch * self.process.world
        epoch = len(self.shown)
        return self.samples // epoch != (self.samples - taken) // epoch

    def _validate(self, share: float) -> None:
        """Look at the validation photographs; the first process does, the others wait for its verdict."""
        verdict = [math.nan]
        if self.process.first and len(self.validation):
            network: Any = self.average.module
            gain = self.recipe.decode.matched[1]
            pairs = validate(network, self.objective, self.validation, self.recipe, self.process)
            measured, first = measure(pairs, gain)
            verdict = [measured.loss]
            values = {"val_loss": measured.loss, "delta_psnr": measured.delta_psnr,
                      "colorfulness": measured.colorfulness}  # fmt: skip
            self.journal.say(self.steps, share, self.elapsed, values)
            self.journal.draw(self.steps, [[s.grey(), s.painted(gain), s.true()] for s in first])
        (loss,) = self.process.agree(verdict)
        if loss < self.best:
            self.best, self.waited = loss, 0
            if self.process.first:
                save_weights(self.average.module, self.run_folder.best)
        else:
            self.waited += 1
        patience = self.recipe.length.patience
        if patience and self.waited >= patience and len(self.validation) and share < 1:
            self.finished = True
            if self.process.first:
                reason = f"no better loss in {patience} validations"
                self.run_folder.append({"step": self.steps, "event": "stopped early", "reason": reason})
        self._keep()
        self.journal.go_on()  # looking is no training

    def _keep(self) -> None:
        if self.process.first:
            self.run_folder.save(
                {
                    "network": self.network.state_dict(),
                    "average": self.average.module.state_dict(),
                    "stepper": self.stepper.state(),
                    "steps": self.steps,
                    "samples": self.samples,
                    "elapsed": self.elapsed,
                    "best": self.best,
                    "waited": self.waited,
                    **self.journal.state(),
                    "finished": self.finished,
                    "world": self.process.world,
                }
            )
        self._kept = time.perf_counter()

    def _restore(self, saved: dict[str, Any]) -> None:
        if saved["world"] != self.process.world and self.process.first:
            # The samples go on in order, but a step then sees another number of them.
            self.run_folder.append(
                {
                    "step": saved["steps"],
                    "event": "processes",
                    "from": saved["world"],
                    "to": self.process.world,
                }
            )
        self.network.load_state_dict(saved["network"])
        self.average.module.load_state_dict(saved["average"])
        self.average.n_averaged.fill_(saved["steps"])
        self.stepper.load(saved["stepper"])
        self.steps, self.samples = saved["steps"], saved["samples"]
        self.elapsed, self.best, self.waited = saved["elapsed"], saved["best"], saved["waited"]
        self.finished = saved["finished"]
        self.journal.restore(saved)

    def _prior(self) -> Any:
        path = self.run_folder.prior
        if self.process.first and not path.exists():
            with replacing(path, overwrite=True) as temporary, temporary.open("wb") as file:
                np.save(file, prior(self.photos, srgb_bins(), self.run_folder.job.seed))
        self.process.wait()
        return np.load(path)
