"""What commands say; bars only where somebody sees them; on stdout all of it, or an error."""

from __future__ import annotations

import io
import sys

import pytest

from tintype.commands.console import photo_bar, say, to_stdout


def test_a_message_is_one_line_as_it_is(capsys):
    say("a\n  b: [red]c[/red]")
    assert capsys.readouterr() == ("", "a b: [red]c[/red]\n")


def test_a_name_does_not_command_the_terminal(capsys):
    say("\x1b[2J\x9b\u202egpj.exe\u2066 \u200fä.jpg")
    assert capsys.readouterr().err == "\ufffd[2J\ufffd\ufffdgpj.exe\ufffd \u200fä.jpg\n"


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


class Sluggish(io.RawIOBase):
    """Takes seven bytes at a time, as a raw file may; at the end nothing any more."""

    def __init__(self, room):
        self.room, self.taken = room, b""

    def writable(self):
        return True

    def write(self, data):
        part = bytes(data[: min(7, self.room)])
        self.room -= len(part)
        self.taken += part
        return len(part)


@pytest.mark.parametrize("room", [100, 20])
def test_all_is_written_to_stdout_or_it_fails(monkeypatch, room):
    sluggish = Sluggish(room)
    monkeypatch.setattr(sys, "stdout", type("Stdout", (), {"buffer": sluggish}))
    data = bytes(range(60))
    if room < len(data):
        with pytest.raises(OSError, match="no more"):
            to_stdout(data)
    else:
        to_stdout(data)
        assert sluggish.taken == data
