"""Caffe files as published, with random weights: for the tests and for the benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from google.protobuf import text_format

from tintype.network.convert import caffe
from tintype.network.convert.ab_centers import published_centers
from tintype.network.convert.caffe_schema import message


def random_net(net: object, *, trained: str = "v2", v1: bool = False) -> object:
    """A NetParameter with that layer list and well-conditioned random weights."""
    rng = np.random.default_rng(7)
    made = message("NetParameter")(name="LtoAB")
    channels = {"data_l": 1}

    def blob(layer: object, array: np.ndarray, *, old: bool = False) -> None:
        added = layer.blobs.add()  # type: ignore[attr-defined]
        added.data.append(np.ascontiguousarray(array, "<f4").tobytes())
        if old:
            shape = (1,) * (4 - array.ndim) + array.shape
            added.num, added.channels, added.height, added.width = shape
        else:
            added.shape.dim.extend(array.shape)

    for layer in net.layer:  # type: ignore[attr-defined]
        if layer.type == "Input":
            continue
        if v1:
            added = made.layers.add(name=layer.name, bottom=layer.bottom, top=layer.top)
            added.type = {"Convolution": 4, "Deconvolution": 39, "ReLU": 18, "Softmax": 20}.get(layer.type, 0)
        else:
            added = made.layer.add(name=layer.name, type=layer.type, bottom=layer.bottom, top=layer.top)
        inside = channels[layer.bottom[0]]
        p = layer.convolution_param
        if layer.type in ("Convolution", "Deconvolution") and layer.name != "class8_ab":
            out, side = p.num_output, p.kernel_size[0]
            shape = (inside, out, side, side) if layer.type == "Deconvolution" else (out, inside, side, side)
            gain = np.sqrt(2 / (inside * side**2)) / (30 if layer.name == "bw_conv1_1" else 1)
            blob(added, rng.standard_normal(shape, dtype=np.float32) * gain)
            blob(added, rng.standard_normal(out, dtype=np.float32) * 0.1, old=v1)
            inside = out
        elif layer.type == "BatchNorm":
            # As Caffe stores them: sums, and what to divide them by.
            blob(added, rng.uniform(4, 6, inside) * 1.5)
            blob(added, rng.uniform(5, 9, inside) * 1.5)
            blob(added, np.array([15.0]))
        channels[layer.top[0]] = inside
    if trained == "v2":
        made.layer.add(name="conv8_313_boost", type="Python", bottom=["conv8_313"], top=["conv8_313_boost"])
    if trained:
        made.layer.add(name="loss8_313", type="SoftmaxCrossEntropyLoss", bottom=["conv8_313"])
    return made


@contextmanager
def narrowed(by: int = 8) -> Iterator[None]:
    """Let the published network have a part of its channels: tests of files need not hold 129 MB."""
    whole = caffe.published_net

    def narrow() -> object:
        net = whole()
        _narrow(net, by)
        return net

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(caffe, "published_net", narrow)
        yield


def _narrow(net: object, by: int) -> None:
    for layer in net.layer:  # type: ignore[attr-defined]
        if layer.type in ("Convolution", "Deconvolution") and layer.name not in ("conv8_313", "class8_ab"):
            layer.convolution_param.num_output //= by


def write_published(folder: Path, *, narrow: int = 1) -> Path:
    """Write the three files that people download into a folder, and give the folder back.

    With `narrow` layers have a part of their channels: the file has megabytes instead of 129 of them.
    """
    net = caffe.published_net()
    _narrow(net, narrow)
    (folder / "colorization_release_v2.caffemodel").write_bytes(random_net(net).SerializeToString())
    (folder / "colorization_deploy_v2.prototxt").write_text(text_format.MessageToString(net))
    np.save(folder / "pts_in_hull.npy", published_centers().astype(np.int64))
    return folder
