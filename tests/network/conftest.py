"""What several tests of networks share."""

import pytest

from tintype.network import isolated


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Convert and try networks in the test's own process: without a second's start, and open to patches."""
    monkeypatch.setattr(isolated, "run", lambda work, *arguments, **_: work(*arguments))
