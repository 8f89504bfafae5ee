"""What kind of network an ONNX file of another program is: found out, or refused by name."""

from __future__ import annotations

from pathlib import Path

from onnx import helper

from network.onnx_models import FLOAT, mixing, model, refused


def test_networks_of_another_kind(file: Path) -> None:
    two = model(
        [helper.make_node("Add", ["x", "z"], ["y"])], {"x": [1, 3, 8, 8], "z": [1, 3, 8, 8]}, {"y": [1]}
    )
    refused(file, two, r"it has 2 inputs \(x, z\); .* \.pth")
    refused(file, mixing(4, 3), "4 channels|1 or 3 channels are expected")
    refused(file, mixing(3, 3, shape=[1, 3, 64, 32]), "only square views and free ones")
    refused(file, mixing(3, 3, shape=[1, 3, 99999, 99999]), "more than 4096 px")
    refused(file, mixing(3, 3, shape=[8, 3, 64, 64]), "a picture is expected")
    refused(file, mixing(3, 3, shape=["n", "c", "h", "w"]), "channels are left open; say --input")
    refused(file, mixing(3, 5), r"it gives 1×5×64×64, but 2 channels \(ab\) or 3 \(rgb\) are expected")
    refused(file, mixing(1, 313), r"313 are a distribution over ab bins: import the \.caffemodel or \.pth")
    flat = model([helper.make_node("Flatten", ["x"], ["y"])], {"x": [1, 3, 8, 8]}, {"y": [1, 192]})
    refused(file, flat, "it gives 1×192, but")
    ids = model([helper.make_node("Cast", ["x"], ["y"], to=FLOAT)], {"x": [1, 12]}, {"y": [1, 12]}, kind=7)
    refused(file, ids, r"is tensor\(int64\) of shape 1×12; a picture is expected")
