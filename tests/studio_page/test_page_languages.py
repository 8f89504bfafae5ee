"""The page in other languages than English."""

import json
from pathlib import Path

import pytest

from studio.page_texts import LANGUAGES, STATIC, words
from studio_page.conftest import sit_down
from studio_page.page_tools import chroma

INDEX = """export const languages = {
  en: { name: "English", tag: "en" },
  eo: { name: "⟦Esperanto⟧", tag: "eo" },
};"""
UNMARKED = """() => {
  const own = ["kbd", ".frame-name", ".folder-list", ".folder h2", "#network", "#language", "#language-too",
    "#session-title", "#open-films a", ".mark", ".session strong", "style", "script", "noscript"].join();
  const found = [];
  const look = (text, where) => {
    if (/[a-z]{2}/i.test(text) && !text.includes("⟦")) found.push(`${where}: ${text.trim()}`);
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    if (!walk.currentNode.parentElement.closest(own)) look(walk.currentNode.data, "text");
  }
  for (const e of document.querySelectorAll("[aria-label], [title], [alt], [placeholder]")) {
    if (e.closest(".folder-list") || e.matches(".frame")) continue;
    for (const name of ["aria-label", "title", "alt", "placeholder"]) look(e.getAttribute(name) ?? "", name);
  }
  return found;
}"""


def marked(node):
    """All texts of a tree between marks, with their values left as they are."""
    if isinstance(node, dict):
        return {key: marked(below) for key, below in node.items()}
    if isinstance(node, list):
        return [marked(below) for below in node]
    return f"⟦{node}⟧"


def test_a_translation_is_one_file(browser, studio, photos):
    """Every word that is seen or read out comes from it."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="eo")
    english = json.loads((STATIC / "texts" / "en.json").read_text(encoding="utf-8"))
    context.route(
        "**/texts/index.js", lambda route: route.fulfill(body=INDEX, content_type="text/javascript")
    )
    context.route("**/texts/eo.json", lambda route: route.fulfill(json=marked(english)))
    person = next(visit := sit_down(context, studio))
    page = person.page
    assert page.evaluate("document.documentElement.lang") == "eo"
    assert page.evaluate(UNMARKED) == []
    person.add(photos[:2])
    person.click_spot(0.6, 0.7)
    page.locator("#picker-colors .swatch").first.click()
    person.until("quiet")
    for summary in page.locator("details summary").all():
        summary.click()
    page.click("#apply-all")
    page.locator(".notice").wait_for()
    page.set_input_files("#file-input", [str(STATIC / "icon.svg")])
    page.locator(".notice.problem").wait_for()
    page.click("#proposals-open")
    page.locator(".proposal").first.wait_for()
    page.keyboard.press("Escape")
    page.click("#sessions-open")
    page.locator(".session").first.wait_for()
    assert page.evaluate(UNMARKED) == []
    next(visit, None)
    context.close()


@pytest.fixture(scope="module")
def words_of(browser, studio):
    """What the page's own writer makes of a message: ``(language, message, values) -> text``."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(studio.url)
    page.wait_for_selector("body[data-ready]")

    def write(language, text, rtl=False, **values):
        return page.evaluate(
            """async ([language, text, values, rtl]) => {
              const { writer } = await import('/static/js/message.js');
              return writer(language, rtl)(text, values);
            }""",
            [language, text, values, rtl],
        )

    yield write
    context.close()


def test_numbers_lists_and_plurals_are_those_of_the_language(words_of):
    photos = "{n, plural, =0 {none} one {# foto} few {# foty} many {# fot} other {# fota}}"
    assert [words_of("pl", photos, n=n) for n in (0, 1, 3, 5, 22)] == [
        "none", "1 foto", "3 foty", "5 fot", "22 foty",
    ]  # fmt: skip
    assert words_of("de", "{n, number} in {name}", n=12345.67, name="a.jpg") == "12.345,7 in a.jpg"
    assert words_of("en", "{n, percent}", n=50) == "50%"
    assert words_of("fr", "{n, percent}", n=50) == "50\u00a0%"
    assert words_of("en", "{n, signed}", n=-3) == "−3"
    assert words_of("es", "{names, list}", names=["a", "b", "c"]) == "a, b y c"
    assert words_of("en", "{width, plain} px", width=12345) == "12345 px"
    # A name keeps its own direction in a text that runs from right to left.
    assert words_of("ar", "({name})", rtl=True, name="a.jpg") == "(\u2068a.jpg\u2069)"


def test_the_language_is_chosen_by_the_browser_and_by_hand(browser, studio):
    last = LANGUAGES[-1] if LANGUAGES[-1] != "en" else LANGUAGES[0]
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="de-AT")
    person = next(visit := sit_down(context, studio))
    page = person.page
    if "de" in LANGUAGES:
        assert page.evaluate("document.documentElement.lang") == "de"
        assert page.inner_text(".start h2") == words("de")["start.title"]
    with page.expect_navigation():
        page.select_option("#language", last)
    page.wait_for_selector("body[data-ready]")
    assert page.inner_text(".start h2") == words(last)["start.title"]
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert page.inner_text(".start h2") == words(last)["start.title"]
    next(visit, None)
    context.close()


CUT = Path(__file__).with_name("cut_off.js").read_text(encoding="utf-8")


def test_no_language_is_cut_off_on_a_small_phone(browser, studio, photos):
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-GB")
    person = next(visit := sit_down(context, studio))
    page = person.page
    cut = {}

    show = (
        "() => {{ document.querySelector('dialog[open]')?.close();"
        " document.getElementById('{}').showModal(); }}"
    )
    places = {
        "photo": "() => { for (const block of document.querySelectorAll('details')) block.open = true; }",
        **{name: show.format(name) for name in ("help", "sessions", "download", "proposals", "camera")},
    }

    def look(language, place):
        if found := page.evaluate(CUT):
            cut[f"{language}, {place}"] = found

    person.add(photos[:2])
    for language in LANGUAGES:
        page.evaluate("(code) => localStorage.setItem('tintype.language', code)", language)
        page.reload()
        page.wait_for_selector("body[data-ready]")
        for place, opened in places.items():
            page.evaluate(opened)
            look(language, place)
        page.evaluate("() => document.querySelector('dialog[open]').close()")
        person.until("quiet")
        person.shot(f"phone-360-{language}")
        # As a new session does it, without loading the page once more.
        page.evaluate("async () => (await import('/static/js/store.js')).setSession(null)")
        page.locator("#start").wait_for()
        look(language, "start")
        person.shot(f"phone-360-start-{language}")
    assert cut == {}
    next(visit, None)
    context.close()


def test_arabic_runs_from_right_to_left(browser, studio, photos):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ar")
    person = next(visit := sit_down(context, studio))
    page = person.page
    assert page.evaluate("[document.documentElement.dir, document.documentElement.lang]") == ["rtl", "ar"]
    person.add(photos[:1])
    boxes = {name: page.locator(name).bounding_box() for name in ("#shelf", "#panel", "#stage")}
    assert boxes["#panel"]["x"] < boxes["#stage"]["x"] < boxes["#shelf"]["x"]
    # Before lies on the right; the arrow to the left moves the line on to the left, and shows more of before.
    line = page.locator("#compare")
    line.press("Home")
    for _ in range(3):
        line.press("Shift+ArrowLeft")
    assert line.get_attribute("aria-valuenow") == "30"
    knob, stage = page.locator(".compare-knob").bounding_box(), boxes["#stage"]
    assert knob["x"] > stage["x"] + stage["width"] / 2
    assert chroma(person.patch(0.9, 0.4)) < 3 < chroma(person.patch(0.45, 0.3))
    before, after = (page.locator(f"#tag-{name}").bounding_box()["x"] for name in ("before", "after"))
    assert after < before
    person.shot("desktop-arabic")
    next(visit, None)
    context.close()
