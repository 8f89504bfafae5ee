"""The whole folder, files and zips, and what survives."""

import io
import time
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from studio_page.conftest import sit_down
from studio_page.page_tools import chroma, grey, is_whole

pytestmark = pytest.mark.browser


def test_the_same_settings_for_all_photos(person, photos):
    page = person.page
    person.add(photos)
    person.newer(lambda: person.slide("warmth", 0.4))
    page.get_by_role("button", name="Apply to all 3 photos").click()
    page.locator(".notice", has_text="3 photos have these settings now").wait_for()
    # The list follows, photo by photo, and says how far it is.
    page.locator("#follow").wait_for(state="hidden")
    assert page.locator("#film img[src^='blob:']").count() == 3
    for i in range(3):
        page.locator("#film .frame").nth(i).click()
        assert person.state()["settings"] == {"warmth": 0.4}
        assert person.saved()["settings"] == {"warmth": 0.4}
    page.click("#undo")
    assert person.saved()["settings"] == {}


def test_settings_for_all_are_taken_back_at_once(person, photos):
    page = person.page
    person.add(photos)
    person.newer(lambda: person.slide("warmth", 0.4))
    page.get_by_role("button", name="Apply to all 3 photos").click()
    page.get_by_role("button", name="Undo for all").click()
    states = page.evaluate(
        """async () => {
          await (await import('/static/js/saving.js')).flush();
          const { store } = await import('/static/js/store.js');
          const { photos } = await (await fetch(`/api/sessions/${store.session.id}`)).json();
          return photos.map((p) => p.state.settings);
        }"""
    )
    assert states == [{"warmth": 0.4}, {}, {}]  # the photograph that they came from keeps them


def test_colouring_the_list_is_stopped(person, photos):
    page = person.page
    person.add(photos)
    page.locator("#film img[src^='blob:']").nth(2).wait_for()
    page.route(
        "**/preview",
        lambda route: (time.sleep(0.4 if '"size":192' in route.request.post_data else 0), route.continue_()),
    )
    person.newer(lambda: person.slide("warmth", 0.4))
    page.get_by_role("button", name="Apply to all 3 photos").click()
    page.locator("#follow").wait_for()
    assert page.locator("#follow-text").text_content().endswith("of 3")
    page.click("#follow-stop")
    page.locator("#follow").wait_for(state="hidden")
    page.unroute("**/preview")


def test_all_photos_as_a_zip_with_progress(person, photos):
    page = person.page
    person.add(photos)
    page.click("#download-open")
    person.shot("download")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="All 3 photos (zip)").click()
        page.locator("#job").wait_for()
    assert page.locator("#job-text").text_content() == "3 of 3 photos coloured"
    assert page.locator("#job-bar").get_attribute("value") == "3"
    with zipfile.ZipFile(waiting.value.path()) as made:
        assert len(made.namelist()) == 3
        for name in made.namelist():
            original = photos[0].with_name(name.replace(".color", ""))
            with Image.open(io.BytesIO(made.read(name))) as picture, Image.open(original) as grey_:
                assert is_whole(picture, grey_)


def test_a_job_is_stopped(person, tmp_path):
    page = person.page
    large = []
    for i in range(4):
        large.append(tmp_path / f"large-{i}.jpg")
        grey("astronaut").resize((2400, 2400)).save(large[-1])
    person.add(large)
    page.click("#download-open")
    page.click("#download-all")
    page.locator("#job").wait_for()
    person.shot("job")
    page.locator("#job-cancel").click()
    page.locator("#job-text", has_text="Stopped").wait_for()
    assert not page.locator("#job-link").is_visible()


def test_progress_is_asked_for_where_no_events_come_through(person, photos):
    person.page.route("**/api/jobs/*/events", lambda route: route.abort())
    person.add(photos[:2])
    person.page.click("#download-open")
    with person.page.expect_download() as waiting:
        person.page.click("#download-all")
    assert waiting.value.suggested_filename.endswith(".zip")


def test_one_file_at_full_resolution_with_its_metadata(at_photo, photos):
    page = at_photo.page
    page.click("#download-open")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="This photo").click()
    assert waiting.value.suggested_filename.endswith(".jpg")
    with Image.open(waiting.value.path()) as made, Image.open(photos[0]) as original:
        assert is_whole(made, original)
    page.click("#download-open")
    page.select_option("#download-format", "png")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="This photo").click()
    assert Path(waiting.value.suggested_filename).suffix == ".png"
    with Image.open(waiting.value.path()) as made:
        assert made.format == "PNG"


def test_closing_the_page_by_accident_loses_nothing(context, studio, photos):
    first = sit_down(context, studio)
    person = next(first)
    person.add(photos[:2])
    person.newer(lambda: person.slide("vividness", 0.9))
    person.click_spot(0.6, 0.6)
    person.page.locator("#picker-colors .swatch").first.wait_for()
    person.page.locator("#picker-colors .swatch").first.click()
    state = person.state()
    # Closed at once: what was not yet sent goes with the page.
    person.page.close(run_before_unload=True)
    person.page.wait_for_event("close") if not person.page.is_closed() else None
    second = sit_down(context, studio, fresh=False)
    person = next(second)
    person.until(["photos", 2])
    person.until("quiet")
    again = person.state()
    assert again["settings"] == {"vividness": 0.9}
    assert [h["color"] for h in again["hints"]] == [h["color"] for h in state["hints"]]
    for left in (second, first):
        next(left, None)


def test_what_was_painted_is_there_again_and_undo_does_not_lose_it(at_photo):
    page = at_photo.page
    page.get_by_role("radio", name="Keep grey").check()
    page.locator("#brush-size").fill("30")
    page.mouse.move(*at_photo.spot(0.25, 0.6))
    page.mouse.down()
    page.mouse.move(*at_photo.spot(0.35, 0.6), steps=4)
    at_photo.newer(page.mouse.up)
    at_photo.saved()
    page.reload()
    at_photo.until(["photos", 1])
    at_photo.until("quiet")
    at_photo.split(0)
    assert chroma(at_photo.patch(0.3, 0.6)) < 4
    at_photo.newer(lambda: at_photo.slide("saturation", 2))
    at_photo.newer(lambda: page.click("#undo"))
    assert at_photo.saved()["keep_grey"] is True
    assert chroma(at_photo.patch(0.3, 0.6)) < 4


def test_sessions_are_named_reopened_and_deleted(person, photos):
    page = person.page
    person.add(photos[:1])
    page.click("#sessions-open")
    page.get_by_label("This session's name").fill("Grandmother's album")
    page.get_by_role("button", name="Rename").click()
    page.locator(".session", has_text="Grandmother's album").wait_for()
    page.click("#session-new")
    assert page.locator("#start").is_visible()
    page.click("#sessions-open")
    person.shot("sessions")
    page.locator(".session", has_text="Grandmother's album").click()
    person.until(["photos", 1])
    assert page.locator("#session-title").text_content() == "Grandmother's album"
    page.click("#sessions-open")
    page.get_by_role("button", name="Delete session Grandmother's album").click()
    page.locator("#ask-yes").click()
    page.locator(".session", has_text="Grandmother's album").wait_for(state="detached")
    titles = page.evaluate(
        "async () => (await (await fetch('/api/sessions')).json()).sessions.map((s) => s.title)"
    )
    assert "Grandmother's album" not in titles
