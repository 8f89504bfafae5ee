"""What every test shares."""

import gc
import sys

import pytest
import pyvips
from hypothesis import settings

import costs

# How long an example takes says nothing here: tables are built at the first one, and machines are shared.
settings.register_profile("tintype", deadline=None)
settings.load_profile("tintype")

# Tests write files of one name again and again: libvips must not answer from its cache.
pyvips.cache_set_max(0)


def pytest_addoption(parser):
    says = "list the N dearest files of tests and tests: CPU time and peak memory"
    parser.addoption("--costs", type=int, default=0, metavar="N", help=says)


def pytest_configure(config):
    if config.getoption("--costs"):
        config.pluginmanager.register(costs.Costs(config.getoption("--costs")))


@pytest.fixture(autouse=True, scope="module")
def the_peak_of_memory_is_this_file_s_own():
    costs.forget_peak()


@pytest.fixture(autouse=True, scope="module")
def networks_are_let_go():
    """Close the networks that a file's tests opened; one process runs dozens of files, and some are large."""
    yield
    pipeline = sys.modules.get("tintype.pipeline")
    if pipeline is not None:
        pipeline._network.cache_clear()
        gc.collect()


@pytest.fixture(scope="module")
def signing_home(tmp_path_factory):
    """A home of Tintype with a key to sign with."""
    pytest.importorskip("c2pa")
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("home")
        patch.setenv("TINTYPE_HOME", str(folder))
        from tintype.credentials import create

        create("Town archive")
        yield folder


@pytest.fixture(scope="module")
def photo_to_sign(signing_home):
    """A small photograph with an artist."""
    import numpy as np
    from PIL import Image

    picture = Image.fromarray((np.arange(48 * 64).reshape(48, 64) % 251).astype(np.uint8))
    exif = picture.getexif()
    exif[0x013B] = "A. Photographer"
    path = signing_home / "grandma.jpg"
    picture.save(path, quality=95, exif=exif)
    return path
