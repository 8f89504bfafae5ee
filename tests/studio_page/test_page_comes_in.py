"""Photos come in: dropped, picked, from the folder list, from the webcam; coloured at once."""

import json
import time

import pytest

from studio_page.page_tools import SHOTS, chroma

pytestmark = pytest.mark.browser


def drop(person, *paths):
    """Drop files or folders from outside, as the window system does."""
    tool = person.page.context.new_cdp_session(person.page)
    data = {"items": [], "files": [str(p) for p in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        tool.send("Input.dispatchDragEvent", {"type": kind, "x": 700, "y": 450, "data": data})


def test_a_dropped_photo_is_coloured_within_a_second(person, photos):
    person.add(photos[:1])  # the studio is awake now, as it is for a person who reads the page first
    person.page.click("#sessions-open")
    person.page.click("#session-new")
    began = time.monotonic()
    drop(person, photos[1])
    person.until(["newer", 0])
    person.until("quiet")
    seconds = time.monotonic() - began
    SHOTS.mkdir(parents=True, exist_ok=True)
    (SHOTS / "first-colour.json").write_text(json.dumps({"seconds": seconds}))
    assert seconds < 3  # a second on a computer that does nothing else
    person.split(0)
    assert chroma(person.patch(0.5, 0.5)) > 8
    person.split(1)
    assert chroma(person.patch(0.5, 0.5)) < 2


def test_a_dropped_folder_gives_all_its_photos(person, photos):
    drop(person, photos[0].parent)
    person.until(["photos", 3])
    names = person.page.locator("#film .frame-name").all_text_contents()
    assert names == ["astronaut.jpg", "chelsea.jpg", "coffee.jpg"]
    assert person.page.locator(".notice.problem").count() == 0


def test_files_and_folders_are_picked(person, photos):
    with person.page.expect_file_chooser() as chooser:
        person.page.click("#pick-files")
    chooser.value.set_files([str(photos[2])])
    person.until(["photos", 1])
    assert person.page.locator("#session-title").text_content() == "coffee"  # the session's first name
    with person.page.expect_file_chooser() as chooser:
        person.page.click("#pick-folder-small")
    chooser.value.set_files(str(photos[0].parent))
    person.until(["photos", 4])


def test_the_folder_list_on_the_left(person, photos):
    person.page.get_by_role("button", name="Add chelsea.jpg").click()
    person.until(["photos", 1])
    person.until("quiet")
    assert person.page.title().startswith("chelsea.jpg")
    assert person.page.locator("#session-title").text_content() == photos[0].parent.name
    shown = person.page.get_by_role("button", name="Show chelsea.jpg, added already")
    assert shown.get_attribute("aria-current") == "true"
    person.page.get_by_role("button", name="Add all photos here").click()
    person.until(["photos", 3])  # the one that is there is not added twice
    shown.click()
    assert person.page.title().startswith("chelsea.jpg")
    assert person.page.locator("#film > li").count() == 3


def test_a_long_folder_is_listed_in_parts_and_says_so(person, studio):
    """What the page makes of a listing that goes on; the studio's own parts are 5,000 long."""
    page = person.page
    names = [f"{i:03}.jpg" for i in range(7)]

    def part(route):
        start = int(route.request.url.partition("start=")[2])
        here = [{"name": n, "path": n} for n in names[start : start + 3]]
        unread = [{"name": "a.tga", "why": "a Targa picture, which isn't read; save it as PNG"}]
        said = {"path": "", "folders": [], "photos": here, "start": start, "total": 7, "unread": unread}
        route.fulfill(json=said | {"unread_total": 1})

    page.route("**/api/folder?*", part)
    page.reload()
    page.wait_for_selector("body[data-ready]")
    note = page.locator("#folder-note")
    listed = page.locator("#folder-list button[aria-label^='Add ']")
    for shown, count in (("1 to 3 of 7", 3), ("4 to 6 of 7", 3), ("7 to 7 of 7", 1)):
        page.get_by_text(shown).wait_for()
        assert listed.count() == count
        if count == 3:
            page.get_by_role("button", name="Next ones").click()
    assert page.get_by_role("button", name="Next ones").count() == 0
    assert "a.tga" in note.text_content()
    assert "Targa" in note.get_attribute("title")
    person.shot("folder-part")
    page.get_by_role("button", name="Previous ones").click()
    page.get_by_text("4 to 6 of 7").wait_for()
    page.unroute("**/api/folder?*")


def test_the_file_that_the_studio_opens_leads_into_it(browser, studio, tmp_path):
    """From a file, a browser sends strict cookies only once a page of ours has been seen."""
    from types import SimpleNamespace

    from tintype.studio.browser import redirect_to

    address, _, token = studio.url.partition("/?token=")
    port = int(address.rpartition(":")[2])
    store = SimpleNamespace(scratch=lambda: tmp_path / "open")
    file = redirect_to(SimpleNamespace(store=store, host="127.0.0.1", port=port, token=token))
    context = browser.new_context()
    page = context.new_page()
    page.goto(file.as_uri())
    page.wait_for_selector("body[data-ready]", timeout=15000)
    assert page.url.partition("#")[0] == f"{address}/"  # after # comes the session
    context.close()


def test_a_folder_that_comes_in_is_stopped(person, photos):
    page = person.page
    held = []
    page.route("**/from-folder", lambda route: held.append(route))
    page.get_by_role("button", name="Add all photos here").click()
    page.locator("#intake").wait_for()
    assert page.locator("#intake-text").text_content() == "Reading 1 of 3"
    assert page.locator("#intake-bar").get_attribute("max") == "3"
    page.click("#intake-stop")
    end = time.monotonic() + 30  # what is shown comes before what is asked for
    while not held:
        assert time.monotonic() < end, "nothing was asked for"
        page.wait_for_timeout(20)
    held[0].continue_()
    page.locator(".notice", has_text="2 photos were not added").wait_for()
    person.until(["photos", 1])
    page.unroute("**/from-folder")


def test_the_list_is_in_colour_without_being_asked(person, photos):
    person.add(photos)
    coloured = person.page.locator("#film img[src^='blob:']")
    coloured.nth(2).wait_for()
    assert coloured.count() == 3


def test_the_webcam_is_coloured_live_and_gives_a_picture(person):
    page = person.page
    page.click("#start-camera")
    page.get_by_text("frames a second").wait_for()
    rate = float(page.locator("#camera-fps").text_content().split()[0])
    assert rate > 0.5
    person.shot("camera")
    grey = page.locator("#camera-grey").evaluate(
        "(c) => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data.subarray(0, 4000)]"
    )
    assert all(grey[i] == grey[i + 1] == grey[i + 2] for i in range(0, 4000, 4))
    page.click("#camera-take")
    person.until(["photos", 1])
    person.until("quiet")
    assert "webcam" in page.locator(".frame-name").text_content()
    (SHOTS / "camera.json").write_text(json.dumps({"frames_per_second": rate}))
