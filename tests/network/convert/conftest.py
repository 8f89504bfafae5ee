"""What several tests of conversions share."""

from pathlib import Path

import pytest


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test puts its ONNX file."""
    return tmp_path / "net.onnx"
