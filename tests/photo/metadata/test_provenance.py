"""What a result says of how it was made."""

from tintype.photo.metadata.provenance import Provenance


def test_paths_in_settings_are_not_told():
    mark = Provenance("1", "x", "", {"reference": "/home/ann/secret/ref.jpg", "model": "/home/ann/my.onnx"})
    assert "secret" not in mark.parameters() and "/home" not in mark.parameters()
    assert "ref.jpg" in mark.parameters() and "my.onnx" in mark.parameters()
