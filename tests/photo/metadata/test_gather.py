"""What a file says, put together."""

import pytest

from tintype.photo.metadata.found import Found
from tintype.photo.metadata.gather import gathered


@pytest.mark.parametrize("dpi", [(0.0, 300.0), (300.0, -1.0), (1e9, 300.0), (float("nan"), 300.0)])
def test_a_resolution_that_no_photograph_has_is_left_out_and_said(dpi):
    found = Found()
    assert gathered(found, None, dpi).dpi is None
    assert any("resolution" in note for note in found.notes)
    assert gathered(Found(), None, (300.0, 600.0)).dpi == (300.0, 600.0)
