"""What the browser tests share: photographs, a studio in a process of its own, and hands for the page."""

import io
import json
import os
import resource
import urllib.request
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image

import studio_process
from mirrored import write_mirrored
from small_views import PAGE_SIDE, small_program

ROOT = Path(__file__).resolve().parents[2]
# CI names a folder whose files it keeps.
SHOTS = Path(os.environ.get("TINTYPE_SCREENSHOTS") or ROOT / "build" / "screenshots")
ARTIST = "A. Photographer"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Label="Grandmother"/>'
    "</rdf:RDF></x:xmpmeta>"
)
TOKEN = "a-token-for-tests-0123456789"


def grey(name):
    """A photograph of scikit-image in grey."""
    return Image.fromarray(getattr(skimage.data, name)()).convert("L")


def write_photos(folder, *names):
    """Grey JPEGs with an artist in their EXIF, a description in their XMP, and 300 dpi."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for name in names:
        picture = grey(name)
        exif = picture.getexif()
        exif[0x013B] = ARTIST
        picture.save(folder / f"{name}.jpg", quality=92, exif=exif, xmp=XMP.encode(), dpi=(300, 300))
        made.append(folder / f"{name}.jpg")
    return made


def second_network(home):
    """Install a network that paints otherwise: the one that comes along with its bins mirrored."""
    write_mirrored(home / "networks" / "mirror" / "network.onnx")


class Studio(studio_process.Studio):
    """A studio in a process of its own, which may be killed and starved; its networks look at small views."""

    program = small_program(PAGE_SIDE)

    def __init__(self, home, *arguments):
        super().__init__(*map(str, arguments), home=home, token=TOKEN)
        self.start()

    def forget(self):
        """Let it be without sessions."""

        def ask(path, method):
            asked = urllib.request.Request(self.address + path, headers=self.headers, method=method)
            with urllib.request.urlopen(asked, timeout=20) as answer:
                return answer.read()

        for session in json.loads(ask("/api/sessions", "GET"))["sessions"]:
            ask(f"/api/sessions/{session['id']}", "DELETE")

    def largest_file(self, size):
        """From now on no file of the studio may be larger, as on a disk that is full."""
        limit = resource.RLIM_INFINITY if size is None else size
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


class Hands:
    """A person at the page."""

    def __init__(self, page):
        self.page = page

    def until(self, condition, timeout=15000):
        """Wait in the page itself; Playwright's own way needs eval, which the page forbids."""
        self.page.evaluate(
            """([source, timeout]) => new Promise((ok, no) => {
              const end = performance.now() + timeout;
              const look = async () => {
                const [kind, ...rest] = source;
                const node = (id) => document.getElementById(id);
                const stage = await import("/static/js/stage.js");
                const { shown } = await import("/static/js/pictures.js");
                const { store } = await import("/static/js/store.js");
                const done = {
                  newer: () => shown.version > rest[0] && shown.after,
                  size: () => shown.after && shown.afterSize >= rest[0],
                  quiet: () => shown.after && shown.before && node("stage").ariaBusy === "false",
                  detail: () => shown.detail.before && shown.detail.after,
                  photos: () => store.photos.length === rest[0] && node("intake").hidden,
                }[kind]();
                if (done) ok(true);
                else if (performance.now() > end) no(new Error(`waited in vain for ${source}`));
                else setTimeout(look, 25);
              };
              look();
            })""",
            [condition if isinstance(condition, list) else [condition], timeout],
        )

    def version(self):
        """How many coloured pictures the page has shown."""
        return self.page.evaluate("async () => (await import('/static/js/pictures.js')).shown.version")

    def newer(self, act):
        """Do something and wait until a newer picture is shown."""
        before = self.version()
        act()
        self.until(["newer", before])
        self.until("quiet")

    def state(self):
        """How the photograph that is looked at is to be coloured."""
        return self.page.evaluate("async () => (await import('/static/js/store.js')).look()")

    def saved(self):
        """The same, as the server keeps it, once the page has sent everything."""
        return self.page.evaluate(
            """async () => {
              await (await import('/static/js/saving.js')).flush();
              const { store } = await import('/static/js/store.js');
              const s = await (await fetch(`/api/sessions/${store.session.id}`)).json();
              return s.photos.find((p) => p.id === store.current.id).state;
            }"""
        )

    def spot(self, x, y):
        """Where on the screen the place (x, y in 0-1) of the photograph is."""
        return self.page.evaluate(
            """async ([x, y]) => {
              const { view } = await import('/static/js/stage.js');
              const box = document.getElementById('stage').getBoundingClientRect();
              const [sx, sy] = view.toStage(x * view.width, y * view.height);
              return [box.left + sx, box.top + sy];
            }""",
            [x, y],
        )

    def view(self):
        return self.page.evaluate(
            "async () => { const { view } = await import('/static/js/stage.js'); return { ...view }; }"
        )

    def click_spot(self, x, y):
        self.page.mouse.click(*self.spot(x, y))

    def split(self, share):
        """Put the line between before and after somewhere, with keys."""
        self.page.locator("#compare").press("Home" if share == 0 else "End")

    def canvas(self):
        """What the canvas of the stage shows, H×W×4."""
        url = self.page.evaluate(
            """async () => {
              (await import('/static/js/stage.js')).repaint();
              await new Promise((ok) => requestAnimationFrame(() => requestAnimationFrame(ok)));
              return document.getElementById('canvas').toDataURL('image/png');
            }"""
        )
        import base64

        with Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as picture:
            return np.asarray(picture.convert("RGBA"))

    def patch(self, x, y, side=8):
        """Mean colour of the canvas around a place of the photograph, RGB 0-255."""
        return np.array(
            self.page.evaluate(
                """async ([x, y, side]) => {
                  (await import('/static/js/stage.js')).repaint();
                  await new Promise((ok) => requestAnimationFrame(() => requestAnimationFrame(ok)));
                  const canvas = document.getElementById('canvas');
                  const box = document.getElementById('stage').getBoundingClientRect();
                  const k = canvas.width / box.width;
                  const [left, top] = [x - box.left, y - box.top].map((v) => Math.trunc(v * k) - side);
                  const { data } = canvas.getContext('2d').getImageData(left, top, 2 * side, 2 * side);
                  const sum = [0, 0, 0];
                  for (let i = 0; i < data.length; i += 1) if (i % 4 < 3) sum[i % 4] += data[i];
                  return sum.map((all) => all / (4 * side * side));
                }""",
                [*self.spot(x, y), side],
            )
        )

    def add(self, files):
        """Choose files and wait until they are there and the first is coloured."""
        count = len(self.page.locator("#film > li").all())
        self.page.set_input_files("#file-input", [str(f) for f in files])
        self.until(["photos", count + len(files)])
        self.until("quiet")

    def slide(self, name, value):
        """Move a slider as a hand does: several positions, then let go."""
        self.page.locator(f"#set-{name}").evaluate(
            """(node, value) => {
              const from = Number(node.value);
              for (let i = 1; i <= 4; i += 1) {
                node.value = String(from + ((value - from) * i) / 4);
                node.dispatchEvent(new Event('input', { bubbles: true }));
              }
              node.dispatchEvent(new Event('change', { bubbles: true }));
            }""",
            value,
        )

    def shot(self, name):
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png")


def is_whole(picture, original):
    """Whether a coloured file has the size of its original and all that was in it beside the pixels."""
    assert picture.size == original.size
    assert picture.mode == "RGB"
    assert np.ptp(np.asarray(picture), axis=2).mean() > 2
    assert picture.getexif()[0x013B] == ARTIST
    assert picture.info["dpi"] == pytest.approx((300, 300))
    assert b"Grandmother" in picture.info["xmp"]
    return True


def chroma(rgb):
    """A plain measure of colourfulness: the spread of the channels, 0-255."""
    return float(np.max(rgb) - np.min(rgb))
