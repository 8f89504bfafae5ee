"""What commands say; bars only where somebody sees them."""

from __future__ import annotations

import sys

from tintype.commands.console import photo_bar, say


def test_a_message_is_one_line_as_it_is(capsys):
    say("a\n  b: [red]c[/red]")
    assert capsys.readouterr() == ("", "a b: [red]c[/red]\n")


def test_no_bar_is_drawn_where_nobody_sees_it(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tintype.commands.bars", None)  # importing it would fail
    with photo_bar("a.jpg") as show:
        assert show(0.5)
    assert capsys.readouterr() == ("", "")


def test_a_bar_names_the_photograph(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with photo_bar("[a].jpg") as show:
        assert show(0.5)
    assert "[a].jpg" in capsys.readouterr().err


def test_a_bar_may_be_unwanted(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with photo_bar("a.jpg", quiet=True) as show:
        assert show(0.5)
    assert capsys.readouterr().err == ""
