"""One studio and one browser for all tests of the page; a fresh page (and session) for each test."""

import pytest

from studio_page.page_tools import Hands, Studio, second_network, write_photos


@pytest.fixture(scope="session")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("album")
    made = write_photos(folder, "astronaut", "chelsea", "coffee")
    (folder / "notes.txt").write_text("no photograph")
    return made


@pytest.fixture(scope="session")
def studio(tmp_path_factory, photos):
    home = tmp_path_factory.mktemp("home")
    second_network(home)
    started = Studio(home, photos[0].parent)
    yield started
    started.kill()


@pytest.fixture(scope="session")
def desk(browser):
    made = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-GB", color_scheme="light", reduced_motion="reduce"
    )
    yield made
    made.close()


@pytest.fixture
def context(desk):
    """One for all tests, since a browser begins anew in each: no page is left open, and no cookie."""
    yield desk
    for page in desk.pages:
        page.close()
    desk.clear_cookies()


@pytest.fixture
def person(context, studio):
    """A person at a fresh page without photos; the page must neither fail nor be forbidden anything."""
    yield from sit_down(context, studio)


def sit_down(context, studio, *, fresh=True):
    page = context.new_page()
    page.set_default_timeout(15000)
    if fresh:  # nor what pages kept, nor photographs that a page would show at once
        studio.forget()
        tool = context.new_cdp_session(page)
        tool.send("Storage.clearDataForOrigin", {"origin": studio.address, "storageTypes": "all"})
        tool.detach()
    complaints, foreign = [], []
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
    page.on(
        "request",
        lambda r: foreign.append(r.url) if not r.url.startswith((studio.address, "blob:", "data:")) else None,
    )
    page.goto(studio.url)
    page.wait_for_selector("body[data-ready]")
    yield Hands(page)
    assert complaints == []
    assert foreign == []


@pytest.fixture
def at_photo(person, photos):
    """The same with a photograph, coloured."""
    person.add(photos[:1])
    return person
