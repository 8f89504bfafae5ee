"""What errors about networks hold besides their message."""

from tintype import errors


def test_an_unknown_network_says_which_are_near():
    error = errors.UnknownNetwork("no network named x", name="x", near=["y"], installable=True)
    assert (error.near, error.installable, error.name) == (("y",), True, "x")


def test_a_file_without_a_descriptor_says_what_makes_one():
    error = errors.NoDescriptor("n.onnx")
    assert "`tintype models import n.onnx` makes one" in str(error)
    assert error.path == "n.onnx"


def test_a_slow_network_says_its_limit():
    assert "not done after 120 s" in str(errors.NetworkTooSlow("net.onnx", seconds=120))
