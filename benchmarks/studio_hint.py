"""How long the studio takes to follow a hint: request to answer over the loopback, at 512 px.

Prints a Markdown table. `quick` is what the page asks for while a hint is moved: the network's answer, or,
where that takes long, a draft until it comes. `--times 3` makes the network three times as costly.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from inputs import write
from measure import machine
from studio_process import Studio, upload


def measure(ask: Callable[[int], httpx.Response], count: int) -> tuple[list[float], set[str]]:
    """Milliseconds of each answer, sorted, and what the answers were."""
    taken, kinds = [], set()
    for index in range(count):
        began = time.perf_counter()
        answer = ask(index)
        taken.append((time.perf_counter() - began) * 1000)
        answer.raise_for_status()
        kinds.add("draft" if "tintype-draft" in answer.headers else "the network's")
    return sorted(taken), kinds


def main() -> None:
    """Measure, then print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hints", type=int, default=40)
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--times", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, Studio(times=options.times) as studio:
        client = studio.client
        session = client.post("/api/sessions").json()["id"]
        photo = upload(client, session, write(Path(temporary), options.megapixels))

        def preview(index: float, **wanted: object) -> httpx.Response:
            x = 0.2 + 0.6 * index / options.hints
            state = {"hints": [{"x": x, "y": 0.4, "color": "#2040c0"}]}
            return client.post(f"{photo}/preview", json={"size": 512, "state": state, **wanted})

        def slide(index: int) -> httpx.Response:
            state = {"settings": {"warmth": index / options.hints}}
            return client.post(f"{photo}/preview", json={"size": 512, "state": state})

        def frame(index: int) -> httpx.Response:
            return client.post("/api/live", content=picture)

        picture = client.get(f"{photo}/before?size=384").content
        began = time.perf_counter()
        client.post(f"{photo}/preview", json={"size": 512}).raise_for_status()
        first = (time.perf_counter() - began) * 1000
        for index in range(5):  # ONNX Runtime plans each new size of view once
            preview(index, quick=True)
            preview(index)
            frame(index)
        print(f"{machine()}; a JPEG of {options.megapixels:g} MP, network at {options.times}× its cost; ")
        print(f"opened and coloured in {first:.0f} ms\n")
        print("| | least ms | median ms | 95 % ms | colours |\n|---|---|---|---|---|")
        for name, ask in (
            ("hint, quick", lambda i: preview(i + 0.5, quick=True)),
            ("hint", lambda i: preview(i + 0.25)),
            ("slider", slide),
            ("webcam frame, 384 px", frame),
        ):
            taken, kinds = measure(ask, options.hints)
            row = (taken[0], statistics.median(taken), taken[int(len(taken) * 0.95)])
            print(
                f"| {name} | {' | '.join(f'{t:.0f}' for t in row)} | {', '.join(sorted(kinds))} |", flush=True
            )


if __name__ == "__main__":
    main()
