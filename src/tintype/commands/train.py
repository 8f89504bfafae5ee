"""``tintype train``: a recipe and photographs in, a network out."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from tintype.training.distributed import Process
    from tintype.training.finish import Finished
    from tintype.training.journal import ProgressReport
    from tintype.training.run_folder import RunFolder

_FILE = click.Path(exists=True, path_type=Path)


@click.command(epilog="On several GPUs: torchrun --nproc-per-node 4 -m tintype train RECIPE DATA -o RUN. "
               "A run colours photographs with: tintype colorize --model RUN PHOTO.")  # fmt: skip
@click.argument("recipe", required=False)
@click.argument("data", required=False, type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Folder of the run; new or empty.")
@click.option("--resume", type=_FILE, metavar="RUN", help="Go on with a run where its last checkpoint was.")
@click.option("--export", type=_FILE, metavar="RUN", help="Write a run's network as ONNX, as it is now.")
@click.option("--list", "list_", is_flag=True, help="List the bundled recipes.")
@click.option("--backbone", default="", metavar="FILE",
              help="Weights of the pretrained encoder (safetensors); none does without.")  # fmt: skip
@click.option("--second", default="", metavar="FILE",
              help="Weights of a second encoder, where the recipe has one and --init none.")  # fmt: skip
@click.option("--init", default="", metavar="FILE",
              help="Weights to go on from: a safetensors or ONNX file, a network's name, a run.")  # fmt: skip
@click.option("--teacher", default="", metavar="FILE",
              help="A trained network to follow at first, given as for --init.")  # fmt: skip
@click.option("--set", "changes", multiple=True, metavar="TABLE.KEY=VALUE",
              help="Change the recipe, as in --set length.epochs=5; can be repeated.")  # fmt: skip
@click.option("--minutes", default=0.0, type=click.FloatRange(0),
              help="Length of the run in time, instead of the recipe's.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0), help="Of all that is drawn.")
@click.option("--device", default="auto", show_default=True, type=click.Choice(["auto", "cpu", "cuda"]))
@click.option("--precision", default="auto", show_default=True, type=click.Choice(["auto", "fp32", "bf16"]),
              help="auto: bf16 where the hardware has it.")  # fmt: skip
@click.option("--threads", default=0, type=click.IntRange(0, 1024), help="Of torch; 0 leaves it to torch.")
@click.option("--tensorboard", is_flag=True, help="Write TensorBoard files into RUN/tensorboard, too.")
@click.option("--name", default="", help="Name of the exported network; default: the folder's.")
def command(
    recipe: str | None,
    data: Path | None,
    output: Path | None,
    resume: Path | None,
    export: Path | None,
    list_: bool,
    backbone: str,
    second: str,
    init: str,
    teacher: str,
    changes: tuple[str, ...],
    minutes: float,
    seed: int,
    device: str,
    precision: str,
    threads: int,
    tensorboard: bool,
    name: str,
) -> None:
    """Train a network of your own by a recipe.

    RECIPE is the name of a bundled one (--list) or a TOML file; DATA is a training set made by
    `tintype dataset`, or simply a folder of colour photographs. The run's folder holds the recipe, the log,
    curves, samples, the checkpoint and, at the end, network.onnx.
    """
    if list_:
        _list()
        return
    _check(recipe, data, output, resume, export)
    from tintype.training.extra import require

    require("torch", "safetensors", "onnx", "onnxscript", "matplotlib")
    if tensorboard:
        require("tensorboard", extra="tensorboard")
    from tintype.photo.decoder import forget_operations
    from tintype.training.run_folder import RunFolder

    forget_operations()
    if export is not None:
        _export(RunFolder.open(export), name)
        return
    from tintype.training.distributed import join_processes
    from tintype.training.new_run import begin_run
    from tintype.training.recipe_file import load

    if resume is None:
        assert recipe is not None
        assert data is not None
        assert output is not None
        wanted = load(recipe).replace(list(changes))
    process = join_processes(device, precision, threads)
    try:
        if resume is not None:
            run = RunFolder.open(resume)
        else:
            run = begin_run(wanted, data, output, process, backbone=backbone, init=init, seed=seed,  # type: ignore[arg-type]
                            minutes=minutes, teacher=teacher, second=second,
                            progress=_making(process))  # fmt: skip
        if _train(run, process, tensorboard) and process.first:
            _export(run, name)
        process.wait()
    finally:
        process.leave()


def _check(
    recipe: str | None, data: Path | None, output: Path | None, resume: Path | None, export: Path | None
) -> None:
    begun = [value is not None for value in (recipe, data, output)]
    if resume is not None and export is not None:
        raise click.UsageError("--resume and --export exclude each other")
    if (resume is not None or export is not None) and any(begun):
        msg = "--resume and --export take nothing but the run: its recipe and data are known"
        raise click.UsageError(msg)
    if resume is None and export is None and not all(begun):
        msg = "give a RECIPE, DATA and -o RUN; or --resume RUN, --export RUN, --list"
        raise click.UsageError(msg)


def _list() -> None:
    from tintype.training.recipe_file import load, names

    for name in names():
        click.echo(f"{name:10s} {load(name).about}")


def _making(process: Process) -> Callable[[str, int, int], None]:
    said: set[str] = set()

    def tell(what: str, done: int, total: int) -> None:
        if what not in said and process.first:
            said.add(what)
            goal = "a training set in the run's folder"
            click.echo(f"DATA is no training set: making {goal}: {what}, {total} photographs", err=True)

    return tell


def _train(run: RunFolder, process: Process, tensorboard: bool) -> bool:
    from rich.progress import TextColumn, TimeElapsedColumn

    from tintype.commands.bars import progress
    from tintype.training.loop import Loop
    from tintype.training.tensorboard import TensorBoardWriter

    writer = TensorBoardWriter(run.path / "tensorboard") if tensorboard and process.first else None
    percent, told_last = TextColumn("{task.percentage:.1f} %"), TextColumn("{task.fields[told]}")
    columns = (percent, TimeElapsedColumn(), told_last)
    with progress(*columns, shown=process.first, transient=False) as bar:
        task = bar.add_task(run.recipe.name, total=1.0, told="")
        told = _teller(bar, task)
        with _leave_when_told() as asked:
            loop = Loop(run, process, tell=told, stop=asked, tensorboard=writer)
            if loop.steps and process.first:
                bar.console.print(
                    f"{run.path}: going on at step {loop.steps}", soft_wrap=True, highlight=False
                )
            reached = loop.run()
            bar.refresh()
    if writer is not None:
        writer.close()
    if not reached and process.first:
        click.echo(f"stopped at step {loop.steps}; go on with: tintype train --resume {run.path}", err=True)
    if not reached:
        raise click.exceptions.Exit(130)
    return reached


def _teller(bar: Any, task: Any) -> Callable[[ProgressReport], None]:
    def tell(now: ProgressReport) -> None:
        if "val_loss" in now.values:
            v = now.values
            text = (
                f"step {now.step}: validation loss {v['val_loss']:.4g}, {v['delta_psnr']:+.2f} dB over grey, "
            )
            text += f"colourfulness {v['colorfulness']:.0%} of the truth's"
            bar.console.print(text, highlight=False, soft_wrap=True)
            return
        text = (
            f"step {now.step}  loss {now.values['loss']:.4g}  {now.rate:.1f} photos/s  {_time(now.left)} left"
        )
        bar.update(task, completed=now.share, told=text)

    return tell


def _time(seconds: float) -> str:
    if seconds == float("inf"):
        return "?"
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}"


class _leave_when_told:  # noqa: N801 - reads as what it does
    """While inside, the first Ctrl-C or SIGTERM asks to leave after a checkpoint; the second one kills."""

    def __enter__(self) -> Callable[[], bool]:
        self.asked = False
        self.before = {s: signal.signal(s, self._ask) for s in (signal.SIGINT, signal.SIGTERM)}
        return lambda: self.asked

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def _ask(self, number: int, frame: object) -> None:
        del frame
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        click.echo(
            f"{signal.Signals(number).name}: writing a checkpoint; once more to stop at once", err=True
        )


def _export(run: RunFolder, name: str) -> None:
    from tintype.training.finish import finish

    _tell_finished(run, finish(run, name=name))


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def _tell_finished(run: RunFolder, done: Finished) -> None:
    report = done.report
    click.echo(f"{report.path}: {_size(report.size)}, {done.steps} steps, "
               f"SHA-256 {report.sha256[:12]}, ΔE to fp32 {report.delta_e_mean:.3f}")  # fmt: skip
    if done.measured is not None:
        click.echo(f"validation at vividness 0.5: {done.measured.delta_psnr:+.2f} dB over grey, "
                   f"colourfulness {done.measured.colorfulness:.0%} of the truth's")  # fmt: skip
    click.echo(f"use it with: tintype colorize --model {run.path} PHOTO")
