"""GIF: its first frame."""

from tintype.photo.formats.record import Format, starts
from tintype.photo.metadata.gif import survey
from tintype.photo.pages import one_frame

FORMAT = Format(
    name="gif",
    title="GIF",
    suffixes=(".gif",),
    media="image/gif",
    matches=starts(b"GIF87a", b"GIF89a"),
    pages=one_frame("gif", "GIF", "gifload_source", paged=True, whole=True),
    survey=survey,
    becomes="png",
)
