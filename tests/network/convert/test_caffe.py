"""The Caffe colorizer against OpenCV 4's own Caffe importer, run the way people run it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from google.protobuf import text_format

from network.family_tester import ForeignNetworkTests, photograph, real_weights
from network.random_caffe import narrowed, random_net, write_published
from tintype.color.decode import annealed_mean
from tintype.errors import NetworkError
from tintype.network.adapter import Network
from tintype.network.convert import caffe, convert
from tintype.network.convert.caffe_schema import message

cv2 = pytest.importorskip("cv2", reason="OpenCV 4 is only in the test group")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the three files as published, the weights random."""
    return write_published(tmp_path_factory.mktemp("caffe"))


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The same of a network with fewer channels, which is the published one until these tests are over."""
    with narrowed():
        yield write_published(tmp_path_factory.mktemp("narrow"))


class TestCaffeAtFullSize(ForeignNetworkTests):
    """All that people do with OpenCV, step by step, and what comes out of it.

    Before the narrow ones, for which the module knows no other network.
    """

    family = "zhang16"
    sizes = ((64, 88),)
    options = {"variant": "v2"}  # noqa: RUF012

    @pytest.fixture(scope="class")
    @classmethod
    def folder(cls, whole: Path) -> Path:
        return whole

    @pytest.fixture(scope="class")
    @classmethod
    def file(cls, folder: Path) -> Path:
        return folder / "colorization_release_v2.caffemodel"

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def opencv(cls, folder: Path) -> Iterator[None]:
        net = cv2.dnn.readNetFromCaffe(
            str(folder / "colorization_deploy_v2.prototxt"),
            str(folder / "colorization_release_v2.caffemodel"),
        )
        points = np.load(folder / "pts_in_hull.npy").transpose().reshape(2, 313, 1, 1)
        net.getLayer(net.getLayerId("class8_ab")).blobs = [points.astype("float32")]
        net.getLayer(net.getLayerId("conv8_313_rh")).blobs = [np.full([1, 313], 2.606, dtype="float32")]
        # OpenCV 4.7 and later approximate 3×3 convolutions (Winograd), which alone shifts ab by 4e-3.
        net.enableWinograd(False)
        cls.net = net
        yield
        del cls.net

    def reference(self, L: np.ndarray, hints: np.ndarray | None) -> np.ndarray:
        L = L.copy()
        L -= 50
        self.net.setInput(cv2.dnn.blobFromImage(L))
        return self.net.forward()[0]

    def ab(self, network: Network, L: np.ndarray, hints: np.ndarray | None) -> np.ndarray:
        # Decoded from the logits by our own pipeline, which is what a coloured photograph goes through.
        prediction = network.predict(L)
        temperature, gain = prediction.vividness.at(0.5)
        return annealed_mean(prediction.logits, prediction.bins, temperature) * np.float32(gain)

    # What doesn't depend on the size that the narrow one shows.
    test_takes_the_views_its_rule_promises = None
    test_refuses_a_file_cut_short = None
    test_says_when_it_takes_no_hints = None


@pytest.mark.real_weights
@pytest.mark.skipif(not real_weights("colorization_release_v2.caffemodel"), reason="no such file is here")
class TestPublishedCaffe(TestCaffeAtFullSize):
    """The same with the published weights, where TINTYPE_TEST_WEIGHTS has them."""

    options = {}  # noqa: RUF012
    sizes = ((224, 224), (64, 88), (120, 160))

    @pytest.fixture(scope="class")
    @classmethod
    def folder(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        folder = write_published(tmp_path_factory.mktemp("real"))
        name = "colorization_release_v2.caffemodel"
        shutil.copyfile(real_weights(name)[0], folder / name)
        return folder

    def test_is_known_by_its_hash(self, network: Network) -> None:
        assert network.descriptor.name == "zhang16-v2"


class TestCaffe(TestCaffeAtFullSize):
    """The same with fewer channels, and the rest."""

    sizes = ((224, 224), (64, 88), (120, 160))
    test_takes_the_views_its_rule_promises = ForeignNetworkTests.test_takes_the_views_its_rule_promises
    test_refuses_a_file_cut_short = ForeignNetworkTests.test_refuses_a_file_cut_short
    test_says_when_it_takes_no_hints = ForeignNetworkTests.test_says_when_it_takes_no_hints

    @pytest.fixture(scope="class")
    @classmethod
    def folder(cls, published: Path) -> Path:
        return published

    def test_ab_output_has_the_constants_baked_in(self, network: Network) -> None:
        L = photograph(64, 64)
        _, ab = network.session.run(None, {"data_l": L[None, None] - 50})
        assert np.abs(ab[0] - self.reference(L, None)).max() < 1e-3

    def test_prototxt_gives_the_same_network(self, published: Path, network: Network, tmp_path: Path) -> None:
        known = _digest(onnx.load(network.path))
        other = convert(
            published / "colorization_release_v2.caffemodel",
            prototxt=published / "colorization_deploy_v2.prototxt",
            centers=published / "pts_in_hull.npy",
        )
        assert any("pts_in_hull.npy" in note for note in other.notes)
        assert other.descriptor == network.descriptor
        assert _digest(other.model) == known


def _digest(model: onnx.ModelProto) -> str:
    """Of all that a network computes; the bytes themselves are a third of a gigabyte beside each other."""
    return hashlib.sha256(model.graph.SerializeToString(deterministic=True)).hexdigest()


class TestVariants:
    """v1, v2 and v2_norebal are told apart."""

    def write(self, folder: Path, stem: str, trained: str) -> Path:
        path = folder / f"{stem}.caffemodel"
        path.write_bytes(random_net(caffe.published_net(), trained=trained).SerializeToString())
        return path

    def v1_prototxt(self, folder: Path) -> Path:
        net = caffe.published_net()
        net.ClearField("layer")
        net.input.extend(["data_l", "Trecip"])
        net.input_dim.extend([1, 1, 224, 224, 1, 313, 56, 56])
        for layer in caffe.published_net().layer:
            if layer.name == "conv8_313_rh":
                net.layer.add(
                    name="Reheat8", type="Eltwise", bottom=["conv8_313", "Trecip"], top=["conv8_313_rh"]
                ).eltwise_param.operation = 0
            elif layer.type != "Input":
                net.layer.add().CopyFrom(layer)
        path = folder / "colorization_deploy_v1.prototxt"
        path.write_text(text_format.MessageToString(net) + '\nlayer { name: "Silence" type: "Silence" }')
        return path

    def test_from_training_layers(self, tmp_path: Path, published: Path) -> None:
        plain = self.write(tmp_path, "renamed", "v2_norebal")
        assert convert(plain).descriptor.name == "zhang16-v2_norebal"

    def test_v1_by_its_prototxt(self, tmp_path: Path, published: Path) -> None:
        file = self.write(tmp_path, "mine", "")
        v1 = convert(file, prototxt=self.v1_prototxt(tmp_path))
        assert v1.descriptor.name == "zhang16-v1"
        v2 = convert(published / "colorization_release_v2.caffemodel")
        # Weights and sums are the same, so the annealing of v1 must end in the same numbers.
        a, b = (_run(m.model, photograph(32, 32)) for m in (v1, v2))
        assert np.abs(a - b).max() < 1e-4

    def test_wrong_prototxt(self, tmp_path: Path, published: Path) -> None:
        with pytest.raises(NetworkError, match=r"is of v1, but .* is of v2; give colorization_deploy_v2"):
            convert(published / "colorization_release_v2.caffemodel", prototxt=self.v1_prototxt(tmp_path))

    def test_nothing_says_which(self, tmp_path: Path, published: Path) -> None:
        file = self.write(tmp_path, "mine", "")
        with pytest.raises(NetworkError, match="add --variant"):
            convert(file)
        assert convert(file, variant="v1").descriptor.name == "zhang16-v1"

    def test_contradiction(self, published: Path) -> None:
        with pytest.raises(NetworkError, match="v2_norebal was asked for, but the files are of v2"):
            convert(published / "colorization_release_v2.caffemodel", variant="v2_norebal")

    def test_unknown_variant(self, published: Path) -> None:
        with pytest.raises(NetworkError, match="v3"):
            convert(published / "colorization_release_v2.caffemodel", variant="v3")


def _run(model: object, L: np.ndarray) -> np.ndarray:
    import onnxruntime

    session = onnxruntime.InferenceSession(model.SerializeToString())  # type: ignore[attr-defined]
    return session.run(["ab"], {"data_l": L[None, None] - 50})[0]


class TestWrongFiles:
    """What does not belong together, or is no Caffe file at all, is refused by name."""

    def changed(self, published: Path, folder: Path, **edit: object) -> Path:
        net = message("NetParameter")()
        net.ParseFromString((published / "colorization_release_v2.caffemodel").read_bytes())
        for layer in list(net.layer):
            if layer.name == edit.get("drop"):
                net.layer.remove(layer)
            elif layer.name == edit.get("rename"):
                layer.name = "another"
            elif layer.name == edit.get("shorten"):
                layer.blobs[0].data[0] = layer.blobs[0].data[0][:-4]
        path = folder / "colorization_release_v2.caffemodel"
        path.write_bytes(net.SerializeToString())
        return path

    def test_weights_missing(self, published: Path, tmp_path: Path) -> None:
        with pytest.raises(NetworkError, match="layers conv3_2 have no weights"):
            convert(self.changed(published, tmp_path, drop="conv3_2"))

    def test_weights_of_another_network(self, published: Path, tmp_path: Path) -> None:
        with pytest.raises(NetworkError, match="another belong to no layer"):
            convert(self.changed(published, tmp_path, rename="conv3_2"))

    def test_blob_too_short(self, published: Path, tmp_path: Path) -> None:
        with pytest.raises(NetworkError, match=r"conv4_1.*the file is damaged"):
            convert(self.changed(published, tmp_path, shorten="conv4_1"))

    def test_prototxt_with_other_filters(self, published: Path, tmp_path: Path) -> None:
        text = (published / "colorization_deploy_v2.prototxt").read_text()
        wrong = tmp_path / "wrong.prototxt"
        wrong.write_text(text.replace("num_output: 313", "num_output: 529"))
        with pytest.raises(NetworkError, match=r"conv8_313.*another network"):
            convert(published / "colorization_release_v2.caffemodel", prototxt=wrong)

    def test_prototxt_that_is_none(self, published: Path, tmp_path: Path) -> None:
        wrong = tmp_path / "wrong.prototxt"
        for text in ("layer { name: ", "\x00\x01", "", 'name: "LtoAB"'):
            wrong.write_text(text)
            with pytest.raises(NetworkError, match=r"wrong\.prototxt"):
                convert(published / "colorization_release_v2.caffemodel", prototxt=wrong)

    def test_not_a_caffemodel(self, tmp_path: Path) -> None:
        wrong = tmp_path / "page.caffemodel"
        wrong.write_bytes(b"<!DOCTYPE html><html>404</html>" * 50)
        with pytest.raises(NetworkError, match=r"page\.caffemodel"):
            convert(wrong)
