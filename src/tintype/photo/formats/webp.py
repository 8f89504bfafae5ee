"""WebP."""

from tintype.photo.formats._vips import chroma_kept, encoder
from tintype.photo.formats.record import Format, Saving
from tintype.photo.metadata.riff import into_webp, survey
from tintype.photo.pages import one_frame

FORMAT = Format(
    name="webp",
    title="WebP",
    suffixes=(".webp",),
    media="image/webp",
    matches=lambda head, suffix: head[:4] == b"RIFF" and head[8:12] == b"WEBP",
    pages=one_frame("webp", "WEBP", "webpload_source", paged=True, dpi_in_exif=True, whole=True),
    survey=survey,
    saving=Saving(
        encode=encoder(
            "webpsave",
            lambda i, s, n: (
                {"Q": s.quality, "smart_subsample": chroma_kept(s) == "off"}
                | ({"lossless": True} if s.lossless else {})
            ),
        ),
        bits=8,
        side=16383,
        lossless="option",
        shown=True,
        inject=into_webp,
    ),
)
