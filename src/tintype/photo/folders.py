"""What in a folder is worth opening, and what of the rest a person should hear of; told from names alone.

>>> kind_of("scan.JPG"), kind_of("scan.pcd"), kind_of("letter.txt")
('photograph', 'unread', 'other')
"""

from __future__ import annotations

from typing import Literal

from tintype.photo.formats import readable_suffixes

Kind = Literal["photograph", "unread", "other"]

_SYSTEM = frozenset(
    ("@eadir", "#recycle", "@recycle", "@recently-snapshot", "#snapshot", "@tmp", "@sharebin",
     "$recycle.bin", "recycler", "system volume information", "found.000", "lost+found", "__macosx",
     "lost.dir", "network trash folder", "temporary items", "desktop db", "desktop df")
)  # fmt: skip
"""Folders that NAS systems, Windows, macOS, memory cards and archivers make: thumbnails, bins, copies."""

_HIDDEN = (".trash", ".thumbnails", ".spotlight-", ".fseventsd", ".recycle", ".documentrevisions",
           ".appledouble", ".@__thumb", ".picasaoriginals", ".lrprev", ".snapshot", ".zfs")  # fmt: skip
"""How the hidden ones begin; hidden folders are never entered, but these are counted."""

_LAYERS = "a document of an image editor", "save it as TIFF in the program that made it"
_TARGA = "a Targa picture", "ImageMagick or GIMP makes a PNG of it"
_STEREO = "several JPEG pictures in one", "name it .jpg to colour the first of them"
_HDR = "a picture of high dynamic range", "save it as a 16-bit TIFF in darktable or GIMP"
_FILM = "a frame of a film scan", "ImageMagick or ffmpeg makes a 16-bit TIFF of it"
_RAW = "a camera's raw file", "Adobe DNG Converter or darktable makes a DNG or TIFF of it"
_PHOTO_CD = "a Photo CD picture", "pcdtojpeg or ImageMagick makes a TIFF of it"
_OLD = "a picture of an old format", "ImageMagick or XnView makes a PNG of it"
_JPEG_XR = "a JPEG XR picture", "JxrDecApp makes a TIFF of it"
_DJVU = "a DjVu document", "ddjvu -format=tiff (DjVuLibre) makes a TIFF of it"
_FITS = "a picture of a telescope", "save it as a 16-bit TIFF in Siril or GIMP"
_PAGES = "a PostScript page", "Ghostscript (ps2pdf) makes a PDF of it"
_RENAMED = "a JPEG or PNG by another name", "name it .jpg or .png"
_CLOUD = "a photograph that is still in the cloud", "have it downloaded first"

_UNREAD = {
    suffix: told
    for suffixes, told in (
        (".xcf .kra .ora .clip .afphoto .pdn .pspimage .psp .cpt", _LAYERS),
        (".pfm .jpm .jhc", _OLD),
        (".tga .icb .vda .vst", _TARGA),
        (".mpo", _STEREO),
        (".exr .hdr", _HDR),
        (".dpx .cin", _FILM),
        (".crw .ptx .eip .gpr .mdc .qtk .dc2 .k25 .kc2", _RAW),
        (".pcd", _PHOTO_CD),
        (".pcx .pict .pct .sgi .rgb .lbm .iff .ilbm .fpx .xpm .wpg", _OLD),
        (".jxr .wdp .hdp", _JPEG_XR),
        (".djvu .djv", _DJVU),
        (".fits .fit .fts", _FITS),
        (".eps .ps", _PAGES),
        (".apng .jif .jfi .jpeg_large .pjpeg .pjp", _RENAMED),
        (".icloud", _CLOUD),
    )
    for suffix in suffixes.split()
}


def suffix_of(name: str) -> str:
    """Return a name's suffix in small letters, with its point; empty if it has none."""
    stem, point, suffix = name.rpartition(".")
    return point + suffix.lower() if stem else ""


def kind_of(name: str) -> Kind:
    """Return what a file's name promises: a photograph that is read, a picture that is not, or neither."""
    suffix = suffix_of(name)
    if suffix in readable_suffixes():
        return "photograph"
    return "unread" if suffix in _UNREAD else "other"


def unread_reason(name: str) -> tuple[str, str]:
    """Return what a picture that isn't read is, and what makes it readable; KeyError for others."""
    return _UNREAD[suffix_of(name)]


def is_system_folder(name: str) -> bool:
    """Return whether a folder is one that a system made for itself: nobody's photographs are in there.

    >>> is_system_folder("@eaDir"), is_system_folder(".Trash-1000"), is_system_folder("1924")
    (True, True, False)
    """
    folded = name.casefold()
    return folded in _SYSTEM or folded.startswith(_HIDDEN)
