"""Plan a million names of a list and of a bucket; and again, when all are known to be done."""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import bucket

_PORT = 5056
_STORE = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
          "AWS_ENDPOINT_URL": f"http://127.0.0.1:{_PORT}"}  # fmt: skip
_SOURCES = {"a list": "names.csv", "one folder of a bucket": "s3://box/scans"}


def names(home: Path, options: argparse.Namespace) -> None:
    """Plan names: when the first task is there, when all are, and how much memory it takes.

    Results go to a bucket. The second time all are known to be done and there, but one.
    """
    with (home / "names.csv").open("w") as file:
        file.write("photo,vividness\n")
        file.writelines(f"{bucket.name(n)},\n" for n in range(options.names))
    server = [sys.executable, str(Path(bucket.__file__)), str(_PORT), str(options.names)]
    with subprocess.Popen(server) as serving:
        try:
            for label, source in _SOURCES.items():
                for again in (False, True):
                    _report(label, _apart(source, home, again=again), options.names, again=again)
        finally:
            serving.kill()


def _apart(source: str, home: Path, *, again: bool) -> dict[str, float]:
    """Plan in a process of its own."""
    command = [sys.executable, __file__, source, str(home), *["again"] * again]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ | _STORE)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _report(label: str, told: dict[str, float], count: int, *, again: bool) -> None:
    assert told["tasks"] == (1 if again else count), told
    first = "the one whose result is gone" if again else "the first task"
    print(
        f"- {count:,} names of {label}{', all done before' * again}: {first} after {told['first']:.2f} s, "
        f"all after {told['all']:.0f} s ({told['cpu']:.0f} CPU s), {told['mb']:.0f} MB at most "
        f"({told['base']:.0f} MB before)",
        flush=True,
    )


def plan(source: str, home: Path, *, again: bool) -> dict[str, float]:
    """Plan the names of one source in this process, and say how long it took."""
    from tintype.archive.manifest import Manifest
    from tintype.archive.origins import open_origin
    from tintype.archive.places import open_place
    from tintype.archive.planner import Archive, Planner
    from tintype.archive.work import ColorizeJob
    from tintype.settings import Settings

    base = _peak()
    start, begun = time.perf_counter(), time.process_time()
    with Manifest(home / f"state {source}".replace("/", "_")) as manifest:
        place = source if source.startswith("s3:") else str(home / source)
        archive = Archive(open_origin(place), open_place("s3://box/out"), manifest)
        planner = Planner(archive, ColorizeJob(Settings(), "digest"), overwrite=False, trust=True)
        planner.start()
        tasks = planner.tasks()
        next(tasks)
        first = time.perf_counter() - start
        count = 1 + sum(1 for _ in tasks)
        took, cpu = time.perf_counter() - start, time.process_time() - begun
        planner.stop()
        path, mb = manifest.path, _peak()
    if not again:
        with closing(sqlite3.connect(path)) as db:  # as if all had been coloured
            db.execute("UPDATE photographs SET state = 'done', status = 'coloured', settings = 'digest', "
                       "outputs = json_object(target, printf('%064x', rowid)), sizes = '[1000]'")  # fmt: skip
            db.commit()
    return {"first": first, "all": took, "cpu": cpu, "mb": mb, "base": base, "tasks": count}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(plan(sys.argv[1], Path(sys.argv[2]), again=len(sys.argv) > 3)))
