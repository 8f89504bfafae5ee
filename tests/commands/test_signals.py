"""Signals to stop: all end a command in the same order, and afterwards they mean what they meant."""

import signal
import sys
import threading

import pytest

from tintype.commands.signals import Terminated, ending_in_order, interruptible

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
ALL = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def handlers():
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
