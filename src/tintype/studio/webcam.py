"""Frames of a webcam: a picture in, a picture out, as fast as this computer can."""

from __future__ import annotations

from typing import Any

from tintype.colorizer import Colorizer
from tintype.photo.errors import translate
from tintype.studio.latency import Latency
from tintype.studio.problems import ApiError
from tintype.studio.workers import Ticket

_PATIENCE = 0.05  # s for the network


def colored(colorizer: Colorizer, latency: Latency, data: bytes, ticket: Ticket, max_pixels: int) -> bytes:
    """A JPEG in colour; a slow network sees three quarters of its own view, so that the pictures move."""
    options: dict[str, Any] = {"model": colorizer.settings.model, "max_pixels": max_pixels, "page": 1}
    sitting = colorizer.prepare(data, name="the frame", **options)[0]
    photo = sitting.photo
    if photo.format != "jpeg":
        raise ApiError(422, "not_jpeg", "A frame is a JPEG picture.")
    rule = colorizer.networks(**options)[0].descriptor.size
    slow = latency.seconds(options, photo.height, photo.width) > _PATIENCE
    view = max(rule.minimum, rule.default * 3 // 4) if slow and not rule.fixed else 0
    predictions = latency.predict(sitting, options | {"size": view})
    ticket.check()
    chroma = colorizer.decode(sitting, predictions, **options)[0]
    painted = colorizer.paint(sitting, chroma, progress=ticket.going, **options)
    with translate("the frame"):
        made: bytes = painted.encode(lambda image: image.jpegsave_buffer(Q=85, subsample_mode="off"))
    return made
