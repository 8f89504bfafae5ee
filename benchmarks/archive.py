"""Archives: a plain folder run against engines and stores, memory, deaths, a list of a million names.

Each part prints its own rows of Markdown, with the number of photographs that it was measured with.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyvips

from measure import machine, run

TINTYPE = (sys.executable, "-m", "tintype")
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


def rate(label: str, count: int, base: float, state: Path, *command: object) -> float:
    """Run a command that colors `count` photographs; print its row; return how many a second once begun."""
    made = run(*TINTYPE, *command, "--quiet")
    [path] = state.rglob("manifest-1-of-1.db")
    with closing(sqlite3.connect(path)) as db:
        times = [t for (t,) in db.execute("SELECT time FROM photographs WHERE state = 'done' ORDER BY time")]
    assert len(times) == count
    # Without what a run takes to begin, which is the same for fifty and for a million.
    first = count // 5
    speed = (count - 1 - first) / (times[-1] - times[first])
    row = (label, f"{made.seconds:.1f}", f"{made.cpu:.1f}", f"{count / made.seconds:.2f}", f"{speed:.2f}",
           f"{speed / base:.2f}×" if base else "1", f"{made.peak_mb:.0f}")  # fmt: skip
    print(f"| {' | '.join(row)} |", flush=True)
    return speed


def throughput(home: Path, options: argparse.Namespace) -> None:
    """Plain folder run, archive, Ray, and from and to S3: photographs a second in one run, as ratios."""
    count, jobs = options.photos, ("--jobs", options.jobs, "--size", options.size)
    scans = photographs(home / "scans", count, options.side)
    print(f"\n{count} photographs, {options.jobs} workers, view of {options.size} px\n")
    heads = (
        "run",
        "s",
        "CPU s",
        "a second",
        "a second, once begun",
        "ratio of those",
        "MB of the largest process",
    )
    print(f"| {' | '.join(heads)} |\n" + "|---" * len(heads) + "|")
    for turn in map(str, range(options.times)):
        out = home / turn
        base = rate("folder", count, 0, out / "folder", "colorize", scans, "-o", out / "folder", *jobs)
        if "local" in options.runs:
            rate("archive, local", count, base, out / "local", "archive", scans, out / "local", *jobs)
            same(out / "folder", out / "local")
        if "ray" in options.runs:
            ray = ("archive", scans, out / "ray", "--engine", "ray", *jobs)
            rate("archive, Ray", count, base, out / "ray", *ray)
            same(out / "folder", out / "ray")
    if "s3" in options.runs:
        with s3(home) as system:
            system.put(f"{scans}/", "box/scans/", recursive=True)
            stores = ("archive", "s3://box/scans", "s3://box/out", "--state", home / "state", *jobs)
            rate("archive, S3 to S3", count, base, home / "state", *stores)
            assert len([n for n in system.find("box/out") if n.endswith(".jpg")]) == count


def same(one: Path, two: Path) -> None:
    """Compare two trees of results, byte by byte."""
    names = [p.relative_to(one) for p in one.rglob("*.jpg")]
    assert names
    assert all((one / n).read_bytes() == (two / n).read_bytes() for n in names)


@contextmanager
def s3(home: Path) -> Iterator[Any]:
    """Serve S3 from a process of its own (moto)."""
    code = (
        "from moto.server import ThreadedMotoServer as S; import time; S(port=5055).start(); time.sleep(1e6)"
    )
    log = (home / "s3.log").open("w")
    server = subprocess.Popen([sys.executable, "-c", code], stdout=log, stderr=log)
    os.environ.update(S3 | {"AWS_ENDPOINT_URL": "http://127.0.0.1:5055"})
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
        start = time.perf_counter()
        with subprocess.Popen([*map(str, command), "--quiet"]) as process:
            driver, worker = peaks(process)
        assert process.returncode == 0
        print(f"| {count} | {driver:.0f} | {worker:.0f} | {time.perf_counter() - start:.0f} |", flush=True)


def peaks(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Return the peak memory of a process and of its largest child, MB, looking ten times a second."""
    driver = worker = 0.0
    while process.poll() is None:
        driver = max(driver, _peak(process.pid))
        worker = max([worker, *map(_peak, _children(process.pid))])
        time.sleep(0.1)
    return driver, worker


def _peak(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    return 0.0


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def deaths(home: Path, options: argparse.Namespace) -> None:
    """Kill a worker, then the driver, in the middle; go on; count and verify."""
    count = options.photos
    scans, out = photographs(home / "scans", count, options.side), home / "deaths"
    command = [*map(str, (*TINTYPE, "archive", scans, out, "--jobs", options.jobs, "--size", options.size))]
    print(f"\n{count} photographs, {options.jobs} workers; killed: one at 1/5, the driver at 2/5\n")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        _until(lambda: done(out) >= count // 5)
        os.kill(_children(process.pid)[-1], signal.SIGKILL)
        _until(lambda: done(out) >= 2 * count // 5)
        process.send_signal(signal.SIGKILL)
    early = {p: p.stat().st_mtime_ns for p in out.rglob("*.jpg") if ".tintype" not in p.parts}
    again = subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True)
    made = list(out.rglob("*.jpg"))
    twice = sum(p.stat().st_mtime_ns != t for p, t in early.items())
    checked = subprocess.run([*TINTYPE, "archive", "--verify", out], stderr=subprocess.PIPE, text=True)
    print(
        f"- when the driver was killed: {len(early)}; afterwards: {len(made)} of {count}; made again: {twice}"
    )
    print(f"- the second run: {again.stderr.splitlines()[0]}")
    print(f"- verified: {checked.stderr.strip()} (exit code {checked.returncode})", flush=True)
    assert (len(made), twice, checked.returncode) == (count, 0, 0)


def done(out: Path) -> int:
    """Return how many photographs a manifest knows to be done."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(out / ".tintype/manifest-1-of-1.db")) as db:
        return int(db.execute("SELECT count(*) FROM photographs WHERE state = 'done'").fetchone()[0])
    return 0


def _until(reached: Callable[[], bool]) -> None:
    while not reached():
        time.sleep(0.02)


def names(home: Path, options: argparse.Namespace) -> None:
    """Plan a list of names: when the first task is there, when all are, and how much memory it takes."""
    path = home / "names.csv"
    with path.open("w") as file:
        file.write("photo,vividness\n")
        file.writelines(f"box{n // 5000:04}/photograph-{n:08}.tif,\n" for n in range(options.names))
    for label in ("planned", "planned again, all known"):
        told = subprocess.run([sys.executable, __file__, "--plan", path, "--home", home], check=True,
                              stdout=subprocess.PIPE, text=True)  # fmt: skip
        said = json.loads(told.stdout)
        print(f"- {options.names:,} names {label}: first task after {said['first']:.2f} s, all after "
              f"{said['all']:.0f} s, {said['mb']:.0f} MB at most ({said['base']:.0f} MB before)")  # fmt: skip


def plan(path: Path, home: Path) -> None:
    """Plan one list in this process, and say how long it took."""
    from tintype.archive.manifest import Manifest
    from tintype.archive.origins import open_origin
    from tintype.archive.places.local import LocalFolder
    from tintype.archive.planner import Archive, Planner
    from tintype.archive.work import ColorizeJob
    from tintype.settings import Settings

    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter()
    with Manifest(home / "plan") as manifest:
        archive = Archive(open_origin(str(path)), LocalFolder(home / "plan"), manifest)
        planner = Planner(archive, ColorizeJob(Settings(), "digest"), overwrite=False, trust=True)
        planner.start()
        tasks = planner.tasks()
        next(tasks)
        first = time.perf_counter() - start
        assert 1 + sum(1 for _ in tasks) == planner.listed
        planner.stop()
    mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"first": first, "all": time.perf_counter() - start, "mb": mb, "base": base}))


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
    parser.add_argument("--size", default="256", help="view of the network, px")
    parser.add_argument("--jobs", default=str(os.cpu_count()))
    parser.add_argument("--times", type=int, default=1, help="rounds of throughput")
    parser.add_argument("--runs", nargs="*", default=["local", "ray", "s3"])
    parser.add_argument("--price", type=float, default=0.8, help="of a machine of 16 cores, an hour")
    parser.add_argument("--plan", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.plan:
        plan(options.plan, options.home)
        return
    print(machine())
    for name in options.parts or PARTS:
        with tempfile.TemporaryDirectory() as temporary:
            PARTS[name](Path(temporary), options)


if __name__ == "__main__":
    main()
