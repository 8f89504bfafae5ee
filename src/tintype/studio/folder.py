"""The folder that the studio was started on: listed and read, never left and never written."""

from __future__ import annotations

import os
from pathlib import Path

from tintype.photo.formats import READABLE_SUFFIXES
from tintype.studio.models import FolderModel, FolderPhoto
from tintype.studio.problems import ApiError

_MOST = 5000


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

    def listing(self, relative: str) -> FolderModel:
        """Folders and photographs in a folder, by name; hidden ones and links that lead out are left out."""
        path = self.resolve(relative)
        assert self.root is not None
        if not path.is_dir():
            raise ApiError(404, "folder_unknown", "This is a file, not a folder.")
        here = path.relative_to(self.root)
        folders, photos = [], []
        with os.scandir(path) as entries:
            for entry in entries:
                try:
                    entry.name.encode()
                    inside = not entry.is_symlink() or Path(entry.path).resolve().is_relative_to(self.root)
                except (UnicodeEncodeError, OSError, RuntimeError):
                    continue
                if entry.name.startswith(".") or not inside:
                    continue
                if entry.is_dir():
                    folders.append(entry.name)
                elif Path(entry.name).suffix.lower() in READABLE_SUFFIXES and entry.is_file():
                    photos.append(FolderPhoto(name=entry.name, path=(here / entry.name).as_posix()))
        photos.sort(key=lambda p: p.name.casefold())
        return FolderModel(
            path="" if here == Path() else here.as_posix(),
            folders=sorted(folders, key=str.casefold)[:_MOST],
            photos=photos[:_MOST],
        )
