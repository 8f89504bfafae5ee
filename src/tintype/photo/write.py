"""Write a photograph: metadata kept, provenance said, nothing half written, nothing overwritten unasked."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyvips

from tintype.errors import PhotoError
from tintype.photo import formats
from tintype.photo.errors import explain, translate
from tintype.photo.model import Photo

if TYPE_CHECKING:
    from tintype.photo.provenance import Provenance
    from tintype.settings import Settings


def output_format(target: Path | None, photo: Photo, settings: Settings) -> str:
    """The format to write: `settings.format`, else the target's suffix, else the photograph's own.

    A format that is only read (BMP, GIF, HEIC, RAW, PDF) becomes PNG if it was lossless and TIFF if it is
    deep, else JPEG. Raises PhotoError for a suffix that names no format that can be written.
    """
    if settings.format:
        return settings.format
    if target is not None and target.suffix:
        for known in formats.WRITABLE.values():
            if target.suffix.lower() in known.suffixes:
                return known.name
        suffixes = ", ".join(s for f in formats.WRITABLE.values() for s in f.suffixes)
        msg = f"{target}: {target.suffix!r} names no format that Tintype writes; use one of {suffixes}"
        raise PhotoError(msg)
    return own_format(photo)


def own_format(photo: Photo) -> str:
    """The format to write a photograph in when nobody names one."""
    if photo.format in formats.WRITABLE:
        return photo.format
    if photo.bits == 16:
        return "tiff"
    return "png" if photo.format in ("bmp", "gif", "array") else "jpeg"


def write(
    image: pyvips.Image,
    target: Path | None,
    *,
    photo: Photo,
    settings: Settings,
    provenance: Provenance | None = None,
    overwrite: bool = False,
    alpha: pyvips.Image | None = None,
    check: Callable[[], None] | None = None,
) -> bytes | None:
    """Write `image` (1 or 3 bands, sRGB-encoded, 8 or 16 bits) as a new version of `photo`."""
    kind = output_format(target, photo, settings)
    if alpha is not None and formats.WRITABLE[kind].alpha:
        image = image.bandjoin(alpha)
    options = save_options(kind, image, settings)
    saver = f"{kind if kind != 'avif' else 'heif'}save"
    if target is None:
        with translate(photo.name):
            data = getattr(image, f"{saver}_buffer")(**options)
            if check is not None:
                check()  # the last word on whether the pixels are whole: libvips may not know
            assert isinstance(data, bytes)
            return data
    with replacing(target, overwrite=overwrite) as temporary:
        pyvips.Operation.call(f"{saver}", image, str(temporary), **options)
        if check is not None:
            check()
    return None


def save_options(kind: str, image: pyvips.Image, settings: Settings) -> dict[str, Any]:
    """The saver's own options for one format."""
    chroma = "off" if settings.subsampling == "4:4:4" else "on"
    if kind == "jpeg":
        return {"Q": settings.quality, "subsample_mode": chroma}
    if kind == "png":
        return {"compression": 6}
    if kind == "tiff":
        return {"compression": "deflate", "predictor": "horizontal", "bigtiff": _over_4_gb(image)}
    if kind == "webp":
        return {"Q": settings.quality, "lossless": settings.lossless, "smart_subsample": chroma == "off"}
    return {
        "Q": settings.quality,
        "lossless": settings.lossless,
        "compression": "av1",
        "subsample_mode": chroma,
    }


def _over_4_gb(image: pyvips.Image) -> bool:
    # Compressed data may be larger than plain data, so leave a margin.
    size: float = image.width * image.height * image.bands * (2 if image.format == "ushort" else 1)
    return size > 3.5e9


@contextmanager
def replacing(target: Path, *, overwrite: bool) -> Iterator[Path]:
    """Give a temporary path beside `target` to write to; it becomes `target` only when all went well.

    Whatever happens inside, an existing file is not touched unless `overwrite`, and nothing is left over.
    Failures of libvips, the disk and the system become PhotoError.
    """
    if not overwrite and os.path.lexists(target):
        raise _exists(target)
    # A short name: the target's own may already be as long as the disk allows.
    temporary = target.parent / f".tintype-{secrets.token_hex(6)}.tmp"
    try:
        yield temporary
        _to_disk(temporary)
        _publish(temporary, target, overwrite=overwrite)
    except (pyvips.Error, OSError, MemoryError) as error:
        raise PhotoError(explain(error, str(target))) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def _exists(target: Path) -> PhotoError:
    return PhotoError(f"{target}: the file exists already; allow overwriting or choose another name")


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _publish(temporary: Path, target: Path, *, overwrite: bool) -> None:
    if overwrite:
        temporary.replace(target)
        return
    try:
        # A link, unlike a rename, fails when somebody made the target in the meantime.
        target.hardlink_to(temporary)
    except FileExistsError:
        raise _exists(target) from None
