"""What an XMP packet says of pixels, put right: a coloured picture is neither grey, nor turned, nor two.

Properties: XMP specification part 2 (tiff, exif, photoshop, crs), Google's "Motion Photo" and "Ultra HDR
Image Format" (GCamera, Container, hdrgm).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.dom import minidom

from tintype.notes import Note
from tintype.photo.metadata import regions
from tintype.photo.metadata.facts import Facts
from tintype.photo.metadata.xmp import (
    DC,
    EXIF,
    NOTE,
    PHOTOSHOP,
    TIFF,
    XMP,
    Packet,
)

CRS = "http://ns.adobe.com/camera-raw-settings/1.0/"
_EXIF_EX = "http://cipa.jp/exif/1.0/"
DARKTABLE = "http://darktable.sf.net/"
CAMERA = "http://ns.google.com/photos/1.0/camera/"
_CONTAINERS = frozenset(
    ("http://ns.google.com/photos/1.0/container/", "http://ns.google.com/photos/1.0/container/item/")
)
_GAIN_MAPS = frozenset(
    ("http://ns.adobe.com/hdr-gain-map/1.0/", "http://ns.apple.com/HDRGainMap/1.0/",
     "http://ns.apple.com/pixeldatainfo/1.0/")
)  # fmt: skip
_MOTION = ("MicroVideo", "MotionPhoto")
_PHONES = frozenset(("http://ns.oplus.com/photos/1.0/camera/", "http://ns.xiaomi.com/photos/1.0/camera/"))

# How the samples of another file were stored, or digests over what has changed since.
GONE = (
    {(TIFF, name) for name in ("Compression", "PlanarConfiguration", "YCbCrSubSampling", "YCbCrPositioning",
                               "YCbCrCoefficients", "TransferFunction", "WhitePoint", "PrimaryChromaticities",
                               "ReferenceBlackWhite", "NativeDigest")}
    | {(EXIF, name) for name in ("ComponentsConfiguration", "CompressedBitsPerPixel", "Gamma",
                                 "NativeDigest")}
    | {(XMP, "Thumbnails"), (XMP, "PageInfo"), (_EXIF_EX, "Gamma"), (NOTE, "HasExtendedXMP")}
)  # fmt: skip
"""Properties that are taken out: nothing true can be put in their place."""

_GREY_SLIDERS = ("GrayMixer", "AutoGrayscaleMix", "GrayscaleMix", "Treatment")


def put_right(xmp: Packet, facts: Facts) -> tuple[Note, ...]:
    """Renew what the packet says of the pixels, and take out what holds no longer; notes on the rest."""
    xmp.remove_all(GONE)
    for (space, name), text in _single(facts).items():
        xmp.put(space, name, text, only_if_there=True)
    if xmp.has(TIFF, "BitsPerSample"):
        xmp.put_list(TIFF, "BitsPerSample", "Seq", [str(facts.bits)] * facts.bands)
    _left_out(xmp)
    notes = _developers(xmp)
    if facts.turned:
        _each(xmp, lambda node: regions.turn(node, facts))
    _each(xmp, lambda node: regions.resize(node, facts))
    return notes


def _single(facts: Facts) -> dict[tuple[str, str], str]:
    """The properties with one value that are renewed where they are there."""
    told: dict[tuple[str, str], object] = {
        (TIFF, "Orientation"): 1,
        (TIFF, "ImageWidth"): facts.width,
        (TIFF, "ImageLength"): facts.height,
        (TIFF, "PhotometricInterpretation"): 2,
        (TIFF, "SamplesPerPixel"): facts.bands,
        (EXIF, "PixelXDimension"): facts.width,
        (EXIF, "PixelYDimension"): facts.height,
        (EXIF, "ColorSpace"): 1 if facts.srgb else 65535,
        (PHOTOSHOP, "ColorMode"): 3,
        (PHOTOSHOP, "ICCProfile"): facts.profile,
        (DC, "format"): facts.media,
    }
    if facts.dpi is not None:
        told |= {(TIFF, name): f"{round(dpi * 1000)}/1000"
                 for name, dpi in zip(("XResolution", "YResolution"), facts.dpi, strict=True)}  # fmt: skip
        told[TIFF, "ResolutionUnit"] = 2
    return {key: str(value) for key, value in told.items()}


def _left_out(xmp: Packet) -> None:
    """Claims of parts of the file that are left out: motion, gain maps, further pictures."""
    xmp.remove_all({key for key in xmp.names() if _claims_a_part(*key)})


def _claims_a_part(space: str, name: str) -> bool:
    motion = space in {CAMERA} | _PHONES and name.startswith((*_MOTION, "OLivePhoto"))
    return motion or space in _CONTAINERS | _GAIN_MAPS


def claims(xmp: Packet) -> set[str]:
    """Which parts beside the picture a packet claims: "motion", "gain map"."""
    found = set()
    for space, name in xmp.names():
        if space == CAMERA and name in _MOTION and xmp.get(space, name) not in (None, "0"):
            found.add("motion")
        if space in _GAIN_MAPS:
            found.add("gain map")
    return found


def _developers(xmp: Packet) -> tuple[Note, ...]:
    """Settings of raw developers: applied anew they would make the picture grey again."""
    xmp.remove_all({(s, n) for s, n in xmp.names() if s == CRS and _greys(n, xmp.get(s, n))})
    xmp.put(CRS, "ConvertToGrayscale", "False", only_if_there=True)
    _each(xmp, _color_again)  # looks and presets hold settings of their own
    steps = [key for key in xmp.names() if key[0] == DARKTABLE and "history" in key[1].lower()]
    xmp.remove_all(steps)
    if steps:
        told = "darktable's steps are for the original, and are left out"
        return (Note(told, "left_out", names=["darktable"]),)
    return ()


def _greys(name: str, text: str | None) -> bool:
    if name == "Saturation":
        return text is not None and text.strip().lstrip("+") in ("-100", "-1", "-1.0")
    if name == "CameraProfile":
        return text is not None and "monochrome" in text.lower()
    return name.startswith(_GREY_SLIDERS)


def _color_again(node: minidom.Element) -> None:
    for attribute in list(node.attributes.values()):
        if attribute.namespaceURI == CRS:
            if attribute.localName == "ConvertToGrayscale":
                attribute.value = "False"
            elif _greys(attribute.localName, attribute.value):
                node.removeAttributeNode(attribute)
    if node.namespaceURI == CRS and node.localName == "ConvertToGrayscale":
        _set_text(node, "False")
    elif node.namespaceURI == CRS and node.localName.startswith(_GREY_SLIDERS):
        node.parentNode.removeChild(node)  # type: ignore[union-attr]


def _set_text(node: Any, text: str) -> None:
    for child in list(node.childNodes):
        node.removeChild(child)
    node.appendChild(node.ownerDocument.createTextNode(text))


def _each(xmp: Packet, change: Callable[[minidom.Element], None]) -> None:
    for node in list(xmp.nodes()):
        change(node)
