"""The doors: a whole photograph in, a whole result out. The steps behind them are in `tintype.pipeline`.

>>> import numpy as np
>>> import tintype
>>> grey = np.full((48, 64), 128, np.uint8)
>>> tintype.colorize(grey).shape
(48, 64, 3)
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeGuard, TypeVar, Unpack, overload

import numpy as np
from numpy.typing import NDArray

from tintype import names
from tintype.errors import AlreadyInColor, SettingsError
from tintype.in_memory import is_pil, like, pil_of
from tintype.notes import Note
from tintype.photo.rows import Rows
from tintype.photo.write import Overwrite, check_fits
from tintype.pipeline import Pipeline, share_of
from tintype.settings import Settings, SettingsDict
from tintype.sources import Source, open_source
from tintype.steps import Chroma, ColoredPage, Progress, Result, Sitting
from tintype.targets import path_of, target_beside

if TYPE_CHECKING:
    from PIL.Image import Image

    from tintype.sources import Given

__all__ = ["Chroma", "ColoredPage", "Colorizer", "Progress", "Result", "Sitting", "colorize", "target_beside"]

_Array = TypeVar("_Array", bound=NDArray[Any])


class Colorizer(Pipeline):
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

    @overload
    def __call__(
        self,
        image: str | os.PathLike[str],
        settings: Settings | None = ...,
        *,
        overwrite: Overwrite = ...,
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
        self,
        image: Given,
        settings: Settings | None = None,
        *,
        overwrite: Overwrite = False,
        **options: Unpack[SettingsDict],
    ) -> Any:
        """Color a picture and return what was given: PIL → PIL, ndarray → ndarray, bytes → bytes.

        A path is read and gives a new file beside it (its path is returned; `overwrite` as for `save`); use
        `save` to choose where.
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
        return self._as_given(image, self.resolve(settings, **options), overwrite)

    def _as_given(self, image: Given, settings: Settings, overwrite: Overwrite) -> Any:
        if settings.credentials and (isinstance(image, np.ndarray) or is_pil(image)):
            msg = "credentials sign a file, and an array or PIL image gives none; use save with a target"
            raise SettingsError(msg, setting="credentials")
        source = open_source(image)
        sittings = self.prepare(source, settings)
        if isinstance(image, np.ndarray):
            return like(self._array(sittings[0], settings), image.dtype)
        if source.path is not None:
            target = target_beside(source.path, sittings[0].photo, settings)
            return self.save(sittings, target, settings, overwrite=overwrite).targets[0]
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
        check_fits((s.photo for s in sittings), None if target is None else path_of(target), settings)
        self.seal(sittings, None if target is None else path_of(target), settings)
        pages = self._choices(sittings, settings)
        count = settings.candidates if target is not None else 1
        made: list[Result] = []
        for index in range(count):
            path = None if target is None else names.proposal(path_of(target), index)
            told = _part(progress, index, count)
            painting = [(page.sitting, page.choice(index)) for page in pages]
            made.append(self.develop(painting, path, settings, overwrite=overwrite, progress=told))
        notes = tuple(dict.fromkeys(note for result in made for note in result.notes))
        if target is None and settings.candidates > 1:
            words = f"one result is returned of the {settings.candidates} candidates; name a target"
            notes += (Note(words, "one_candidate", count=settings.candidates),)
        targets = tuple(path for result in made for path in result.targets)
        return Result(targets, made[0].data, notes, tuple(pages))

    def _choices(self, sittings: Sequence[Sitting], settings: Settings) -> list[ColoredPage]:
        """Choose the colors of each page; those in color stay, unless they are to be recolored."""
        left = [s.in_color and settings.already_color == "skip" for s in sittings]
        if all(left):
            raise AlreadyInColor(sittings[0].photo.name)
        pairs = zip(sittings, left, strict=True)
        return [ColoredPage(s, () if stays else tuple(self.choose(s, settings))) for s, stays in pairs]


@overload
def colorize(
    source: Given,
    target: str | os.PathLike[str],
    settings: Settings | None = ...,
    *,
    overwrite: Overwrite = ...,
    **options: Unpack[SettingsDict],
) -> Path: ...
@overload
def colorize(
    source: str | os.PathLike[str],
    target: None = ...,
    settings: Settings | None = ...,
    *,
    overwrite: Overwrite = ...,
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
    *,
    overwrite: Overwrite = False,
    **options: Unpack[SettingsDict],
) -> Any:
    """Color one photograph.

    Parameters
    ----------
    source : path, bytes, binary file, PIL image or ndarray
    target : path, optional
        Where to write; for a path it defaults to ``name.color.ext`` beside it.
    overwrite : bool or callable
        Whether an existing target may be replaced, as for `Colorizer.save`.
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
        return colorizer._as_given(source, colorizer.settings, overwrite)
    return colorizer.save(source, target, overwrite=overwrite).targets[0]


def _are_sittings(source: object) -> TypeGuard[Sequence[Sitting]]:
    return isinstance(source, list | tuple) and all(isinstance(s, Sitting) for s in source)


def _part(progress: Progress | None, index: int, count: int) -> Progress | None:
    return share_of(progress, index / count, 1 / count)
