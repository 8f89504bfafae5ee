"""A run's folder: its recipe, where it ran, its log, its checkpoint and what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import torch

from tintype.errors import TrainingError
from tintype.files import replacing, write_bytes
from tintype.training.recipe import Recipe
from tintype.training.recipe_file import to_toml

VERSION = 1
DATASET = "dataset"  # where a run keeps the training set that was made for it


@dataclass(frozen=True)
class Job:
    """What the user asked for, beside the recipe.

    Attributes
    ----------
    data : str
        Folder of the training set, absolute.
    backbone, init, teacher, second : str
        Files that the weights come from, a teacher's, and those of a second encoder; empty for none.
    seed : int
    minutes : float
        Length of the run if it is given in time; 0 if by the recipe.
    """

    data: str
    backbone: str = ""
    init: str = ""
    seed: int = 0
    minutes: float = 0.0
    teacher: str = ""
    second: str = ""


class RunFolder:
    """Paths of a run, and reading and writing them."""

    def __init__(self, path: Path, recipe: Recipe, job: Job) -> None:
        self.path, self.recipe, self.job = path, recipe, job
        self.checkpoint = path / "checkpoint.pt"
        self.log = path / "log.jsonl"
        self.prior = path / "prior.npy"
        self.best = path / "best.safetensors"
        self.weights = path / "weights.safetensors"
        self.network = path / "network.onnx"
        self.samples = path / "samples"
        self.curves = path / "curves.png"
        self.card = path / "card.md"

    @classmethod
    def create(cls, path: str | Path, recipe: Recipe, job: Job) -> Self:
        """Begin a run.

        Raises
        ------
        TrainingError
            If the folder holds a run already, or other things.
        """
        path = Path(path)
        check_free(path)
        path.mkdir(parents=True, exist_ok=True)
        write_bytes(path / "recipe.toml", to_toml(recipe.table()).encode(), overwrite=True)
        # Last: a folder without it is no run.
        values = {"version": VERSION, **asdict(job)}
        write_bytes(path / "run.json", json.dumps(values, indent=1).encode(), overwrite=True)
        return cls(path, recipe, job)

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Open a run that was begun.

        Raises
        ------
        TrainingError
            If there is none, or it is of another version.
        """
        path = Path(path)
        try:
            values = json.loads((path / "run.json").read_text("utf-8"))
            table = tomllib.loads((path / "recipe.toml").read_text("utf-8"))
        except FileNotFoundError:
            msg = (
                f"{path}: no run (run.json is missing); begin one with `tintype train RECIPE DATA -o {path}`"
            )
            raise TrainingError(msg) from None
        except (OSError, ValueError) as error:
            msg = f"{path}: the run can't be read ({error}); begin another"
            raise TrainingError(msg) from None
        if values.pop("version", None) != VERSION:
            msg = f"{path}: a run of another version of Tintype; begin another, with --init {path}"
            raise TrainingError(msg)
        return cls(path, Recipe.from_table(table, str(path / "recipe.toml")), Job(**values))

    def note_start(self, environment: dict[str, Any]) -> None:
        """Add a line to ``environment.jsonl``: when, on what, and from which revision this part began."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._append("environment.jsonl", {"started": now, **environment, **git_revision()})

    def starts(self) -> list[dict[str, Any]]:
        """When and on what each part of the run was begun."""
        path = self.path / "environment.jsonl"
        return [json.loads(t) for t in path.read_text("utf-8").splitlines()] if path.exists() else []

    def append(self, row: dict[str, Any]) -> None:
        """Add a line to the log."""
        self._append(self.log.name, row)

    def rows(self) -> list[dict[str, Any]]:
        """The log; a last line that was cut off is left out."""
        if not self.log.exists():
            return []
        rows = []
        for line in self.log.read_text("utf-8").splitlines():
            try:
                rows.append(json.loads(line))
            except ValueError:
                continue
        return rows

    def rewind(self, step: int) -> None:
        """Forget what the log says of steps after this one: they will be taken again."""
        rows = [r for r in self.rows() if r["step"] <= step]
        write_bytes(self.log, "".join(json.dumps(r) + "\n" for r in rows).encode(), overwrite=True)

    def save(self, state: dict[str, Any]) -> None:
        """Write the checkpoint; the one before stays until this one is on the disk.

        Raises
        ------
        TrainingError
            If it can't be written.
        """
        try:
            with replacing(self.checkpoint, overwrite=True) as temporary, temporary.open("wb") as file:
                torch.save({"version": VERSION, **state}, file)
        except (OSError, RuntimeError) as error:  # torch turns a full disk into a RuntimeError of its own
            cause = error if isinstance(error, OSError) else error.__context__
            why = (cause.strerror if isinstance(cause, OSError) else None) or str(error).splitlines()[0]
            msg = f"{self.checkpoint}: can't be written ({why}); make room on the disk, then go on with "
            msg += f"`tintype train --resume {self.path}`" if self.checkpoint.exists() else "a new run"
            raise TrainingError(msg) from error

    def load(self) -> dict[str, Any] | None:
        """The checkpoint, or None if there is none yet.

        All of it is on the CPU: an optimiser's counters must stay there, or every step would wait for a GPU
        once for every weight.

        Raises
        ------
        TrainingError
            If it is damaged or of another version.
        """
        if not self.checkpoint.exists():
            return None
        try:
            state: dict[str, Any] = torch.load(self.checkpoint, "cpu", weights_only=True)
        except Exception as error:  # torch raises RuntimeError, UnpicklingError, EOFError, …
            msg = f"{self.checkpoint}: damaged ({str(error).splitlines()[0]}); begin a new run"
            raise TrainingError(msg) from None
        if state.get("version") != VERSION:
            msg = f"{self.checkpoint}: of another version of Tintype; begin another run, with --init"
            raise TrainingError(msg)
        return state

    def _append(self, name: str, row: dict[str, Any]) -> None:
        with (self.path / name).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def check_free(path: Path) -> None:
    """Raise TrainingError if a folder holds a run, or anything but the training set made for one."""
    if (path / "run.json").exists():
        msg = f"{path}: holds a run already; go on with `tintype train --resume {path}`, or choose "
        raise TrainingError(f"{msg}another folder")
    if path.exists() and (not path.is_dir() or any(p.name != DATASET for p in path.iterdir())):
        msg = f"{path}: not an empty folder; choose another one for the run"
        raise TrainingError(msg)


def git_revision() -> dict[str, Any]:
    """Revision of the source tree that Tintype runs from, and whether it has changes; empty if none."""
    here = Path(__file__).resolve().parent
    if not any((parent / ".git").exists() for parent in here.parents):
        return {}

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=here, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    try:
        # Somebody's own repository around an installed package says nothing about the package.
        git("ls-files", "--error-unmatch", os.fspath(Path(__file__).resolve()))
        return {"revision": git("rev-parse", "HEAD"), "changed": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):
        return {}
