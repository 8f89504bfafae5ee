"""Masks, zooming, confidence, jobs, the folder, programs and the webcam."""

import io
import json
import threading
import time
import zipfile

import numpy as np
import pytest
from PIL import Image
from skimage import color

from studio.studio_tools import encoded, grey_photo, make_studio, opened, program, upload
from tintype.studio import folder as folder_module


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("photos")
    (root / "1920" / "deep").mkdir(parents=True)
    (root / "wedding.png").write_bytes(encoded(grey_photo(64)))
    (root / "1920" / "opa.jpg").write_bytes(encoded(grey_photo(64), "JPEG"))
    (root / "1920" / "letter.txt").write_text("no photograph")
    (root / ".hidden.png").write_bytes(b"")
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.png").write_bytes(encoded(grey_photo(64)))
    (root / "link.png").symlink_to(outside / "secret.png")
    (root / "way-out").symlink_to(outside)
    (root / "way-in").symlink_to(root / "1920")
    return root


@pytest.fixture(scope="module")
def studio(tmp_path_factory, folder):
    return make_studio(
        tmp_path_factory.mktemp("studio"), folder=folder, limits={"queue": 2, "pixels": 1_000_000}
    )


@pytest.fixture(scope="module")
def client(studio):
    with program(studio) as client:
        yield client


@pytest.fixture
def session(client):
    return client.post("/api/sessions", json={"title": "Album"}).json()["id"]


@pytest.fixture
def photo(client, session):
    answer = upload(client, session, encoded(grey_photo()), "wedding.png")
    return f"/api/sessions/{session}/photos/{answer.json()['photos'][0]['id']}"


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


def finished(client, job):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        now = client.get(f"/api/jobs/{job}").json()
        if now["state"] in ("done", "failed", "cancelled"):
            return now
        time.sleep(0.05)
    raise AssertionError(now)


def test_what_is_painted_stays_grey_in_preview_and_file(client, photo):
    mask = np.zeros((50, 50, 4), np.uint8)
    mask[:, :25] = 255  # the left half, painted white; the rest transparent
    assert client.put(f"{photo}/keep-grey", content=encoded(mask)).status_code == 204
    assert opened(client.get(f"{photo}/keep-grey")).size == (50, 50)
    client.put(f"{photo}/state", json={"keep_grey": True})
    for answer in (
        client.post(f"{photo}/preview", json={"size": 256, "state": {"keep_grey": True}}),
        client.get(f"{photo}/download?format=png"),
    ):
        lab = color.rgb2lab(np.asarray(opened(answer)))
        chroma = np.hypot(lab[..., 1], lab[..., 2])
        assert chroma[:, :115].max() < 1.5
        assert chroma[:, 140:].mean() > 3
    assert b"keep-grey" not in client.get(f"{photo}/download").content
    assert client.delete(f"{photo}/keep-grey").status_code == 204
    assert code(client.get(f"{photo}/keep-grey")) == (404, "no_mask")
    assert code(client.put(f"{photo}/keep-grey", content=b"no picture")) == (422, "mask_unreadable")


def test_the_file_does_not_tell_where_the_studio_keeps_its_things(client, photo, studio):
    client.put(f"{photo}/keep-grey", content=encoded(np.full((9, 9), 255, np.uint8)))
    client.put(f"{photo}/state", json={"keep_grey": True})
    assert str(studio.data).encode() not in client.get(f"{photo}/download?format=tif").content


def test_a_region_is_the_same_pixels_as_the_file(client, photo):
    part = {"x": 0.25, "y": 0.5, "width": 0.125, "height": 0.25, "out_width": 400}
    seen = np.asarray(opened(client.post(f"{photo}/region", json=part)))
    whole = np.asarray(opened(client.get(f"{photo}/download?format=png")))
    np.testing.assert_array_equal(seen, whole[128:192, 64:96])
    before = np.asarray(opened(client.post(f"{photo}/region", json=part | {"which": "before"})))
    np.testing.assert_array_equal(before, grey_photo()[128:192, 64:96])
    assert opened(client.post(f"{photo}/region", json=part | {"out_width": 16})).size == (16, 32)


def test_confidence_is_a_grey_picture_with_differences(client, photo):
    image = opened(client.post(f"{photo}/confidence", json={"size": 128}))
    assert (image.mode, image.size) == ("L", (128, 128))
    assert np.asarray(image).std() > 2


def test_settings_are_applied_to_all_and_hints_stay(client, session, photo):
    upload(client, session, encoded(grey_photo(64)), "second.png")
    client.put(f"{photo}/state", json={"hints": [{"x": 0.1, "y": 0.1, "color": "#ff0000"}]})
    made = client.post(f"/api/sessions/{session}/apply", json={"settings": {"warmth": 0.5}}).json()["photos"]
    assert [p["state"]["settings"] for p in made] == [{"warmth": 0.5}] * 2
    assert [len(p["state"]["hints"]) for p in made] == [1, 0]


def test_a_session_is_downloaded_as_a_zip(client, session, photo):
    upload(client, session, encoded(grey_photo(64), "JPEG"), "../Wedding.png.jpg")
    upload(client, session, encoded(grey_photo(64)), "WEDDING.png")
    job = client.post("/api/jobs", json={"session": session}).json()
    with client.stream("GET", f"/api/jobs/{job['id']}/events") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        said = [json.loads(line[6:]) for line in events.iter_lines() if line.startswith("data: ")]
    assert said[-1]["state"] == "done"
    assert (said[-1]["done"], said[-1]["total"]) == (3, 3)
    answer = client.get(said[-1]["result"])
    assert "Album.zip" in answer.headers["content-disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert archive.namelist() == ["wedding.color.png", "Wedding.png.color.jpg", "WEDDING (2).color.png"]
    assert all(i.compress_type == zipfile.ZIP_STORED for i in archive.infolist())
    direct = client.get(f"{photo}/download").content
    pixels = [np.asarray(Image.open(io.BytesIO(d))) for d in (archive.read("wedding.color.png"), direct)]
    np.testing.assert_array_equal(*pixels)


def test_the_queue_is_bounded_and_jobs_are_cancelled(client, studio, session, photo, monkeypatch):
    gate = threading.Event()
    develop = studio.darkroom.develop

    def slow(*args):
        gate.wait(20)
        develop(*args)

    monkeypatch.setattr(studio.darkroom, "develop", slow)
    jobs = [client.post("/api/jobs", json={"session": session}).json()["id"]]
    while client.get(f"/api/jobs/{jobs[0]}").json()["state"] == "queued":
        time.sleep(0.01)
    jobs += [client.post("/api/jobs", json={"session": session}).json()["id"] for _ in range(2)]
    refused = client.post("/api/jobs", json={"session": session})
    assert code(refused) == (429, "queue_full")
    assert int(refused.headers["retry-after"]) > 0
    assert code(client.get(f"/api/jobs/{jobs[1]}/result")) == (409, "not_ready")
    assert client.delete(f"/api/jobs/{jobs[1]}").json()["state"] == "cancelled"
    client.delete(f"/api/jobs/{jobs[0]}")
    gate.set()
    assert [finished(client, j)["state"] for j in jobs] == ["cancelled", "cancelled", "done"]
    left = {p.name for p in studio.store.temporary.iterdir()}
    assert f"{jobs[2]}.zip" in left
    assert not [p for p in left if jobs[0] in p or jobs[1] in p or p.endswith(".building")]


def test_a_photo_that_fails_is_named_and_the_others_are_made(client, studio, session, photo):
    bad = upload(client, session, encoded(grey_photo(64)), "bad.png").json()["photos"][0]["id"]
    studio.store.original(session, bad).write_bytes(b"\x89PNG\r\n\x1a\n rotten")
    studio.darkroom.cache.drop(bad)
    job = finished(client, client.post("/api/jobs", json={"session": session}).json()["id"])
    assert job["state"] == "done"
    assert [f["photo"] for f in job["failures"]] == [bad]
    assert "bad.png" in job["failures"][0]["message"]
    archive = zipfile.ZipFile(io.BytesIO(client.get(job["result"]).content))
    assert archive.namelist() == ["wedding.color.png", "NOT-COLOURED.txt"]
    assert "bad.png: " in archive.read("NOT-COLOURED.txt").decode()


@pytest.mark.parametrize(
    "mistake", [RuntimeError("a fault of ours"), MemoryError(), UnicodeDecodeError("u", b"", 0, 1, "")]
)
def test_no_mistake_with_one_photo_sinks_a_whole_download(
    client, studio, session, photo, monkeypatch, mistake
):
    upload(client, session, encoded(grey_photo(64)), "second.png")
    develop = studio.darkroom.develop

    def sometimes(order, *rest):
        if order.photo.name == "wedding.png":
            raise mistake
        develop(order, *rest)

    monkeypatch.setattr(studio.darkroom, "develop", sometimes)
    job = finished(client, client.post("/api/jobs", json={"session": session}).json()["id"])
    assert (job["state"], len(job["failures"])) == ("done", 1)
    archive = zipfile.ZipFile(io.BytesIO(client.get(job["result"]).content))
    assert archive.namelist() == ["second.color.png", "NOT-COLOURED.txt"]
    assert archive.testzip() is None
    assert "wedding.png: " in archive.read("NOT-COLOURED.txt").decode()


def test_the_folder_is_listed_and_picked_from_and_never_left(client, session):
    top = client.get("/api/folder").json()
    assert top["folders"] == ["1920", "way-in"]
    assert [p["path"] for p in top["photos"]] == ["wedding.png"]
    deeper = client.get("/api/folder?path=1920").json()
    assert [p["path"] for p in deeper["photos"]] == ["1920/opa.jpg"]
    for path in (
        "..",
        "../outside0",
        "/etc",
        "way-out",
        "1920/../..",
        "1920\\..",
        "a\0b",
        "nowhere",
        "wedding.png/x",
    ):
        assert code(client.get("/api/folder", params={"path": path})) == (404, "folder_unknown")
    picked = client.post(
        f"/api/sessions/{session}/photos/from-folder", json={"paths": ["wedding.png", "1920/opa.jpg"]}
    )
    assert [p["name"] for p in picked.json()["photos"]] == ["wedding.png", "opa.jpg"]
    for path in ("link.png", "way-out/secret.png", "/etc/passwd", "1920"):
        answer = client.post(
            f"/api/sessions/{session}/photos/from-folder", json={"paths": ["wedding.png", path]}
        )
        assert code(answer) == (404, "folder_unknown")
    assert len(client.get(f"/api/sessions/{session}").json()["photos"]) == 2  # all of a request, or none


def test_a_long_list_comes_in_parts_and_says_what_it_leaves_out(client, folder, monkeypatch):
    monkeypatch.setattr(folder_module, "PAGE", 4)
    many = folder / "1920" / "many"
    for name in [f"{i:02}.jpg" for i in range(9)] + [
        "sub/x.jpg",
        "@eaDir/t.jpg",
        "a.tga",
        "b.pcd",
        "notes.txt",
    ]:
        path = many / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    seen, start = [], 0
    while True:
        part = client.get("/api/folder", params={"path": "1920/many", "start": start}).json()
        assert (part["total"], part["start"], part["unread_total"]) == (10, start, 2)
        assert [u["name"] for u in part["unread"]] == ["a.tga", "b.pcd"]
        assert "isn't read" in part["unread"][0]["why"]
        here = part["folders"] + [p["name"] for p in part["photos"]]
        if not here:
            break
        assert len(here) <= 4
        seen += here
        start += len(here)
    assert seen == ["sub", *(f"{i:02}.jpg" for i in range(9))]


def test_a_photo_that_changes_while_it_is_copied_is_refused(client, folder, session, monkeypatch):
    import shutil

    copy = shutil.copyfile

    def changed_meanwhile(source, target):
        copy(source, target)
        source.write_bytes(source.read_bytes() + b"more")

    (folder / "1920" / "busy.png").write_bytes(encoded(grey_photo(64)))
    monkeypatch.setattr(shutil, "copyfile", changed_meanwhile)
    answer = client.post(f"/api/sessions/{session}/photos/from-folder", json={"paths": ["1920/busy.png"]})
    (folder / "1920" / "busy.png").unlink()
    assert code(answer) == (409, "changed")


def test_programs_colour_a_file_with_any_setting(client):
    files = {"file": ("opa.png", encoded(grey_photo()))}
    answer = client.post("/api/colorize", files=files)
    assert "opa.color.png" in answer.headers["content-disposition"]
    assert np.asarray(opened(answer)).shape == (256, 256, 3)
    grey = client.post(
        "/api/colorize", files=files, data={"saturation": "0", "format": "jpeg", "mark": "false"}
    )
    assert opened(grey).format == "JPEG"
    hints = json.dumps([{"x": 40, "y": 40, "color": "#2040c0"}])
    hinted = np.asarray(opened(client.post("/api/colorize", files=files, data={"hints": hints})))
    assert (hinted != np.asarray(opened(answer))).any()
    for data in (
        {"saturation": "9"},
        {"saturation": "x"},
        {"keep_grey": "/etc/passwd"},
        {"hints": "{"},
        {"x": "1"},
    ):
        assert code(client.post("/api/colorize", files=files, data=data)) == (422, "settings")


def test_a_photo_in_colour_is_refused_to_programs_and_coloured_anew_by_the_studio(client, session):
    from skimage import data

    files = {"file": ("new.png", encoded(data.astronaut()[:128, :128]))}
    assert code(client.post("/api/colorize", files=files)) == (422, "already_colour")
    found = client.post(f"/api/sessions/{session}/photos", files=files).json()["photos"][0]
    assert found["tone"]["kind"] == "colour"
    assert found["tone"]["note"]
    opened(client.post(f"/api/sessions/{session}/photos/{found['id']}/preview", json={"size": 64}))


def test_pages_become_photographs_of_their_own(client, session):
    pages = [Image.fromarray(grey_photo(64)), Image.fromarray(255 - grey_photo(64))]
    held = io.BytesIO()
    pages[0].save(held, "TIFF", save_all=True, append_images=pages[1:])
    made = upload(client, session, held.getvalue(), "album.tif").json()["photos"]
    assert [(p["page"], p["pages"]) for p in made] == [(1, 2), (2, 2)]
    base = f"/api/sessions/{session}/photos"
    second = client.get(f"{base}/{made[1]['id']}/download")
    assert "album-2.color.tif" in second.headers["content-disposition"]
    image = opened(second)
    assert image.n_frames == 1
    L = color.rgb2lab(np.asarray(image))[..., 0]
    assert (
        abs(L.mean() - color.rgb2lab(np.repeat(255 - grey_photo(64)[..., None], 3, axis=2))[..., 0].mean())
        < 1
    )
    client.delete(f"{base}/{made[0]['id']}")
    opened(client.get(f"{base}/{made[1]['id']}/before?size=64"))  # the file stays while a page uses it


def test_a_pixel_bomb_is_refused_from_its_header(client, session):
    bomb = encoded(np.zeros((2000, 1000), np.uint8))
    assert len(bomb) < 10_000
    answer = upload(client, session, bomb, "bomb.png")
    assert code(answer) == (413, "too_many_pixels")
    assert "bomb.png" in answer.json()["error"]["message"]
    assert code(client.post("/api/colorize", files={"file": ("bomb.png", bomb)})) == (413, "too_many_pixels")


@pytest.mark.parametrize("data", [b"", b"no photograph", encoded(grey_photo(64))[:200], b"PK\x03\x04zip"])
def test_what_is_no_photograph_is_said_in_words(client, studio, session, data):
    answer = upload(client, session, data, "letter.png")
    assert answer.status_code in (201, 422)  # a file cut short may still have a header
    if answer.status_code == 422:
        assert code(answer) == (422, "photo_unreadable")
        assert answer.json()["error"]["message"].startswith("letter.png: ")
    assert not [p for p in studio.store.temporary.iterdir() if p.suffix != ".zip"]


def test_webcam_frames_are_coloured_one_at_a_time(client, studio):
    frame = encoded(grey_photo(), "JPEG")
    image = opened(client.post("/api/live", content=frame))
    assert (image.format, image.size) == ("JPEG", (256, 256))
    assert code(client.post("/api/live", content=b"x" * 100)) == (422, "photo_unreadable")
    studio.live_clients.add("program")
    try:
        assert code(client.post("/api/live", content=frame)) == (429, "busy")
    finally:
        studio.live_clients.clear()


def test_an_older_preview_gives_way_to_a_newer_one(client, studio, photo, monkeypatch):
    gate, started = threading.Event(), threading.Event()
    chroma = studio.darkroom.chroma

    def slow(*arguments):
        started.set()
        gate.wait(10)
        return chroma(*arguments)

    monkeypatch.setattr(studio.darkroom, "chroma", slow)
    answers = []
    body = {"size": 64}
    first = threading.Thread(target=lambda: answers.append(client.post(f"{photo}/preview", json=body)))
    first.start()
    assert started.wait(10)
    monkeypatch.setattr(studio.darkroom, "chroma", chroma)
    second = client.post(f"{photo}/preview", json=body)
    gate.set()
    first.join(10)
    assert second.status_code == 200
    assert code(answers[0]) == (409, "superseded")
