"""Writes the tables of docs/formats.md that are measured: what each format keeps, told by files made for it.

    python scripts/formats_doc.py            # write them anew
    python scripts/formats_doc.py --check    # say whether they are current

A table stands between two comments that name it; `SECTIONS` says what makes it.
"""

import dataclasses
import io
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "formats.md"
sys.path.insert(0, str(ROOT / "tests"))

from photo.metadata import everything, raw_samples  # noqa: E402
from tintype import Settings  # noqa: E402
from tintype.errors import TooLarge  # noqa: E402
from tintype.photo.formats import FORMATS, WRITABLE, saving  # noqa: E402
from tintype.photo.metadata import exif  # noqa: E402
from tintype.photo.metadata.found import Found  # noqa: E402
from tintype.photo.metadata.survey import survey  # noqa: E402
from tintype.photo.model import Metadata, Photo, Text  # noqa: E402
from tintype.photo.read import from_array, read  # noqa: E402
from tintype.photo.write import Page, write  # noqa: E402

WORD = "a word that stands nowhere else"
_LONG = WORD + " and on" * 20_000


def _exif(tag: int, data: bytes) -> bytes:
    from tintype.photo.tiff import EXIF_IFD, LONG, UNDEFINED, Value, empty_block, finish_block

    block = empty_block()
    inner = block.append({tag: Value(UNDEFINED, len(data), data)})
    return finish_block(block, {EXIF_IFD: Value(LONG, 1, struct.pack("<I", inner))})


def _packet(text: str) -> bytes:
    return everything.packet(inside=f"<photoshop:Instructions>{text}</photoshop:Instructions>")


def _iptc(number: int, text: str) -> bytes:
    data = text.encode()
    head = struct.pack(">BBBH", 0x1C, 2, number, len(data)) if len(data) < 0x8000 else (
        struct.pack(">BBBHI", 0x1C, 2, number, 0x8004, len(data)))  # fmt: skip
    return head + data


PROBES: dict[str, Metadata] = {
    "EXIF, GPS": Metadata(exif=_exif(0x9286, WORD.encode())),
    "makers' notes": Metadata(exif=_exif(0x927C, WORD.encode())),
    "EXIF over 64 KB": Metadata(exif=_exif(0x9286, _LONG.encode())),
    "XMP": Metadata(xmp=_packet(WORD)),
    "XMP over 64 KB": Metadata(xmp=_packet(_LONG)),
    "IPTC-IIM": Metadata(iptc=_iptc(120, WORD)),
    "IPTC-IIM over 64 KB": Metadata(iptc=_iptc(120, _LONG)),
    "Photoshop's copyright and address": Metadata(photoshop=everything.resource(0x040B, WORD.encode())),
    "Photoshop's other resources": Metadata(photoshop=everything.resource(0x0BB7, WORD.encode())),
    "comments": Metadata(comments=(WORD,)),
    "texts: Title, Author, Description …": Metadata(texts=(Text("Title", WORD),)),
    "texts: any other": Metadata(texts=(Text("Shelf", WORD),)),
    "time of the last change (PNG)": Metadata(modified=bytes([7, 140, 5, 6, 7, 8, 9])),
    "resolution": Metadata(dpi=(123.0, 123.0)),
}
"""What is put into a file of each format, one kind at a time."""


def kept(kind: str, probe: Metadata) -> str:
    """What becomes of one kind of metadata in one format."""
    photo = dataclasses.replace(from_array(np.zeros((4, 6), np.uint8)), metadata=probe)
    made = write([Page(photo, photo.open())], None, Settings(format=kind))
    (again,) = read(io.BytesIO(made.data or b""), Settings(), name=f"probe.{kind}")
    found = again.metadata
    if probe.dpi is not None:
        assert found.dpi is not None and abs(found.dpi[0] - probe.dpi[0]) < 1, kind
        return "yes" if "dpi" in FORMATS[kind].saving.holds else "in EXIF"  # type: ignore[union-attr]
    if probe.modified is not None:
        if found.modified == probe.modified:
            return "yes"
        assert found.xmp is not None and b"1932-05-06T07:08:09Z" in found.xmp, kind
        return "in XMP"
    content = WORD.encode()
    own = [getattr(found, f.name) for f in dataclasses.fields(probe) if getattr(probe, f.name)]
    own = [one for one in own if one and one is not found.orientation]
    if any(content in (one if isinstance(one, bytes) else repr(one).encode()) for one in own):
        assert not made.notes, (kind, made.notes)
        return "yes"
    if found.xmp is not None and content in found.xmp:
        return "in XMP"
    if any(WORD in comment for comment in found.comments):
        return "as a comment"
    if any(text.text == WORD for text in found.texts):
        return "as the text Comment"
    assert made.notes, f"{kind} loses it in silence: {probe}"
    return "no; a note says so"


def written() -> str:
    """What each format that is written keeps."""
    titles = [f.title for f in WRITABLE.values()]
    rows = [[name, *(kept(kind, probe) for kind in WRITABLE)] for name, probe in PROBES.items()]
    return _table(["kept", *titles], rows)


KINDS: dict[str, Callable[[Found], object]] = {
    "EXIF": lambda f: f.exif,
    "XMP": lambda f: f.xmp,
    "IPTC-IIM": lambda f: f.iptc,
    "Photoshop's resources": lambda f: f.photoshop,
    "comments": lambda f: f.comments,
    "texts": lambda f: f.texts,
    "time of change": lambda f: f.modified,
}


def _found() -> dict[str, Found]:
    found = {}
    for name, data in everything.make().items():
        if name == "tiff":
            pages, _ = exif.survey(io.BytesIO(data))
            found["TIFF"] = pages[0].found()
        elif name != "png-profiles":
            found[FORMATS[name].title] = survey(data, name)
    found["PNG, ImageMagick's profiles"] = survey(everything.png(profiles=True), "png")
    for name in ("jp2", "jxl", "exr"):
        found[FORMATS[name].title] = survey(getattr(raw_samples, name)(), name)
    makers = {"raf": "RAF", "cr3": "CR3", "rw2": "RW2", "orf": "ORF", "mrw": "MRW", "x3f": "X3F"}
    samples = raw_samples.make()
    return found | {title: survey(samples[name], "raw") for name, title in makers.items()}


def told() -> str:
    """Which kinds of metadata are found in a file of each format that has them all."""
    rows = [
        [title, *("yes" if get(one) else "–" for get in KINDS.values())] for title, one in _found().items()
    ]
    return _table(["read", *KINDS], rows)


def _picture(deep: bool) -> np.ndarray:
    """Colours and a transparency that nobody would compress without loss by chance: (40, 50, 4)."""
    kind = np.uint16 if deep else np.uint8
    return np.random.default_rng(0).integers(1, np.iinfo(kind).max + 1, (40, 50, 4)).astype(kind)


def _saved(kind: str, array: np.ndarray, **settings: object) -> Photo:
    photo = from_array(array)
    made = write([Page(photo, photo.open(), photo.open_alpha())], None, Settings(format=kind, **settings))  # type: ignore[arg-type]
    (again,) = read(io.BytesIO(made.data or b""), Settings(), name=f"probe.{kind}")
    return again


def _exact(kind: str, deep: bool, **settings: object) -> bool:
    array = _picture(deep)[..., :3]
    found = _saved(kind, np.ascontiguousarray(array), **settings).open().numpy()
    if found.dtype == np.uint16 and not deep:  # read deeper than it was written
        array = array.astype(np.uint16) * 257
    return found.dtype == array.dtype and bool((found == array).all())


def _sides(kind: str) -> str:
    side = saving(kind).side
    if side >= 2**24:
        return "no limit"
    assert _saved(kind, np.zeros((1, side, 3), np.uint8)).width == side, kind
    try:
        _saved(kind, np.zeros((1, side + 1, 3), np.uint8))
    except TooLarge:
        return f"{side:,}"
    raise AssertionError(kind)


def _without_loss(kind: str) -> str:
    if _exact(kind, False) and _exact(kind, True):
        return "always"
    if not _exact(kind, False, lossless=True):
        return "no"
    return "with `--lossless`" if _exact(kind, True, lossless=True) else "with `--lossless`, 8 bits"


def pixels() -> str:
    """What becomes of pixels in each format that is written."""
    rows = {
        "extra": lambda kind: f"`tintype[{FORMATS[kind].extra}]`" if FORMATS[kind].needs else "–",
        "16 bits become": lambda kind: (
            "16" if _saved(kind, _picture(True)).bits == 16 and saving(kind).bits == 16
            else str(saving(kind).bits)),
        "transparency": lambda kind: "yes" if _saved(kind, _picture(False)).has_alpha else "laid on white",
        "pages": lambda kind: "one file" if saving(kind).pages else "files of their own",
        "longest side, px": _sides,
        "without loss": _without_loss,
        "profile": lambda kind: "sRGB or its own" if saving(kind).profiles else "sRGB",
        "browsers show it": lambda kind: "yes" if saving(kind).shown else "no",
    }  # fmt: skip
    table = [[name, *(tell(kind) for kind in WRITABLE)] for name, tell in rows.items()]
    return _table(["written", *(f.title for f in WRITABLE.values())], table)


def reading() -> str:
    """Every format that is read, from the records."""
    rows = [
        [f.title, " ".join(f.suffixes + f.also), f"`tintype[{f.extra}]`" if f.extra else "–",
         WRITABLE[f.becomes].title if f.becomes else "itself"]
        for f in FORMATS.values()
    ]  # fmt: skip
    return _table(["read", "suffixes", "extra", "becomes"], rows)


def _table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


SECTIONS: dict[str, Callable[[], str]] = {
    "reading": reading,
    "pixels": pixels,
    "metadata-written": written,
    "metadata-read": told,
}


def page() -> str:
    """The whole page, with the tables as they should be."""
    text = TARGET.read_text(encoding="utf-8")
    for name, make in SECTIONS.items():
        begin, end = f"<!-- {name}: made by `python scripts/formats_doc.py` -->", f"<!-- end of {name} -->"
        before, found, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        assert found and closed, f"{TARGET.name} has no place for {name}"
        text = f"{before}{begin}\n\n{make()}\n\n{end}{after}"
    return text


if __name__ == "__main__":
    made = page()
    if "--check" in sys.argv[1:]:
        sys.exit(0 if made == TARGET.read_text(encoding="utf-8") else "run: python scripts/formats_doc.py")
    TARGET.write_text(made, encoding="utf-8")
