"""Bars on stderr."""

from __future__ import annotations

import sys

from tintype.commands import bars


def test_an_archive_says_what_failed(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with bars.archive_bar() as show:
        show(3, 10, "2 failed")
    said = capsys.readouterr().err
    assert "Colouring (2 failed)" in said and "3/10" in said


def test_a_stage_that_begins_anew_gets_a_bar_of_its_own(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with bars.stages() as tell:
        for done in (1, 2, 1):
            tell("measuring", done, 2)
    assert capsys.readouterr().err.count("measuring") >= 2
