"""What goes wrong is said in words: a bad photo, a lost server, a full disk, no camera."""

import pytest

from studio_page.conftest import ARGUMENTS, chromium, sit_down
from studio_page.page_tools import Studio

pytestmark = pytest.mark.browser


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


def test_a_full_disk(beside, frail, photos):
    frail.largest_file(1000)
    beside.page.set_input_files("#file-input", [str(photos[1])])
    beside.page.get_by_role("alert").filter(has_text="disk is full").wait_for()
    beside.shot("full-disk")
    frail.largest_file(None)
    beside.add(photos[1:2])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--use-fake-ui-for-media-stream"], "No camera was found"),
        (["--use-fake-device-for-media-stream", "--deny-permission-prompts"], "may not use the camera"),
    ],
)
def test_no_camera(playwright_, studio, arguments, words):
    started = playwright_.chromium.launch(executable_path=chromium(), args=["--no-sandbox", *arguments])
    assert "--use-fake-device-for-media-stream" in ARGUMENTS  # the others have one, and may use it
    context = started.new_context(viewport={"width": 1440, "height": 900})
    person = next(visit := sit_down(context, studio))
    person.page.click("#start-camera")
    person.page.get_by_role("alert").filter(has_text=words).wait_for()
    assert person.page.locator("#camera-take").is_disabled()
    next(visit, None)
    started.close()
