"""For everybody: axe, keyboard alone, phones, dark, reduced motion, all words in one file."""

import re
from pathlib import Path

import pytest

from studio_page.conftest import sit_down
from studio_page.page_tools import ROOT

pytestmark = pytest.mark.browser
AXE = Path(__file__).with_name("vendor") / "axe.min.js"
STATIC = ROOT / "src" / "tintype" / "studio" / "static"


def violations(page):
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations")
    return [
        (v["id"], v["impact"], [n["html"][:120] for n in v["nodes"]][:4])
        for v in found
        if v["impact"] in ("serious", "critical", "moderate")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser, studio, photos, scheme):
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    person = next(visit := sit_down(context, studio))
    page = person.page
    assert violations(page) == []
    person.shot(f"start-{scheme}")
    person.add(photos[:2])
    person.click_spot(0.6, 0.7)
    page.locator("#picker-colors .swatch").first.wait_for()
    page.locator("#picker-colors .swatch").first.click()
    person.until("quiet")
    assert violations(page) == []
    page.click("#picker-close")
    page.get_by_role("radio", name="Keep grey").check()
    for block in page.locator("details").all():
        block.locator("summary").click()
    assert violations(page) == []
    page.get_by_role("radio", name="Colour", exact=True).check()
    person.shot(f"desktop-{scheme}")
    for opener, dialog in (
        ("#sessions-open", "#sessions"),
        ("#download-open", "#download"),
        ("#proposals-open", "#proposals"),
        ("#help-open", "#help"),
    ):
        page.click(opener)
        page.locator(dialog).wait_for()
        if dialog == "#proposals":
            page.locator(".proposal").first.wait_for()
        assert violations(page) == []
        page.keyboard.press("Escape")
    next(visit, None)
    context.close()


def test_help_says_how_and_names_the_keys(person):
    person.page.get_by_role("button", name="Help and keys").click()
    dialog = person.page.get_by_role("dialog", name="How it works")
    assert dialog.get_by_role("listitem").count() >= 5
    assert dialog.locator("kbd", has_text="Ctrl+Z").count() == 1
    person.shot("help")
    person.page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_dark_by_the_button_and_kept(person):
    page = person.page
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 22, 22)"
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 22, 22)"


def test_keyboard_alone(at_photo):
    page = at_photo.page
    page.reload()
    at_photo.until("quiet")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.locator("#stage").focus()
    page.keyboard.press("Enter")  # a colour at the middle
    page.locator("#picker-colors .swatch").first.wait_for()
    assert page.evaluate("document.getElementById('picker').contains(document.activeElement)")
    at_photo.newer(lambda: page.keyboard.press("Enter"))
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "stage"
    (hint,) = at_photo.saved()["hints"]
    assert (hint["x"], hint["y"]) == pytest.approx((0.5, 0.5), abs=0.01)
    at_photo.newer(lambda: page.locator("#set-warmth").press("End"))
    assert at_photo.saved()["settings"] == {"warmth": 1}
    # Every control is reached, and each has a name.
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate("(document.activeElement.id || document.activeElement.className)")
        assert page.evaluate(
            """() => {
              const e = document.activeElement;
              return e === document.body ||
                Boolean(e.ariaLabel || e.labels?.[0]?.textContent || e.textContent.trim() || e.title);
            }"""
        ), name
        seen.add(name)
    assert {
        "stage",
        "compare",
        "zoom-in",
        "set-vividness",
        "proposals-open",
        "network",
        "download-open",
        "undo",
    } <= seen


def test_a_screen_reader_hears_what_happens(at_photo):
    page = at_photo.page
    status = page.locator("#status[role=status][aria-live=polite]")
    assert "is coloured" in status.text_content() or "added" in status.text_content()
    at_photo.click_spot(0.7, 0.4)
    page.locator("#picker-colors .swatch").first.wait_for()
    page.locator("#picker-colors .swatch").first.click()
    assert "set" in status.text_content()
    page.click("#picker-remove")
    assert "removed" in status.text_content()
    assert page.get_by_role("img", name="astronaut.jpg, coloured").count() == 1
    assert page.get_by_role("slider", name="Warmth").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone(browser, studio, photos, scheme):
    context = browser.new_context(
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
        color_scheme=scheme,
    )
    person = next(visit := sit_down(context, studio))
    page = person.page
    person.shot(f"phone-start-{scheme}")
    person.add(photos[:2])
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.touchscreen.tap(*person.spot(0.7, 0.7))
    page.locator("#picker-colors .swatch").first.wait_for()
    person.shot(f"phone-picker-{scheme}")
    page.locator("#picker-colors .swatch").first.tap()
    person.until("quiet")
    page.tap("#picker-close")
    assert len(person.state()["hints"]) == 1
    person.shot(f"phone-{scheme}")
    assert violations(page) == []
    next(visit, None)
    context.close()


def test_all_words_are_in_one_file():
    html = (STATIC / "index.html").read_text(encoding="utf-8")
    keys = set(re.findall(r'data-t(?:-label|-title)?="([\w.]+)"', html))
    for file in (STATIC / "js").glob("*.js"):
        keys |= set(re.findall(r'\bt\("([\w.]+)"', file.read_text(encoding="utf-8")))
    words = (STATIC / "texts" / "en.js").read_text(encoding="utf-8")
    missing = [k for k in keys if not re.search(rf"\b{re.escape(k.rpartition('.')[2])}\b:", words)]
    assert keys and missing == []
