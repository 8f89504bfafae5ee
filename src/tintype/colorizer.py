"""The pipeline: read → grey → network → decode → paint → write. The only place where the steps meet.

>>> import tintype
>>> tintype.colorize("grandma.jpg", "grandma.color.jpg")  # doctest: +SKIP
PosixPath('grandma.color.jpg')
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Unpack

import numpy as np
import pyvips
from numpy.typing import NDArray

from tintype._version import __version__
from tintype.color import decode as decoding
from tintype.color.gamut import fit, paint_rows
from tintype.color.lab import Float, L_from_grey, srgb_from_linear
from tintype.color.resample import Upsampler
from tintype.errors import Cancelled, PhotoError, SettingsError
from tintype.network.adapter import Network
from tintype.network.descriptor import Prediction, view_size
from tintype.network.merge import merge
from tintype.network.registry import find
from tintype.network.runtime import load
from tintype.photo.errors import translate
from tintype.photo.formats import WRITABLE
from tintype.photo.grey import Tone, grey, measure
from tintype.photo.metadata.provenance import Provenance
from tintype.photo.model import Photo
from tintype.photo.read import read
from tintype.photo.rows import Painted, Rows, paint_strips, read_rows
from tintype.photo.write import Page, output_format, write
from tintype.settings import Settings, SettingsDict
from tintype.steering import candidates, hint_planes, hinted, keep_mask, steered

Source = str | Path | bytes | BinaryIO
Progress = Callable[[float], bool | None]


@dataclass(frozen=True, slots=True)
class Sitting:
    """One photograph in front of the camera: read and measured, ready to be coloured again and again.

    Attributes
    ----------
    photo : Photo
    tone : Tone
        Which grey is taken from it.
    """

    photo: Photo
    tone: Tone

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know of the photograph."""
        return self.photo.notes

    def view(self, height: int, width: int) -> Float:
        """Lightness of a small view, float32 (height, width), 0-100."""
        with translate(self.photo.name):
            small = grey(self.photo.thumbnail(width, height), self.tone)
            return L_from_grey(small.numpy().reshape(height, width))

    def grey(self, height: int = 0, width: int = 0) -> pyvips.Image:
        """The grey picture whose lightness is kept, one band: full size, or a smaller one."""
        whole = not height or (height, width) == (self.photo.height, self.photo.width)
        return grey(self.photo.open() if whole else self.photo.thumbnail(width, height), self.tone)


@dataclass(frozen=True, slots=True)
class Chroma:
    """Chosen colours: what is painted over the lightness.

    Attributes
    ----------
    ab : float32, shape (2, h, w)
        Chroma in Lab units; the map covers the whole photograph, whatever its size.
    confidence : float32, shape (h, w), or None
        0-1; None where the network gives no distribution.
    """

    ab: Float
    confidence: Float | None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one photograph.

    Attributes
    ----------
    status : str
        ``coloured``, or ``skipped`` (it is in colour already; nothing was written).
    targets : tuple of Path
        Files written, the first proposal first.
    data : bytes or None
        The encoded result where no path was asked for.
    notes : tuple of str
        What the user should know: anything reduced, assumed or left out.
    """

    status: str
    targets: tuple[Path, ...] = ()
    data: bytes | None = None
    notes: tuple[str, ...] = ()


class Colorizer:
    """Colours photographs; made once and used for many.

    Parameters
    ----------
    settings : Settings, optional
        Defaults for every call.
    **options
        Fields of `Settings`, over those of `settings`: ``Colorizer(model="ddcolor", vividness=0.6)``.

    Every method takes both too: settings of its own in place of the colorizer's, and single options over
    them.

    Raises
    ------
    SettingsError

    Examples
    --------
    >>> import numpy as np
    >>> c = Colorizer(model="tintype")
    >>> c(np.full((64, 64), 128, np.uint8), vividness=0.6).shape
    (64, 64, 3)
    """

    def __init__(self, settings: Settings | None = None, **options: Unpack[SettingsDict]) -> None:
        self.settings = Settings()
        self.settings = self.resolve(settings, **options)

    def resolve(self, settings: Settings | None = None, **options: Unpack[SettingsDict]) -> Settings:
        """Return the settings of one call: `settings` or its own, with single options changed."""
        if settings is None:
            settings = self.settings
        elif not isinstance(settings, Settings):
            msg = f"settings are {settings!r:.60}, not Settings; name single options: Colorizer(model=…)"
            raise SettingsError(msg)
        return settings.replace(**options) if options else settings

    # --- doors

    def __call__(self, image: Any, settings: Settings | None = None, **options: Unpack[SettingsDict]) -> Any:
        """Colour a picture and give back what was given: PIL → PIL, ndarray → ndarray, bytes → bytes.

        A path is read and gives a new file beside it (its path is returned); use `save` to choose where.
        Colour in PIL has 8 bits a channel: for 16 give an array or bytes.
        """
        from tintype.pictures import colorize_picture

        return colorize_picture(self, image, self.resolve(settings, **options))

    def save(
        self,
        source: Source,
        target: str | os.PathLike[str] | None = None,
        settings: Settings | None = None,
        *,
        overwrite: bool = False,
        progress: Progress | None = None,
        name: str | None = None,
        **options: Unpack[SettingsDict],
    ) -> Result:
        """Colour a photograph into a file, or into bytes when the target is None.

        Parameters
        ----------
        source : path, bytes or binary file
        target : path or None
            Further candidates are numbered: ``out.2.jpg``. Pages of a TIFF stay together.
        overwrite : bool
            Whether an existing target may be replaced.
        progress : callable, optional
            Called with the share done, 0-1; returning False cancels (raises `Cancelled`).
        name : str, optional
            What messages call a source that has no path.
        **options
            Fields of `Settings`, over the colorizer's own.

        Raises
        ------
        PhotoError, NetworkError, SettingsError, Cancelled
        """
        settings = self.resolve(settings, **options)
        sittings = self.prepare(source, settings, name=name)
        notes = tuple(dict.fromkeys(n for s in sittings for n in s.notes))
        if settings.already_colour == "skip" and all(s.tone.kind == "colour" for s in sittings):
            why = "already in colour; left as it is (recolour it with already_colour='recolour')"
            return Result("skipped", notes=(*notes, why))
        done = 0
        chroma: list[list[Chroma]] = []
        for s in sittings:
            left = s.tone.kind == "colour" and settings.already_colour == "skip"
            notes += (f"page {s.photo.page} is already in colour; left as it is",) * left
            chroma.append([] if left else self.decode(s, self.predict(s, settings), settings))

        def told(sitting: Sitting) -> Progress | None:
            """Progress over all pages and candidates, by their size."""
            nonlocal done
            if progress is None:
                return None
            before, share = done, sitting.photo.raw_bytes
            done += share
            whole = total * (settings.candidates if target is not None else 1)
            return lambda part: progress((before + part * share) / whole)

        targets: list[Path] = []
        data = None
        total = sum(s.photo.raw_bytes for s in sittings)
        mark = self.provenance(settings) if settings.mark else None
        for index in range(settings.candidates if target is not None else 1):

            def pages(index: int = index) -> Iterator[Page]:
                for sitting, colours in zip(sittings, chroma, strict=True):
                    photo = sitting.photo
                    if not colours:  # this page is in colour already
                        yield Page(photo, photo.open(), photo.open_alpha())
                        continue
                    choice = colours[min(index, len(colours) - 1)]
                    painted = self.paint(sitting, choice, settings, progress=told(sitting))
                    yield Page(photo, painted, photo.open_alpha(), mark)

            path = None if target is None else _numbered(Path(target), index)
            written = write(pages(), path, settings, overwrite=overwrite, total_bytes=total)
            targets += written.targets
            data = written.data
            notes += written.notes
        return Result("coloured", tuple(targets), data, tuple(dict.fromkeys(notes)))

    # --- the steps

    def prepare(
        self,
        source: Source,
        settings: Settings | None = None,
        *,
        name: str | None = None,
        **options: Unpack[SettingsDict],
    ) -> list[Sitting]:
        """Read a photograph and measure its grey: one sitting a page."""
        settings = self.resolve(settings, **options)
        photos = read(source, settings, name=name)
        for hint in settings.hints:
            if not any(hint.x <= p.width and hint.y <= p.height for p in photos):
                first = photos[0]
                msg = f"{first.name}: the hint at ({hint.x:g}, {hint.y:g}) lies outside the photograph of "
                msg += f"{first.width} × {first.height} px; count from its upper left corner, upright"
                raise PhotoError(msg)
        return [Sitting(p, measure(p, settings.grey)) for p in photos]

    def networks(self, settings: Settings | None = None, **options: Unpack[SettingsDict]) -> list[Network]:
        """The networks that the settings name, opened once and kept."""
        settings = self.resolve(settings, **options)
        names = [n.strip() for n in settings.model.split(",")]
        files = [find(n) for n in names]
        return [_network(f, f.stat().st_mtime_ns, settings.device, settings.threads) for f in files]

    def predict(
        self, sitting: Sitting, settings: Settings | None = None, **options: Unpack[SettingsDict]
    ) -> tuple[Prediction, ...]:
        """Ask each network for its distribution (or chroma) over the photograph."""
        settings = self.resolve(settings, **options)
        size = sitting.photo.height, sitting.photo.width
        predictions = []
        for network in self.networks(settings):
            height, width = view_size(network.descriptor.size, *size, settings.size)
            L = sitting.view(height, width)
            hints = None
            if settings.hints and network.descriptor.hints:
                hints = hint_planes(settings.hints, size, (height, width))
            predictions.append(network.predict(L, hints))
        return tuple(predictions)

    def decode(
        self,
        sitting: Sitting,
        predictions: Sequence[Prediction],
        settings: Settings | None = None,
        **options: Unpack[SettingsDict],
    ) -> list[Chroma]:
        """Choose colours: one `Chroma` for each candidate wanted, the network's own choice first."""
        settings = self.resolve(settings, **options)
        each = [candidates(p, settings) for p in predictions]
        count = min(settings.candidates, max(len(c) for c in each))
        chosen = []
        merged = [merge([c[min(i, len(c) - 1)] for c in each], settings.merge) for i in range(count)]
        L = Upsampler(predictions[0].L[None], *merged[0][0].shape[1:]).all()[0]
        for ab, sure in merged:
            places, wanted = hinted(settings.hints, (sitting.photo.height, sitting.photo.width), ab.shape[1:])
            ab = decoding.honour_hints(steered(ab, L, settings), L, places, wanted)
            chosen.append(Chroma(np.ascontiguousarray(ab), sure))
        return chosen

    def paint(
        self,
        sitting: Sitting,
        chroma: Chroma,
        settings: Settings | None = None,
        *,
        shape: tuple[int, int] | None = None,
        region: tuple[int, int, int, int] | None = None,
        progress: Progress | None = None,
        **options: Unpack[SettingsDict],
    ) -> Painted:
        """Join lightness and chroma at full size, or at `shape` (height, width) for a preview.

        The pixels are painted while the image is being read, strip by strip. `region` (left, top, width,
        height, in pixels of that shape) paints a part only.
        """
        settings = self.resolve(settings, **options)
        height, width = shape or (sitting.photo.height, sitting.photo.width)
        picture = sitting.grey(height, width)
        upsampled = Upsampler(chroma.ab, height, width)
        keep = keep_mask(settings.keep_grey, height, width, settings) if settings.keep_grey else None
        left, first, width, height = region or (0, 0, width, height)
        if region is not None:
            picture = picture.crop(left, first, width, height)
            keep = keep.crop(left, first, width, height) if keep is not None else None

        def strips() -> Iterator[tuple[int, tuple[Rows, Rows | None]]]:
            masks = read_rows(keep) if keep is not None else None
            for top, rows in read_rows(picture):
                yield top, (rows, next(masks)[1] if masks else None)

        def paint(top: int, strip: tuple[Rows, Rows | None]) -> Rows:
            rows, mask = strip
            ab = upsampled.rows(first + top, first + top + len(rows))[:, :, left : left + width]
            if mask is not None:
                ab *= 1 - mask.astype(np.float32) / np.float32(255)
            return paint_rows(rows, ab)

        def painted() -> Iterator[Rows]:
            done = 0
            with translate(sitting.photo.name):
                for rows in paint_strips(strips, paint, settings.threads or os.cpu_count() or 1):
                    done += len(rows)
                    if progress is not None and progress(done / height) is False:
                        msg = f"{sitting.photo.name}: cancelled"
                        raise Cancelled(msg)
                    yield rows

        return Painted(painted(), width, height, 16 if picture.format == "ushort" else 8)

    def develop(
        self,
        sitting: Sitting,
        chroma: Chroma,
        target: str | os.PathLike[str],
        settings: Settings | None = None,
        *,
        overwrite: bool = False,
        progress: Progress | None = None,
        **options: Unpack[SettingsDict],
    ) -> Result:
        """Write one sitting with chosen colours, as `save` does for a whole file and its own choice."""
        settings = self.resolve(settings, **options)
        painted = self.paint(sitting, chroma, settings, progress=progress)
        mark = self.provenance(settings) if settings.mark else None
        photo = sitting.photo
        page = Page(photo, painted, photo.open_alpha(), mark)
        made = write([page], Path(target), settings, overwrite=overwrite, total_bytes=photo.raw_bytes)
        return Result("coloured", tuple(made.targets), None, (*sitting.notes, *made.notes))

    def suggest(
        self, sitting: Sitting, predictions: Sequence[Prediction], x: float, y: float, count: int = 9
    ) -> list[tuple[tuple[int, int, int], float]]:
        """Colours likely at one place, the likeliest first, each with its share of the distribution.

        Parameters
        ----------
        x, y : float
            0-1 of the upright photograph.

        Returns
        -------
        list of (sRGB 0-255, share): painted with the lightness of that place. A network that gives no
        distribution has one opinion, with a share of 1.
        """
        prediction = next((p for p in predictions if p.logits is not None), predictions[0])
        height, width = prediction.shape
        row, col = min(int(y * height), height - 1), min(int(x * width), width - 1)
        rows, cols = prediction.L.shape
        L = prediction.L[min(int(y * rows), rows - 1), min(int(x * cols), cols - 1)]
        if prediction.logits is None or prediction.bins is None:
            assert prediction.ab is not None
            ab = prediction.ab[:, row, col][None]
            shares: NDArray[Any] = np.ones(1)
        else:
            logits, bins = prediction.logits[:, row, col], prediction.bins
            ab = decoding.suggest(logits, bins, count)
            near = ((bins[:, None] - ab[None]) ** 2).sum(axis=-1).argmin(axis=1)
            p = decoding.softmax(logits[:, None, None].copy())[:, 0, 0]
            shares = np.bincount(near, weights=p, minlength=len(ab)).astype(np.float64)
        rgb = fit(np.full(len(ab), L, np.float32), ab[:, 0].copy(), ab[:, 1].copy())
        codes = np.rint(srgb_from_linear(np.stack(rgb, axis=1)) * 255).astype(int)
        found = [((int(r), int(g), int(b)), float(s)) for (r, g, b), s in zip(codes, shares, strict=True)]
        return sorted(found, key=lambda one: -one[1])

    def provenance(self, settings: Settings | None = None, **options: Unpack[SettingsDict]) -> Provenance:
        """What the written file says of how its colour was made."""
        settings = self.resolve(settings, **options)
        networks = self.networks(settings)
        values = settings.to_json()
        # The file may be published: it says which mask was used, not where on whose disk it lies.
        values |= {k: Path(values[k]).name for k in ("keep_grey", "reference") if values[k]}
        return Provenance(
            version=__version__,
            network=",".join(n.descriptor.name for n in networks),
            weights_sha256=",".join(n.sha256 for n in networks),
            settings=values,
        )


def colorize(
    source: Any,
    target: str | os.PathLike[str] | None = None,
    settings: Settings | None = None,
    **options: Unpack[SettingsDict],
) -> Any:
    """Colour one photograph.

    Parameters
    ----------
    source : path, bytes, binary file, PIL image or ndarray
    target : path, optional
        Where to write; for a path it defaults to ``name.color.ext`` beside it.
    **options
        Fields of `Settings`.

    Returns
    -------
    The path written, or a picture of the kind that was given.
    """
    colorizer = Colorizer(settings, **options)
    if target is None:
        return colorizer(source)
    result = colorizer.save(source, target)
    if result.status == "skipped":
        msg = f"{source}: {result.notes[-1]}"
        raise PhotoError(msg)
    return result.targets[0]


@lru_cache(maxsize=8)
def _network(path: Path, changed: int, device: str, threads: int) -> Network:
    """An open network; `changed` is its file's time, so that one imported anew is opened anew."""
    return load(path, device=device, threads=threads)


def target_beside(source: str | os.PathLike[str], photo: Photo, settings: Settings) -> Path:
    """Where a result goes when nobody says where: ``grandma.jpg`` → ``grandma.color.jpg`` beside it.

    The suffix changes only where the result has another format: ``scan.bmp`` → ``scan.color.png``.
    """
    path = Path(source)
    suffixes = WRITABLE[output_format(None, photo, settings)].suffixes
    suffix = path.suffix if path.suffix.lower() in suffixes else suffixes[0]
    return path.with_name(f"{path.stem}.color{suffix}")


def _numbered(target: Path, index: int) -> Path:
    return target if index == 0 else target.with_name(f"{target.stem}.{index + 1}{target.suffix}")
