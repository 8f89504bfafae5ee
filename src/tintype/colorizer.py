"""The pipeline: read → grey → network → decode → paint → write. The only place where the steps meet.

>>> import numpy as np
>>> import tintype
>>> grey = np.full((48, 64), 128, np.uint8)
>>> tintype.colorize(grey).shape
(48, 64, 3)
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeGuard, TypeVar, Unpack, overload

import numpy as np
from numpy.typing import NDArray

from tintype import names
from tintype._version import __version__
from tintype.color import decode as decoding
from tintype.color.gamut import paint_rows
from tintype.color.resample import Upsampler
from tintype.errors import AlreadyInColor, Cancelled, NotReplaceable, PhotoError, SettingsError
from tintype.in_memory import is_pil, like, pil_of
from tintype.network.adapter import Network
from tintype.network.descriptor import Prediction, view_size
from tintype.network.merge import merge
from tintype.network.registry import find
from tintype.network.runtime import load
from tintype.outputs import is_same
from tintype.photo.errors import translate
from tintype.photo.formats import WRITABLE
from tintype.photo.grey import measure
from tintype.photo.metadata.provenance import Provenance
from tintype.photo.model import Photo
from tintype.photo.rows import Painted, Rows, paint_strips, read_rows
from tintype.photo.write import Overwrite, Page, output_format, write
from tintype.settings import Settings, SettingsDict
from tintype.sources import Source, open_source
from tintype.steering import candidates, hint_planes, hinted, keep_mask, steered, suggestions, with_own_colors
from tintype.steps import Chroma, ColoredPage, Progress, Result, Sitting

if TYPE_CHECKING:
    from PIL.Image import Image

    from tintype.sources import Given

__all__ = ["Chroma", "ColoredPage", "Colorizer", "Progress", "Result", "Sitting", "colorize", "target_beside"]

_Array = TypeVar("_Array", bound=NDArray[Any])


class Colorizer:
    """Colors photographs; made once and used for many.

    Parameters
    ----------
    settings : Settings, optional
        Defaults for every call.
    **options
        Fields of `Settings`, over those of `settings`: ``Colorizer(model="ddcolor", vividness=0.6)``.

    Raises
    ------
    SettingsError

    Notes
    -----
    Every method takes both too: settings of its own in place of the colorizer's, and single options over
    them.

    The doors (calling it, `save`, `colorize`) leave a photograph that is in color already as it is: nothing
    is written and `AlreadyInColor` is raised, unless ``already_color="recolor"``. Of a file with several
    pages those in color are copied as they are, and a note says so. The steps do as they are told.

    Examples
    --------
    >>> import numpy as np
    >>> c = Colorizer(vividness=0.6)
    >>> c(np.full((64, 64), 128, np.uint8)).shape
    (64, 64, 3)

    The steps of `save`, one by one:

    >>> sitting = c.prepare(np.full((64, 64), 128, np.uint8))[0]
    >>> chroma = c.choose(sitting, candidates=2)
    >>> [one.ab.shape[0] for one in chroma]
    [2, 2]
    >>> c.paint(sitting, chroma[1]).to_array().shape
    (64, 64, 3)
    """

    def __init__(self, settings: Settings | None = None, **options: Unpack[SettingsDict]) -> None:
        self.settings = Settings()
        self.settings = self.resolve(settings, **options)

    def resolve(self, settings: Settings | None = None, **options: Unpack[SettingsDict]) -> Settings:
        """Return the settings of one call: `settings` or its own, with single options changed.

        >>> Colorizer(vividness=0.6).resolve(warmth=0.2).vividness
        0.6
        """
        if settings is None:
            settings = self.settings
        elif not isinstance(settings, Settings):
            msg = f"settings are {settings!r:.60}, not Settings; name single options: Colorizer(model=…)"
            raise SettingsError(msg)
        return settings.replace(**options) if options else settings

    # --- doors

    @overload
    def __call__(
        self,
        image: str | os.PathLike[str],
        settings: Settings | None = ...,
        **options: Unpack[SettingsDict],
    ) -> Path: ...
    @overload
    def __call__(
        self,
        image: bytes | bytearray | memoryview | BinaryIO,
        settings: Settings | None = ...,
        **options: Unpack[SettingsDict],
    ) -> bytes: ...
    @overload
    def __call__(
        self, image: _Array, settings: Settings | None = ..., **options: Unpack[SettingsDict]
    ) -> _Array: ...
    @overload
    def __call__(
        self, image: Image, settings: Settings | None = ..., **options: Unpack[SettingsDict]
    ) -> Image: ...
    def __call__(
        self, image: Given, settings: Settings | None = None, **options: Unpack[SettingsDict]
    ) -> Any:
        """Color a picture and return what was given: PIL → PIL, ndarray → ndarray, bytes → bytes.

        A path is read and gives a new file beside it (its path is returned); use `save` to choose where.
        Colour in PIL has 8 bits a channel: for 16 give an array or bytes.

        Raises
        ------
        PhotoError, NetworkError, SettingsError

        Examples
        --------
        >>> import numpy as np
        >>> Colorizer()(np.full((8, 8), 0.5)).dtype
        dtype('float64')
        """
        settings = self.resolve(settings, **options)
        source = open_source(image)
        sittings = self.prepare(source, settings)
        if isinstance(image, np.ndarray):
            return like(self._array(sittings[0], settings), image.dtype)
        if source.path is not None:
            target = target_beside(source.path, sittings[0].photo, settings)
            return self.save(sittings, target, settings).targets[0]
        if is_pil(image):
            return pil_of(self._encoded(sittings, settings.replace(format="png")))
        return self._encoded(sittings, settings)

    def _array(self, sitting: Sitting, settings: Settings) -> Rows:
        page = self._choices([sitting], settings.replace(candidates=1))[0]
        chroma = page.choice(0)
        assert chroma is not None, "a single page in color is refused"
        painted = self.paint(sitting, chroma, settings).to_array()
        alpha = sitting.photo.open_alpha()
        return painted if alpha is None else np.dstack([painted, alpha.numpy()])

    def _encoded(self, sittings: Sequence[Sitting], settings: Settings) -> bytes:
        data = self.save(sittings, None, settings).data
        assert data is not None, "without a target there are bytes"
        return data

    def save(
        self,
        source: Given | Source | Sequence[Sitting],
        target: str | os.PathLike[str] | None = None,
        settings: Settings | None = None,
        *,
        overwrite: Overwrite = False,
        progress: Progress | None = None,
        name: str | None = None,
        **options: Unpack[SettingsDict],
    ) -> Result:
        """Color a photograph into a file, or into bytes when the target is None.

        Parameters
        ----------
        source : path, bytes, binary file, PIL image, ndarray, or the sittings that `prepare` returned
        target : path or None
            Further candidates are numbered: ``out.2.jpg``. Pages of a TIFF stay together.
        overwrite : bool or callable
            Whether an existing target may be replaced; a function is asked for each path, and may raise. The
            photograph itself never is.
        progress : callable, optional
            Called with the share done, 0-1; returning False cancels (raises `Cancelled`).
        name : str, optional
            What messages call a source that has no path.
        settings, **options
            See `Colorizer`.

        Raises
        ------
        PhotoError, NetworkError, SettingsError, Cancelled

        Examples
        --------
        >>> import numpy as np
        >>> Colorizer().save(np.full((8, 8), 128, np.uint8), format="webp").data[:4]
        b'RIFF'
        """
        settings = self.resolve(settings, **options)
        sittings = source if _are_sittings(source) else self.prepare(source, settings, name=name)
        pages = self._choices(sittings, settings)
        count = settings.candidates if target is not None else 1
        made: list[Result] = []
        for index in range(count):
            path = None if target is None else names.proposal(_path_of(target), index)
            told = _part(progress, index, count)
            painting = [(page.sitting, page.choice(index)) for page in pages]
            made.append(self.develop(painting, path, settings, overwrite=overwrite, progress=told))
        notes = tuple(dict.fromkeys(note for result in made for note in result.notes))
        if target is None and settings.candidates > 1:
            notes += (f"one result is returned of the {settings.candidates} candidates; name a target",)
        targets = tuple(path for result in made for path in result.targets)
        return Result(targets, made[0].data, notes, tuple(pages))

    def _choices(self, sittings: Sequence[Sitting], settings: Settings) -> list[ColoredPage]:
        """Choose the colors of each page; those in color stay, unless they are to be recolored."""
        left = [s.in_color and settings.already_color == "skip" for s in sittings]
        if all(left):
            raise AlreadyInColor(sittings[0].photo.name)
        pairs = zip(sittings, left, strict=True)
        return [ColoredPage(s, () if stays else tuple(self.choose(s, settings))) for s, stays in pairs]

    # --- the steps

    def prepare(
        self,
        source: Given | Source,
        settings: Settings | None = None,
        *,
        name: str | None = None,
        **options: Unpack[SettingsDict],
    ) -> list[Sitting]:
        """Read a photograph and measure its grey: one sitting a page."""
        settings = self.resolve(settings, **options)
        opened = open_source(source, name=name)
        photos = opened.photos(settings)
        for hint in settings.hints:
            if not any(hint.x <= p.width and hint.y <= p.height for p in photos):
                first = photos[0]
                msg = f"{first.name}: the hint at ({hint.x:g}, {hint.y:g}) lies outside the photograph of "
                msg += f"{first.width} × {first.height} px; count from its upper left corner, upright"
                raise PhotoError(msg, name=first.name)
        how = {"invert": settings.invert, "descreen": settings.descreen}
        return [Sitting(p, measure(p, settings.grey, **how), source=opened) for p in photos]

    def networks(self, settings: Settings | None = None, **options: Unpack[SettingsDict]) -> list[Network]:
        """The networks that the settings name, opened once and kept."""
        settings = self.resolve(settings, **options)
        files = [find(name) for name in settings.models]
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
            ab = decoding.honor_hints(steered(ab, L, settings), L, places, wanted)
            if settings.keep_colors:
                ab = with_own_colors(ab, sitting.photo)
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
                    if done == height and sitting.source is not None:
                        sitting.source.check()  # else the file would hold one photograph and say another
                    yield rows

        return Painted(painted(), width, height, 16 if picture.format == "ushort" else 8)

    def choose(
        self, sitting: Sitting, settings: Settings | None = None, **options: Unpack[SettingsDict]
    ) -> list[Chroma]:
        """Ask the networks and choose colors: `predict`, then `decode`."""
        settings = self.resolve(settings, **options)
        return self.decode(sitting, self.predict(sitting, settings), settings)

    def develop(
        self,
        pages: Sequence[tuple[Sitting, Chroma | None]],
        target: str | os.PathLike[str] | None,
        settings: Settings | None = None,
        *,
        overwrite: Overwrite = False,
        progress: Progress | None = None,
        **options: Unpack[SettingsDict],
    ) -> Result:
        """Paint and write the pages of a photograph with the colors chosen for each.

        Parameters
        ----------
        pages : sequence of (Sitting, Chroma or None)
            A page without chroma is copied as it is.
        target, overwrite, progress, settings, **options
            As for `save`.
        """
        settings = self.resolve(settings, **options)
        sizes = [sitting.photo.raw_bytes for sitting, _ in pages]
        mark = self.provenance(settings) if settings.mark else None
        notes = [note for sitting, _ in pages for note in sitting.notes]
        notes += [f"page {s.photo.page} is already in colour; left as it is" for s, c in pages if c is None]

        def drawn() -> Iterator[Page]:
            done = 0
            for (sitting, chroma), size in zip(pages, sizes, strict=True):
                photo = sitting.photo
                if chroma is None:
                    yield Page(photo, photo.open(), photo.open_alpha())
                else:
                    told = _share(progress, done / sum(sizes), size / sum(sizes))
                    painted = self.paint(sitting, chroma, settings, progress=told)
                    yield Page(photo, painted, photo.open_alpha(), mark)
                done += size

        path = None if target is None else _path_of(target)
        sources = [s.source for s, _ in pages if s.source]
        read = [path for s in sources for path in (s.path, s.opened) if path]
        read += [Path(file) for file in settings.files.values()]
        may = partial(_may_replace, read, overwrite)
        made = write(drawn(), path, settings, overwrite=may, total_bytes=sum(sizes))
        if settings.keep_dates:
            notes += _keep_dates(pages[0][0].source, made.targets)
        return Result(made.targets, made.data, tuple(dict.fromkeys([*notes, *made.notes])))

    def suggest(
        self, sitting: Sitting, predictions: Sequence[Prediction], x: float, y: float, count: int = 9
    ) -> list[tuple[tuple[int, int, int], float]]:
        """Return colors likely at one place, the likeliest first, each with its share of the distribution.

        Parameters
        ----------
        x, y : float
            0-1 of the upright photograph.

        Returns
        -------
        list of (sRGB 0-255, share): painted with the lightness of that place. A network that gives no
        distribution has one opinion, with a share of 1.
        """
        return suggestions(predictions, x, y, count)

    def provenance(self, settings: Settings | None = None, **options: Unpack[SettingsDict]) -> Provenance:
        """What the written file says of how its colour was made."""
        settings = self.resolve(settings, **options)
        networks = self.networks(settings)
        values = settings.to_json()
        # The file may be published: it says which mask was used, not where on whose disk it lies.
        values |= {name: Path(values[name]).name for name in settings.files}
        return Provenance(
            version=__version__,
            network=",".join(n.descriptor.name for n in networks),
            weights_sha256=",".join(n.sha256 for n in networks),
            settings=values,
        )


@overload
def colorize(
    source: Given,
    target: str | os.PathLike[str],
    settings: Settings | None = ...,
    **options: Unpack[SettingsDict],
) -> Path: ...
@overload
def colorize(
    source: str | os.PathLike[str],
    target: None = ...,
    settings: Settings | None = ...,
    **options: Unpack[SettingsDict],
) -> Path: ...
@overload
def colorize(
    source: bytes | bytearray | memoryview | BinaryIO,
    target: None = ...,
    settings: Settings | None = ...,
    **options: Unpack[SettingsDict],
) -> bytes: ...
@overload
def colorize(
    source: _Array,
    target: None = ...,
    settings: Settings | None = ...,
    **options: Unpack[SettingsDict],
) -> _Array: ...
@overload
def colorize(
    source: Image,
    target: None = ...,
    settings: Settings | None = ...,
    **options: Unpack[SettingsDict],
) -> Image: ...
def colorize(
    source: Given,
    target: str | os.PathLike[str] | None = None,
    settings: Settings | None = None,
    **options: Unpack[SettingsDict],
) -> Any:
    """Color one photograph.

    Parameters
    ----------
    source : path, bytes, binary file, PIL image or ndarray
    target : path, optional
        Where to write; for a path it defaults to ``name.color.ext`` beside it.
    settings, **options
        See `Colorizer`.

    Returns
    -------
    The path written, or a picture of the kind that was given.

    Raises
    ------
    PhotoError, NetworkError, SettingsError

    Examples
    --------
    >>> import numpy as np, tempfile
    >>> grey = np.full((48, 64), 128, np.uint8)
    >>> colorize(grey, vividness=0.7).dtype
    dtype('uint8')
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     colorize(grey, f"{folder}/out.jpg").name
    'out.jpg'
    """
    colorizer = Colorizer(settings, **options)
    if target is None:
        return colorizer(source)
    return colorizer.save(source, target).targets[0]


@lru_cache(maxsize=8)
def _network(path: Path, changed: int, device: str, threads: int) -> Network:
    """Open a network; `changed` is its file's time, so that one imported anew is opened anew."""
    return load(path, device=device, threads=threads)


def target_beside(source: str | os.PathLike[str], photo: Photo, settings: Settings) -> Path:
    """Return where a result goes when nobody says where: ``grandma.jpg`` → ``grandma.color.jpg`` beside it.

    The suffix changes only where the result has another format: ``scan.bmp`` → ``scan.color.png``.
    """
    path = Path(source)
    suffixes = WRITABLE[output_format(None, photo, settings)].suffixes
    return names.beside(path, path.suffix if path.suffix.lower() in suffixes else suffixes[0])


def _path_of(target: object) -> Path:
    if isinstance(target, str | os.PathLike):
        return Path(target)
    kind = type(target).__name__
    msg = f"the target is a {kind}; give a path, or None to get the encoded picture back"
    raise TypeError(msg)


def _may_replace(read: Iterable[Path], overwrite: Overwrite, target: Path) -> bool:
    """Whether a file may be replaced. Raises NotReplaceable for all that is read."""
    for path in read:
        if is_same(target, path):
            reason = "that is the photograph itself, or another file that is read"
            raise NotReplaceable(target, reason, remedy="choose another name for the result")
    return overwrite(target) if callable(overwrite) else overwrite


def _keep_dates(source: Source | None, targets: Sequence[Path]) -> list[str]:
    """Give the files made the photograph's dates; return a note where that can't be done."""
    if source is None or source.path is None:
        return ["the photograph came without a file, so its dates are not known"]
    try:
        for target in targets:
            source.keep_dates(target)
    except OSError as error:
        return [f"the file's dates can't be set ({error.strerror})"]
    return []


def _are_sittings(source: object) -> TypeGuard[Sequence[Sitting]]:
    return isinstance(source, list | tuple) and all(isinstance(s, Sitting) for s in source)


def _share(progress: Progress | None, before: float, share: float) -> Progress | None:
    """Return the progress of a part of the work, which begins at `before` and is `share` of it."""
    return None if progress is None else lambda part: progress(before + part * share)


def _part(progress: Progress | None, index: int, count: int) -> Progress | None:
    return _share(progress, index / count, 1 / count)
