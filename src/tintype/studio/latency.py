"""How long the networks take here, so that nobody waits for a slow one while a hint is being moved.

Asking with a smaller view instead was tried: its colours differ from those of the network's own view by 6 to
25 in ab (scikit-image's photographs, views of 128 to 224 px), so that a picture flickers while it is steered.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any

from tintype.colorizer import Colorizer, Sitting
from tintype.network.descriptor import Prediction, view_size

_RUNS = 8  # that are remembered: other programs may make any one of them slow


class Latency:
    """Asks the networks, and remembers how many seconds each takes for a pixel of its view.

    Parameters
    ----------
    colorizer : Colorizer
    """

    def __init__(self, colorizer: Colorizer) -> None:
        self._colorizer = colorizer
        self._runs: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def predict(self, sitting: Sitting, options: dict[str, Any]) -> tuple[Prediction, ...]:
        """As `Colorizer.predict`, timed."""
        began = time.perf_counter()
        made = self._colorizer.predict(sitting, **options)
        took = (time.perf_counter() - began) / sum(p.L.size for p in made)
        with self._lock:
            self._runs.setdefault(options["model"], deque(maxlen=_RUNS)).append(took)
        return made

    def seconds(self, options: dict[str, Any], height: int, width: int) -> float:
        """How long the networks of the options will take for a photograph of that size; 0: not known yet."""
        with self._lock:
            pace = min(self._runs.get(options["model"], ()), default=0.0)
        rules = [n.descriptor.size for n in self._colorizer.networks(**options)]
        views = [view_size(rule, height, width) for rule in rules]
        return pace * sum(rows * columns for rows, columns in views)
