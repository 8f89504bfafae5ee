"""The folder that the studio was started on: listed and read, never left and never written."""

from __future__ import annotations

import os
from pathlib import Path

from tintype.photo.folders import is_system_folder, kind_of, unread_reason
from tintype.studio.models import FolderModel, FolderPhoto, FolderUnread
from tintype.studio.problems import ApiError

PAGE = 5000
"""How many folders and photographs are listed at once."""


class Folder:
    """What lies below one folder.

    Parameters
    ----------
    root : Path or None
        None where the studio was started without a folder.
    """

    def __init__(self, root: Path | None) -> None:
        self.root = root.resolve() if root is not None else None

    def resolve(self, relative: str) -> Path:
        """A path below the folder, links followed. Raises ApiError if it leads out or to nothing."""
        missing = ApiError(404, "folder_unknown", "There is no such file or folder in the studio's folder.")
        if self.root is None:
            text = "The studio was started without a folder; start it with `tintype studio FOLDER`."
            raise ApiError(404, "no_folder", text)
        if "\0" in relative or "\\" in relative or Path(relative).is_absolute():
            raise missing
        try:
            path = (self.root / relative).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            raise missing from None
        if not path.is_relative_to(self.root):
            raise missing
        return path

    def listing(self, relative: str, start: int = 0) -> FolderModel:
        """Return folders, then photographs in a folder, by name: `PAGE` of them from `start` on.

        Hidden ones, folders of the system and links that lead out are left out; pictures of formats that
        aren't read are told.
        """
        path = self.resolve(relative)
        assert self.root is not None
        if not path.is_dir():
            raise ApiError(404, "folder_unknown", "This is a file, not a folder.")
        here = path.relative_to(self.root)
        folders, photos, unread = list[str](), list[str](), list[str]()
        with os.scandir(path) as entries:
            for entry in entries:
                if not self._is_shown(entry):
                    continue
                if entry.is_dir():
                    folders.append(entry.name)
                elif entry.is_file():
                    kind = kind_of(entry.name)
                    (photos if kind == "photograph" else unread if kind == "unread" else []).append(
                        entry.name
                    )
        for names in (folders, photos, unread):
            names.sort(key=str.casefold)
        shown = [*((n, True) for n in folders), *((n, False) for n in photos)][start : start + PAGE]
        return FolderModel(
            path="" if here == Path() else here.as_posix(),
            folders=[name for name, is_folder in shown if is_folder],
            photos=[
                FolderPhoto(name=name, path=(here / name).as_posix())
                for name, is_folder in shown
                if not is_folder
            ],
            start=start,
            total=len(folders) + len(photos),
            unread=[
                FolderUnread(name=n, why=", which isn't read; ".join(unread_reason(n))) for n in unread[:PAGE]
            ],
            unread_total=len(unread),
        )

    def _is_shown(self, entry: os.DirEntry[str]) -> bool:
        assert self.root is not None
        try:
            entry.name.encode()
            inside = not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(self.root)
        except (UnicodeEncodeError, OSError, RuntimeError):
            return False
        return inside and not entry.name.startswith(".") and not is_system_folder(entry.name)
