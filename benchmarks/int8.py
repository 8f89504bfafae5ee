"""Half the bits again: what int8 does to a network's colours, and whether it is quicker here.

    python benchmarks/int8.py PHOTOS [--model tintype] [--calibrate 32] [--photos 40] [-o int8.onnx]

Static quantisation (QDQ) of the convolutions, weights by channel, first and last ones kept; ranges from
photographs of PHOTOS that are not measured. Prints ΔE of the chosen colours (CIEDE2000, at the default
vividness) and the time of a view of 256 × 352 in both, and what the processor has. Ship it only below a mean
ΔE of 1 and 1.5 times as quick on every machine tried.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import onnx

from tintype.color.lab import lab_from_srgb
from tintype.dataset.sources import photographs_to_measure
from tintype.evaluation.entrants import enter, sit
from tintype.evaluation.metrics import Truth
from tintype.evaluation.photos import load
from tintype.metrics import ciede2000
from tintype.network.registry import find
from tintype.network.session import runtime
from tintype.settings import Settings

onnxruntime = runtime()  # before its tools, which load it as it comes

from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static  # noqa: E402
from onnxruntime.quantization.shape_inference import quant_pre_process  # noqa: E402

VIEW = (256, 352)


class Views(CalibrationDataReader):
    """Views of photographs, without hints, for the ranges of activations."""

    def __init__(self, photos: list[Any], inputs: list[str]) -> None:
        self.feeds = self._feeds(photos, inputs)

    @staticmethod
    def _feeds(photos: list[Any], inputs: list[str]) -> Iterator[dict[str, np.ndarray]]:
        for photo in photos:
            L = lab_from_srgb(load(photo, 256))[..., 0]
            h, w = (side // 32 * 32 for side in L.shape)
            feed = {"L": np.ascontiguousarray(L[None, None, :h, :w])}
            if "hints" in inputs:
                feed["hints"] = np.zeros((1, 3, h, w), np.float32)
            yield feed

    def get_next(self) -> dict[str, np.ndarray] | None:
        """The next view, or None."""
        return next(self.feeds, None)


def quantized(source: Path, target: Path, photos: list[Any]) -> None:
    """Write the int8 version of a network beside its descriptor."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        quant_pre_process(str(source), str(plain), skip_symbolic_shape=True)
        model = onnx.load(str(plain))
        convolutions = [node.name for node in model.graph.node if node.op_type == "Conv"]
        inputs = [value.name for value in model.graph.input]
        quantize_static(
            str(plain),
            str(target),
            Views(photos, inputs),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            nodes_to_exclude=[convolutions[0], convolutions[-1]],
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
    made, known = onnx.load(str(target)), {p.key: p.value for p in onnx.load(str(source)).metadata_props}
    for key, value in known.items():
        made.metadata_props.add(key=key, value=value)
    onnx.save(made, str(target))


def milliseconds(path: Path, threads: int) -> float:
    """Median of seven runs at VIEW, after one to warm up: time of the processor, all threads together."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options)
    feed = {"L": np.full((1, 1, *VIEW), 50, np.float32), "hints": np.zeros((1, 3, *VIEW), np.float32)}
    feed = {value.name: feed[value.name] for value in session.get_inputs()}
    spent = []
    for _ in range(8):
        began = time.process_time()
        session.run(None, feed)
        spent.append(1000 * (time.process_time() - began))
    return median(spent[1:])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos")
    parser.add_argument("--model", default="tintype")
    parser.add_argument("--calibrate", type=int, default=32)
    parser.add_argument("--measure", type=int, default=40)
    parser.add_argument("-o", "--output", type=Path, default=Path("int8.onnx"))
    asked = parser.parse_args()
    found = photographs_to_measure(asked.photos)
    source = find(asked.model)
    quantized(source, asked.output, found[1 :: max(2, len(found) // asked.calibrate)])
    one, other = enter((asked.model, str(asked.output.resolve())), Settings())
    distances = []
    for photo in found[:: max(1, len(found) // asked.measure)]:
        truth = Truth(photo.name, load(photo, 256))
        pair = []
        for entrant in (one, other):
            sitting = sit(entrant.colorizer, truth)
            chroma = entrant.chroma(sitting, entrant.predict(sitting), truth, (0.0, 0.0))
            pair.append(lab_from_srgb(entrant.paint(sitting, chroma)))
        distances.append(ciede2000(*pair))
    before, after = milliseconds(source, 1), milliseconds(asked.output, 1)
    sizes = [path.stat().st_size / 1e6 for path in (source, asked.output)]
    print(f"{platform.machine()}: {_features()}")
    print(f"{len(distances)} photographs: mean ΔE {np.mean(distances):.2f}, worst {np.max(distances):.2f}")
    print(f"{before:.0f} → {after:.0f} ms of one core ({before / after:.2f} times as quick), "
          f"{sizes[0]:.1f} → {sizes[1]:.1f} MB")  # fmt: skip


def _features() -> str:
    """Instruction sets that matter for int8, as Linux names them."""
    info = Path("/proc/cpuinfo")
    flags = info.read_text().split() if info.is_file() else []
    return ", ".join(f for f in ("avx2", "avx512f", "avx512_vnni", "avx_vnni") if f in flags) or "unknown"


if __name__ == "__main__":
    main()
