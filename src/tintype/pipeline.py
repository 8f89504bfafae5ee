"""The pipeline: read → grey → network → decode → paint → write. The only place where the steps meet."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import numpy as np

from tintype._version import __version__
from tintype.color import guidance
from tintype.color.resample import Upsampler
from tintype.errors import PhotoError, SettingsError
from tintype.network.adapter import Network
from tintype.network.descriptor import Prediction, view_size
from tintype.network.merge import merge
from tintype.network.registry import find
from tintype.network.runtime import load
from tintype.notes import Note
from tintype.painting import paint_sitting
from tintype.photo.metadata.provenance import Provenance
from tintype.photo.rows import Painted
from tintype.photo.tone import measure
from tintype.photo.write import Overwrite, Page, output_format, write
from tintype.settings import Settings, SettingsDict
from tintype.sources import Source, open_source
from tintype.steering import candidates, hint_planes, hinted, steered, suggestions, with_own_colors
from tintype.steps import Chroma, Progress, Result, Sitting
from tintype.targets import keep_dates, may_replace, path_of

if TYPE_CHECKING:
    from tintype.credentials import Seal
    from tintype.sources import Given


class Pipeline:
    """The steps, each with settings of its own or those of the pipeline: see `tintype.Colorizer`."""

    def __init__(self, settings: Settings | None = None, **options: Unpack[SettingsDict]) -> None:
        self.settings = Settings()
        self.settings = self.resolve(settings, **options)

    def resolve(self, settings: Settings | None = None, **options: Unpack[SettingsDict]) -> Settings:
        """Return the settings of one call: `settings` or its own, with single options changed.

        >>> Pipeline(vividness=0.6).resolve(warmth=0.2).vividness
        0.6
        """
        if settings is None:
            settings = self.settings
        elif not isinstance(settings, Settings):
            msg = f"settings are {settings!r:.60}, not Settings; name single options: Colorizer(model=…)"
            raise SettingsError(msg)
        return settings.replace(**options) if options else settings

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
            ab = guidance.honor_hints(steered(ab, L, settings), L, places, wanted)
            if settings.keep_colors:
                ab = with_own_colors(ab, sitting.photo)
            chosen.append(Chroma(np.ascontiguousarray(ab), sure))
        return chosen

    def choose(
        self, sitting: Sitting, settings: Settings | None = None, **options: Unpack[SettingsDict]
    ) -> list[Chroma]:
        """Ask the networks and choose colors: `predict`, then `decode`."""
        settings = self.resolve(settings, **options)
        return self.decode(sitting, self.predict(sitting, settings), settings)

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
        return paint_sitting(sitting, chroma, settings, shape=shape, region=region, progress=progress)

    def seal(self, sittings: Sequence[Sitting], target: Path | None, settings: Settings) -> Seal | None:
        """Return what signs the result, if that is asked for; what can be wrong is said before any work.

        Raises
        ------
        CredentialsError, MissingExtra, UnsupportedFormat
        """
        if not settings.credentials:
            return None
        from tintype.credentials import seal_for

        photo, told = sittings[0].photo, self.provenance(settings)
        kind = output_format(target, photo, settings)
        return seal_for(sittings[0].source, photo.format, kind, told, photo.name, pages=len(sittings))

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
        kept = [sitting.photo.page for sitting, chroma in pages if chroma is None]
        notes += [Note(f"page {n} is already in colour; left as it is", "page_kept", page=n) for n in kept]

        def drawn() -> Iterator[Page]:
            done = 0
            for (sitting, chroma), size in zip(pages, sizes, strict=True):
                photo = sitting.photo
                if chroma is None:
                    yield Page(photo, photo.open(), photo.open_alpha())
                else:
                    told = share_of(progress, done / sum(sizes), size / sum(sizes))
                    painted = self.paint(sitting, chroma, settings, progress=told)
                    yield Page(photo, painted, photo.open_alpha(), mark)
                done += size

        path = None if target is None else path_of(target)
        sources = [s.source for s, _ in pages if s.source]
        read = [path for s in sources for path in (s.path, s.opened) if path]
        read += [Path(file) for file in settings.files.values()]
        may = partial(may_replace, read, overwrite)
        seal = self.seal([sitting for sitting, _ in pages], path, settings)
        made = write(drawn(), path, settings, overwrite=may, total_bytes=sum(sizes), seal=seal)
        if settings.keep_dates:
            notes += keep_dates(pages[0][0].source, (*made.targets, *made.sidecars))
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


@lru_cache(maxsize=8)
def _network(path: Path, changed: int, device: str, threads: int) -> Network:
    """Open a network; `changed` is its file's time, so that one imported anew is opened anew."""
    return load(path, device=device, threads=threads)


def share_of(progress: Progress | None, before: float, share: float) -> Progress | None:
    """Return the progress of a part of the work, which begins at `before` and is `share` of it."""
    return None if progress is None else lambda part: progress(before + part * share)
