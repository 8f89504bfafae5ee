"""Looking: before and after, single pixels, moving about, doubt."""

import numpy as np
import pytest

from studio_page.page_tools import chroma, grey

pytestmark = pytest.mark.browser


def test_the_line_between_before_and_after_is_dragged_and_moved_by_keys(at_photo):
    page = at_photo.page
    line = page.get_by_role("slider", name="Before and after")
    at_photo.shot("desktop-light")
    box = line.bounding_box()
    edges = at_photo.spot(0, 0), at_photo.spot(1, 1)
    assert box["y"] == pytest.approx(edges[0][1], abs=1)  # it is as tall as the photograph
    assert box["height"] == pytest.approx(edges[1][1] - edges[0][1], abs=1)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 200, steps=4)
    page.mouse.up()
    assert 60 < int(line.get_attribute("aria-valuenow")) < 95
    assert at_photo.state()["hints"] == []  # dragging the line is no click on the photograph
    line.press("Home")
    assert line.get_attribute("aria-valuenow") == "0"
    assert at_photo.page.locator("#compare").bounding_box()["x"] + 10 == pytest.approx(edges[0][0], abs=1)
    line.press("ArrowRight")
    assert line.get_attribute("aria-valuetext") == "2% before"
    line.press("End")
    assert chroma(at_photo.patch(0.3, 0.6)) < 2


def test_single_pixels_are_shown_as_they_are(at_photo):
    page = at_photo.page
    at_photo.split(1)
    x, y = at_photo.spot(0.5, 0.5)
    page.mouse.move(x, y)
    for _ in range(12):
        page.mouse.wheel(0, -400)
    at_photo.until("detail")
    view = at_photo.view()
    assert view["scale"] > 20
    at_photo.shot("pixels")
    seen = at_photo.canvas()
    photo = np.asarray(grey("astronaut"))
    # The square of every shown pixel is of one colour and has its value (nearly: the file is a JPEG).
    for dy in range(-5, 6):
        for dx in range(-5, 6):
            px, py = int(view["cx"]) + dx, int(view["cy"]) + dy
            sx = (px + 0.5 - view["cx"]) * view["scale"] + view["stageWidth"] / 2
            sy = (py + 0.5 - view["cy"]) * view["scale"] + view["stageHeight"] / 2
            inside = seen[int(sy) - 5 : int(sy) + 5, int(sx) - 5 : int(sx) + 5, 0].astype(int)
            assert np.ptp(inside) == 0
            assert abs(inside[0, 0] - int(photo[py, px])) < 30
    at_photo.split(0)
    assert chroma(at_photo.patch(0.5, 0.5, side=200)) > 4


def test_pan_zoom_buttons_and_keys(at_photo):
    page = at_photo.page
    fitted = at_photo.view()
    page.click("#zoom-in")
    page.click("#zoom-in")
    page.click("#zoom-in")
    near = at_photo.view()
    assert near["scale"] > 3 * fitted["scale"]
    x, y = at_photo.spot(0.4, 0.4)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y + 60, steps=5)
    page.mouse.up()
    moved = at_photo.view()
    assert moved["cx"] == pytest.approx(near["cx"] - 90 / near["scale"], abs=0.5)
    assert at_photo.state()["hints"] == []  # a drag is no click
    stage = page.locator("#stage")
    stage.press("ArrowRight")
    assert at_photo.view()["cx"] > moved["cx"]
    stage.press("1")
    assert at_photo.view()["scale"] == 1
    stage.press("0")
    assert at_photo.view()["scale"] == fitted["scale"]


def test_two_fingers_pinch(at_photo):
    tool = at_photo.page.context.new_cdp_session(at_photo.page)
    before = at_photo.view()["scale"]
    x, y = at_photo.spot(0.75, 0.3)

    def touch(kind, *points):
        points = [{"x": px, "y": py, "id": i} for i, (px, py) in enumerate(points)]
        tool.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (x - 20, y))
    touch("touchStart", (x - 20, y), (x + 80, y))
    for i in range(1, 6):
        touch("touchMove", (x - 20 - 12 * i, y), (x + 80 + 12 * i, y))
    touch("touchEnd")
    assert at_photo.view()["scale"] > 1.5 * before
    assert at_photo.state()["hints"] == []


def test_doubt_is_shown(at_photo):
    at_photo.split(0)
    before = at_photo.canvas().astype(int)
    at_photo.page.check("#confidence")
    assert at_photo.page.get_by_text("Striped: here the network is only guessing").is_visible()
    at_photo.page.get_by_text("Marked: where the network is unsure").wait_for(state="attached")
    after = at_photo.canvas().astype(int)
    assert (np.abs(after - before).max(-1) > 24).mean() > 0.02
    at_photo.shot("doubt")
    at_photo.page.uncheck("#confidence")
    assert np.abs(at_photo.canvas().astype(int) - before).max() <= 1
