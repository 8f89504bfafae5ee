"""Signals to stop: all end a command in the same order, and afterwards they mean what they meant."""

import contextlib
import signal
import sys
import threading
import time
import weakref

import pytest
import pyvips

from tintype.commands.signals import Terminated, ending_in_order, interruptible

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
    pytest.mark.usefixtures("heard_signals"),
]
ALL = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def handlers(heard_signals):
    """Whatever a test does, signals mean afterwards what they meant; and the tests check that themselves."""
    before = {number: signal.getsignal(number) for number in ALL}
    yield before
    changed = {n: h for n, h in before.items() if signal.getsignal(n) != h}
    for number, handler in before.items():
        signal.signal(number, handler)
    assert not changed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_being_told_to_end_is_an_exception_that_tidies_up(number):
    with pytest.raises(Terminated) as caught, ending_in_order():
        signal.raise_signal(number)
    assert caught.value.number == number


class Final:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)


def weak(lost):
    """A thing whose end calls what importlib calls for the locks of modules."""
    room = {"signal": signal}
    text = "def cb(_):\n    signal.raise_signal(signal.SIGINT)\n"
    exec(compile(text, "<frozen importlib._bootstrap>", "exec"), room)
    thing = type("Thing", (), {})()
    lost.append(weakref.ref(thing, room["cb"]))
    return thing


class Named:
    def __set_name__(self, owner, name):
        signal.raise_signal(signal.SIGTERM)


def test_a_signal_while_a_class_is_made_is_no_error_of_the_class():
    with pytest.raises(Terminated), ending_in_order():
        type("Made", (), {"field": Named()})
        time.sleep(1)


@pytest.mark.parametrize("make", [lambda lost: Final(), weak])
def test_ctrl_c_is_heard_where_python_would_drop_it(make, capsys):
    lost = []
    thing = make(lost)
    with pytest.raises(KeyboardInterrupt), ending_in_order():
        del thing
        for _ in range(200):
            time.sleep(0.01)
    assert capsys.readouterr().err == ""


def test_ctrl_c_is_heard_while_libvips_reads_through_python(capsys):
    def read(_):
        signal.raise_signal(signal.SIGINT)
        return b""

    source = pyvips.SourceCustom()
    source.on_read(read)
    with pytest.raises(KeyboardInterrupt), ending_in_order():
        with contextlib.suppress(pyvips.Error):
            pyvips.Image.new_from_source(source, "")
        for _ in range(200):
            time.sleep(0.01)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_was_put_off_ends_with_the_block_and_hits_nobody_else(number):
    heard = []

    class Last:
        def __del__(self):
            for _ in range(3):
                signal.raise_signal(number)

    outer = signal.signal(number, lambda *_: heard.append(number))
    signal.signal(number, signal.default_int_handler)
    try:
        thing = Last()
        with pytest.raises(KeyboardInterrupt), ending_in_order():
            del thing
        signal.signal(number, lambda *_: heard.append(number))
        time.sleep(0.1)
    finally:
        signal.signal(number, outer)
    assert not heard


def test_ctrl_c_is_ctrl_c():
    with pytest.raises(KeyboardInterrupt) as caught, ending_in_order():
        signal.raise_signal(signal.SIGINT)
    assert type(caught.value) is KeyboardInterrupt


def test_what_somebody_ignores_stays_ignored(handlers):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with ending_in_order():
        signal.raise_signal(signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    signal.signal(signal.SIGHUP, handlers[signal.SIGHUP])


@pytest.mark.parametrize(
    ("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)]
)
def test_the_first_signal_is_a_flag_and_an_exception_at_the_end(number, raised):
    seen = []
    with pytest.raises(KeyboardInterrupt) as caught, interruptible() as stopped:
        seen.append(stopped())
        signal.raise_signal(number)
        seen.append(stopped())
    assert seen == [False, True]
    assert type(caught.value) is raised


def test_the_second_signal_acts_at_once():
    reached = False
    with pytest.raises(KeyboardInterrupt), interruptible():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        reached = True
    assert not reached


def test_in_other_threads_nothing_changes():
    told = []

    def work():
        with ending_in_order(), interruptible() as stopped:
            told.append(stopped())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert told == [False]
