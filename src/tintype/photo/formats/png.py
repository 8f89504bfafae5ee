"""PNG."""

from tintype.photo.formats._vips import encoder
from tintype.photo.formats.record import Format, Saving, starts
from tintype.photo.gamma import profile_of_png
from tintype.photo.metadata.png import into_png, survey
from tintype.photo.pages import one_frame

FORMAT = Format(
    name="png",
    title="PNG",
    suffixes=(".png",),
    media="image/png",
    matches=starts(b"\x89PNG\r\n\x1a\n"),
    pages=one_frame("png", "PNG", "pngload_source", profile=profile_of_png),
    survey=survey,
    saving=Saving(
        encode=encoder("pngsave", lambda i, s, n: {"compression": 6}),
        bits=16,
        side=2**31 - 1,
        lossless="always",
        shown=True,
        inject=into_png,
        holds=frozenset({"exif", "xmp", "iptc", "photoshop", "comments", "texts", "modified", "dpi"}),
    ),
)
