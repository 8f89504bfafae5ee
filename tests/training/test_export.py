"""Export to ONNX: what is stored, what is refused, and that nothing half written is left behind."""

import hashlib

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from tintype.errors import NetworkError
from tintype.training import export
from tintype.training.export import export_onnx, fold


class Small(nn.Module):
    output, hints, multiple, stride = "ab", False, 4, 1

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU())
        self.last = nn.Conv2d(32, 2, 3, padding=1)

    def forward(self, L):
        return self.last(self.body(L / 100))


@pytest.fixture
def small():
    torch.manual_seed(3)
    net = Small()
    net.train()
    for _ in range(5):  # so that the norm's statistics are not the trivial ones
        net(torch.rand(4, 1, 16, 16) * 100)
    return net


def test_folding_keeps_the_output_and_removes_the_norm(small):
    folded = fold(small)
    x = torch.rand(1, 1, 12, 20) * 100
    assert not any(isinstance(m, nn.BatchNorm2d) for m in folded.modules())
    with torch.no_grad():
        assert torch.allclose(folded(x), small.eval()(x), atol=1e-5)
    assert isinstance(small.body[1], nn.BatchNorm2d)  # the original is untouched


def test_large_weights_are_halves_and_small_ones_are_not(small, tmp_path):
    report = export_onnx(small, tmp_path / "a.onnx", {"tintype": "{}"})
    model = onnx.load(report.path)
    kinds = {len(np.atleast_1d(onnx.numpy_helper.to_array(t)).ravel()): t.data_type
             for t in model.graph.initializer}  # fmt: skip
    assert kinds[32 * 9] == kinds[2 * 32 * 9] == onnx.TensorProto.FLOAT16
    assert kinds[32] == kinds[2] == onnx.TensorProto.FLOAT
    assert [p.key for p in model.metadata_props] == ["tintype"]
    assert model.opset_import[0].version == 18
    assert [d.dim_param for d in model.graph.input[0].type.tensor_type.shape.dim] == ["n", "", "h", "w"]
    assert b"site-packages" not in report.path.read_bytes()  # no paths of the machine that exported it
    assert hashlib.sha256(report.path.read_bytes()).hexdigest() == report.sha256


def test_the_same_network_gives_the_same_bytes(small, tmp_path):
    first, second = (export_onnx(small, tmp_path / name, {"k": "v"}) for name in ("a.onnx", "b.onnx"))
    assert first.sha256 == second.sha256


def test_a_weight_too_large_for_fp16_is_an_error(small, tmp_path):
    small.last.weight.data[0, 0, 0, 0] = 1e6
    with pytest.raises(NetworkError, match="fp16"):
        export_onnx(small, tmp_path / "a.onnx", {})
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_differs_from_torch_is_not_written(small, tmp_path, monkeypatch):
    real = export.to_onnx

    def spoiled(network):
        model = real(network)
        for tensor in model.graph.initializer:
            if list(tensor.dims) == [2]:
                tensor.CopyFrom(onnx.numpy_helper.from_array(np.array([9, 9], np.float32), tensor.name))
        return model

    monkeypatch.setattr(export, "to_onnx", spoiled)
    with pytest.raises(NetworkError, match="not written"):
        export_onnx(small, tmp_path / "a.onnx", {})
    assert list(tmp_path.iterdir()) == []


def test_logits_need_bins(small, tmp_path):
    small.output = "logits"
    with pytest.raises(NetworkError, match="needs its bins"):
        export_onnx(small, tmp_path / "a.onnx", {})
