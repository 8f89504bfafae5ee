"""What every test shares."""

import gc
import sys

import pytest
import pyvips
from hypothesis import settings

# How long an example takes says nothing here: tables are built at the first one, and machines are shared.
settings.register_profile("tintype", deadline=None)
settings.load_profile("tintype")

# Tests write files of one name again and again: libvips must not answer from its cache.
pyvips.cache_set_max(0)


@pytest.fixture(autouse=True, scope="module")
def networks_are_let_go():
    """Close the networks that a file's tests opened; one process runs dozens of files, and some are large."""
    yield
    pipeline = sys.modules.get("tintype.colorizer")
    if pipeline is not None:
        pipeline._network.cache_clear()
        gc.collect()
