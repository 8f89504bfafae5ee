"""What tests of films share."""

import pytest


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    """A folder of 20 frames."""
    pytest.importorskip("av")
    pytest.importorskip("cv2")
    from film_clips import frames_of, grey, pan

    return frames_of(tmp_path_factory.mktemp("scans") / "scans", grey(pan(count=20)))
