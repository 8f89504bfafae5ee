"""JPEG."""

from tintype.photo.formats._vips import chroma_kept, encoder
from tintype.photo.formats.record import Format, Saving, starts
from tintype.photo.metadata.jpeg import ROOM, into_jpeg
from tintype.photo.pages import one_frame

FORMAT = Format(
    name="jpeg",
    title="JPEG",
    suffixes=(".jpg", ".jpeg", ".jpe", ".jfif"),
    media="image/jpeg",
    matches=starts(b"\xff\xd8\xff"),
    pages=one_frame("jpeg", "JPEG", "jpegload_source", shrinks=True),
    saving=Saving(
        encode=encoder("jpegsave", lambda i, s, n: {"Q": s.quality, "subsample_mode": chroma_kept(s)}),
        bits=8,
        side=65535,
        alpha=False,
        shown=True,
        inject=into_jpeg,
        holds=frozenset({"exif", "xmp", "iptc", "photoshop", "comments", "dpi"}),
        room=ROOM,
    ),
)
