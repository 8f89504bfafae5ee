"""One base tester, inherited by the test of every foreign network."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import onnx
import pytest

from costs import give_back
from tintype.errors import NetworkError
from tintype.network.adapter import Network
from tintype.network.convert import Converted, convert
from tintype.network.descriptor import KEY, NetworkDescriptor
from tintype.network.runtime import load


def photograph(height: int, width: int, seed: int = 0) -> np.ndarray:
    """Lightness of something like a photograph: smooth, with edges and grain; float32 (h, w), 0-100."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    scene = 50 + 30 * np.sin(5 * x + 3 * y) + 15 * (x > 0.6) + rng.normal(0, 3, (height, width))
    return np.clip(scene, 0, 100).astype(np.float32)


def real_weights(*names: str) -> list[Path]:
    """Published files that are there, in the folder that TINTYPE_TEST_WEIGHTS names."""
    folder = os.environ.get("TINTYPE_TEST_WEIGHTS")
    return [p for n in names for p in sorted(Path(folder).rglob(n))] if folder else []


class ForeignNetworkTests:
    """Subclasses give a file with random weights (`write`) and an independent forward pass (`reference`)."""

    sizes: tuple[tuple[int, int], ...] = ((64, 96), (128, 64))
    tolerance = 1e-3
    family = ""
    options: dict[str, object] = {}  # noqa: RUF012 - overridden whole

    def write(self, folder: Path) -> Path:
        """Write the weights file under its published name."""
        raise NotImplementedError

    def reference(self, L: np.ndarray, hints: np.ndarray | None) -> np.ndarray:
        """ab (2, h', w') in Lab units by another implementation."""
        raise NotImplementedError

    def ab(self, network: Network, L: np.ndarray, hints: np.ndarray | None) -> np.ndarray:
        """ab (2, h', w') by ours."""
        ab = network.predict(L, hints).ab
        assert ab is not None
        return ab

    # --- what every network must do

    @pytest.fixture(scope="class")
    @classmethod
    def file(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        written = cls().write(tmp_path_factory.mktemp("published"))
        give_back()
        return written

    @pytest.fixture(scope="class")
    @classmethod
    def converted(cls, file: Path) -> Converted:
        made = convert(file, **cls.options)
        give_back()
        return made

    @pytest.fixture(scope="class")
    @classmethod
    def network(cls, converted: Converted, tmp_path_factory: pytest.TempPathFactory) -> Network:
        target = tmp_path_factory.mktemp("converted") / "network.onnx"
        converted.save(target)
        assert [p.name for p in target.parent.iterdir()] == ["network.onnx"]
        give_back()
        return load(target)

    def test_is_a_sound_graph(self, converted: Converted) -> None:
        # First, while no session holds the weights once more: checking copies them twice.
        onnx.checker.check_model(converted.model)
        give_back()

    def test_carries_its_descriptor(self, converted: Converted, network: Network) -> None:
        inside = {p.key: p.value for p in converted.model.metadata_props}[KEY]
        assert NetworkDescriptor.from_json(inside, name="x") == converted.descriptor == network.descriptor
        assert network.descriptor.family == self.family
        assert network.descriptor.license
        assert network.descriptor.citation
        assert "sha256" in network.descriptor.source

    def test_equals_an_independent_forward_pass(self, network: Network) -> None:
        worst = 0.0
        for size in self.sizes:
            L = photograph(*size)
            hints = None
            if network.descriptor.hints:
                hints = np.zeros((3, *size), np.float32)
                hints[:, 8:12, 20:30] = np.array([40, -25, 1], np.float32)[:, None, None]
            expected, found = self.reference(L, hints), self.ab(network, L, hints)
            assert found.shape == expected.shape
            assert expected.std() > 0.05, "the test's own network gives next to nothing"
            worst = max(worst, float(np.abs(expected - found).max()))
        print(f"{type(self).__name__}: max |Δab| = {worst:.2e}")  # noqa: T201 - the parity figure, with -s
        assert worst < self.tolerance

    def test_takes_the_views_its_rule_promises(self, network: Network) -> None:
        rule = network.descriptor.size
        side = rule.default if rule.fixed else max(rule.multiple, 32)
        prediction = network.predict(photograph(side, side))
        grid = prediction.ab if prediction.ab is not None else prediction.logits
        assert np.isfinite(grid).all()
        assert grid.dtype == np.float32

    def test_says_when_it_takes_no_hints(self, network: Network) -> None:
        if network.descriptor.hints:
            pytest.skip("it takes hints")
        with pytest.raises(NetworkError, match="takes no hints"):
            network.predict(photograph(64, 64), np.zeros((3, 64, 64), np.float32))

    def test_refuses_a_file_cut_short(self, file: Path, tmp_path: Path) -> None:
        data = file.read_bytes()
        cut = tmp_path / file.name
        for share in (0.0, 0.3, 0.999):
            cut.write_bytes(data[: int(len(data) * share)])
            with pytest.raises(NetworkError, match=file.stem.split("-")[0]):
                convert(cut, **self.options)
