"""Which format a file is, told from its first bytes (a wrong extension does no harm); what each can hold."""

from __future__ import annotations

from dataclasses import dataclass

HEAD = 4096
"""Bytes of a file that `sniff` wants to see."""


@dataclass(frozen=True, slots=True)
class Format:
    """What a file format can hold, as Tintype writes it."""

    name: str
    suffixes: tuple[str, ...]
    alpha: bool
    bits: int  # a channel, at most
    side: int  # pixels, at most


WRITABLE = {
    f.name: f
    for f in (
        Format("jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), alpha=False, bits=8, side=65535),
        Format("png", (".png",), alpha=True, bits=16, side=2**31 - 1),
        Format("tiff", (".tif", ".tiff"), alpha=True, bits=16, side=2**31 - 1),
        Format("webp", (".webp",), alpha=True, bits=8, side=16383),
        Format("avif", (".avif",), alpha=True, bits=12, side=16384),
    )
}

_RAW_SUFFIXES = frozenset(
    (".3fr", ".arw", ".cr2", ".cr3", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".kdc", ".mef", ".mos", ".mrw",
     ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f")
)  # fmt: skip
READABLE_SUFFIXES = frozenset(
    {s for f in WRITABLE.values() for s in f.suffixes} | {".bmp", ".dib", ".gif", ".heic", ".heif", ".pdf"}
    | _RAW_SUFFIXES - {".raw"}
)  # fmt: skip
"""Suffixes worth trying when a folder is walked; what a file is, is decided by its content."""

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"FUJIFILMCCD-RAW", "raw"),
    (b"IIRO", "raw"),
    (b"IIRS", "raw"),
    (b"MMOR", "raw"),
    (b"IIU\0", "raw"),
    (b"\0MRM", "raw"),
    (b"FOVb", "raw"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
)
# What people hand in by mistake or in hope; named so that the error says what it is.
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"8BPS", "a Photoshop document"),
    (b"gimp xcf", "a GIMP document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1aE\xdf\xa3", "a film"),
    (b"ID3", "a sound file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"v/1\x01", "an OpenEXR picture"),
    (b"SIMPLE  =", "a FITS picture"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
)


def sniff(head: bytes, suffix: str = "") -> str | None:
    """The format's name ("jpeg", "png", "tiff", "webp", "avif", "bmp", "gif", "heic", "raw", "pdf"), or None.

    Parameters
    ----------
    head
        The first `HEAD` bytes of the file (fewer if it is shorter).
    suffix
        The file's extension; it only tells camera RAW, which is built on TIFF, from TIFF.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _sniff_brands(head)
    for magic, name in _MAGIC:
        if head.startswith(magic):
            if name == "tiff" and (suffix.lower() in _RAW_SUFFIXES or head[8:10] == b"CR"):
                return "raw"
            return name
    if b"%PDF-" in head[:1024]:
        return "pdf"
    return None


def _sniff_brands(head: bytes) -> str | None:
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12], *(head[i : i + 4] for i in range(16, size - 3, 4))}
    if b"crx " in brands:
        return "raw"
    if brands & {b"avif", b"avis"}:
        return "avif"
    if brands & {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}:
        return "heic"
    return None


def describe(head: bytes) -> str:
    """What a file that is no photograph seems to be, for the error message."""
    if head[4:8] == b"ftyp":
        return "a film"
    for magic, what in _OTHERS:
        if head.startswith(magic):
            return what
    if not head.strip(b"\0"):
        return "a file of zeros"
    try:
        text = head[:-3].decode("utf-8") if len(head) == HEAD else head.decode("utf-8")
    except UnicodeDecodeError:
        return "no format that Tintype knows"
    if text.lstrip("\ufeff \r\n\t").startswith(("<svg", "<?xml")) and "<svg" in text:
        return "an SVG drawing"
    if any(ord(c) < 32 and c not in "\t\r\n\f\x1b" for c in text):
        return "no format that Tintype knows"
    return "a text file"
