"""One door for films: a file that FFmpeg reads, or a folder of frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from tintype.errors import SettingsError
from tintype.film import folder_source, source
from tintype.film.folder import frames_in, rate_of
from tintype.film.info import FilmInfo, Reader
from tintype.film.options import FilmOptions
from tintype.settings import Settings

_ANY_RATE = Fraction(24)
"""Where no rate is given and none is needed."""


def probe(
    path: Path, options: FilmOptions | None = None, settings: Settings | None = None, *, timed: bool = False
) -> FilmInfo:
    """Look at a film, or at a folder of frames.

    Parameters
    ----------
    timed : bool
        Whether moments matter, so that a folder needs a rate.

    Raises
    ------
    FileMissing, FilmError
    SettingsError
        When a folder needs a rate, or a film is given one.
    """
    options, settings = options or FilmOptions(), settings or Settings()
    if not path.is_dir():
        if options.rate:
            remedy = "leave out the rate, which is for folders of frames"
            raise SettingsError(
                name=str(path), reason="a film has its own times", remedy=remedy, setting="rate"
            )
        return source.probe(path)
    found = frames_in(path)
    if timed and not options.rate:
        reason, remedy = (
            "pictures have no times",
            "say how many a second with --rate, as in --rate 18 or 24000/1001",
        )
        raise SettingsError(name=str(path), reason=reason, remedy=remedy, setting="rate")
    rate = rate_of(options.rate) if options.rate else _ANY_RATE
    return folder_source.probe(found, rate, settings)


def reader(info: FilmInfo, options: FilmOptions | None = None, settings: Settings | None = None) -> Reader:
    """What gives the frames of a film that `probe` has looked at."""
    options, settings = options or FilmOptions(), settings or Settings()
    if info.folder is not None:
        return folder_source.FolderReader(info, settings)
    return source.Decoder(info, deinterlace=options.deinterlace, invert=settings.invert)
