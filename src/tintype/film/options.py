"""How a film is coloured and written: what `Settings` says of every picture, and what only films have."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from tintype.errors import SettingsError
from tintype.film.folder import rate_of
from tintype.photo.formats import saving
from tintype.settings import OUTPUT_FORMATS, Hint, read_json

_HINTS_FILE = 'write [{"time": "00:01:02.5", "x": 120, "y": 80, "color": "#aa3311"}]'
_TIME = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d+(?:\.\d+)?)\Z")


@dataclass(frozen=True, slots=True)
class Codec:
    """One way to write pictures.

    Attributes
    ----------
    encoder : str
        FFmpeg's name of it.
    suffix : str
        Of the pieces that a film is written in.
    formats : dict of int to str
        Pixel format by bits a sample.
    repeats : bool
        Whether the same pictures always give the same bytes.
    """

    encoder: str
    suffix: str
    formats: dict[int, str]
    repeats: bool


CODECS = {
    "h264": Codec("libx264", ".mp4", {8: "yuv420p", 10: "yuv420p10le"}, True),
    "h265": Codec("libx265", ".mp4", {8: "yuv420p", 10: "yuv420p10le"}, False),
    "av1": Codec("libsvtav1", ".mp4", {8: "yuv420p", 10: "yuv420p10le"}, False),
    "ffv1": Codec("ffv1", ".mp4", {8: "yuv420p", 10: "yuv420p10le"}, True),
    "prores": Codec("prores_ks", ".mov", {8: "yuv422p10le", 10: "yuv422p10le"}, True),
}


@dataclass(frozen=True, slots=True)
class FilmHint:
    """A colour that is known at a place and a moment of a film.

    Attributes
    ----------
    seconds : float
        From the film's beginning.
    hint : Hint
        In pixels of the upright picture.
    """

    seconds: float
    hint: Hint

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``time,x,y=#rrggbb`` or ``time,x,y,radius=#rrggbb``; see `seconds_of` for the time.

        >>> FilmHint.parse("00:01:02.5,120,80=#aa3311").seconds
        62.5
        """
        time, comma, rest = text.partition(",")
        if not comma:
            msg = f"hint {text!r:.80} is not of the form time,x,y=#rrggbb, as in 00:01:02.5,120,80=#aa3311"
            raise SettingsError(msg)
        return cls(seconds_of(time), Hint.parse(rest))

    def to_json(self) -> dict[str, Any]:
        """The hint as plain JSON values; `from_json` reads it back."""
        return {"time": self.seconds} | self.hint.to_json()

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Read what `to_json` wrote; the time may be text, as in ``00:01:02.5``. Raises SettingsError."""
        if isinstance(value, cls):
            return value
        if not isinstance(value, dict) or "time" not in value:
            msg = f"hint {value!r:.80} has no time; {_HINTS_FILE}"
            raise SettingsError(msg)
        rest = {k: v for k, v in value.items() if k != "time"}
        return cls(seconds_of(str(value["time"])), Hint.from_json(rest))


def seconds_of(text: str) -> float:
    """Read a moment: ``62.5``, ``1:02.5`` or ``00:01:02.5``; seconds. Raises SettingsError.

    >>> seconds_of("1:02.5")
    62.5
    """
    match = _TIME.match(text.strip().removesuffix("s"))
    if match is None:
        msg = f"{text!r:.80} is no moment of a film; write 62.5, 1:02.5 or 00:01:02.5"
        raise SettingsError(msg)
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a film: from `start`, `seconds` long."""

    start: float
    seconds: float

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``20s@00:10:00``: how long, and from when (the beginning, if that is left out).

        >>> Span.parse("20s@00:10:00")
        Span(start=600.0, seconds=20.0)
        """
        length, _, start = text.partition("@")
        seconds = seconds_of(length)
        if seconds <= 0:
            msg = f"a part of {length} has no length; write 20s@00:10:00"
            raise SettingsError(msg)
        return cls(seconds_of(start) if start else 0.0, seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmOptions:
    """What only films have.

    Attributes
    ----------
    interval : int
        Frames from one key frame to the next: 4, 8 and 16 are alike in steadiness, 16 is a little less true.
    codec : str
        One of `CODECS`.
    crf : int
        Constant quality of h264, h265 and av1, 0 (best) to 51.
    preset : str
        Of the encoder: how long it may take.
    deinterlace : bool
    scenes : bool
        Whether shots that look alike start from the same colours.
    hints : tuple of FilmHint
        They hold for the shot they lie in; with `scene_hints`, for its whole scene.
    segment : int
        Frames of a piece at the most, about: pieces are what is never done twice, and what shards share.
    frames : str
        Format of photographs in which the result is written, one file a frame in a folder; empty: a film.
    rate : str
        Frames a second of a source that is a folder of frames: ``18``, ``23.976``, ``24000/1001``.
    depth : int
        Bits a channel of the frames that are written, 8 or 16; 0: those of the source, in TIFF and EXR of a
        film 16.
    """

    interval: int = 8
    codec: str = "h264"
    crf: int = 18
    preset: str = "veryfast"
    deinterlace: bool = False
    scenes: bool = True
    hints: tuple[FilmHint, ...] = ()
    scene_hints: bool = False
    segment: int = 480
    frames: str = ""
    rate: str = ""
    depth: int = 0

    def __post_init__(self) -> None:
        if self.codec not in CODECS:
            msg = f"codec is {self.codec!r:.80}; choose one of {', '.join(CODECS)}"
            raise SettingsError(msg, setting="codec")
        if not 1 <= self.interval <= 64:
            msg = f"interval is {self.interval}; it must lie between 1 and 64 frames"
            raise SettingsError(msg, setting="interval")
        if self.segment < 1:
            msg = f"segment is {self.segment}; it must be 1 frame or more"
            raise SettingsError(msg, setting="segment")
        if self.frames not in ("", *OUTPUT_FORMATS):
            msg = f"frames is {self.frames!r:.40}; choose one of {', '.join(OUTPUT_FORMATS)}"
            raise SettingsError(msg, setting="frames")
        if self.rate:
            rate_of(self.rate)
        self._check_depth()
        if not 0 <= self.crf <= 51:
            msg = f"crf is {self.crf}; it must lie between 0 and 51"
            raise SettingsError(msg, setting="crf")

    def _check_depth(self) -> None:
        if self.depth not in (0, 8, 16):
            msg = f"depth is {self.depth}; choose 8 or 16 bits"
            raise SettingsError(msg, setting="depth")
        if self.depth and not self.frames:
            msg = f"depth is {self.depth}, which is for frames; a film is as deep as its source"
            raise SettingsError(msg, setting="depth")
        if self.depth == 16 and saving(self.frames).bits == 8:
            msg = f"depth is 16, but {self.frames} holds 8 bits; choose png or tiff"
            raise SettingsError(msg, setting="depth")

    def to_json(self) -> dict[str, Any]:
        """All options as plain JSON values; `from_json` reads them back."""
        return asdict(self) | {"hints": [h.to_json() for h in self.hints]}

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """Read what `to_json` wrote. Raises SettingsError, naming what is wrong."""
        if not isinstance(values, dict):
            msg = f"the options of a film are {values!r:.80}, not an object"
            raise SettingsError(msg)
        known = {f.name for f in fields(cls)}
        if extra := values.keys() - known:
            msg = f"a film has no option {sorted(extra)[0]!r:.80}; it has {', '.join(sorted(known))}"
            raise SettingsError(msg)
        hints = tuple(FilmHint.from_json(h) for h in values.get("hints", ()))
        for name, kind in ((f.name, type(f.default)) for f in fields(cls) if f.name != "hints"):
            if name in values and type(values[name]) is not kind:
                msg = f"{name} is {values[name]!r:.40}, which is no {kind.__name__}"
                raise SettingsError(msg, setting=name)
        return cls(**values | {"hints": hints})


def read_film_hints(path: Path) -> tuple[FilmHint, ...]:
    """Read a JSON file that holds a list of hints, as `FilmHint.to_json` writes them.

    Raises
    ------
    SettingsError
        Which names the file.
    """
    values = read_json(path, "hints")
    values = values.get("hints") if isinstance(values, dict) else values
    if not isinstance(values, list):
        raise SettingsError(name=str(path), reason="no list of hints", remedy=_HINTS_FILE)
    try:
        return tuple(FilmHint.from_json(v) for v in values)
    except SettingsError as error:
        raise SettingsError(f"{path}: {error}", name=str(path), setting="hints") from error
