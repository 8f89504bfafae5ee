"""What travels between the studio's page and its server, as checked types; settings come from `Settings`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tintype.notes import Note
from tintype.settings import MOST_HINTS
from tintype.studio.problems import Problem
from tintype.studio.setting_fields import COLOR, SettingsValues

UnitInterval = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Id = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]
Side = Annotated[int, Field(ge=16, le=2048)]


class Strict(BaseModel):
    """A body without unknown keys."""

    model_config = ConfigDict(extra="forbid")


class HintModel(Strict):
    """A known colour: x and y in 0-1 of the upright photograph, radius in its pixels (0: chosen)."""

    x: UnitInterval
    y: UnitInterval
    color: Annotated[str, Field(pattern=COLOR)]
    radius: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)] = 0.0


class State(Strict):
    """How one photograph is to be coloured."""

    network: Annotated[str, Field(max_length=200)] | None = None
    settings: SettingsValues = Field(default_factory=dict)
    hints: Annotated[list[HintModel], Field(max_length=MOST_HINTS)] = Field(default_factory=list)
    candidate: Annotated[int, Field(ge=0, le=11)] | None = None
    keep_grey: bool = False


class ToneModel(BaseModel):
    """Which kind of grey a photograph is."""

    kind: str
    note: str


class NoteModel(BaseModel):
    """A remark: its words in English, and what a translation needs: a code (or none) and values."""

    text: str
    code: str = ""
    values: dict[str, int | float | str | list[str]] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _of(cls, given: object) -> object:
        """Take a `Note`, and a plain string: sessions of earlier versions hold strings."""
        if isinstance(given, Note):
            return given.to_json()
        return {"text": given} if isinstance(given, str) else given


class PhotoModel(BaseModel):
    """One photograph (one page of a file) of a session.

    `archive` is what the archive in review calls it, where it came from one; `review` what was said of it.
    """

    id: str
    name: str
    width: int
    height: int
    bits: int
    format: str
    page: int
    pages: int
    tone: ToneModel
    notes: list[NoteModel]
    state: State
    modified: float
    archive: str | None = None
    review: Literal["accepted", "redone"] | None = None


class PhotosModel(BaseModel):
    """Several photographs."""

    photos: list[PhotoModel]


class SessionModel(BaseModel):
    """A session with its photographs."""

    id: str
    title: str
    created: float
    modified: float
    photos: list[PhotoModel]


class SessionLine(BaseModel):
    """A session in the list: `photos` counts them."""

    id: str
    title: str
    created: float
    modified: float
    photos: int


class SessionsModel(BaseModel):
    """All sessions, the latest first."""

    sessions: list[SessionLine]


class Title(Strict):
    """A session's name."""

    title: Annotated[str, Field(max_length=200)] = ""


class View(Strict):
    """A view of a photograph: its longest side in pixels."""

    size: Side = 512
    state: State = Field(default_factory=State)


class Preview(View):
    """`quick`: while a hint is moved, rather a draft at once than the network's answer later."""

    quick: bool = False


class Region(Strict):
    """A part of the photograph at full resolution; `out_width` in pixels."""

    x: UnitInterval
    y: UnitInterval
    width: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
    height: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
    out_width: Annotated[int, Field(ge=1, le=4096)] = 1024
    state: State = Field(default_factory=State)
    which: Literal["after", "before"] = "after"


class Spot(Strict):
    """A spot for which colours are wanted."""

    x: UnitInterval
    y: UnitInterval
    state: State = Field(default_factory=State)
    count: Annotated[int, Field(ge=1, le=24)] = 9


class Suggested(BaseModel):
    """A likely colour and its share of the distribution."""

    color: str
    share: float


class Suggestions(BaseModel):
    """Likely colours, the likeliest first."""

    colors: list[Suggested]


class Proposals(Strict):
    """How many proposals, and how large."""

    count: Annotated[int, Field(ge=1, le=12)] = 6
    size: Side = 256
    state: State = Field(default_factory=State)


class Proposal(BaseModel):
    """One proposal as a data: URL."""

    candidate: int
    image: str


class ProposalsMade(BaseModel):
    """Distinct proposals, the network's own choice first."""

    candidates: list[Proposal]


class Apply(Strict):
    """Settings for several photographs; null is all of the session."""

    photos: Annotated[list[Id], Field(max_length=1000)] | None = None
    settings: SettingsValues = Field(default_factory=dict)
    network: Annotated[str, Field(max_length=200)] | None = None


class JobWanted(Strict):
    """Work on a whole session."""

    session: Id
    photos: Annotated[list[Id], Field(max_length=1000)] | None = None
    kind: Literal["download"] = "download"


class JobFailure(Problem):
    """A photograph that could not be made, and why."""

    photo: str


class JobModel(BaseModel):
    """How far a job is."""

    id: str
    session: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int
    total: int
    progress: float
    failures: list[JobFailure]
    result: str | None


class FolderPhoto(BaseModel):
    """A photograph on disk, its path relative to the studio's folder."""

    name: str
    path: str


class FolderUnread(BaseModel):
    """A picture of a format that isn't read: what it is, and what makes it readable."""

    name: str
    why: str


class FolderModel(BaseModel):
    """What lies in a folder: of its `total` folders and photographs those from `start` on, a part at a time.

    `unread` are pictures of formats that aren't read, `unread_total` in all.
    """

    path: str
    folders: list[str]
    photos: list[FolderPhoto]
    start: int
    total: int
    unread: list[FolderUnread]
    unread_total: int


class Paths(Strict):
    """Photographs of the studio's folder."""

    paths: Annotated[list[Annotated[str, Field(max_length=4096)]], Field(min_length=1, max_length=1000)]
