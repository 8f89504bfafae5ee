"""Attacks: each runs for a few seconds with fixed seeds, and for as long as `scripts/attack.sh` is asked."""

import os
import random
import sys
import time
import zlib

import pytest

SHORT = 0.5  # s each


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    for item in items:
        if "/attack/" in item.path.as_posix():
            item.add_marker(pytest.mark.attack)
    yield
    # The time is for those that -k has left.
    ours = [i for i in items if "/attack/" in i.path.as_posix()]
    minutes = float(os.environ.get("TINTYPE_ATTACK_MINUTES", "0"))
    for item in ours:
        item.stash[SECONDS] = minutes * 60 / len(ours) if minutes else SHORT


SECONDS = pytest.StashKey()


class Attack:
    """Rounds of one attack: each with dice of its own, which a printed seed throws again."""

    def __init__(self, name, seconds):
        self.name, self.seconds = name, seconds
        self.base = int(os.environ.get("TINTYPE_ATTACK_SEED", "0"))

    def rounds(self, batch=1):
        """Yield a `random.Random` a round of so many tries, until the time is over; once at the least."""
        end, number = time.monotonic() + self.seconds, 0
        while number == 0 or time.monotonic() < end:
            seed = zlib.crc32(f"{self.name} {self.base} {number}".encode())
            # Shown by pytest when the round fails.
            sys.stdout.write(f"round {number} of {self.name} with TINTYPE_ATTACK_SEED={self.base}\n")
            yield random.Random(seed)
            number += 1
        sys.stdout.write(f"{self.name}: {number * batch} tries in {self.seconds:.0f} s, seed {self.base}\n")


@pytest.fixture
def attack(request):
    return Attack(request.node.name, request.node.stash[SECONDS])
