"""Archives: a plain folder run against engines and stores, memory, deaths, a list of a million names.

Each part prints its own rows of Markdown, with the number of photographs that it was measured with.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyvips

from archive_names import names
from measure import machine, run

TINTYPE = (sys.executable, "-m", "tintype")
_PORT = 5055
S3 = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


def photographs(folder: Path, count: int, side: int) -> Path:
    """Make small grey JPEGs, each another."""
    folder.mkdir(parents=True, exist_ok=True)
    dice = np.random.default_rng(7)
    y, x = np.mgrid[0 : side * 3 // 4, 0:side] / side
    for number in range(count):
        if (path := folder / f"{number // 1000:03}" / f"{number:06}.jpg").exists():
            continue
        path.parent.mkdir(exist_ok=True)
        a, b, c = dice.uniform(1, 9, 3)
        picture = 128 + 60 * np.sin(a * x + b * y) + 40 * np.cos(c * x * y) + dice.normal(0, 6, x.shape)
        pyvips.Image.new_from_array(picture.clip(0, 255).astype(np.uint8)).write_to_file(f"{path}[Q=85]")
    return folder


@dataclass(frozen=True)
class Rate:
    """Photographs a second: of the whole command, and without what it takes to begin."""

    whole: float
    begun: float


def rate(label: str, count: int, base: Rate | None, state: Path, *command: object) -> Rate:
    """Run a command that colors `count` photographs; print its row."""
    made = watched(*TINTYPE, *command, "--quiet")
    [path] = state.rglob("manifest-1-of-1.db")
    with closing(sqlite3.connect(path)) as db:
        times = [t for (t,) in db.execute("SELECT time FROM photographs WHERE state = 'done' ORDER BY time")]
    assert len(times) == count
    # Without what a run takes to begin, which is the same for fifty and for a million.
    first = count // 5
    speed = Rate(count / made.seconds, (count - 1 - first) / (times[-1] - times[first]))
    over = base or speed
    row = (label, f"{made.seconds:.1f}", f"{made.cpu:.1f}", f"{speed.whole:.2f}",
           f"{speed.whole / over.whole:.2f}×", f"{speed.begun:.2f}", f"{speed.begun / over.begun:.2f}×",
           f"{made.driver:.0f}", f"{made.worker:.0f}")  # fmt: skip
    print(f"| {' | '.join(row)} |", flush=True)
    return speed


@dataclass(frozen=True)
class Watched:
    """A run: wall and CPU seconds, peaks in MB of the process itself and of the largest below it."""

    seconds: float
    cpu: float
    driver: float
    worker: float


def watched(*command: object) -> Watched:
    """Run a command to its end, looking ten times a second how large its processes are."""
    start = time.perf_counter()
    process = subprocess.Popen([*map(str, command)])
    driver = worker = 0.0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        driver = max(driver, _peak(process.pid))
        worker = max([worker, *map(_peak, _below(process.pid))])
        time.sleep(0.1)
    assert status == 0, command
    process.returncode = 0
    return Watched(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, driver, worker)


def throughput(home: Path, options: argparse.Namespace) -> None:
    """Plain folder run, archive, Ray, and from and to S3: photographs a second, in turns, as ratios.

    All have the same photographs, settings, number of workers and threads a worker (one).
    """
    count, jobs = options.photos, ("--jobs", options.jobs, "--size", options.size)
    scans = photographs(options.scans or home / "scans", count, options.side)
    print(f"\n{count} photographs, {options.jobs} workers, view of {options.size} px\n")
    heads = ("run", "s", "CPU s", "a second", "ratio", "a second, once begun", "ratio of those",
             "MB of the driver", "MB of the largest worker")  # fmt: skip
    print(f"| {' | '.join(heads)} |\n" + "|---" * len(heads) + "|")
    ratios: dict[str, list[Rate]] = {}
    with ExitStack() as stack:
        if "s3" in options.runs:
            system = stack.enter_context(s3(home))
            system.put(f"{scans}/", "box/scans/", recursive=True)
        for turn in range(options.times):
            out = home / str(turn)
            commands: dict[str, tuple[Path, tuple[object, ...]]] = {
                "folder": (out / "folder", ("colorize", scans, "-o", out / "folder", *jobs)),
                "local": (out / "local", ("archive", scans, out / "local", *jobs)),
                "ray": (out / "ray", ("archive", scans, out / "ray", "--engine", "ray", *jobs)),
                "s3": (out / "s3", ("archive", "s3://box/scans", f"s3://box/{turn}", "--state", out / "s3",
                                    *jobs)),
            }  # fmt: skip
            base = None
            for name in ["folder", *options.runs]:
                state, command = commands[name]
                speed = rate(name, count, base, state, *command)
                base = base or speed
                ratios.setdefault(name, []).append(Rate(speed.whole / base.whole, speed.begun / base.begun))
                if name in ("local", "ray"):
                    same(out / "folder", state)
                elif name == "s3":
                    made = [n for n in system.find(f"box/{turn}") if n.endswith(".jpg")]
                    assert len(made) == count
            shutil.rmtree(out)
    if options.times > 1:
        for name in options.runs:
            whole, begun = (median(getattr(r, part) for r in ratios[name]) for part in ("whole", "begun"))
            print(f"- {name}: {whole:.2f}× the folder run, {begun:.2f}× once begun (medians of ratios)")


def same(one: Path, two: Path) -> None:
    """Compare two trees of results, byte by byte."""
    names = [p.relative_to(one) for p in one.rglob("*.jpg")]
    assert names
    assert all((one / n).read_bytes() == (two / n).read_bytes() for n in names)


@contextmanager
def s3(home: Path) -> Iterator[Any]:
    """Serve S3 from a process of its own (moto)."""
    code = "from moto.server import ThreadedMotoServer as S; import time; "
    code += f"S(port={_PORT}).start(); time.sleep(1e6)"
    log = (home / "s3.log").open("w")
    server = subprocess.Popen([sys.executable, "-c", code], stdout=log, stderr=log)
    os.environ.update(S3 | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{_PORT}"})
    import s3fs

    system = s3fs.S3FileSystem(use_listings_cache=False)
    try:
        for _ in range(100):
            with suppress(OSError):
                system.mkdir("box")
                break
            time.sleep(0.2)
        yield system
    finally:
        server.kill()
        server.wait()
        log.close()


def memory(home: Path, options: argparse.Namespace) -> None:
    """Memory of the process that keeps the manifest, and of a worker, against the number of photographs."""
    print("\n| photographs | MB of the driver | MB of the largest worker | s |\n" + "|---" * 4 + "|")
    for count in options.counts:
        scans = photographs(home / f"scans{count}", count, options.side)
        command = [
            *TINTYPE,
            "archive",
            scans,
            home / f"m{count}",
            "--jobs",
            options.jobs,
            "--size",
            options.size,
        ]
        made = watched(*command, "--quiet")
        print(f"| {count} | {made.driver:.0f} | {made.worker:.0f} | {made.seconds:.0f} |", flush=True)


def _peak(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return 0.0


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    return found


def deaths(home: Path, options: argparse.Namespace) -> None:
    """Kill a worker, then the driver, in the middle; go on; count and verify; on both engines."""
    count = options.photos
    scans = photographs(home / "scans", count, options.side)
    print(f"\n{count} photographs, {options.jobs} workers; killed: one at 1/5, the driver at 2/5\n")
    for engine in ("local", *(["ray"] if "ray" in options.runs else [])):
        out = home / engine
        command = [*TINTYPE, "archive", scans, out, "--jobs", options.jobs, "--size", options.size]
        command = [*map(str, command), "--engine", engine]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            _until(lambda out=out: done(out) >= count // 5)
            os.kill(next(_workers(process.pid)), signal.SIGKILL)
            _until(lambda out=out: done(out) >= 2 * count // 5)
            below = list(_below(process.pid))
            process.send_signal(signal.SIGKILL)
        early = {p: p.stat().st_mtime_ns for p in out.rglob("*.jpg") if ".tintype" not in p.parts}
        _until(lambda below=below: not any(map(_lives, below)))  # nobody is left at work
        again = subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True)
        made = list(out.rglob("*.jpg"))
        twice = sum(p.stat().st_mtime_ns != t for p, t in early.items())
        checked = subprocess.run([*TINTYPE, "archive", "--verify", out], stderr=subprocess.PIPE, text=True)
        print(f"- {engine}: when the driver was killed: {len(early)}; afterwards: {len(made)} of {count}; "
              f"made again: {twice}")  # fmt: skip
        print(f"  - the second run: {again.stderr.splitlines()[-2]}")
        print(f"  - verified: {checked.stderr.strip()} (exit code {checked.returncode})", flush=True)
        assert (len(made), twice, checked.returncode) == (count, 0, 0)


def _below(pid: int) -> Iterator[int]:
    """Yield the processes that a process has started, and theirs."""
    for child in _children(pid):
        yield child
        yield from _below(child)


def _workers(driver: int) -> Iterator[int]:
    """Yield the processes that color photographs."""
    for pid in _below(driver):
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
        if line.startswith(b"ray::_Worker") or b"spawn_main" in line:
            yield pid


def _lives(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def done(out: Path) -> int:
    """Return how many photographs a manifest knows to be done."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(out / ".tintype/manifest-1-of-1.db")) as db:
        return int(db.execute("SELECT count(*) FROM photographs WHERE state = 'done'").fetchone()[0])
    return 0


def _until(reached: Callable[[], bool]) -> None:
    while not reached():
        time.sleep(0.02)


def cost(home: Path, options: argparse.Namespace) -> None:
    """Say what a million photographs cost on a machine of 16 cores, of what one core takes."""
    count = min(options.photos, 100)
    scans = photographs(home / f"cost{count}", count, options.side)
    made = run(*TINTYPE, "archive", scans, home / "cost", "--jobs", "1", "--size", options.size, "--quiet")
    each = made.cpu / count
    hours = 1e6 * each / 16 / 3600
    print(f"\n{count} of {options.side} px, one worker: {each:.3f} CPU s each; a million on 16 cores "
          f"in {hours:.1f} h, {hours * options.price:.2f} at {options.price:g} an hour")  # fmt: skip


PARTS = {"throughput": throughput, "memory": memory, "deaths": deaths, "names": names, "cost": cost}


def main() -> None:
    """Measure, then print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all by default")
    parser.add_argument("--photos", type=int, default=5000)
    parser.add_argument("--counts", type=int, nargs="*", default=[1000, 5000], help="for memory")
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--side", type=int, default=320, help="px")
    parser.add_argument("--scans", type=Path, help="for throughput: a folder in which the photographs stay")
    parser.add_argument("--size", default="256", help="view of the network, px")
    parser.add_argument("--jobs", default=str(os.cpu_count()))
    parser.add_argument("--times", type=int, default=1, help="rounds of throughput")
    parser.add_argument("--runs", nargs="*", default=["local", "ray", "s3"])
    parser.add_argument("--price", type=float, default=0.8, help="of a machine of 16 cores, an hour")
    options = parser.parse_args()
    print(machine())
    for name in options.parts or PARTS:
        with tempfile.TemporaryDirectory() as temporary:
            PARTS[name](Path(temporary), options)


if __name__ == "__main__":
    main()
