"""ExifTool, which is not ours, compares: each tag is equal, or renewed, or said to be left out."""

import json
import shutil
import subprocess

import pytest

from photo.metadata import everything
from tintype import Settings
from tintype.photo import exr
from tintype.photo.formats import WRITABLE
from tintype.photo.metadata.provenance import Provenance
from tintype.photo.read import read
from tintype.photo.write import Page, write

pytestmark = pytest.mark.skipif(
    not shutil.which("exiftool"), reason="ExifTool (libimage-exiftool-perl) is missing"
)

MARK = Provenance("1.2.3", "tintype", "ab" * 32, {"model": "tintype", "vividness": 0.7})
# Of the file itself, its container and its pixels; and what ExifTool works out from other tags.
STRUCTURE = (
    "System",
    "QuickTime",
    "PNG-pHYs",
    "XMP-xmpNote",
    "File",
    "Composite",
    "JFIF",
    "ICC",
    "Track",
    "Meta",
    "GIF",
)
STRUCTURE_TAGS = {
    ("PNG", name) for name in ("ImageWidth", "ImageHeight", "BitDepth", "ColorType", "Compression", "Filter",
                               "Interlace", "ProfileName", "Palette", "Transparency")
} | {("IFD0", name) for name in ("ImageWidth", "ImageHeight", "Compression", "StripOffsets", "RowsPerStrip",
                                 "StripByteCounts", "PlanarConfiguration", "Predictor", "SampleFormat")} | {
    ("RIFF", name) for name in ("ImageWidth", "ImageHeight", "VP8Version", "HorizontalScale", "VerticalScale",
                                "WebP_Flags", "AlphaIsUsed")
}  # fmt: skip

UPRIGHT = (40, 60)
RENEWED = {
    ("IFD0", "Orientation"): 1, ("IFD0", "PhotometricInterpretation"): 2, ("IFD0", "SamplesPerPixel"): 3,
    ("IFD0", "BitsPerSample"): "8 8 8", ("IFD0", "YCbCrPositioning"): 1,
    ("ExifIFD", "ExifImageWidth"): UPRIGHT[0], ("ExifIFD", "ExifImageHeight"): UPRIGHT[1],
    ("ExifIFD", "ColorSpace"): 1, ("ExifIFD", "ComponentsConfiguration"): ("1 2 3 0", "4 5 6 0"),
    ("ExifIFD", "SubjectArea"): "30 15 4 6", ("InteropIFD", "InteropIndex"): "R98",
    ("XMP-tiff", "Orientation"): 1, ("XMP-tiff", "ImageWidth"): UPRIGHT[0],
    ("XMP-tiff", "ImageHeight"): UPRIGHT[1],
    ("XMP-tiff", "SamplesPerPixel"): 3, ("XMP-tiff", "PhotometricInterpretation"): 2,
    ("XMP-exif", "ColorSpace"): 1, ("XMP-exif", "ExifImageWidth"): UPRIGHT[0],
    ("XMP-photoshop", "ColorMode"): 3, ("XMP-photoshop", "ICCProfileName"): "sRGB",
    ("XMP-crs", "ConvertToGrayscale"): False, ("XMP-dc", "Format"): tuple(f.media for f in WRITABLE.values()),
    ("IPTC", "ImageType"): "3F", ("IPTC", "ImageOrientation"): "P",
}  # fmt: skip
"""Tags that describe pixels: what stands there afterwards, where it stands at all."""

GONE = {
    ("ExifIFD", "CompressedBitsPerPixel"), ("ExifIFD", "Gamma"),
    ("XMP-tiff", "Compression"), ("XMP-tiff", "NativeDigest"), ("XMP-exif", "NativeDigest"),
    ("XMP-crs", "GrayMixerRed"), ("XMP-crs", "Saturation"), ("XMP-xmp", "ThumbnailImage"),
    ("XMP-GCamera", "MotionPhoto"), ("XMP-GCamera", "MicroVideoOffset"),
    ("XMP-hdrgm", "Version"), ("XMP-hdrgm", "HDRGMVersion"),
    ("Photoshop", "PhotoshopQuality"), ("Photoshop", "PhotoshopFormat"), ("Photoshop", "ProgressiveScans"),
    ("Photoshop", "PhotoshopThumbnail"),
}  # fmt: skip
"""Tags that describe what is no more: they must not stand there afterwards."""

OF_THE_CONTAINER = {
    ("IPTC", "EnvelopeRecordVersion"), ("IPTC", "ApplicationRecordVersion"), ("IPTC", "CodedCharacterSet"),
    ("Photoshop", "XResolution"), ("Photoshop", "YResolution"), ("Photoshop", "DisplayedUnitsX"),
    ("Photoshop", "DisplayedUnitsY"), ("Photoshop", "IPTCDigest"), ("PNG", "ModifyDate"),
    ("IPTC", "ImageType"), ("IPTC", "ImageOrientation"),
}  # fmt: skip
"""Tags that mean nothing without the block that they stand in, which the format may not have."""


def tags(paths):
    """File name → (group, tag) → value; a list of values where a tag stands there several times."""
    called = ["exiftool", "-j", "-G1:4", "-a", "-s", "-n", *map(str, paths)]
    told = json.loads(subprocess.run(called, capture_output=True, check=False).stdout)
    found = {}
    for one in told:
        mine = found[one["SourceFile"].rpartition("/")[2]] = {}
        for label, value in one.items():
            group, _, name = label.partition(":")
            # Of IPTC that stands there twice ExifTool numbers the second.
            key = group.replace("IPTC2", "IPTC"), name.rpartition(":")[2]
            if name and not structural(*key):
                mine[key] = (
                    [*words(mine[key]), *words(value)] if key in mine and mine[key] != value else value
                )
    return found


def unpacked(path):
    """The files that ExifTool is to read of a result: of an OpenEXR's header it takes no block apart."""
    if path.suffix != ".exr":
        return [path]
    told = exr.parse(path.read_bytes()).attributes
    parts = (
        {".xmp": told["xmp"][1], ".tif": told["exif"][1][4:]} if "exif" in told else {".xmp": told["xmp"][1]}
    )
    made = [path.with_suffix(suffix) for suffix in parts]
    for part, data in zip(made, parts.values(), strict=True):
        part.write_bytes(data)
    return [path, *made]


def structural(group, name):
    if group == "ExifTool":
        return name != "Warning"
    if (group, name) in {("File", "Comment"), ("GIF", "Comment")}:
        return False
    return group.startswith(STRUCTURE) or (group, name) in STRUCTURE_TAGS


def words(value):
    return [str(v).strip() for v in value] if isinstance(value, list) else [str(value).strip()]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """(source, format written) → tags before, tags after, notes, what ExifTool warns of."""
    folder = tmp_path_factory.mktemp("exiftool")
    made, notes = {}, {}
    for source, data in everything.make().items():
        path = folder / f"{source}{everything.SUFFIXES[source]}"
        path.write_bytes(data)
        for form in WRITABLE.values():
            (photo,) = read(path, Settings())
            assert (photo.width, photo.height) == UPRIGHT if source not in ("heic", "avif") else True, source
            target = folder / f"{source}-to-{form.name}{form.suffixes[0]}"
            written = write([Page(photo, photo.open(), mark=MARK)], target, Settings())
            made[source, form.name] = path, target
            notes[source, form.name] = (*photo.notes, *written.notes)
    read_back = tags([p for source, target in made.values() for p in (source, *unpacked(target))])
    for _, target in made.values():
        for part in unpacked(target)[1:]:
            read_back[target.name] |= read_back[part.name]
    found = {}
    for key, (a, b) in made.items():
        warned = read_back[b.name].pop(("ExifTool", "Warning"), None)
        read_back[a.name].pop(("ExifTool", "Warning"), None)
        found[key] = read_back[a.name], read_back[b.name], notes[key], warned
    return found


CASES = [(s, f) for s in everything.SUFFIXES for f in WRITABLE]


@pytest.mark.parametrize(("source", "form"), CASES, ids=lambda n: str(n))
def test_every_tag_is_equal_renewed_or_named(pairs, source, form):
    if (source, form) not in pairs:
        pytest.skip(f"nothing here writes {source}")
    before, after, notes, _ = pairs[source, form]
    assert len(before) >= 15, "the sample says too little to prove anything"
    said = " ".join(notes)
    lost = {}
    for key, value in before.items():
        if key in GONE:
            assert key not in after, key
        elif key in RENEWED and key in after:
            allowed = RENEWED[key] if isinstance(RENEWED[key], tuple) else (RENEWED[key],)
            assert after[key] in allowed, (key, after[key])
        elif after.get(key) == value or moved(key, value, after):
            continue
        elif key not in OF_THE_CONTAINER | RENEWED.keys() and not named(key, said):
            lost[key] = (str(value)[:80], str(after.get(key))[:80])
    assert not lost


def moved(key, value, after):
    """Whether it stands under another name: only words that can't be there by chance count."""
    if key == ("Photoshop", "CopyrightFlag"):
        return after.get(("XMP-xmpRights", "Marked")) is True
    everywhere = {w for v in after.values() for text in words(v) for w in (text, *text.splitlines())}
    everywhere |= {w.replace(":", "-", 2) for w in everywhere}  # ExifTool's way to write dates
    whole = "\n".join(everywhere)

    def stands(word):
        return (len(word) >= 4 and word in everywhere) or (len(word) >= 8 and word in whole)

    return all(stands(w) or f"{key[1]}: {w}" in everywhere for w in words(value))


SETS = {"ObjectName": "2:05", "Caption-Abstract": "2:120"}


def named(key, said):
    """Whether a note says that a tag is left out."""
    group, name = key
    if group == "IPTC" and name in SETS:
        return SETS[name] in said.partition("IPTC-IIM")[2]
    return group == "PNG" and name in said


def test_the_mark_stands_in_every_result(pairs):
    for key, (_, after, _, _) in pairs.items():
        assert after["XMP-iptcExt", "AISystemUsed"] == "Tintype: tintype", key


def test_exiftool_reads_the_results_without_warning(pairs):
    for key, (_, _, _, warnings) in pairs.items():
        assert not warnings, (key, warnings)
