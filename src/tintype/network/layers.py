"""Layers that DDColor and DeOldify have from fastai: normed weights, upsampling by pixel shuffle."""

from __future__ import annotations

from itertools import count, takewhile

import numpy as np

from tintype.errors import NetworkError
from tintype.network.graph import Array, Graph, Weights


def count_layers(weights: Weights, pattern: str) -> int:
    """Return how many layers of a kind there are: names with 0, 1, 2 … in the place of ``{}``."""
    return sum(1 for _ in takewhile(lambda i: pattern.format(i) in weights, count()))


def fold_norm(weights: Weights, key: str, shape: tuple[int | None, ...]) -> Array:
    """Return the weight that runs, of a layer whose file may hold it under spectral or weight norm.

    Spectral norm (Miyato et al. 2018) divides ``weight_orig`` by its largest singular value, as estimated by
    ``weight_u`` and ``weight_v``; weight norm (Salimans and Kingma 2016) gives every output channel of
    ``weight_v`` the length ``weight_g``. Copies in which somebody folded them have a plain ``weight``.
    """
    if f"{key}.weight_orig" in weights:
        if f"{key}.weight" in weights:
            # torch before 1.1 kept the divided weight in the file.
            weights.skip(*(f"{key}.weight_{end}" for end in ("orig", "u", "v")))
            return weights.take(f"{key}.weight", shape)
        original = weights.take(f"{key}.weight_orig", shape)
        flat = original.reshape(original.shape[0], -1).astype(np.float64)
        u = weights.take(f"{key}.weight_u", flat.shape[:1])
        v = weights.take(f"{key}.weight_v", flat.shape[1:])
        sigma = float(u.astype(np.float64) @ flat @ v.astype(np.float64))
        if not abs(sigma) > 1e-12:
            msg = f"{weights.name}: {key} has a spectral norm of {sigma:g}; the file is damaged"
            raise NetworkError(msg)
        return (original / sigma).astype(np.float32)
    if f"{key}.weight_g" in weights:
        direction = weights.take(f"{key}.weight_v", shape).astype(np.float64)
        length = np.sqrt((direction**2).sum(axis=tuple(range(1, direction.ndim)), keepdims=True))
        gain = weights.take(f"{key}.weight_g", length.shape)
        return (gain * direction / np.maximum(length, 1e-30)).astype(np.float32)
    return weights.take(f"{key}.weight", shape)


def conv(graph: Graph, x: str, key: str, out: int | None = None, *, kernel: int, bias: bool) -> str:
    """A "same" convolution whose weight may be under a norm."""
    weight = fold_norm(graph.weights, key, (out, graph.channels[x], kernel, kernel))
    values = [graph.constant(weight)]
    if bias:
        values.append(graph.constant(graph.weights.take(f"{key}.bias", weight.shape[:1])))
    made = graph.op("Conv", x, *values, kernel_shape=[kernel] * 2, pads=[(kernel - 1) // 2] * 4)
    graph.channels[made] = weight.shape[0]
    return made


def pixel_shuffle(graph: Graph, x: str, scale: int) -> str:
    """Every scale² channels become scale × scale pixels of one channel."""
    if graph.channels[x] % scale**2:
        msg = f"{graph.weights.name}: {graph.channels[x]} channels can't become {scale}×{scale} pixels each"
        raise NetworkError(msg)
    made = graph.op("DepthToSpace", x, blocksize=scale, mode="CRD")
    graph.channels[made] = graph.channels[x] // scale**2
    return made


def blur(graph: Graph, x: str) -> str:
    """Mean of each pixel and its neighbours above and left; hides the checkerboard of shuffled pixels."""
    padded = graph.op("Pad", x, graph.constant([0, 0, 1, 1, 0, 0, 0, 0], np.int64), mode="edge")
    return graph.op("AveragePool", padded, kernel_shape=[2, 2], strides=[1, 1])


def unet_join(graph: Graph, x: str, skip: str, key: str, *, fit: bool = False) -> str:
    """One step up a U-Net: x at twice its size beside what the encoder saw at that size.

    Parameters
    ----------
    x, skip : str
        Values (n, c, h, w) and (n, d, 2h, 2w).
    key : str
        Of the block: its ``shuf`` raises x, its ``bn`` norms the skip.
    fit : bool
        The skip may be a row or column shorter, where its size is odd; x is then cut to it as torch's
        ``interpolate(mode="nearest")`` does.
    """
    up = conv(graph, x, f"{key}.shuf.conv.0", kernel=1, bias=False)
    up = blur(graph, pixel_shuffle(graph, graph.relu(graph.batch_norm(up, f"{key}.shuf.conv.1")), 2))
    if fit:
        channels = graph.channels[up]
        ends = graph.op("Shape", up, start=0, end=2), graph.op("Shape", skip, start=2, end=4)
        up = graph.op(
            "Resize", up, "", "", graph.concat(*ends, axis=0), mode="nearest",
            coordinate_transformation_mode="asymmetric", nearest_mode="floor",
        )  # fmt: skip
        graph.channels[up] = channels
    return graph.relu(graph.concat(up, graph.batch_norm(skip, f"{key}.bn")))
