"""What travels between the studio's film page and its server."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from tintype.studio.models import NoteModel, Strict
from tintype.studio.problems import Problem
from tintype.studio.setting_fields import COLOR, SettingsValues

Place = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
Seconds = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class FilmHintModel(Strict):
    """A known colour: when, seconds; and where, pixels of the picture as it is shown."""

    time: Seconds
    x: Place
    y: Place
    color: Annotated[str, Field(pattern=COLOR)]


class FilmState(Strict):
    """How a film is to be coloured."""

    settings: SettingsValues = Field(default_factory=dict)
    hints: Annotated[list[FilmHintModel], Field(max_length=200)] = Field(default_factory=list)
    scene_hints: bool = False


class FilmWanted(Strict):
    """A piece of work on a film: all of it, or a part of one shot to look at."""

    kind: Literal["preview", "film"]
    state: FilmState = Field(default_factory=FilmState)
    shot: Annotated[int, Field(ge=0)] = 0


class ShotModel(BaseModel):
    """Frames `start` to `end` (exclusive); when the first is shown, seconds, and how long they last."""

    start: int
    end: int
    time: float
    seconds: float


class FilmTask(BaseModel):
    """How far a piece of work is."""

    kind: Literal["preview", "film"]
    state: Literal["running", "done", "failed", "cancelled"] = "running"
    progress: float = 0.0
    seconds_left: int | None = None
    problem: Problem | None = None
    notes: list[NoteModel] = Field(default_factory=list)
    result: str | None = None


class FilmModel(BaseModel):
    """A film: what is known of it, its shots, and the work on it."""

    id: str
    name: str
    state: Literal["reading", "ready", "failed"] = "reading"
    progress: float = 0.0
    problem: Problem | None = None
    width: int = 0
    height: int = 0
    frames: int = 0
    rate: float = 0.0
    notes: list[NoteModel] = Field(default_factory=list)
    shots: list[ShotModel] = Field(default_factory=list)
    task: FilmTask | None = None


class FilmsModel(BaseModel):
    """The films that are open."""

    films: list[FilmModel]


Summary = dict[str, Any]
