"""Times of the page that needs no server, in a headless Chromium, and pictures of it.

bash scripts/site.sh build && python benchmarks/site.py [FOLDER FOR PICTURES] [--webgpu card|swiftshader]

With ``--webgpu`` what the network says of a small photograph is compared: by the processor and the graphics
card (or by Chromium's own program in place of one, which is right and slow); with a card a whole one is then
colored by both.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from skimage import data

from tintype.color.lab import L_from_grey

ROOT = Path(__file__).resolve().parent.parent


def until(page: Page, what: str, seconds: float = 120) -> float:
    """Wait until a condition holds (the page's policy forbids Playwright's own way); return the seconds."""
    start = time.perf_counter()
    while not page.evaluate(f"() => Boolean({what})"):
        if time.perf_counter() - start > seconds:
            raise TimeoutError(what)
        page.wait_for_timeout(20)
    return time.perf_counter() - start


def color(page: Page, file: Path, seconds: float = 120) -> float:
    """Seconds from choosing a photograph to its first colors."""
    before = page.evaluate("() => document.querySelector('#canvas').dataset.version ?? '0'")
    name = file.stem
    start = time.perf_counter()
    page.set_input_files("#file-input", str(file))
    until(page, f"document.title.startsWith('{name}')", seconds)
    until(page, f"Number(document.querySelector('#canvas').dataset.version ?? 0) > {before}", seconds)
    return time.perf_counter() - start


def save(page: Page, folder: Path) -> float:
    """Seconds of making the full-size file."""
    start = time.perf_counter()
    page.click("#download-open")
    with page.expect_download(timeout=300_000) as made:
        page.click("#download-one")
    made.value.save_as(folder / made.value.suggested_filename)
    return time.perf_counter() - start


def photographs(folder: Path) -> list[Path]:
    """Grey JPEGs of 2 MP (twice, the first one warms up) and 12 MP."""
    made = []
    for name, size in (("first", (1600, 1250)), ("two", (1600, 1250)), ("twelve", (4000, 3000))):
        file = folder / f"{name}.jpg"
        Image.fromarray(data.astronaut()[: 512 * 3 // 4]).convert("L").resize(size).save(file, quality=90)
        made.append(file)
    return made


CARDS = {
    "card": ["--enable-unsafe-webgpu", "--enable-features=Vulkan"],
    "swiftshader": ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"],
}


def main() -> None:
    """Print the times; keep pictures where a folder is named."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--webgpu", choices=CARDS)
    given = parser.parse_args()
    serving = [sys.executable, str(ROOT / "scripts" / "site_serve.py"), str(ROOT / "build" / "site"), "0"]
    with (
        tempfile.TemporaryDirectory() as temporary,
        subprocess.Popen(serving, stdout=subprocess.PIPE, text=True) as server,
        sync_playwright() as playwright,
    ):
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        arguments = ["--no-sandbox", *CARDS.get(given.webgpu, [])]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        try:
            if given.webgpu:
                answers(browser, address)
                if given.webgpu == "card":
                    compare(browser, address, Path(temporary))
            else:
                times(browser, address, Path(temporary), given.folder)
        finally:
            browser.close()
            server.terminate()


def times(browser: Browser, address: str, folder: Path, shots: Path | None) -> None:
    """First colors and files of 2 and 12 megapixels."""
    files = photographs(folder)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    start = time.perf_counter()
    page.goto(address)
    until(page, "document.body.dataset.ready === 'yes'")
    print(f"page: {time.perf_counter() - start:.2f} s")
    until(page, "document.body.dataset.backend")
    print(f"network opened: {time.perf_counter() - start:.2f} s")
    for file in files:
        first = color(page, file)
        until(page, "document.querySelector('#stage').getAttribute('aria-busy') === 'false'")
        width, height = Image.open(file).size
        print(f"{file.stem} ({width * height / 1e6:.0f} MP): colors after {first:.2f} s, ", end="")
        print(f"its file after {save(page, folder):.2f} s", flush=True)
    away = np.asarray(Image.open(folder / "twelve.color.jpg")).std(axis=2).mean()
    print(f"12 MP: mean spread of red, green and blue {away:.1f}")
    if shots is not None:
        pictures(browser, address, files[1], shots)


ANSWERS = """async ({ lightness, size }) => {
  const told = await (await fetch("data.json")).json();
  const network = new Uint8Array(await (await fetch(told.network.name)).arrayBuffer());
  const { buildForCard, start } = await import(new URL("runtime.js", location.href));
  const made = {};
  for (const [provider, build] of [["wasm", "wasm"], ["webgpu", await buildForCard("webgpu")]]) {
    const binary = await (await fetch(told.runtimes[build].name)).arrayBuffer();
    const ort = await start(told.runtimes[build], binary, location.href);
    const session = await ort.InferenceSession.create(network, { executionProviders: [provider] });
    const known = new ort.Tensor("float32", new Float32Array(3 * lightness.length), [3, ...size]);
    const begun = performance.now();
    const { logits } = await session.run({ lightness: new ort.Tensor("float32", lightness, size), known });
    const seconds = (performance.now() - begun) / 1000;
    made[provider] = { seconds, dims: logits.dims, data: [...logits.data] };
  }
  return { ...made, bins: told.bins };
}"""


def answers(browser: Browser, address: str) -> None:
    """Compare what the network says of every place of a photograph, and the mean colors of that."""
    page = browser.new_page()
    page.set_default_timeout(0)
    page.goto(f"{address}?backend=wasm")
    size = (128, 160)
    grey = np.asarray(Image.fromarray(data.astronaut()[:400, :500]).convert("L").resize(size[::-1]))
    given = {"lightness": L_from_grey(grey).ravel().tolist(), "size": size}
    told = page.evaluate(ANSWERS, given)
    logits = [np.reshape(told[k]["data"], told[k]["dims"]) for k in ("wasm", "webgpu")]
    shares = [np.exp(one - one.max(axis=0)) for one in logits]
    ab = [np.tensordot(np.transpose(told["bins"]), one / one.sum(axis=0), 1) for one in shares]
    seconds = [told[k]["seconds"] for k in ("wasm", "webgpu")]
    apart, away = np.abs(logits[0] - logits[1]), np.hypot(*(ab[0] - ab[1]))
    print(f"a photograph at {size[1]} × {size[0]}: {seconds[0]:.1f} s by WASM, {seconds[1]:.1f} s by WebGPU")
    print(f"logits ({np.ptp(logits[0]):.1f} from least to most): {apart.max():.5f} apart at most, "
          f"{apart.mean():.6f} on average")  # fmt: skip
    print(f"mean colors, Lab units: {away.max():.5f} apart at most, {away.mean():.6f} on average")
    page.close()


def compare(browser: Browser, address: str, folder: Path) -> None:
    """Color one photograph by the processor and by the graphics card."""
    grey = folder / "grey.png"
    Image.fromarray(data.astronaut()[:256, 128:384]).convert("L").save(grey)
    made = {}
    for backend in ("wasm", "webgpu"):
        page = browser.new_page()
        start = time.perf_counter()
        page.goto(f"{address}?backend={backend}")
        until(page, "document.body.dataset.backend", 600)
        taken = page.evaluate("() => document.body.dataset.backend")
        print(f"{backend}: {taken} opened after {time.perf_counter() - start:.1f} s", flush=True)
        print(f"{backend}: colors after {color(page, grey, 900):.1f} s", flush=True)
        until(page, "document.querySelector('#stage').getAttribute('aria-busy') === 'false'", 900)
        save(page, folder)
        made[taken] = np.asarray(Image.open(folder / "grey.color.png").convert("RGB")).astype(int)
        page.close()
    away = np.abs(made["webgpu"] - made["wasm"])
    print(f"codes of 255 apart: {away.max()} at most, {away.mean():.4f} on average")


def pictures(browser: Browser, address: str, file: Path, folder: Path) -> None:
    """Keep pictures: desktop, dark, phone, Arabic."""
    folder.mkdir(parents=True, exist_ok=True)
    wide, small = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
    kinds = {
        "desktop": {"viewport": wide},
        "dark": {"viewport": wide, "color_scheme": "dark"},
        "phone": {"viewport": small, "has_touch": True, "is_mobile": True, "device_scale_factor": 2},
        "arabic": {"viewport": small, "locale": "ar"},
        "japanese": {"viewport": wide, "locale": "ja"},
    }
    for name, options in kinds.items():
        context = browser.new_context(**options)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(address)
        until(page, "document.body.dataset.ready === 'yes'")
        color(page, file)
        until(page, "document.querySelector('#stage').getAttribute('aria-busy') === 'false'")
        page.screenshot(path=folder / f"{name}.png")
        context.close()


if __name__ == "__main__":
    main()
