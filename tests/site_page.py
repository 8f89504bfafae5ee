"""A page without a server, and what people drop on it."""

import io
import time

import numpy as np
from PIL import Image

from export.sheets import grey_photo


def until(page, what, seconds=60):
    """Wait for a condition; the page's policy forbids Playwright's own way, which evaluates text."""
    end = time.monotonic() + seconds
    while not _holds(page, what):
        assert time.monotonic() < end, what
        page.wait_for_timeout(50)


def _holds(page, what):
    try:
        return page.evaluate(f"() => Boolean({what})")
    except Exception as error:
        if "context was destroyed" in str(error):  # another page comes in its place
            return False
        raise


def opened(page, address):
    """Open the page and wait until it may be used."""
    page.goto(address)
    ready(page)


def ready(page):
    """Wait until the page may be used."""
    until(page, "document.body?.dataset.ready === 'yes'")


def photos(page):
    """How many photographs there are."""
    return page.locator("#film > li").count()


def clear(page):
    """Take all photographs out again."""
    for left in range(photos(page) - 1, -1, -1):
        page.locator(".frame-remove").first.click()
        page.click("#ask-yes")
        until(page, f"document.querySelectorAll('#film > li').length === {left}")


def colored(page, name=""):
    """Wait until the photograph that is looked at is in color; return which picture of it that is."""
    until(
        page, f"document.title.startsWith('{name}') && document.querySelector('#canvas').dataset.version > 0"
    )
    until(page, "document.querySelector('#stage').getAttribute('aria-busy') === 'false'")
    return int(page.evaluate("() => document.querySelector('#canvas').dataset.version"))


def drop(page, *paths):
    """Drop files and folders, as a hand does it: the browser reads them from the disk."""
    line = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        line.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 300, "data": data})
    line.detach()


def encoded(picture, kind, **options):
    """The bytes of a picture."""
    made = io.BytesIO()
    picture.save(made, kind, **options)
    return made.getvalue()


def fill_attic(folder):
    """What people drop that is no photograph, or no plain one."""
    plain = Image.fromarray(grey_photo(60, 80))
    jpeg, png = encoded(plain, "JPEG"), encoded(plain, "PNG")
    frames = [Image.fromarray(grey_photo(60, 80) // k) for k in (1, 2)]
    film = {"save_all": True, "append_images": frames[1:], "loop": 0}
    files = {
        "letter.jpg": b"Dear aunt, ",
        "nothing.png": b"",
        "half.jpg": jpeg[:200],
        "cut.jpg": jpeg[: len(jpeg) * 3 // 4],
        "cut.png": png[: len(png) * 3 // 4],
        "behind.jpg": jpeg + b"what a camera keeps behind",
        "one.png": encoded(Image.new("L", (1, 1), 90), "PNG"),
        "line.png": encoded(Image.new("L", (3000, 1), 90), "PNG"),
        "new.heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64,
        "scan.tif": encoded(plain, "TIFF"),
        "shot.nef": b"II*\0" + b"\0" * 64,
        "shot.bin": b"\0\0\0\x18ftypcrx \0\0\0\0" + b"\0" * 64,
        "huge.svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="90000" height="90000"/>',
        "film.mp4": b"\0\0\0\x18ftypisom" + b"\0" * 64,
        "dance.gif": encoded(frames[0], "GIF", **film),
        "dance.webp": encoded(frames[0], "WEBP", **film),
        "press.jpg": encoded(Image.fromarray(np.dstack([grey_photo(60, 80)] * 4)).convert("CMYK"), "JPEG"),
        "album/a.png": png,
        "album/inner/b.jpg": jpeg,
        "album/Thumbs.db": b"no photograph",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder
