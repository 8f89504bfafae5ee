"""Stopped at any moment: nothing half under its name, nothing lost, nothing that stays for ever."""

import signal
import sys
import threading
import time
from functools import partial

import httpx
import pytest

from archive_help import SMALL, grey_photo, tree_of
from attack.attack_tools import ended, in_words, is_whole, killed_writing, leftovers, stopped, tintype
from studio.studio_tools import encoded
from studio.studio_tools import grey_photo as grey_array
from studio_process import Studio

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def test_a_folder_run(attack, tmp_path):
    for i in range(8):
        grey_photo(tmp_path / f"scans/{i}.jpg", 300, 200, shift=i)
    for dice in attack.rounds():
        out = tmp_path / f"out{dice.random()}"
        command = ["colorize", *SMALL, "scans", "-o", out, "--jobs", "2", "--recipe"]
        for stop in (partial(killed_writing, folder=out), partial(stopped, dice=dice, most=4.0)):
            process = tintype(*command, cwd=tmp_path)
            how = stop(process)
            code, _, said = ended(process)
            assert in_words(said), said
            assert code in (0, -how, 128 + how), said
            assert all(is_whole(p) for p in out.glob("*.jpg"))
        early = tree_of(out)
        code, _, said = ended(tintype(*command, cwd=tmp_path))
        assert code == 0, said
        late = tree_of(out)
        pictures = {n: d for n, d in early.items() if n.endswith(".jpg")}
        assert {n: late[n] for n in pictures} == pictures
        assert late.keys() == {f"{i}.jpg{end}" for i in range(8) for end in ("", ".recipe.json")}
        assert all(is_whole(p) for p in out.glob("*.jpg"))
        assert not list(out.rglob("half-made*"))
        assert not leftovers(out)


def test_a_single_photograph(attack, tmp_path):
    grey_photo(tmp_path / "a.png", 300, 300)
    for dice in attack.rounds():
        # 0.8 s is about as long as it takes.
        for stop in (partial(killed_writing, folder=tmp_path), partial(stopped, dice=dice, most=0.8)):
            suffix = dice.choice([".jpg", ".png", ".tif", ".webp"])
            target = tmp_path / f"made{suffix}"
            target.unlink(missing_ok=True)
            process = tintype("colorize", *SMALL, "a.png", "-o", target, cwd=tmp_path)
            how = stop(process)
            code, _, said = ended(process)
            assert in_words(said), said
            assert code in (0, -how, 128 + how), said
            assert not target.exists() or is_whole(target)
            if how == signal.SIGKILL:
                for left in leftovers(tmp_path):  # which the next write there sweeps: `tests/test_files.py`
                    left.unlink()
            assert not leftovers(tmp_path)


def test_the_studio_amid_edits(attack, tmp_path):
    for dice in attack.rounds():
        home = tmp_path / f"home{dice.random()}"
        kept, gone = {}, set()
        with Studio(home=home) as one:
            session = one.client.post("/api/sessions").json()["id"]

            def edit(one=one, session=session, dice=dice, kept=kept, gone=gone):
                files = {"file": ("a.png", encoded(grey_array(64)))}
                try:
                    while True:
                        what = dice.random()
                        if what < 0.4 or not kept:
                            made = one.client.post(f"/api/sessions/{session}/photos", files=files)
                            kept[made.json()["photos"][0]["id"]] = None
                        elif what < 0.8:
                            photo, warmth = dice.choice(list(kept)), dice.randrange(1, 100) / 100
                            kept[photo] = ...  # under way: it may have been kept or not
                            path = f"/api/sessions/{session}/photos/{photo}/state"
                            one.client.put(path, json={"settings": {"warmth": warmth}}).raise_for_status()
                            kept[photo] = warmth
                        else:
                            photo = dice.choice(list(kept))
                            kept[photo] = ...
                            one.client.delete(f"/api/sessions/{session}/photos/{photo}").raise_for_status()
                            del kept[photo]
                            gone.add(photo)
                except httpx.HTTPError:
                    return

            editor = threading.Thread(target=edit)
            editor.start()
            time.sleep(0.2 + dice.random() * 2)
            one.process.send_signal(dice.choice([signal.SIGKILL, signal.SIGTERM]))
            editor.join(20)
        with Studio(home=home) as two:
            found = {p["id"]: p for p in two.client.get(f"/api/sessions/{session}").json()["photos"]}
            assert not gone & found.keys()
            for photo, warmth in kept.items():
                if warmth is not ...:
                    settings = {} if warmth is None else {"warmth": warmth}
                    assert found[photo]["state"]["settings"] == settings
            for photo in found:
                answer = two.client.get(f"/api/sessions/{session}/photos/{photo}/before?size=16")
                assert answer.status_code == 200
            folder = home / "studio" / "sessions" / session
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                there = list((folder / "originals").iterdir())
                if len(there) == len(found) and not leftovers(home):
                    break
                time.sleep(0.05)
            assert len(there) == len(found)
            assert not leftovers(home)
