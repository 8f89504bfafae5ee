"""The page that needs no server, used by a person: coloured here, kept for offline, and nothing is sent."""

import io
import json
import socket
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from PIL import Image

from export.sheets import grey_photo
from tintype import Colorizer
from tintype.color.lab import lab_from_srgb

PlaywrightError = pytest.importorskip("playwright.sync_api").Error
pytestmark = pytest.mark.browser


class Quiet(SimpleHTTPRequestHandler):
    """A plain host, that prints nothing."""

    def log_message(self, *_):
        pass


def until(page, what, seconds=60):
    """Wait for a condition; the page's policy forbids Playwright's own way, which evaluates text."""
    end = time.monotonic() + seconds
    while not page.evaluate(f"() => Boolean({what})"):
        assert time.monotonic() < end, what
        page.wait_for_timeout(50)


@pytest.fixture(scope="module")
def page(browser, address):
    context = browser.new_context(viewport={"width": 1200, "height": 800}, locale="en-GB")
    page = context.new_page()
    page.asked = []
    context.on("request", lambda request: page.asked.append((request.method, request.url)))
    page.goto(address)
    until(page, "document.body.dataset.ready === 'yes'")
    yield page
    context.close()


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    file = tmp_path_factory.mktemp("album") / "aunt.png"
    picture = Image.fromarray(grey_photo(256, 352))
    exif = picture.getexif()
    exif[0x013B] = "A. Photographer"
    picture.save(file, exif=exif)
    return file


def colored(page):
    until(page, "document.querySelector('#stage').getAttribute('aria-busy') === 'false'")
    return int(page.evaluate("() => document.querySelector('#canvas').dataset.version ?? '0'"))


def download(page):
    page.click("#download-open")
    with page.expect_download() as made:
        page.click("#download-one")
    return made.value.suggested_filename, Image.open(io.BytesIO(made.value.path().read_bytes()))


def test_a_photograph_is_colored_and_saved_with_its_metadata(page, photo, address):
    page.set_input_files("#file-input", str(photo))
    until(page, "document.title.startsWith('aunt.png')")
    until(page, "document.querySelector('#canvas').dataset.version > 0")
    colored(page)
    name, made = download(page)
    assert name == "aunt.color.png"
    assert made.getexif()[0x013B] == "A. Photographer"
    assert "Tintype: tintype" in made.info["XML:com.adobe.xmp"]
    got, wanted = np.asarray(made.convert("RGB")), Colorizer()(grey_photo(256, 352))
    lab, other = lab_from_srgb(got), lab_from_srgb(wanted)
    assert np.abs(lab[..., 0] - other[..., 0]).max() <= 0.6
    assert np.hypot(*np.moveaxis(lab - other, -1, 0)[1:]).mean() < 2  # weights of 8 bits

    # A click asks for the colours likely there; one of them is taken.
    page.locator("#stage").click(position={"x": 300, "y": 300})
    page.locator("#picker-colors button").first.click()
    until(page, "document.querySelectorAll('#hint-list li').length === 1")
    before = colored(page)
    page.keyboard.press("Escape")
    page.locator("#set-vividness").fill("1")
    until(page, f"Number(document.querySelector('#canvas').dataset.version) > {before}")
    colored(page)
    assert np.abs(np.asarray(download(page)[1].convert("RGB")).astype(int) - got).mean() > 1

    # All that was ever asked for are the page's own files.
    sent = [(m, u) for m, u in page.asked if m != "GET" or not u.startswith((address, "blob:", "data:"))]
    assert sent == []


def test_proposals_and_doubt_are_shown(page):
    page.click("#proposals-open")
    until(page, "document.querySelectorAll('#proposals-grid img').length === 6")
    until(page, "[...document.querySelectorAll('#proposals-grid img')].every((i) => i.naturalWidth > 0)")
    before = colored(page)
    page.locator("#proposals-grid button").nth(3).click()
    until(page, f"Number(document.querySelector('#canvas').dataset.version) > {before}")
    page.check("#confidence")
    until(page, "/unsure|doubt|hatch/i.test(document.querySelector('#status').textContent)")
    page.uncheck("#confidence")
    assert page.locator(".notice.problem").count() == 0


def test_nothing_can_be_sent_elsewhere(page):
    elsewhere = socket.create_server(("127.0.0.1", 0))
    elsewhere.setblocking(False)
    tried = page.evaluate(
        """async (port) => {
          const ends = [];
          const went = (name) => () => ends.push(`${name} went`);
          // Who gets no answer is not waited for: that somebody came is seen there.
          const late = () => new Promise((_, bad) => { setTimeout(bad, 1000); });
          const attempt = (name, fn) => Promise.race([fn(), late()]).then(went(name), () => {});
          const given = { method: "POST", body: "x" };
          await attempt("fetch", () => fetch(`http://127.0.0.1:${port}/`, { ...given, mode: "no-cors" }));
          await attempt("own", async () => {
            const answer = await fetch("data.json", given);
            if (!answer.ok) throw new Error(answer.status);
          });
          await attempt("socket", () => new Promise((good, bad) => {
            const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
            socket.onopen = good;
            socket.onerror = bad;
          }));
          await attempt("picture", () => new Promise((good, bad) => {
            const image = new Image();
            image.onload = good;
            image.onerror = bad;
            image.src = `http://127.0.0.1:${port}/x.png`;
          }));
          return ends;
        }""",
        elsewhere.getsockname()[1],
    )
    assert tried == []
    policy = page.evaluate("() => document.querySelector('meta[http-equiv]').content")
    assert "connect-src 'self';" in policy
    assert "form-action 'none'" in policy
    with elsewhere, pytest.raises(BlockingIOError):
        elsewhere.accept()  # nobody has come


def test_it_works_without_a_line_after_the_first_visit(page, photo):
    until(page, "navigator.serviceWorker.controller")
    page.context.set_offline(True)
    try:
        page.reload()
        until(page, "document.body.dataset.ready === 'yes'")
        page.set_input_files("#file-input", str(photo))
        until(page, "document.querySelector('#canvas').dataset.version > 0")
        colored(page)
        assert page.evaluate("() => crossOriginIsolated")
    finally:
        page.context.set_offline(False)


def test_hosts_without_headers_get_threads_too(browser, built):
    handler = partial(Quiet, directory=built)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        context = browser.new_context()
        # The network itself is of no matter here.
        context.route("**/look.onnx", lambda route: route.abort())
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        end = time.monotonic() + 30
        isolated = False
        while not isolated and time.monotonic() < end:
            try:  # it loads itself once more
                isolated = page.evaluate("() => crossOriginIsolated && document.body.dataset.ready === 'yes'")
            except PlaywrightError:
                isolated = False
            page.wait_for_timeout(100)
        assert isolated
        context.close()
        server.shutdown()


def test_a_damaged_network_is_refused(browser, address, built):
    context = browser.new_context()
    page = context.new_page()
    told = json.loads((built / "data.json").read_text(encoding="utf-8"))
    told["network"]["sha256"] = "0" * 64
    context.route("**/data.json", lambda route: route.fulfill(json=told))
    page.goto(address)
    until(page, "document.body.dataset.ready === 'yes'")
    page.set_input_files("#file-input", files=[{"name": "a.png", "mimeType": "image/png", "buffer": _tiny()}])
    until(page, "document.querySelector('.notice.problem')")
    assert "hash is wrong" in page.locator(".notice.problem").inner_text()
    context.close()


def _tiny():
    made = io.BytesIO()
    Image.new("L", (40, 30), 90).save(made, "PNG")
    return made.getvalue()


def test_it_can_be_installed(page, built):
    manifest = json.loads((built / "manifest.webmanifest").read_text(encoding="utf-8"))
    assert (built / manifest["icons"][0]["src"]).is_file()
    assert manifest["display"] == "standalone"
    assert "Microsoft" in (built / "ort" / "LICENSE.txt").read_text(encoding="utf-8")
