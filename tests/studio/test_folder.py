"""The folder that the studio was started on."""

from studio.studio_tools import code, encoded, grey_photo
from tintype.studio import folder as folder_module


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
