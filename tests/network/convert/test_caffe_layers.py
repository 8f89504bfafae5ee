"""Layers are read from either version of the format."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tintype.network.convert import caffe
from tintype.network.convert.caffe_schema import message


def test_older_layer_messages(tmp_path: Path) -> None:
    """Files from before mid-2014 spell their layers otherwise (V1LayerParameter)."""
    net = message("NetParameter")()
    for layer in caffe.published_net().layer:
        if layer.type in ("Convolution", "ReLU", "Deconvolution"):
            net.layer.add().CopyFrom(layer)
    old = message("NetParameter")()
    one = old.layers.add(name="conv1_2", type=4, bottom=["a"], top=["b"])
    blob = one.blobs.add(num=2, channels=3, height=1, width=1)
    blob.data.append(np.arange(6, dtype="<f4").tobytes())
    [layer] = caffe.layers_of(old, tmp_path, with_blobs=True)
    assert (layer.name, layer.kind, layer.bottoms, layer.tops) == ("conv1_2", "Convolution", ("a",), ("b",))
    assert layer.blobs[0].shape == (2, 3, 1, 1)
    assert layer.blobs[0].ravel().tolist() == [0, 1, 2, 3, 4, 5]
