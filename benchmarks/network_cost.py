"""What networks cost: CPU time of one view on one core, in turns. Prints a Markdown table.

    python benchmarks/network_cost.py tintype other.onnx [--view 256 352] [--times 5]

Names or ONNX files of Tintype's own family. It is the processor's time, the best of some, so other work on
the machine counts little; the first network is what the others are a share of. Weights do not matter.
"""

from __future__ import annotations

import argparse
import platform
import time
from typing import TYPE_CHECKING

import numpy as np
import onnx

from tintype.network.registry import find
from tintype.network.session import runtime

if TYPE_CHECKING:
    import onnxruntime


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("networks", nargs="+")
    parser.add_argument("--view", nargs=2, type=int, default=(256, 352), metavar=("HEIGHT", "WIDTH"))
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args()
    files = {name: find(name) for name in asked.networks}
    sessions = {name: open_on_one_core(str(file)) for name, file in files.items()}
    view = {
        "L": np.random.default_rng(0).uniform(0, 100, (1, 1, *asked.view)).astype(np.float32),
        "hints": np.zeros((1, 3, *asked.view), np.float32),
    }
    taken: dict[str, list[float]] = {name: [] for name in files}
    for turn in range(asked.times + 1):
        for name, session in sessions.items():
            feed = {one.name: view[one.name] for one in session.get_inputs()}
            began = time.process_time()
            session.run(None, feed)
            if turn:  # the first one allocates
                taken[name].append(time.process_time() - began)
    print(
        f"{asked.view[0]} × {asked.view[1]} px, ONNX Runtime {runtime().__version__}, {platform.machine()}\n"
    )
    print("| network | parameters, million | MB | ms of one core | share |\n|---|--:|--:|--:|--:|")
    first = min(taken[asked.networks[0]])
    for name, file in files.items():
        count = sum(int(np.prod(t.dims)) for t in onnx.load(str(file)).graph.initializer)
        cost = min(taken[name])
        megabytes = file.stat().st_size / 1e6
        print(f"| {name} | {count / 1e6:.1f} | {megabytes:.1f} | {1000 * cost:.0f} | {cost / first:.0%} |")


def open_on_one_core(path: str) -> onnxruntime.InferenceSession:
    """A session that computes in one thread."""
    options = runtime().SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return runtime().InferenceSession(path, options, providers=["CPUExecutionProvider"])


if __name__ == "__main__":
    main()
