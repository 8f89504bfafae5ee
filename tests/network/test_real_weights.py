"""Published networks, where TINTYPE_TEST_WEIGHTS names a folder that has them: from file to photograph."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from skimage import color, data

from network.family_tester import real_weights
from tintype import Colorizer
from tintype.network.families import family_of, published
from tintype.network.families.family import Published
from tintype.network.importing import import_files
from tintype.network.install import verify

pytestmark = pytest.mark.real_weights


@pytest.mark.parametrize("entry", published().values(), ids=published().keys())
def test_imports_checks_and_colours(
    entry: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = real_weights(entry.file)
    if not files:
        pytest.skip(f"TINTYPE_TEST_WEIGHTS has no {entry.file}")
    if entry.sha256:
        assert hashlib.sha256(files[0].read_bytes()).hexdigest() == entry.sha256
    if entry.bytes:
        assert files[0].stat().st_size == entry.bytes
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path))
    (made,) = import_files([files[0]])
    assert made.name == entry.name
    assert made.descriptor.family == family_of(entry).name
    assert made.descriptor.hints == family_of(entry).hints
    verify(entry.name)
    grey = np.rint(color.rgb2gray(data.astronaut()) * 255).astype(np.uint8)
    lab = color.rgb2lab(Colorizer(model=entry.name)(grey))
    assert np.abs(lab[..., 0] - color.rgb2lab(np.repeat(grey[..., None], 3, axis=2))[..., 0]).max() <= 0.6
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    assert 3 < chroma.mean() < 60
    suit, sky = lab[300:420, 60:160], lab[20:120, 260:360]
    assert suit[..., 1].mean() > sky[..., 1].mean(), "an orange suit is redder than the backdrop"
