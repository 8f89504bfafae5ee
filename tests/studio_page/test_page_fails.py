"""What goes wrong is said in words: a bad photo, a lost server, a full disk, no camera."""

import pytest

from chromium import ARGUMENTS, chromium
from studio_page.conftest import sit_down
from studio_page.page_tools import Studio

pytestmark = pytest.mark.browser
DEVICE = "--use-fake-device-for-media-stream"


@pytest.fixture(scope="module")
def frail(tmp_path_factory):
    """A studio of its own, which may be killed and starved."""
    started = Studio(tmp_path_factory.mktemp("frail"))
    yield started
    started.kill()


@pytest.fixture
def beside(context, frail):
    yield from sit_down(context, frail)


def test_an_unreadable_photo(person, photos, tmp_path):
    bad = tmp_path / "holiday.jpg"
    bad.write_bytes(b"\xff\xd8\xff\xe0 this is no photograph")
    person.page.set_input_files("#file-input", [str(bad), str(photos[0])])
    person.until(["photos", 1])  # the good one comes in all the same
    card = person.page.get_by_role("alert").filter(has_text="holiday.jpg")
    card.wait_for()
    assert len(card.text_content()) > 30
    person.shot("unreadable")
    card.get_by_role("button", name="Dismiss message").click()
    assert card.count() == 0


def test_a_file_beyond_the_limit_is_not_even_sent(person, photos):
    person.page.evaluate(
        "async () => { (await import('/static/js/store.js')).store.about.limits.file_bytes = 1000; }"
    )
    sent = []
    person.page.on("request", lambda r: sent.append(r.url) if r.url.endswith("/photos") else None)
    person.page.set_input_files("#file-input", [str(photos[0])])
    person.page.get_by_role("alert").filter(has_text="larger than the studio accepts").wait_for()
    assert sent == []


def test_names_are_shown_and_never_run(person, photos, tmp_path):
    page = person.page
    named = tmp_path / "<img src=x onerror='document.title=1'> & Co.jpg"
    named.write_bytes(photos[0].read_bytes())
    person.add([named])
    assert "onerror" in page.locator(".frame-name").text_content()
    page.click("#sessions-open")
    page.get_by_label("This session's name").fill("<b onclick=x>bold</b>")
    page.get_by_role("button", name="Rename").click()
    page.locator(".session", has_text="<b onclick=x>bold</b>").wait_for()
    assert page.locator(".film img[onerror], .session b").count() == 0


def test_a_lost_server_is_said_and_found_again(beside, frail, photos):
    page = beside.page
    beside.add(photos[:1])
    beside.saved()
    frail.kill()
    beside.slide("warmth", 0.7)
    page.locator("#lost").wait_for()
    assert "does not answer" in page.locator("#lost").text_content()
    beside.shot("lost")
    frail.start()
    page.locator("#lost").wait_for(state="hidden")
    assert beside.saved()["settings"] == {"warmth": 0.7}  # what was done meanwhile is kept
    beside.newer(lambda: beside.slide("warmth", 0.2))


def test_what_was_done_without_a_server_survives_closing_the_page(context, frail, photos):
    first = sit_down(context, frail)
    person = next(first)
    person.add(photos[:1])
    person.saved()
    frail.kill()
    person.slide("warmth", 0.6)
    person.page.locator("#lost").wait_for()
    person.page.close()
    frail.start()
    second = sit_down(context, frail, fresh=False)
    person = next(second)
    person.until("quiet")
    assert person.state()["settings"] == {"warmth": 0.6}
    for left in (second, first):
        next(left, None)


def test_photos_brought_to_a_lost_server_come_in_when_it_is_back(beside, frail, photos):
    frail.kill()
    beside.page.set_input_files("#file-input", [str(p) for p in photos])
    beside.page.locator("#lost").wait_for()
    assert beside.page.locator("#intake-text").text_content() == "Reading 1 of 3"
    frail.start()
    beside.until(["photos", 3])
    beside.until("quiet")
    assert beside.page.locator(".notice.problem").count() == 0


def test_a_full_disk(beside, frail, photos):
    beside.add(photos[:1])
    beside.saved()
    frail.largest_file(1000)
    beside.page.set_input_files("#file-input", [str(photos[1])])
    beside.page.get_by_role("alert").filter(has_text="disk is full").wait_for()
    beside.shot("full-disk")
    # Neither can the settings be kept: said, kept in the page, and sent when there is room again.
    frail.largest_file(10)
    beside.slide("warmth", 0.4)
    beside.page.get_by_role("alert").nth(1).wait_for()
    frail.largest_file(None)
    beside.until("quiet")
    assert beside.saved()["settings"] == {"warmth": 0.4}
    beside.add(photos[1:2])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--use-fake-ui-for-media-stream"], "No camera was found"),
        (
            ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny"],
            "may not use the camera",
        ),
    ],
)
def test_no_camera(playwright_, studio, arguments, words):
    arguments = ["--no-sandbox", "--disable-gpu", *arguments]
    started = playwright_.chromium.launch(executable_path=chromium(), args=arguments)
    assert DEVICE in ARGUMENTS  # the others have one, and may use it
    context = started.new_context(viewport={"width": 1440, "height": 900})
    person = next(visit := sit_down(context, studio))
    person.page.click("#start-camera")
    person.page.get_by_role("alert").filter(has_text=words).wait_for()
    assert person.page.locator("#camera-take").is_disabled()
    next(visit, None)
    started.close()
