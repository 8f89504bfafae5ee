"""What tests of commands share."""

import pytest

from archive_help import grey_photo


@pytest.fixture
def scans(tmp_path, monkeypatch):
    """A folder ``scans`` with four grey photographs, and worker processes to color them."""
    monkeypatch.chdir(tmp_path)
    for i, name in enumerate(("a.jpg", "deep/b.png", "deep/er/祖母 [1].jpg", "z.tif")):
        grey_photo(tmp_path / "scans" / name, shift=5 * i)
    return tmp_path


@pytest.fixture
def here(scans, one_process):
    """The same, without worker processes."""
    return scans
