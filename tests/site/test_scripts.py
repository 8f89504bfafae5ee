"""The page's own arithmetic and metadata, run by Node, against Tintype."""

import io
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tintype.color import decode, guidance
from tintype.color.bins import srgb_bins

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
    exif[0x0112], exif[0x013B] = 6, "A. Photographer"
    inner = b'<rdf:RDF xmlns:rdf="r"><rdf:Description a="Grandmother"/></rdf:RDF>'
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + inner + b"</x:xmpmeta>"
    source, plain = io.BytesIO(), io.BytesIO()
    picture.save(source, "JPEG", exif=exif, xmp=xmp)
    picture.save(plain, form)
    script = """
import { marked, read, truthful, written } from "./metadata.js";
const found = read(Uint8Array.from(given.source));
const [source, history] = ["<rdf:Description AISystemUsed='T'/>", "<rdf:Description h='@settings@'/>"];
const mark = { source, history, packet: "" };
const xmp = marked(found.xmp, mark, { vividness: 0.8 });
console.log(JSON.stringify([...written(Uint8Array.from(given.plain), { exif: truthful(found.exif), xmp })]));
"""
    given = {"source": list(source.getvalue()), "plain": list(plain.getvalue())}
    made = Image.open(io.BytesIO(bytes(run(node, script, given))))
    made.load()
    assert made.getexif()[0x013B] == "A. Photographer"
    assert made.getexif()[0x0112] == 1
    text = made.info["xmp"] if form == "JPEG" else made.info["XML:com.adobe.xmp"].encode()
    assert b"Grandmother" in text
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
    assert {tuple(sorted(one)) for one in words.values()} == {("deep", "fetching")}


def test_damaged_exif_is_left_out(node):
    script = """
import { truthful } from "./metadata.js";
console.log(JSON.stringify(truthful(Uint8Array.from([73, 73, 42, 0, 255, 255, 0, 0]))));
"""
    assert run(node, script, {}) is None
