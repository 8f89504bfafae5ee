"""What the tests cost: ``pytest --costs 40`` lists the dearest files, with their peak of memory."""

from __future__ import annotations

import contextlib
import ctypes
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

# What a process that runs tests should hold at most. Several run beside each other, on machines of 8 GB.
AIM_MB = 2000


def cpu_seconds() -> float:
    """CPU time so far of this process and of the children that it has waited for."""
    if resource is None:
        return 0.0
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)


def peak_mb() -> float:
    """The most memory that this process held since `forget_peak`, or ever; 0 where the system doesn't say."""
    if Path("/proc/self/status").exists():
        return _status("VmHWM")
    if resource is None:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1e3)


def held_mb() -> float:
    """The memory that this process holds now, but for what it maps of files, as libraries; 0 as above."""
    return _status("RssAnon")


def _status(name: str) -> float:
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1e3 for line in lines if line.startswith(f"{name}:")), 0.0)


def forget_peak() -> None:
    """Let `peak_mb` begin anew; only Linux can."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


# What was freed goes back to the system only when asked for; a process runs fifty files (glibc).
_trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None


def give_back() -> None:
    """Give memory that is free back to the system."""
    if _trim is not None:
        _trim(0)


class Costs:
    """Measures in the process that runs the tests, and adds up and prints in the one that reports."""

    def __init__(self, shown: int) -> None:
        self.shown = shown
        self.last = cpu_seconds()
        self.cpu: Counter[str] = Counter()
        self.tests: Counter[str] = Counter()
        self.count: Counter[str] = Counter()
        self.peak: dict[str, float] = defaultdict(float)
        self.left: dict[str, float] = {}
        self.workers: list[str] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        now = cpu_seconds()
        report.user_properties.append(("costs", (now - self.last, peak_mb(), held_mb())))
        self.last = now
        return report

    def pytest_runtest_logreport(self, report):
        cost = dict(report.user_properties).get("costs")
        if cost is None:
            return
        seconds, peak, held = cost
        file = report.nodeid.split("::")[0]
        self.cpu[file] += seconds
        self.tests[report.nodeid] += seconds
        self.count[file] += report.when == "call"
        self.peak[file] = max(self.peak[file], peak)
        self.left[file] = held

    def pytest_sessionstart(self):
        self.last = cpu_seconds()

    def pytest_collection_finish(self):
        self.collecting, self.last = cpu_seconds(), cpu_seconds()

    def pytest_sessionfinish(self, session):
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["costs"] = (self.collecting, cpu_seconds())

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node, error):
        costs = getattr(node, "workeroutput", {}).get("costs")
        if costs is not None:
            self.workers.append(f"{node.gateway.id}: {costs[1]:.0f} s, of which loading {costs[0]:.0f} s")

    def pytest_terminal_summary(self, terminalreporter):
        write = terminalreporter.write_line
        terminalreporter.section("costs")
        write(f"{self.cpu.total():.0f} s of CPU in tests; {'; '.join(self.workers)}")
        write("peak MB: with libraries; left MB: without, when the file's last test was over")
        write("CPU s  peak  left  tests  file")
        for file, seconds in self.cpu.most_common(self.shown):
            numbers = f"{seconds:5.1f} {self.peak[file]:5.0f} {self.left[file]:5.0f} {self.count[file]:6d}"
            write(f"{numbers}  {file}")
        write("CPU s  test")
        for name, seconds in self.tests.most_common(self.shown):
            write(f"{seconds:5.1f}  {name}")
