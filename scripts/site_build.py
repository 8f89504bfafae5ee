"""Builds the page that needs no server: python scripts/site_build.py TARGET

The page is the studio's own, with another api.js (site/api.js) that asks a worker of the browser instead of a
server. Nothing that is large is committed: the network and the steps come from `tintype export`, the runtime
from npm by the hashes in site/package-lock.json; scripts/site.sh runs both.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

from tintype._version import __version__
from tintype.color import guidance
from tintype.color.lab import L_from_grey
from tintype.export.file import Exported, export
from tintype.network.descriptor import NetworkDescriptor
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.registry import find
from tintype.network.session import open_session
from tintype.photo import tone_kind
from tintype.photo.metadata.provenance import SOURCE_TYPE, Provenance
from tintype.photo.metadata.xmp import EVENT, IPTC_EXT, MM, RDF, XMP
from tintype.studio.setting_fields import described

ROOT = Path(__file__).resolve().parent.parent
SITE, STUDIO = ROOT / "site", ROOT / "src" / "tintype" / "studio" / "static"
RUNTIME = SITE / "node_modules" / "onnxruntime-web"
WORKERS = ("worker.js", "distribution.js", "kinds.js", "metadata.js", "network.js", "runtime.js", "tone.js",
           "manifest.webmanifest")  # fmt: skip
RUNTIMES = {
    "wasm": ("ort.wasm.min.mjs", "ort-wasm-simd-threaded"),
    "jspi": ("ort.jspi.min.mjs", "ort-wasm-simd-threaded.jspi"),
    "asyncify": ("ort.webgpu.min.mjs", "ort-wasm-simd-threaded.asyncify"),
}
"""Builds of ONNX Runtime: for the processor, which every browser fetches; and with WebGPU, for browsers whose
WebAssembly can wait for promises (JSPI), and for others: who has a graphics card fetches one of them."""
PROBE, PROBE_STEP = (128, 160), 11
STEPS = ("view", "choose", "paint")
SHOWN = ("vividness", "saturation", "warmth", "format")
FORMATS = ["", "jpeg", "png"]
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; "
    "style-src 'self'; img-src 'self' blob:; manifest-src 'self'; form-action 'none'; base-uri 'none'"
)
"""Nothing is loaded from, and nothing sent to, anywhere but the page's own address."""


def build(target: Path, size: int = 0) -> None:
    """Write the page into a folder, which is emptied first if this has made it.

    `size` is the short side of what the network sees, px; 0 takes the network's own.
    """
    if target.exists():
        if not (target / "data.json").is_file():
            sys.exit(f"{target}: exists, and is no page that this has built; choose another folder")
        shutil.rmtree(target)
    if not RUNTIME.is_dir():
        sys.exit(f"{RUNTIME}: not there; `npm ci` in site/ fetches it, and scripts/site.sh does all of it")
    shutil.copytree(STUDIO, target / "static")
    shutil.copy(SITE / "api.js", target / "static" / "js" / "api.js")
    shutil.copy(SITE / "site.css", target / "static" / "css" / "site.css")
    for name in WORKERS:
        shutil.copy(SITE / name, target / name)
    for name in ("LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, target / name)
    runtimes = copy_runtime(target / "ort")
    network = export(target / "network.onnx", part="network", weights="int8")
    for part in STEPS:
        export(target / f"{part}.onnx", part=part, size=size if part == "view" else 0)
    told = data(network) | {"runtimes": runtimes, "probe": probe(target / "network.onnx")}
    (target / "data.json").write_text(json.dumps(told), encoding="utf-8")
    (target / "index.html").write_text(index(), encoding="utf-8")
    relative(target / "static" / "js" / "dom.js")
    for page in (target / "static").glob("*.html"):
        page.unlink()
    add_texts(target / "static" / "texts")
    write_service_worker(target)


def copy_runtime(folder: Path) -> dict[str, dict[str, object]]:
    """Copy ONNX Runtime's builds and its license; return what a browser must know to fetch one."""
    folder.mkdir()
    made = {}
    for name, (module, loader) in RUNTIMES.items():
        for file in (module, f"{loader}.mjs", f"{loader}.wasm"):
            shutil.copy(RUNTIME / "dist" / file, folder / file)
        binary = (folder / f"{loader}.wasm").read_bytes()
        made[name] = {
            "module": f"ort/{module}", "loader": f"ort/{loader}.mjs", "name": f"ort/{loader}.wasm",
            "bytes": len(binary), "sha256": hashlib.sha256(binary).hexdigest(),
        }  # fmt: skip
    told = json.loads((RUNTIME / "package.json").read_text(encoding="utf-8"))
    # The package names its license and carries no text of it.
    text = f"onnxruntime-web {told['version']}, Copyright (c) Microsoft Corporation, {told['license']}:\n"
    (folder / "LICENSE.txt").write_text(text + (SITE / "LICENSE.MIT").read_text("utf-8"), encoding="utf-8")
    return made


def probe(network: Path) -> dict[str, object]:
    """Colors that the network gives slopes: a page sees by them whether a graphics card is right."""
    height, width = PROBE
    y, x = np.mgrid[:height, :width]
    lightness = ((5 * x + 3 * y) % 101).astype(np.float32)
    known = np.zeros((3, height, width), np.float32)
    (logits,) = open_session(network).run(["logits"], {"lightness": lightness, "known": known})
    bins = np.array(descriptor_of(find("tintype")).bins)
    shares = np.exp(logits - logits.max(axis=0))
    ab = np.tensordot(bins.T, shares / shares.sum(axis=0), 1).reshape(2, -1)[:, ::PROBE_STEP]
    return {"size": PROBE, "step": PROBE_STEP, "ab": ab.T.round(2).tolist()}


def data(network: Exported) -> dict[str, object]:
    """What the page's scripts need to know: every number that Tintype's modules define."""
    file = find("tintype")
    card = descriptor_of(file)
    bins = np.array(card.bins, np.float32)
    knots = card.vividness
    settings = [s for s in described() if s["name"] in SHOWN]
    for setting in settings:
        if setting["name"] == "format":
            setting["choices"] = FORMATS
    return {
        "about": {
            "version": __version__, "network": "tintype", "folder": None, "settings": settings,
            "networks": [
                {"name": "tintype", "title": card.name, "hints": card.hints, "license": card.license}
            ],
            "limits": {"file_bytes": 1 << 30, "pixels": 100_000_000, "photos": 1000, "queue": 1},
        },
        "network": {"name": "network.onnx", "bytes": network.bytes, "sha256": network.sha256},
        "bins": bins.tolist(),
        "leans": [[round(float(v), 6) for v in lean] for lean in guidance.leans(bins)],
        "vividness": [knots.safe, knots.matched, knots.vivid],
        "suggest": {"spread": guidance.NEIGHBORS, "apart": guidance.APART},
        "lightness": [round(float(v), 5) for v in L_from_grey(np.arange(256, dtype=np.uint8))],
        "tone": tone_kind.numbers(),
        "mark": mark(card, network),
    }  # fmt: skip


def mark(card: NetworkDescriptor, network: Exported) -> dict[str, str]:
    """The XMP that says how the color was made, as `tintype.photo.metadata.provenance` does, in parts."""
    made = Provenance(
        __version__, card.name, str(network.description["network_sha256"]), {"page": "@settings@"}
    )
    parameters = made.parameters().replace('{"page": "@settings@"}', "@settings@")
    source = {
        "DigitalSourceType": SOURCE_TYPE,
        "AISystemUsed": f"Tintype: {made.network}",
        "AISystemVersionUsed": made.version,
    }
    properties = "".join(f" i:{name}={quoteattr(value)}" for name, value in source.items())
    event = {
        "action": "edited", "softwareAgent": f"{made.tool} (page)", "changed": "/",
        "parameters": f"colourised by a trained network: {parameters}",
    }  # fmt: skip
    told = "".join(f" e:{name}={quoteattr(value)}" for name, value in event.items())
    # Attributes in double quotes alone, since what stands for the settings is escaped for those.
    told = re.sub(r"='([^']*)'", lambda m: '="' + m[1].replace('"', "&quot;") + '"', told)
    start = f'<rdf:Description rdf:about="" xmlns:rdf="{RDF}"'
    return {
        "source": f'{start} xmlns:i="{IPTC_EXT}"{properties}/>',
        "history": f'{start} xmlns:x="{XMP}" xmlns:m="{MM}" xmlns:e="{EVENT}" x:CreatorTool="{made.tool}">'
        f"<m:History><rdf:Seq><rdf:li{told}/></rdf:Seq></m:History></rdf:Description>",
        "packet": '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{RDF}">@parts@</rdf:RDF></x:xmpmeta><?xpacket end="w"?>',
    }


def index() -> str:
    """The studio's page with the policy, the manifest and one more style sheet."""
    page = (STUDIO / "index.html").read_text(encoding="utf-8")
    more = (
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<link rel="manifest" href="manifest.webmanifest">\n'
    )
    page = page.replace('<meta name="viewport"', f'{more}<meta name="viewport"', 1)
    page = page.replace(
        '/static/css/dialogs.css">',
        '/static/css/dialogs.css">\n<link rel="stylesheet" href="/static/css/site.css">',
        1,
    )
    # Not all that the studio's server carries.
    page = page.replace('data-t="download.text"', 'data-t="site.download"')
    # The file input asks for pictures, the page lies in any folder.
    return page.replace('"/static/', '"static/')


def relative(script: Path) -> None:
    """Let the page's icons be found from any folder."""
    text = script.read_text(encoding="utf-8")
    assert "`/static/" in text
    script.write_text(text.replace("`/static/", "`static/"), encoding="utf-8")


def add_texts(folder: Path) -> None:
    """Put the page's own words into each language's file."""
    for code, words in json.loads((SITE / "texts.json").read_text(encoding="utf-8")).items():
        file = folder / f"{code}.json"
        whole = json.loads(file.read_text(encoding="utf-8")) | {"site": words}
        file.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")


def write_service_worker(target: Path) -> None:
    """Name all files but network and runtime, which `network.js` keeps, and a version: their digest."""
    files = sorted(
        p for p in target.rglob("*") if p.is_file() and p.name != "network.onnx" and p.suffix != ".wasm"
    )
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    names = ["./", *(f.relative_to(target).as_posix() for f in files)]
    text = (SITE / "sw.js").read_text(encoding="utf-8")
    text = text.replace("@version@", digest.hexdigest()[:16]).replace('["@files@"]', json.dumps(names))
    (target / "sw.js").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    build(Path(sys.argv[1]))
