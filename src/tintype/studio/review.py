"""A finished archive in review: which results are doubtful, and what becomes of them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from tintype.errors import FileMissing
from tintype.settings import Settings
from tintype.studio.darkroom import Order
from tintype.studio.models import FolderModel, FolderPhoto, HintModel, PhotoModel, State
from tintype.studio.problems import ApiError
from tintype.studio.setting_fields import FIELDS, checked
from tintype.studio.store import Store

PAGE = 24
"""How many doubtful results are listed at once."""


class Doubtful(Protocol):
    """A result that nobody has looked at."""

    @property
    def name(self) -> str:
        """The photograph, as the archive calls it."""
        ...

    @property
    def confidence(self) -> float:
        """How sure the network was, 0-1; -1 where it didn't say."""
        ...


class Review(Protocol):
    """What the studio needs of an archive (`tintype.archive.review.Review`)."""

    settings: Settings

    @property
    def title(self) -> str:
        """What the archive is called."""
        ...

    def doubtful(self, start: int, count: int) -> tuple[Sequence[Doubtful], int]:
        """Return results, the least certain first, and how many there are."""
        ...

    def photograph(self, name: str, folder: Path) -> Path:
        """Return a photograph as a local file: itself, or a copy in `folder`."""
        ...

    def settings_of(self, name: str) -> Settings:
        """Return the settings that a result was made with."""
        ...

    def accept(self, name: str) -> None:
        """Write that a result is well as it is."""
        ...

    def redo(self, name: str, options: Mapping[str, Any], mask: Path | None = None) -> None:
        """Make a result anew with settings of its own. Raises PhotoError."""
        ...


class Shelf:
    """The doubtful results of an archive, in the place of the studio's folder.

    Parameters
    ----------
    review : Review
    scratch : Path
        For copies of photographs that are no files of this computer.
    """

    def __init__(self, review: Review, scratch: Path) -> None:
        self._review, self._scratch = review, scratch
        self.root = review.title

    def resolve(self, relative: str) -> Path:
        """Return a photograph of the archive as a file. Raises ApiError where there is none of that name."""
        try:
            return self._review.photograph(relative, self._scratch)
        except FileMissing:
            text = "There is no such photograph in this archive."
            raise ApiError(404, "folder_unknown", text) from None

    def listing(self, relative: str, start: int = 0) -> FolderModel:
        """Return doubtful results, the least certain first: `PAGE` of them from `start` on."""
        some, total = self._review.doubtful(start, PAGE)
        photos = [FolderPhoto(name=Path(d.name).name, path=d.name) for d in some]
        return FolderModel(
            path="", folders=[], photos=photos, start=start, total=total, unread=[], unread_total=0
        )


def take_in(
    review: Review, name: str, store: Store, session: str, made: Sequence[PhotoModel]
) -> list[PhotoModel]:
    """Give photographs of an archive the state that their result was made with, and say whose they are."""
    settings = review.settings_of(name)
    taken = []
    for photo in made:
        if settings.keep_grey:
            shutil.copyfile(settings.keep_grey, store.mask(session, photo.id))
        store.put_archive(session, photo.id, name)
        taken.append(store.put_state(session, photo.id, _state_of(settings, review.settings, photo)))
    return taken


def _state_of(settings: Settings, base: Settings, photo: PhotoModel) -> State:
    values = settings.to_json()
    hints = [
        HintModel(
            x=min(hint.x / photo.width, 1.0),
            y=min(hint.y / photo.height, 1.0),
            color=f"#{bytes(hint.color).hex()}",
            radius=min(hint.radius, 100_000.0),
        )
        for hint in settings.hints
    ]
    return State(
        network=None if settings.model == base.model else settings.model,
        settings=checked({name: values[name] for name in FIELDS}),
        hints=hints,
        keep_grey=bool(settings.keep_grey),
    )


def options_of(order: Order, options: Mapping[str, Any], base: Settings) -> dict[str, Any]:
    """Return what a state asks that the archive's run doesn't, as plain JSON values.

    Parameters
    ----------
    order : Order
    options : mapping
        The order's state as options of the colorizer.
    base : Settings
        Those of the archive's run.

    Raises
    ------
    ApiError
        For what a result of an archive can't be.
    """
    if order.photo.pages > 1 and (order.state.hints or order.state.keep_grey):
        text = "All pages of a file are one result, and hints and masks belong to one page: steer it by "
        text += "settings alone, or colour the file by itself with `tintype colorize`."
        raise ApiError(409, "review_pages", text)
    if order.state.candidate:
        text = "An archive keeps the network's first proposal; steer it by hints or settings instead."
        raise ApiError(409, "review_proposal", text)
    # The result's name stays, and with it its format.
    names = [*(n for n in FIELDS if n != "format"), "hints", "model"]
    plain = Settings()
    wanted = base.replace(**{n: options.get(n, getattr(plain, n)) for n in names}).to_json()
    told = base.to_json()
    return {n: wanted[n] for n in names if wanted[n] != told[n]}
