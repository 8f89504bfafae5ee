"""The page's own arithmetic and metadata, run by Node, against Tintype."""

import io
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, IptcImagePlugin
from PIL.PngImagePlugin import PngInfo
from skimage import data

from tintype.color import decode, guidance
from tintype.color.bins import srgb_bins
from tintype.photo import tone_kind
from tintype.photo.read import from_array
from tintype.photo.tone import measure

SITE = Path(__file__).resolve().parents[2] / "site"
RANDOM = np.random.default_rng(6)
BINS = srgb_bins()


def run(node, script, given):
    """What a script prints as JSON, given `given`; it may import the page's modules."""
    told = f"const given = {json.dumps(given)};\n{script}"
    command = [node, "--input-type=module", "-"]
    done = subprocess.run(command, input=told, capture_output=True, text=True, cwd=SITE, check=True)
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def logits():
    made = RANDOM.normal(0, 1.5, (len(BINS), 5, 6)) - (BINS**2).sum(1)[:, None, None] / 1800
    return made.astype(np.float32)


@pytest.fixture
def numbers():
    return {
        "bins": BINS.tolist(),
        "leans": guidance.leans(BINS).tolist(),
        "suggest": {"spread": guidance.NEIGHBORS, "apart": guidance.APART},
    }


def test_likely_colors_are_those_of_the_line(node, logits, numbers):
    script = """
import { softmaxAt, suggest } from "./distribution.js";
const p = softmaxAt(given.logits, given.bins.length, 30, 7);
console.log(JSON.stringify(suggest(p, given, 8)));
"""
    found = run(node, script, numbers | {"logits": logits.ravel().tolist()})
    expected = guidance.suggest(logits[:, 1, 1], BINS, 8)
    assert [one["ab"] for one in found] == expected.tolist()
    assert abs(sum(one["share"] for one in found) - 1) < 1e-6


def test_proposals_are_those_of_the_line(node, logits, numbers):
    script = """
import { distinct, leanedMeans } from "./distribution.js";
console.log(JSON.stringify(distinct(leanedMeans(given.logits, 30, given, 0.7), 5)));
"""
    found = run(node, script, numbers | {"logits": logits.ravel().tolist()})
    made = guidance.tilts(logits, BINS, 5, 0.7)
    leans = guidance.leans(BINS)
    expected = [
        int(np.abs(leans - (one - logits)[:, 0, 0]).max(axis=1).argmin()) if i else -1
        for i, one in enumerate(made)
    ]
    assert found == expected


def test_doubt_is_that_of_the_line(node, logits):
    script = """
import { confidence } from "./distribution.js";
console.log(JSON.stringify([...confidence(given.logits, given.count, 30)]));
"""
    found = run(node, script, {"logits": logits.ravel().tolist(), "count": len(BINS)})
    np.testing.assert_allclose(found, decode.confidence(logits).ravel(), atol=1e-4)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_metadata_travel_and_are_put_right(node, form):
    picture = Image.new("RGB", (20, 10), (90, 90, 90))
    exif = picture.getexif()
    exif[0x0112], exif[0x013B], exif[0x0100] = 6, "A. Photographer", 10
    told = b'<rdf:Description a="Grandmother" tiff:Orientation="6"/>'
    inner = b'<rdf:RDF xmlns:rdf="r">' + told + b"</rdf:RDF>"
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + inner + b"</x:xmpmeta>"
    source, plain = io.BytesIO(), io.BytesIO()
    picture.save(source, "JPEG", exif=exif, xmp=xmp, dpi=(300, 300))
    picture.save(plain, form)
    script = """
import { marked, read, truthful, written } from "./metadata.js";
const found = read(Uint8Array.from(given.source));
const [source, history] = ["<rdf:Description AISystemUsed='T'/>", "<rdf:Description h='@settings@'/>"];
const mark = { source, history, packet: "" };
const xmp = marked(found.xmp, mark, { vividness: 0.8 });
const exif = truthful(found.exif, [20, 10]);
console.log(JSON.stringify([...written(Uint8Array.from(given.plain), { ...found, exif, xmp })]));
"""
    given = {"source": list(source.getvalue()), "plain": list(plain.getvalue())}
    made = Image.open(io.BytesIO(bytes(run(node, script, given))))
    made.load()
    assert made.getexif()[0x013B] == "A. Photographer"
    assert made.getexif()[0x0112] == 1
    assert made.getexif()[0x0100] == 20
    assert made.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    text = made.info["xmp"] if form == "JPEG" else made.info["XML:com.adobe.xmp"].encode()
    assert b"Grandmother" in text
    assert b'tiff:Orientation="1"' in text
    assert b"AISystemUsed" in text
    assert b"&quot;vividness&quot;:0.8" in text


@pytest.mark.parametrize(("mode", "deep"), [("L", False), ("I;16", True)])
def test_sixteen_bits_are_noticed(node, mode, deep):
    made = io.BytesIO()
    Image.new(mode, (4, 3)).save(made, "PNG")
    script = """
import { read } from "./metadata.js";
console.log(JSON.stringify(read(Uint8Array.from(given)).deep));
"""
    assert run(node, script, list(made.getvalue())) is deep


def test_the_page_has_words_in_every_language_of_the_studio():
    words = json.loads((SITE / "texts.json").read_text(encoding="utf-8"))
    studio = SITE.parent / "src" / "tintype" / "studio" / "static" / "texts"
    assert sorted(words) == sorted(f.stem for f in studio.glob("*.json"))
    assert {tuple(sorted(one)) for one in words.values()} == {
        (
            "animated",
            "broken",
            "cmyk",
            "cut",
            "deep",
            "download",
            "fetch",
            "fetching",
            "film",
            "kind",
            "left",
            "processor",
            "worker",
        )
    }


@pytest.mark.parametrize(
    "exif",
    [
        [73, 73, 42, 0, 255, 255, 0, 0],
        # Its directory for EXIF is itself.
        [73, 73, 42, 0, 8, 0, 0, 0, 1, 0, 0x69, 0x87, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0],
    ],
    ids=["beyond its end", "a ring"],
)
def test_damaged_exif_is_left_out(node, exif):
    script = """
import { truthful } from "./metadata.js";
console.log(JSON.stringify(truthful(Uint8Array.from(given), [4, 3])));
"""
    assert run(node, script, exif) is None


_CAPTION = b"\x1c\x02\x78\x00\x0bGrandmother"
_PREVIEW = b"\x1c\x02\xca\x00\x03abc"


def _with_records(form):
    """A JPEG with a caption, a preview, another of Photoshop's resources a comment; or a PNG with a text."""
    made = io.BytesIO()
    if form == "PNG":
        texts = PngInfo()
        texts.add_text("Author", "A. Photographer")
        Image.new("L", (4, 3)).save(made, "PNG", pnginfo=texts)
        return made.getvalue()
    Image.new("L", (4, 3)).save(made, "JPEG", comment=b"from the attic")
    records = _CAPTION + _PREVIEW + b"\0" * ((len(_CAPTION) + len(_PREVIEW)) % 2)
    block = b"Photoshop 3.0\0" + b"8BIM\x04\x0a\0\0\0\0\0\x01\x01\0"
    block += b"8BIM\x04\x04\0\0" + (len(_CAPTION) + len(_PREVIEW)).to_bytes(4, "big") + records
    data = made.getvalue()
    return data[:2] + b"\xff\xed" + (len(block) + 2).to_bytes(2, "big") + block + data[2:]


@pytest.mark.parametrize(
    ("form", "into"), [("JPEG", "JPEG"), ("JPEG", "PNG"), ("PNG", "PNG"), ("PNG", "JPEG")]
)
def test_records_comments_and_texts_travel_or_are_named(node, form, into):
    plain = io.BytesIO()
    Image.new("RGB", (4, 3)).save(plain, into)
    script = """
import { homeless, read, written } from "./metadata.js";
const found = read(Uint8Array.from(given.source));
const made = written(Uint8Array.from(given.plain), { ...found, xmp: "<x/>" });
console.log(JSON.stringify({ made: [...made], left: found.left, homeless: homeless(found, given.into) }));
"""
    given = {"source": list(_with_records(form)), "plain": list(plain.getvalue()), "into": into.lower()}
    told = run(node, script, given)
    made = Image.open(io.BytesIO(bytes(told["made"])))
    made.load()
    assert told["left"] == (["Photoshop"] if form == "JPEG" else [])
    if (form, into) == ("JPEG", "JPEG"):
        assert IptcImagePlugin.getiptcinfo(made) == {(2, 120): b"Grandmother"}
        assert made.info["comment"] == b"from the attic"
    if (form, into) == ("PNG", "PNG"):
        assert made.text["Author"] == "A. Photographer"
    assert told["homeless"] == {"JPEGPNG": ["IPTC", "JPEG COM"], "PNGJPEG": ["PNG tEXt"]}.get(form + into, [])


def test_metadata_of_webp_is_read_and_what_is_special_noticed(node):
    photo, film, print_ = io.BytesIO(), io.BytesIO(), io.BytesIO()
    exif = Image.new("L", (4, 3)).getexif()
    exif[0x013B] = "A. Photographer"
    Image.new("RGB", (4, 3)).save(photo, "WEBP", exif=exif, xmp=b"<x/>")
    frames = [Image.new("L", (4, 3), v) for v in (0, 200)]
    frames[0].save(film, "GIF", save_all=True, append_images=frames[1:], loop=0)
    Image.new("CMYK", (4, 3)).save(print_, "JPEG")
    new = io.BytesIO()
    Image.new("RGB", (4, 3)).save(new, "AVIF", exif=exif)
    script = """
import { read } from "./metadata.js";
const told = (found) => ({ ...found, exif: found.exif && [...found.exif] });
console.log(JSON.stringify(given.map((one) => told(read(Uint8Array.from(one))))));
"""
    given = [list(one.getvalue()) for one in (photo, film, print_, new)]
    webp, gif, cmyk, avif = run(node, script, given)
    assert b"A. Photographer" in bytes(webp["exif"])
    assert webp["xmp"] == "<x/>"
    assert gif["animated"]
    assert not webp["animated"]
    assert cmyk["cmyk"]
    assert avif["left"] == ["EXIF"]
    assert not webp["cmyk"]


@pytest.mark.parametrize("cut", [1, 20, 33, 60, 90, 200])
def test_damaged_files_only_lose_what_is_behind_the_damage(node, cut):
    script = """
import { read } from "./metadata.js";
console.log(JSON.stringify(given.map((one) => read(Uint8Array.from(one)).format)));
"""
    given = [list(_with_records(form)[:cut]) for form in ("JPEG", "PNG")]
    assert len(run(node, script, given)) == 2


CARD, PROGRAM, NONE = "{ info: {} }", "{ info: { isFallbackAdapter: true } }", "null"


@pytest.mark.parametrize(
    ("adapter", "wanted", "waits", "expected"),
    [
        (CARD, None, True, "jspi"),
        (CARD, None, False, "asyncify"),
        (CARD, "wasm", True, None),
        (PROGRAM, None, True, None),
        (PROGRAM, "webgpu", True, "jspi"),
        (NONE, "webgpu", True, None),
        ("undefined", None, True, None),  # no WebGPU at all
    ],
)
def test_a_graphics_card_is_used_where_there_is_one(node, adapter, wanted, waits, expected):
    script = f"""
const adapter = {adapter};
const gpu = adapter === undefined ? undefined : {{ requestAdapter: async () => adapter }};
Object.defineProperty(globalThis, "navigator", {{ value: {{ gpu }}, configurable: true }});
if (given.waits) WebAssembly.Suspending = class {{}};
else delete WebAssembly.Suspending;
const {{ buildForCard }} = await import("./runtime.js");
console.log(JSON.stringify(await buildForCard(given.wanted)));
"""
    assert run(node, script, {"wanted": wanted, "waits": waits}) == expected


@pytest.mark.parametrize(("shift", "expected"), [(0.0, True), (30.0, False), (float("inf"), False)])
def test_a_card_that_computes_something_else_is_noticed(node, logits, numbers, shift, expected):
    shares = np.exp(logits) / np.exp(logits).sum(axis=0)
    ab = np.tensordot(BINS.T, shares, 1).reshape(2, -1)[:, ::7].T
    told = numbers | {"probe": {"step": 7, "ab": ab.tolist()}}
    other = logits.copy()
    other[0] += shift if np.isfinite(shift) else 0
    script = """
import { agrees } from "./runtime.js";
const data = given.broken ? given.logits.map(() => NaN) : given.logits;
console.log(JSON.stringify(agrees({ data, dims: [given.bins.length, 5, 6] }, given)));
"""
    given = told | {"logits": other.ravel().tolist(), "broken": not np.isfinite(shift)}
    assert run(node, script, given) is expected


def test_kinds_of_grey_are_those_of_the_line(node):
    """A neutral print, toned ones, and photographs in color."""
    scene = data.camera()[::2, ::2]
    ramp = np.linspace(0, 1, 256)[:, None]
    sepia = np.rint(255 * ramp ** np.array([0.8, 1.0, 1.35])).astype(np.uint8)
    blue = np.rint(255 * ramp ** np.array([1.4, 1.05, 0.8])).astype(np.uint8)
    pictures = [
        np.dstack([scene] * 3), sepia[scene], blue[scene], sepia[data.moon()[::2, ::2]],
        data.astronaut()[::2, ::2], data.chelsea()[::2, ::2],
    ]  # fmt: skip
    script = """
import { kindOf } from "./tone.js";
console.log(JSON.stringify(given.views.map((view) => kindOf(view, given.numbers))));
"""
    views, expected = [], []
    for picture in pictures:
        expected.append(measure(from_array(picture)).kind)
        rgba = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
        views.append({"width": rgba.shape[1], "height": rgba.shape[0], "data": rgba.ravel().tolist()})
    assert run(node, script, {"views": views, "numbers": tone_kind.numbers()}) == expected
    assert set(expected) == {"grey", "sepia", "cyanotype", "color"}
