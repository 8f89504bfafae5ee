"""What all routes work with: the studio itself, its parts put together."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tintype.colorizer import Colorizer
from tintype.studio.darkroom import Darkroom, Order
from tintype.studio.films import Films
from tintype.studio.folder import Folder
from tintype.studio.jobs import Jobs
from tintype.studio.limits import Limits
from tintype.studio.models import State
from tintype.studio.review import Review, Shelf
from tintype.studio.store import Store, home
from tintype.studio.tokens import Invitations, checked_token, new_token
from tintype.studio.workers import Workers


@dataclass
class Studio:
    """Everything that the routes share.

    Parameters
    ----------
    data : Path, optional
        Where sessions are kept; the user's data folder unless told.
    folder : Path, optional
        Photographs that may be picked from a list.
    review : Review, optional
        A finished archive whose doubtful results are listed in the folder's place.
    model : str
        The network used where a photograph names none.
    token : str
        Whoever has it may use the studio: see `checked_token`.
    host, port
        What the server is bound to; None as port skips that part of the Host check.
    """

    data: Path = field(default_factory=home)
    folder: Path | None = None
    review: Review | None = None
    model: str = "tintype"
    token: str = field(default_factory=new_token)
    host: str = "127.0.0.1"
    port: int | None = None
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        checked_token(self.token)
        self.guests = Invitations()
        self.store = Store(self.data, self.limits)
        self.colorizer = Colorizer(model=self.model)
        self.darkroom = Darkroom(self.colorizer, self.limits)
        self.workers = Workers(self.limits.waiting)
        self.listed: Folder | Shelf = Folder(self.folder)
        if self.review is not None:
            self.listed = Shelf(self.review, self.store.temporary)
        self.jobs = Jobs(self.darkroom, self.order, self.store.temporary, self.limits.queue, self.model)
        self.films = Films(self.store.temporary, self.limits, self.model)
        self.live_clients: set[str] = set()

    def order(self, session: str, photo: str, state: State | None = None) -> Order:
        """Return a photograph with the state given, else with the one that is saved."""
        found = self.store.photo(session, photo)
        original, mask = self.store.original(session, photo), self.store.mask(session, photo)
        return Order(found, original, mask, state if state is not None else found.state)
