"""A film in the page: opened, stepped through, given a colour, previewed, coloured, saved."""

import numpy as np
import pytest

pytest.importorskip("av")
pytest.importorskip("cv2")

from film_clips import film, grey, needs_ffmpeg, pan, times
from studio_page.page_tools import SHOTS

pytestmark = needs_ffmpeg

PLAYED = """() => new Promise((ok) => {
  const player = document.getElementById("player");
  const end = performance.now() + 10000;
  const look = () => {
    if (player.currentTime > 0.2 && player.videoWidth) ok([player.videoWidth, player.videoHeight]);
    else if (performance.now() > end) ok([player.readyState, player.error?.message ?? "no error"]);
    else setTimeout(look, 50);
  };
  look();
})"""
MEANS = """() => ["before", "after"].map((id) => {
  const image = document.getElementById(id);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += Math.abs(data[i] - data[i + 2]);
  return (sum * 4) / data.length;
})"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    frames = [pan(name, count=14, height=192, width=256) for name in ("astronaut", "coffee")]
    sound = ["-f", "lavfi", "-i", "sine=440:duration=1.1"]
    path = tmp_path_factory.mktemp("clip") / "street.mp4"
    return film(path, grey(np.concatenate(frames)), "-c:a", "aac", inputs=sound)


def test_a_film_is_opened_like_a_photograph(person, clip, tmp_path):
    page = person.page
    page.set_input_files("#file-input", str(clip))
    page.wait_for_url("**/film?id=*")
    page.wait_for_selector("body[data-ready]")
    assert page.locator("#film-name").inner_text() == "street.mp4"
    assert page.locator("#shots > li").count() == 2
    page.wait_for_selector("#picture[data-shown]")
    before, after = page.evaluate(MEANS)
    assert before < 6 < after
    page.locator("#shots > li").nth(1).locator("button").click()
    page.wait_for_selector("#picture[data-shown='21']")
    page.locator("#picture").press("ArrowRight")
    page.wait_for_selector("#picture[data-shown='22']")
    box = page.locator("#picture").bounding_box()
    page.fill("#hint-color", "#2060c0")
    page.locator("#picture").click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    assert page.locator("#hint-list > li").count() == 1
    page.wait_for_selector("#working", state="hidden")
    assert page.locator("#hints > .hint").count() == 1
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / "film.png")
    page.click("#preview")
    page.wait_for_selector("#player", state="visible", timeout=60000)
    assert page.evaluate(PLAYED) == [256, 192]
    page.screenshot(path=SHOTS / "film-preview.png")
    page.click("#player-close")
    page.click("#color-film")
    page.wait_for_selector("#film-link", state="visible", timeout=60000)
    with page.expect_download() as waiting:
        page.click("#film-link")
    assert waiting.value.suggested_filename == "street.color.mp4"
    waiting.value.save_as(tmp_path / "new.mp4")
    assert times(tmp_path / "new.mp4") == times(clip)
    page.reload()
    page.wait_for_selector("body[data-ready]")
    assert page.locator("#hint-list > li").count() == 1
    page.click(".home")
    page.wait_for_selector("body[data-ready]")
    page.locator("#open-films a", has_text="street.mp4").click()
    page.wait_for_url("**/film?id=*")
    page.wait_for_selector("body[data-ready]")
    page.click("#film-close")
    page.click("#ask-yes")
    page.wait_for_url("**/")


def test_a_film_page_says_what_is_wrong_with_its_film(person, tmp_path):
    page = person.page
    broken = tmp_path / "broken.mov"
    broken.write_bytes(b"no film" * 99)
    page.set_input_files("#file-input", str(broken))
    page.wait_for_url("**/film?id=*")
    page.locator("#reading-text", has_text="broken.mov: ").wait_for()
    page.wait_for_selector("#reading-bar", state="hidden")


def test_before_and_after_run_with_the_text(browser, studio, clip):
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ar")
    page = context.new_page()
    page.set_default_timeout(15000)
    page.goto(studio.url)
    page.wait_for_selector("body[data-ready]")
    page.set_input_files("#file-input", str(clip))
    page.wait_for_selector("#picture[data-shown]")
    page.evaluate("""() => {
      document.getElementById("split").value = 30;
      document.getElementById("split").dispatchEvent(new Event("input"));
    }""")
    assert page.locator("#after").evaluate("image => image.style.clipPath") == "inset(0px 30% 0px 0px)"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#film-close").is_visible()  # on a phone too
    context.close()
