"""Work done ahead: in order, not too far, and ended with whoever waits for it."""

import threading
from itertools import count

import pytest

from tintype.film.ahead import ahead


def test_all_comes_in_order():
    assert list(ahead(iter(range(100)), room=3)) == list(range(100))
    assert list(ahead(iter(()))) == []


def test_it_runs_on_another_thread_and_no_further_than_there_is_room():
    made, enough = [], threading.Event()

    def items():
        for number in count():
            made.append((number, threading.current_thread()))
            if number == 3:
                enough.set()
            yield number

    work = ahead(items(), room=2)
    assert next(work) == 0
    assert enough.wait(10)  # two wait in the queue, and one more is held
    work.close()
    assert len(made) <= 4 + 1
    assert {thread for _, thread in made}.isdisjoint({threading.current_thread()})
    assert not any(thread.is_alive() for _, thread in made), "closing ends the thread"


def test_a_failure_is_raised_where_it_is_waited_for():
    def items():
        yield 1
        raise ValueError("the third is missing")

    work = ahead(items())
    assert next(work) == 1
    with pytest.raises(ValueError, match="third"):
        next(work)
