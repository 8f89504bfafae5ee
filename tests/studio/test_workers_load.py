"""Many people at once; benchmarks/studio_load.py does the same with fifty for a minute."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import studio_load
from small_views import small_program
from studio.studio_tools import encoded, grey_photo
from studio_process import Studio

PHOTO = encoded(grey_photo(), "JPEG")


class SmallStudio(Studio):
    """Its networks look at small views, so that more is asked in the time."""

    program = small_program()


def visit(home, **crowd):
    # On a thread: the browser tests leave an event loop running on this one.
    with SmallStudio(home=home) as studio, ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, studio_load.visit(studio, PHOTO, **crowd)).result()


def test_nothing_is_lost_and_nothing_over_a_limit_is_let_in(tmp_path):
    crowd = visit(tmp_path, people=12, seconds=1)
    assert studio_load.wrong(crowd) == []
    asked = {what for what, _ in crowd.answers}
    assert {name for name, *_ in studio_load.TOO_MUCH} <= asked
    assert {"preview", "keep the state", "download"} <= asked
    assert max(mb for _, mb in crowd.memory) < 1500


def test_what_is_let_in_and_what_is_lost_would_be_seen(tmp_path, monkeypatch):
    harmless = ("a preview of 64 px", "POST", "preview", {"json": {"size": 64}})
    monkeypatch.setattr(studio_load, "TOO_MUCH", (harmless,))
    crowd = visit(tmp_path, people=1, seconds=0.5)
    assert crowd.let_in[0] == "a preview of 64 px: 200"
    crowd = studio_load.Crowd(lost=["a photograph"])
    assert studio_load.wrong(crowd) == ["a photograph"]
