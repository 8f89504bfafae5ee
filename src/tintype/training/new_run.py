"""Beginning a run: everything that can go wrong is looked at before anything is written."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from tintype.color.bins import srgb_bins
from tintype.dataset.build import Options, make_dataset
from tintype.dataset.shards import INDEX, PhotoSet
from tintype.errors import TrainingError
from tintype.steps import StageProgress
from tintype.training.batches import shown_once
from tintype.training.distributed import Process
from tintype.training.first_weights import first_weights_file, give_first_weights, make_network
from tintype.training.recipe import Recipe
from tintype.training.recipe_file import names
from tintype.training.run_folder import DATASET, Job, RunFolder, check_free
from tintype.training.teacher import make_teacher

_VALIDATION = 0.1  # of a plain folder's photographs: such folders are small


def begin_run(
    recipe: Recipe,
    data: str | Path,
    folder: str | Path,
    process: Process,
    *,
    backbone: str = "",
    init: str = "",
    seed: int = 0,
    minutes: float = 0.0,
    teacher: str = "",
    second: str = "",
    progress: StageProgress | None = None,
) -> RunFolder:
    """Make a run's folder; all processes get it.

    Parameters
    ----------
    recipe : Recipe
    data : path
        A training set made by `tintype dataset`, or photographs (folder, tar file): those are made into a
        set inside the run's folder first.
    folder : path
        Of the run; new or empty.
    process : Process
    backbone, init, second : str
        See `tintype.training.first_weights.give_first_weights`.
    seed : int
    minutes : float
        Length of the run; 0 takes the recipe's.
    teacher : str
        A trained network that this one follows at first: weights as for `init`; the recipe's table
        ``[teacher]`` says whose network it is.
    progress : callable, optional
        Of the making of the training set.

    Raises
    ------
    TrainingError
        If the folder is taken, the photographs will not do, or the first weights do not fit.
    """
    data, folder = Path(data), Path(folder)
    if process.first:
        check_free(folder)
        if not data.exists():
            msg = f"{data}: no such training set or folder of photographs"
            raise TrainingError(msg)
        network = make_network(recipe, len(srgb_bins()))
        give_first_weights(network, recipe, backbone=backbone, init=init, second=second)
        if teacher:
            make_teacher(recipe, teacher, network, len(srgb_bins()), process)
            recipe = _with_teacher_at_home(recipe)
        if not (data / INDEX).is_file():
            data = _made(recipe, data, folder, progress)
        photos = PhotoSet.open(data, "train")
        if not len(photos):
            msg = f"{data}: its training split is empty; give more photographs"
            raise TrainingError(msg)
        shown_once(photos.names, recipe.groups.options)
        init, teacher = (str(first_weights_file(w)) if w else "" for w in (init, teacher))
        files = {"data": str(data), "backbone": backbone, "init": init, "teacher": teacher, "second": second}
        absolute = {name: _absolute(file) if file else "" for name, file in files.items()}
        RunFolder.create(folder, recipe, Job(seed=seed, minutes=minutes, **absolute))
    process.wait()
    return RunFolder.open(folder)


def _absolute(path: str) -> str:
    return path if path == "none" else str(Path(path).resolve())


def _with_teacher_at_home(recipe: Recipe) -> Recipe:
    """A recipe whose teacher's recipe, if it is a file, is found from every folder."""
    where = recipe.teacher.recipe
    if where in names():
        return recipe
    return dataclasses.replace(recipe, teacher=dataclasses.replace(recipe.teacher, recipe=_absolute(where)))


def _made(recipe: Recipe, photographs: Path, folder: Path, progress: StageProgress | None) -> Path:
    made = folder / DATASET
    if (made / INDEX).exists():
        msg = f"{made}: a training set that another attempt left; give it as DATA, or delete it"
        raise TrainingError(msg)
    short = max(256, recipe.decode.size, *(phase.view for phase in recipe.phases))
    make_dataset([photographs], made, Options(short=short, validation=_VALIDATION), progress=progress)
    return made
