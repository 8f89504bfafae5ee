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
import pyvips
from PIL import Image

from chromium import CARD, chromium
from export.sheets import grey_photo
from page_access import tab_to, violations, violations_in_both
from photo.test_profiles import grey_gamma
from site_page import clear, colored, drop, fill_attic, opened, photos, ready, until
from small_views import PAGE_SIDE
from tintype import Colorizer, Settings
from tintype.color.lab import lab_from_srgb
from tintype.photo.read import read

PlaywrightError = pytest.importorskip("playwright.sync_api").Error
pytestmark = pytest.mark.browser


class Quiet(SimpleHTTPRequestHandler):
    """A plain host, that prints nothing."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def page(browser, address):
    context = browser.new_context(viewport={"width": 1200, "height": 800}, locale="en-GB")
    page = context.new_page()
    page.asked = []
    context.on("request", lambda request: page.asked.append((request.method, request.url)))
    opened(page, address)
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
    got, wanted = np.asarray(made.convert("RGB")), Colorizer()(grey_photo(256, 352), size=PAGE_SIDE)
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
        context.route("**/network.onnx", lambda route: route.abort())
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
    until(page, "document.querySelector('.notice.problem')")  # nobody had to choose a photograph first
    page.locator("#network-progress").wait_for(state="hidden")
    page.set_input_files("#file-input", files=[{"name": "a.png", "mimeType": "image/png", "buffer": _tiny()}])
    until(page, "document.querySelectorAll('.notice.problem').length === 2")
    assert "did not come whole" in page.locator(".notice.problem").first.inner_text()
    context.close()


def _tiny():
    made = io.BytesIO()
    Image.new("L", (40, 30), 90).save(made, "PNG")
    return made.getvalue()


@pytest.fixture(scope="module")
def attic(tmp_path_factory):
    return fill_attic(tmp_path_factory.mktemp("attic"))


_REFUSED = {
    "letter.jpg": "could not be read",
    "nothing.png": "is empty",
    "half.jpg": "is cut short",
    "cut.jpg": "is cut short",
    "cut.png": "is cut short",
    "new.heic": "don’t read HEIC",
    "scan.tif": "don’t read TIFF",
    "shot.nef": "don’t read RAW",
    "shot.bin": "don’t read RAW",
    "huge.svg": "don’t read SVG",
    "film.mp4": "program Tintype",
}


def test_what_is_no_photograph_is_refused_in_words(page, attic):
    """Each in words of its own, that name it; what is dropped with it comes in all the same."""
    before = photos(page)
    for name, words in _REFUSED.items():
        drop(page, attic / name)
        last = "[...document.querySelectorAll('.notice.problem p')].at(-1)"
        until(page, f"{last}?.textContent.startsWith('{name}')")
        assert words in page.locator(".notice.problem p").last.inner_text(), name
    assert photos(page) == before
    page.evaluate("() => document.querySelector('#notices').replaceChildren()")


_SPECIAL = {
    "dance.gif": "the first is coloured",
    "dance.webp": "the first is coloured",
    "press.jpg": "in a way of their own",
    "behind.jpg": "",
    "one.png": "",
    "line.png": "",
}


def test_what_is_special_is_colored_and_said(page, attic):
    before = photos(page)
    drop(page, *(attic / name for name in _SPECIAL))
    until(page, f"document.querySelectorAll('#film > li').length === {before + len(_SPECIAL)}")
    for name, words in _SPECIAL.items():
        page.locator("#film .frame", has_text=name).last.click()
        colored(page, name)
        said = page.locator("#photo-facts").inner_text()
        assert words in said, name
        assert "short" not in said
    assert page.locator(".notice.problem").count() == 0


def test_folders_and_more_while_others_are_colored(page, attic, photo):
    before = photos(page)
    drop(page, attic / "album", attic / "letter.jpg")
    drop(page, photo)
    until(page, f"document.querySelectorAll('#film > li').length === {before + 3}")
    until(page, "document.querySelectorAll('.notice.problem').length === 1")
    assert "letter.jpg" in page.locator(".notice.problem").inner_text()
    page.evaluate("() => document.querySelector('#notices').replaceChildren()")


def test_photographs_outlive_a_reload_another_language_and_the_way_back(page, address, photo):
    until(page, "navigator.serviceWorker.controller")
    clear(page)
    page.set_input_files("#file-input", str(photo))
    colored(page, "aunt.png")
    page.locator("#set-vividness").fill("1")
    for go in (
        page.reload,
        lambda: page.select_option("#language", "de"),
        lambda: (page.goto("about:blank"), page.go_back()),
    ):
        page.evaluate("() => { globalThis.old = true; }")
        go()
        until(page, "!globalThis.old")
        ready(page)
        assert photos(page) == 1
        assert page.locator("#set-vividness").input_value() == "1"
    colored(page, "aunt.png")
    assert page.evaluate("() => document.documentElement.lang") == "de"
    other = page.context.new_page()  # another tab has its own
    opened(other, address)
    assert photos(other) == 0
    other.close()
    page.select_option("#language", "en")
    until(page, "document.documentElement.lang === 'en'")
    ready(page)


def _saved(pixels, icc):
    made = io.BytesIO()
    Image.fromarray(pixels).save(made, "PNG", icc_profile=icc)
    return made.getvalue()


def test_profiles_are_applied_as_by_the_line(page):
    ramp = np.tile(np.arange(256, dtype=np.uint8), (4, 1))
    wide = np.dstack([ramp, ramp[:, ::-1], np.full_like(ramp, 120)])
    for pixels, icc in ((wide, pyvips.Operation.call("profile_load", "p3")), (ramp, grey_gamma(1.0))):
        data = _saved(pixels, icc)
        seen = page.evaluate(
            """async (bytes) => {
              const bitmap = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
              const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
              context.drawImage(bitmap, 0, 0);
              return [...context.getImageData(0, 0, bitmap.width, bitmap.height).data];
            }""",
            list(data),
        )
        meant = read(data, Settings())[0].open().numpy().reshape(4, 256, -1).astype(int)
        assert np.abs(np.array(seen).reshape(4, 256, 4)[..., :3] - meant).max() <= 1
        assert np.abs(pixels.reshape(4, 256, -1) - meant).max() > 20


def test_everybody_can_use_it(page, photo):
    """Axe in every state, then keys alone; what happens is said to whoever doesn't see it."""
    page.evaluate(  # what is kept is damaged meanwhile: it is fetched anew
        """async () => {
          const cache = await caches.open("tintype-network");
          for (const one of await cache.keys()) await cache.put(one, new Response("rust"));
        }"""
    )
    clear(page)
    page.reload()
    ready(page)
    assert violations(page) == []
    tab_to(page, "pick-files")
    page.set_input_files("#file-input", str(photo))
    until(page, "document.querySelector('#canvas').dataset.version > 0")
    before = colored(page)
    until(page, "/is coloured|added/.test(document.querySelector('#status').textContent)")
    tab_to(page, "stage")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#picker-colors button')")
    assert violations(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, f"Number(document.querySelector('#canvas').dataset.version) > {before}")
    assert "set" in page.locator("#status").inner_text()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "stage"
    tab_to(page, "compare")
    page.keyboard.press("Home")
    assert page.locator("#compare").get_attribute("aria-valuenow") == "0"
    before = colored(page)
    tab_to(page, "set-warmth")
    page.keyboard.press("End")
    until(page, f"Number(document.querySelector('#canvas').dataset.version) > {before}")
    for opener, dialog in (("#download-open", "#download"), ("#help-open", "#help")):
        page.click(opener)
        page.locator(dialog).wait_for()
        assert violations_in_both(page) == []
        page.keyboard.press("Escape")
    assert violations_in_both(page) == []


def test_it_works_where_the_graphics_card_fails_and_nothing_may_be_kept(playwright_, address, photo):
    """No cache, service worker or storage, as in private windows; and a runtime that comes damaged."""
    browser = playwright_.chromium.launch(executable_path=chromium(), args=CARD)
    context = browser.new_context(locale="en-GB", service_workers="block")
    context.route("**/*.jspi.wasm", lambda route: route.fulfill(body=b"no runtime"))
    script = {"content_type": "text/javascript"}
    context.route("**/network.js", lambda route: route.fulfill(body=_forgetful(route), **script))
    page = context.new_page()
    no = "{ get() { throw new DOMException('no'); } }"
    for name in ("localStorage", "sessionStorage"):
        page.add_init_script(f"Object.defineProperty(window, '{name}', {no});")
    # Nor is all well with the languages, as on systems that have none.
    page.add_init_script("Object.defineProperty(navigator, 'languages', { value: ['c', 'en-GB'] });")
    page.goto(f"{address}?backend=webgpu")
    until(page, "document.body.dataset.ready === 'yes'")
    card = page.evaluate("async () => Boolean(await navigator.gpu?.requestAdapter())")
    if card:
        until(page, "document.querySelector('.notice')")
        assert "the processor colours your photographs" in page.locator(".notice").inner_text()
    page.set_input_files("#file-input", str(photo))
    until(page, "document.querySelector('#canvas').dataset.version > 0")
    assert page.locator("body").get_attribute("data-backend") == "wasm"
    assert page.locator(".notice.problem").count() == 0
    # Nobody could hold the photograph over a reload: the browser asks first.
    page.locator("#set-warmth").click()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.reload()
    assert asked == ["beforeunload"]
    browser.close()


def _forgetful(route):
    """The page's module for large files, in a worker whose cache refuses everything."""
    no = "Promise.reject(new DOMException('no', 'QuotaExceededError'))"
    caches = f"{{ open: async () => ({{ match: () => {no}, put: () => {no}, keys: () => {no} }}) }}"
    return f"Object.defineProperty(globalThis, 'caches', {{ value: {caches} }});\n" + route.fetch().text()


def test_it_can_be_installed(page, built):
    manifest = json.loads((built / "manifest.webmanifest").read_text(encoding="utf-8"))
    assert (built / manifest["icons"][0]["src"]).is_file()
    assert manifest["display"] == "standalone"
    assert "Microsoft" in (built / "ort" / "LICENSE.txt").read_text(encoding="utf-8")
