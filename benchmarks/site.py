"""Times of the page that needs no server, in a headless Chromium, and pictures of it.

bash scripts/site.sh build && python benchmarks/site.py [FOLDER FOR PICTURES]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from skimage import data

ROOT = Path(__file__).resolve().parent.parent


def until(page: Page, what: str, seconds: float = 120) -> float:
    """Wait until a condition holds (the page's policy forbids Playwright's own way); return the seconds."""
    start = time.perf_counter()
    while not page.evaluate(f"() => Boolean({what})"):
        if time.perf_counter() - start > seconds:
            raise TimeoutError(what)
        page.wait_for_timeout(20)
    return time.perf_counter() - start


def color(page: Page, file: Path) -> float:
    """Seconds from choosing a photograph to its first colors."""
    before = page.evaluate("() => document.querySelector('#canvas').dataset.version ?? '0'")
    name = file.stem
    start = time.perf_counter()
    page.set_input_files("#file-input", str(file))
    until(page, f"document.title.startsWith('{name}')")
    until(page, f"Number(document.querySelector('#canvas').dataset.version ?? 0) > {before}")
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


def main() -> None:
    """Print the times; keep pictures where a folder is named."""
    shots = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    serving = [sys.executable, str(ROOT / "scripts" / "site_serve.py"), str(ROOT / "build" / "site"), "0"]
    with (
        tempfile.TemporaryDirectory() as temporary,
        subprocess.Popen(serving, stdout=subprocess.PIPE, text=True) as server,
        sync_playwright() as playwright,
    ):
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        folder = Path(temporary)
        files = photographs(folder)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            start = time.perf_counter()
            page.goto(address)
            until(page, "document.body.dataset.ready === 'yes'")
            print(f"page: {time.perf_counter() - start:.2f} s")
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
        finally:
            browser.close()
            server.terminate()


def pictures(browser: object, address: str, file: Path, folder: Path) -> None:
    """Keep pictures: desktop, dark, phone, Arabic."""
    folder.mkdir(parents=True, exist_ok=True)
    wide, small = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
    kinds = {
        "desktop": {"viewport": wide},
        "dark": {"viewport": wide, "color_scheme": "dark"},
        "phone": {"viewport": small, "has_touch": True, "is_mobile": True, "device_scale_factor": 2},
        "arabic": {"viewport": small, "locale": "ar"},
    }
    for name, options in kinds.items():
        context = browser.new_context(**options)  # type: ignore[attr-defined]
        page = context.new_page()
        page.goto(address)
        until(page, "document.body.dataset.ready === 'yes'")
        color(page, file)
        until(page, "document.querySelector('#stage').getAttribute('aria-busy') === 'false'")
        page.screenshot(path=folder / f"{name}.png")
        context.close()


if __name__ == "__main__":
    main()
