"""Where the studio's pictures are made: all through the one `Colorizer`; what was made before is kept."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from tintype.color.lab import Float
from tintype.color.resample import Upsampler, fit_longest
from tintype.colorizer import Chroma, Colorizer, Sitting, target_beside
from tintype.network.descriptor import Prediction
from tintype.notes import Note
from tintype.photo.depth import eight_bit
from tintype.photo.errors import translate
from tintype.settings import Hint, parse_color
from tintype.studio.cache import Cache
from tintype.studio.inspector import Inspector
from tintype.studio.latency import Latency
from tintype.studio.limits import Limits
from tintype.studio.models import PhotoModel, Proposal, Region, Spot, State, Suggested
from tintype.studio.networks import model_of
from tintype.studio.problems import ApiError
from tintype.studio.workers import Ticket

_PATIENCE = 0.11  # s for a network while a hint is moved; 0.2 with colours, painting and the way to the eye
_WHOLE = 60_000_000  # px: a grey picture up to this size is held, so that zooming does not decode it again


@dataclass(frozen=True, slots=True)
class KeptSitting(Sitting):
    """A sitting whose small pictures are drawn once."""

    cache: Cache
    key: str
    whole: bool = False  # whether the grey at full size is held too

    def view(self, height: int, width: int) -> Float:
        """As `Sitting.view`, kept."""
        key = (self.key, "view", self.tone, height, width)
        return self.cache.keep(key, lambda: Sitting.view(self, height, width), lambda L: L.nbytes)

    def grey(self, height: int = 0, width: int = 0) -> pyvips.Image:
        """As `Sitting.grey`, kept."""
        small = height and (height, width) != (self.photo.height, self.photo.width)
        if not small and not self.whole:
            return Sitting.grey(self, height, width)

        def make() -> pyvips.Image:
            with translate(self.photo.name):
                return Sitting.grey(self, height, width).copy_memory()

        key = (self.key, "grey", self.tone, height, width)
        deep = self.photo.bits // 8
        return self.cache.keep(key, make, lambda image: image.width * image.height * deep)


@dataclass(frozen=True, slots=True)
class Order:
    """A photograph of a session and how it is to be coloured."""

    photo: PhotoModel
    original: Path
    mask: Path
    state: State


class Darkroom:
    """Makes previews, regions, proposals and files of orders; methods run on worker threads.

    Parameters
    ----------
    colorizer : Colorizer
        Shared by everybody, as are its networks' sessions.
    limits : Limits
    """

    def __init__(self, colorizer: Colorizer, limits: Limits) -> None:
        self.colorizer, self.limits = colorizer, limits
        self.cache = Cache(limits.memory_bytes, limits.idle_seconds)
        self.latency = Latency(colorizer)
        self.inspector = Inspector(limits.photo_memory_bytes, limits.photo_seconds)

    # --- looking

    def survey(self, path: Path, name: str) -> list[dict[str, Any]]:
        """Return what is known of each page of a file: values for `PhotoModel`. Raises TintypeError."""
        return self.inspector.look(path, name, self.limits.pixels)

    def options(self, order: Order, default: str) -> dict[str, Any]:
        """The state of an order as options of the colorizer."""
        photo, state = order.photo, order.state
        hints = tuple(
            Hint(h.x * photo.width, h.y * photo.height, parse_color(h.color), h.radius) for h in state.hints
        )
        settings = {k: tuple(v) if isinstance(v, list) else v for k, v in state.settings.items()}
        return {
            **settings,
            "model": model_of(state.network, default),
            "hints": hints,
            "candidates": (state.candidate or 0) + 1,
            "keep_grey": str(order.mask) if state.keep_grey and order.mask.is_file() else "",
            "already_color": "recolor",
            "page": photo.page,
            "max_pixels": self.limits.pixels,
            "max_memory": self.limits.photo_megabytes,
        }

    def sitting(self, order: Order, options: dict[str, Any]) -> KeptSitting:
        """The photograph, read and measured once."""
        key = order.photo.id

        def make() -> KeptSitting:
            plain = self.colorizer.prepare(order.original, name=order.photo.name, **options)[0]
            return KeptSitting(plain.photo, plain.tone, self.cache, key, source=plain.source)

        how = tuple(options.get(name) for name in ("grey", "invert", "descreen"))
        return self.cache.keep((key, "sitting", *how), make, lambda _: 1 << 16)

    def chroma(
        self, order: Order, ticket: Ticket, options: dict[str, Any], draft: tuple[Prediction, ...] = ()
    ) -> list[Chroma]:
        """The colours chosen for an order; the network is asked only when what it sees changes."""
        sitting = self.sitting(order, options)
        ticket.check()
        predictions = draft or self.predictions(order, sitting, options)
        ticket.check()
        made = self.colorizer.decode(sitting, predictions, **options)
        ticket.check()
        return made

    def predictions(self, order: Order, sitting: Sitting, options: dict[str, Any]) -> tuple[Prediction, ...]:
        """What the networks say of an order."""
        key = self._key(order, sitting, options)
        return self.cache.keep(key, lambda: self.latency.predict(sitting, options), _bytes)

    def draft(self, order: Order, options: dict[str, Any]) -> tuple[Prediction, ...]:
        """What the networks said before, where asking them anew would keep a person waiting; else nothing.

        Decoding gives new hints their own places all the same; what follows from them elsewhere is missing.
        """
        key = self._key(order, self.sitting(order, options), options)
        waits = self.latency.seconds(options, order.photo.height, order.photo.width) > _PATIENCE
        if key in self.cache or not waits:
            return ()
        return self.cache.latest(*key[:-1]) or ()

    def _key(self, order: Order, sitting: Sitting, options: dict[str, Any]) -> tuple[Any, ...]:
        # A network that takes no hints is not asked again for them.
        takes = any(n.descriptor.hints for n in self.colorizer.networks(**options))
        hints = options["hints"] if takes else ()
        return order.photo.id, "prediction", options["model"], sitting.tone, hints

    # --- pictures

    def before(self, order: Order, size: int, default: str) -> bytes:
        """The grey photograph, JPEG, its longest side at most `size` px."""
        sitting = self.sitting(order, self.options(order, default))
        with translate(order.photo.name):
            grey = sitting.grey(*fit_longest(order.photo.height, order.photo.width, size))
            data: bytes = eight_bit(grey).jpegsave_buffer(Q=90)
        return data

    def preview(
        self, order: Order, ticket: Ticket, size: int, default: str, *, quick: bool = False
    ) -> tuple[bytes, bool]:
        """The coloured photograph, JPEG without chroma subsampling; and whether it is a mere draft.

        It is none unless `quick` is wanted.
        """
        options = self.options(order, default)
        draft = self.draft(order, options) if quick else ()
        choices = self.chroma(order, ticket, options, draft)
        return self._jpeg(order, choices[-1], ticket, size, options), bool(draft)

    def candidates(self, order: Order, ticket: Ticket, count: int, size: int, default: str) -> list[Proposal]:
        """Distinct proposals as small pictures."""
        options = self.options(order, default) | {"candidates": count}
        made = []
        for i, chroma in enumerate(self.chroma(order, ticket, options)):
            ticket.check()
            data = self._jpeg(order, chroma, ticket, size, options)
            made.append(
                Proposal(candidate=i, image="data:image/jpeg;base64," + base64.b64encode(data).decode())
            )
        return made

    def confidence(self, order: Order, ticket: Ticket, size: int, default: str) -> bytes:
        """How sure the network is, a grey PNG: white is sure."""
        options = self.options(order, default)
        sure = self.chroma(order, ticket, options)[-1].confidence
        if sure is None:
            text = "This network gives no distribution, so it can't say how sure it is. Choose another one."
            raise ApiError(422, "no_confidence", text)
        grown = Upsampler(sure[None], *fit_longest(order.photo.height, order.photo.width, size)).all()[0]
        codes = np.rint(np.clip(grown, 0, 1) * 255).astype(np.uint8)
        data: bytes = pyvips.Image.new_from_array(codes, interpretation="b-w").pngsave_buffer(compression=3)
        return data

    def suggest(self, order: Order, ticket: Ticket, place: Spot, default: str) -> list[Suggested]:
        """Colours that are likely at one place."""
        options = self.options(order, default)
        sitting = self.sitting(order, options)
        ticket.check()
        found = self.colorizer.suggest(
            sitting, self.predictions(order, sitting, options), place.x, place.y, place.count
        )
        return [Suggested(color=f"#{bytes(color).hex()}", share=share) for color, share in found]

    def region(self, order: Order, ticket: Ticket, part: Region, default: str) -> bytes:
        """A part of the photograph as PNG; never drawn larger than it is."""
        options = self.options(order, default)
        photo = order.photo
        wide = max(1.0, min(part.width, 1 - part.x) * photo.width)
        scale = min(1.0, part.out_width / wide)
        height, width = (max(1, round(n * scale)) for n in (photo.height, photo.width))
        left, top = min(int(part.x * width), width - 1), min(int(part.y * height), height - 1)
        across = min(max(1, round(part.width * width)), width - left, part.out_width)
        down = min(max(1, round(part.height * height)), height - top)
        if across * down > 16_000_000:
            raise ApiError(422, "region_too_large", "Ask for a smaller part, or a smaller out_width.")
        box = left, top, across, down
        sitting = replace(self.sitting(order, options), whole=photo.width * photo.height <= _WHOLE)
        with translate(photo.name):
            if part.which == "before":
                picture = sitting.grey(height, width).crop(*box)
                data: bytes = eight_bit(picture).pngsave_buffer(compression=1)
                return data
            chroma = self.chroma(order, ticket, options)[-1]
            painted = self.colorizer.paint(
                sitting, chroma, shape=(height, width), region=box, progress=ticket.going, **options
            )
            return painted.encode(lambda image: bytes(eight_bit(image).pngsave_buffer(compression=1)))

    def _jpeg(
        self, order: Order, chroma: Chroma, ticket: Ticket, size: int, options: dict[str, Any]
    ) -> bytes:
        sitting = self.sitting(order, options)
        shape = fit_longest(order.photo.height, order.photo.width, size)
        painted = self.colorizer.paint(sitting, chroma, shape=shape, progress=ticket.going, **options)
        with translate(order.photo.name):
            data: bytes = painted.encode(
                lambda image: eight_bit(image).jpegsave_buffer(Q=90, subsample_mode="off")
            )
        ticket.check()
        return data

    # --- files

    def suffix(self, order: Order) -> str:
        """The suffix of an order's file: that of its format, else of the photograph it came from."""
        settings = self.colorizer.settings.replace(format=order.state.settings.get("format", ""))
        options = {"page": order.photo.page, "max_pixels": self.limits.pixels}
        sitting = self.sitting(order, options | {"max_memory": self.limits.photo_megabytes})
        return target_beside(Path(order.photo.name), sitting.photo, settings).suffix

    def develop(
        self, order: Order, target: Path, default: str, progress: Callable[[float], bool | None]
    ) -> list[Note]:
        """Make the full-resolution file of an order, with all metadata; return what was reduced for it."""
        options = self.options(order, default)
        sitting = self.sitting(order, options)
        plain = Sitting(sitting.photo, sitting.tone, source=sitting.source)
        chroma = self.colorizer.decode(plain, self.predictions(order, sitting, options), **options)[-1]
        made = self.colorizer.develop([(plain, chroma)], target, progress=progress, **options)
        return [note for note in made.notes if note not in plain.notes]  # of those the page has told already


def _bytes(predictions: tuple[Prediction, ...]) -> int:
    arrays = [a for p in predictions for a in (p.L, p.logits, p.ab) if a is not None]
    return sum(a.nbytes for a in arrays)
