"""PNG."""

from tintype.photo.cicp import meant
from tintype.photo.formats._vips import encoder
from tintype.photo.formats.record import Format, Saving, starts
from tintype.photo.gamma import Meant, cicp_of, profile_of_gamma
from tintype.photo.metadata.png import into_png, survey
from tintype.photo.pages import one_frame
from tintype.photo.source import PhotoFile


def _meant(source: PhotoFile, *, grey: bool) -> Meant | None:
    """What cICP says, which counts most (PNG 3rd edition, 4.3); else gAMA and cHRM."""
    if told := cicp_of(source):
        return meant(*told, grey=grey)
    icc = profile_of_gamma(source, grey=grey)
    return Meant(icc) if icc else None


FORMAT = Format(
    name="png",
    title="PNG",
    suffixes=(".png",),
    media="image/png",
    matches=starts(b"\x89PNG\r\n\x1a\n"),
    pages=one_frame("png", "PNG", "pngload_source", profile=_meant),
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
