"""Fifty people at one studio for a minute, over the loopback; among what they ask is what must be refused.

Prints what was asked and answered, and the memory of the studio meanwhile. Ends with an error if anything was
lost, anything over a limit was let in, or memory grew.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from inputs import write
from measure import machine
from studio_process import Studio

# What is over a limit and must be refused: name, method, path below the photograph (or from the root), body.
TOO_MUCH: tuple[tuple[str, str, str, dict[str, object]], ...] = (
    ("a state of 2 MB", "PUT", "state", {"content": b" " * 2_000_000}),
    ("501 hints", "PUT", "state", {"json": {"hints": [{"x": 0.5, "y": 0.5, "color": "#204060"}] * 501}}),
    ("a preview of 4096 px", "POST", "preview", {"json": {"size": 4096}}),
    (
        "a region of 64 MP",
        "POST",
        "region",
        {"json": {"x": 0, "y": 0, "width": 1, "height": 1, "out_width": 8000}},
    ),
    ("a frame of 5 MB", "POST", "/api/live", {"content": b"x" * 5_000_000}),
    ("a mask of 9 MB", "PUT", "keep-grey", {"content": b"x" * 9_000_000}),
    ("100 proposals", "POST", "candidates", {"json": {"count": 100}}),
    ("a title of 1000 letters", "POST", "/api/sessions", {"json": {"title": "x" * 1000}}),
)


@dataclass
class Crowd:
    """What a crowd did and got.

    Attributes
    ----------
    answers : Counter
        (what was asked, status) → how often.
    let_in : list of str
        What was over a limit and not refused.
    lost : list of str
        What the studio had acknowledged and no longer knows.
    milliseconds : dict of lists
        How long answers took, by what was asked.
    memory : list of (seconds, MB)
    """

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    let_in: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    memory: list[tuple[float, float]] = field(default_factory=list)

    def growth(self) -> float:
        """Memory of the last fifth over that of the third, when the studio's cache is full."""
        fifth = max(1, len(self.memory) // 5)
        middle, last = self.memory[2 * fifth : 3 * fifth], self.memory[-fifth:]
        return statistics.mean(mb for _, mb in last) / statistics.mean(mb for _, mb in middle)


async def visit(studio: Studio, photo: bytes, people: int, seconds: float) -> Crowd:
    """Let a crowd work, then ask for everything again."""
    crowd, end = Crowd(), time.monotonic() + seconds
    limits = httpx.Limits(max_connections=people + 10)
    async with httpx.AsyncClient(
        base_url=studio.address, headers=studio.headers, timeout=120, limits=limits
    ) as client:
        memory = asyncio.create_task(_watch(studio, crowd))
        kept = await asyncio.gather(*(_person(client, crowd, photo, end, n) for n in range(people)))
        memory.cancel()
        for address, state in kept:
            found = await client.get(address)
            if found.status_code != 200 or found.json()["state"]["settings"] != state:
                crowd.lost.append(f"{address}: {found.text[:200]} instead of {state}")
    return crowd


async def _watch(studio: Studio, crowd: Crowd) -> None:
    began = time.monotonic()
    while True:
        crowd.memory.append((time.monotonic() - began, studio.resident_mb()))
        await asyncio.sleep(0.25)


async def _person(
    client: httpx.AsyncClient, crowd: Crowd, photo: bytes, end: float, number: int
) -> tuple[str, dict[str, float]]:
    """One person steers one photograph; gives its address and the settings that were acknowledged last."""
    dice = random.Random(number)

    async def ask(what: str, method: str, path: str, **body: object) -> httpx.Response:
        while True:
            began = time.perf_counter()
            answer = await client.request(method, path, **body)  # type: ignore[arg-type]
            crowd.milliseconds.setdefault(what, []).append((time.perf_counter() - began) * 1000)
            crowd.answers[what, answer.status_code] += 1
            if answer.status_code != 429:  # busy: asked again, as the page does
                return answer
            await asyncio.sleep(0.2 + dice.random())

    session = (await ask("begin a session", "POST", "/api/sessions")).json()["id"]
    files = {"file": ("photo.jpg", photo)}
    made = await ask("bring a photograph", "POST", f"/api/sessions/{session}/photos", files=files)
    base = f"/api/sessions/{session}/photos/{made.json()['photos'][0]['id']}"
    kept: dict[str, float] = {}
    step = 0
    while step == 0 or time.monotonic() < end:
        step += 1
        state = {"settings": {"warmth": round(dice.uniform(0.01, 1), 3)}}
        if (await ask("keep the state", "PUT", f"{base}/state", json=state)).status_code == 200:
            kept = state["settings"]
        hint = {"x": dice.random(), "y": dice.random(), "color": "#2040c0"}
        await ask(
            "preview", "POST", f"{base}/preview", json={"state": state | {"hints": [hint]}, "quick": True}
        )
        if step % 4 == 1:
            await ask("likely colours", "POST", f"{base}/suggest", json={"x": 0.5, "y": 0.5})
            await ask("before", "GET", f"{base}/before?size=256")
        if step % 8 == 1:
            await ask("download", "GET", f"{base}/download")
        name, method, path, body = TOO_MUCH[(step + number) % len(TOO_MUCH)]
        began = time.perf_counter()
        where = path if path.startswith("/") else f"{base}/{path}"
        status = (await client.request(method, where, **body)).status_code  # type: ignore[arg-type]
        crowd.milliseconds.setdefault("too much", []).append((time.perf_counter() - began) * 1000)
        crowd.answers[name, status] += 1
        if status not in (413, 422):
            crowd.let_in.append(f"{name}: {status}")
    return base, kept


def wrong(crowd: Crowd) -> list[str]:
    """What must not be: losses, what was let in, failures, growth."""
    found = [*crowd.lost, *crowd.let_in]
    refused = {name for name, *_ in TOO_MUCH}
    found += [
        f"{what}: {status}"
        for what, status in crowd.answers
        if what not in refused and status not in (200, 201, 429)
    ]
    return found


def main() -> None:
    """Measure, then print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, Studio() as studio:
        photo = write(Path(temporary), 0.5).read_bytes()
        print(f"{machine()}; {options.people} people for {options.seconds:g} s")
        crowd = asyncio.run(visit(studio, photo, options.people, options.seconds))
    print("\n| asked | answers | median ms | 95 % ms |\n|---|---|---|---|")
    for what, taken in sorted(crowd.milliseconds.items()):
        late = sorted(taken)[int(len(taken) * 0.95)]
        print(f"| {what} | {len(taken)} | {statistics.median(taken):.0f} | {late:.0f} |")
    refused = {name for name, *_ in TOO_MUCH}
    print("\nover a limit, answered:")
    for (what, status), count in sorted(crowd.answers.items()):
        if what in refused:
            print(f"- {what}: {status} ×{count}")
    busy = sum(count for (_, status), count in crowd.answers.items() if status == 429)
    memory = ", ".join(f"{mb:.0f}" for _, mb in crowd.memory[:: max(1, len(crowd.memory) // 10)])
    print(f"asked to wait (429): {busy}")
    print(f"memory, MB: {memory}; the last fifth over the third: {crowd.growth():.2f}")
    if found := wrong(crowd) + ["memory grew"] * (crowd.growth() > 1.15):
        sys.exit("WRONG:\n" + "\n".join(found[:20]))
    print("nothing lost, nothing over a limit let in")


if __name__ == "__main__":
    main()
