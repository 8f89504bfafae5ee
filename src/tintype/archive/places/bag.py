"""Results as a BagIt bag (RFC 8493): a valid one when the run has ended."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from tintype import files
from tintype._version import __version__
from tintype.archive.places.local import LocalFolder
from tintype.archive.walk import STATE
from tintype.errors import SettingsError

_DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


@dataclass(frozen=True, slots=True)
class BagPlace(LocalFolder):
    """A bag on a disk, with the results below ``data/``; see `tintype.archive.model.Destination`."""

    folder: Path = Path()

    @property
    def home(self) -> Path:
        """The folder that the user named."""
        return self.folder

    def finish(self, outputs: Iterable[tuple[str, str]]) -> None:
        """Write the bag's manifests and tags. Raises OSError."""
        self.root.mkdir(parents=True, exist_ok=True)
        known = self.home / "manifest-sha256.txt"
        size = count = 0
        beside = ((name, self.sha256(name)) for name in self._sidecars())
        with (
            files.replacing(known, overwrite=True) as temporary,
            temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as manifest,
        ):
            for name, digest in chain(outputs, beside):
                size, count = size + (self.root / name).stat().st_size, count + 1
                manifest.write(_line(digest, f"data/{name}"))
        today = datetime.now(UTC).date().isoformat()
        told = {
            "Bag-Software-Agent": f"Tintype {__version__}",
            "Bagging-Date": today,
            "Payload-Oxum": f"{size}.{count}",
        }
        tags = {"bagit.txt": _DECLARATION, "bag-info.txt": "".join(f"{k}: {v}\n" for k, v in told.items())}
        for name, said in tags.items():
            files.write_text(self.home / name, said, overwrite=True)
        listed = [_line(files.sha256(self.home / n), n) for n in (*tags, known.name)]
        files.write_text(self.home / "tagmanifest-sha256.txt", "".join(listed), overwrite=True)

    def _sidecars(self) -> Iterable[str]:
        """Return XMP files beside results, which no manifest of ours names."""
        for folder, folders, names in os.walk(self.root):
            folders.sort()
            here = Path(folder).relative_to(self.root)
            yield from ((here / n).as_posix() for n in sorted(names) if n.endswith(".xmp"))


def _line(digest: str, name: str) -> str:
    # Line ends in a name are escaped, and so the sign that does it.
    told = name.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"{digest}  {told}\n"


def opened(text: str) -> BagPlace | None:
    """Return the bag that ``bag:FOLDER`` names. Raises SettingsError for one of somebody else's."""
    if not text.startswith("bag:"):
        return None
    home = Path(text.removeprefix("bag:"))
    if (home / "bagit.txt").exists() and not (home / STATE).is_dir():
        msg = f"{text}: a bag that Tintype has not made, whose manifests would be written anew; name another"
        raise SettingsError(msg, name=text)
    return BagPlace(home / "data", home)
