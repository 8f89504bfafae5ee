"""What a file of no known format seems to be, for the error message."""

from __future__ import annotations

from tintype.photo.formats.record import HEAD

# What people hand in by mistake or in hope; named so that the error says what it is.
_OTHERS: tuple[tuple[bytes, str], ...] = (
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
    (b"SIMPLE  =", "a FITS picture"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
)


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
