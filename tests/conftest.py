"""What every test shares."""

import functools
import gc
import os
import pickle
import signal
import sys
import warnings

# As many processes run tests as there are cores: more threads would only wait for each other, spinning. glibc
# keeps memory for every thread that ever ran; two such stores are enough. Set before NumPy is loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MALLOC_ARENA_MAX", "2")
# Tests load ONNX Runtime by themselves too.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
# What is large is given back to the system when it is freed, and leaves no holes between what stays.
os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", "4194304")
os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", "16777216")
# What the exporter of torch remembers of operators costs more than it saves: a quarter of an export.
os.environ.setdefault("TORCH_FAKE_TENSOR_DISPATCH_CACHE", "0")
# Processes that tests start compile the sources once, not each anew, whatever the shell asks for.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import pytest
import pyvips
from hypothesis import settings

import costs
from chromium import ARGUMENTS, chromium
from small_views import look_small

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


PAGES = ("tests/studio_page/", "tests/site/test_page.py")

# What begins first: networks of their full size, while processes are small; and files that take long, so that
# no process is left with one of them at the end.
FIRST = ("tests/network/families/test_deoldify.py", "tests/network/families/", "tests/training/",
         "tests/test_typing.py", *PAGES, "tests/film/", "tests/commands/")  # fmt: skip


def _whole(nodeid):
    """What stays in one process: a file, for what it sets up; and all tests of pages, for the browser."""
    file = nodeid.partition("::")[0]
    return "pages" if file.startswith(PAGES) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Wholes(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return _whole(nodeid)

    return Wholes(config, log)


def pytest_collection_modifyitems(items):
    items.sort(
        key=lambda item: next((i for i, f in enumerate(FIRST) if item.nodeid.startswith(f)), len(FIRST))
    )


def pytest_collection_finish():
    # What is loaded now stays: no collection of garbage need look through it.
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def a_file_leaves_no_memory_behind(request):
    """Close the networks that a file's tests opened, and name the file in which a process grew too large."""
    costs.forget_peak()
    yield
    peak = costs.peak_mb()
    pipeline = sys.modules.get("tintype.pipeline")
    if pipeline is not None:
        pipeline._network.cache_clear()
    gc.collect()
    costs.give_back()
    if peak > costs.AIM_MB:
        # Which files a process ran before depends on the machine: no failure, but it can't be overlooked.
        name = request.node.nodeid
        warnings.warn(f"{name}: a process held {peak:.0f} MB; {costs.AIM_MB} are aimed at", stacklevel=1)


# One for both pages: a process has room for one driver.
@pytest.fixture(scope="session")
def playwright_():
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if chromium() is None:
        pytest.skip("no Chromium here: install Debian's chromium, or name one in TINTYPE_CHROMIUM")
    with api.sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright_):
    started = playwright_.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
    yield started
    started.close()


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


@pytest.fixture
def heard_signals():
    """Let SIGINT and SIGHUP mean what they mean in a terminal, here and in processes that a test starts.

    Started by nohup, or by a shell in the background, this and all that it starts ignore them.
    """
    plain = {"SIGINT": signal.default_int_handler, "SIGHUP": signal.SIG_DFL}
    changed = {}
    for name, handler in plain.items():
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            changed[number] = signal.signal(number, handler)
    yield
    for number, before in changed.items():
        signal.signal(number, before)


@pytest.fixture
def small_views(monkeypatch):
    """Let networks look at 64 px where no size is asked for: a tenth of the work, in this process alone."""
    look_small(monkeypatch.setattr)


@pytest.fixture(scope="session")
def quick_exports():
    """Let torch's exporter list its operators once, not anew for each network: 0.7 s of an export."""
    try:
        from torch.onnx._internal.exporter._registration import ONNXRegistry

        made = ONNXRegistry.from_torchlib
    except (ImportError, AttributeError):  # another version of torch: exports are slower there
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ONNXRegistry, "from_torchlib", staticmethod(functools.cache(made)))
        yield


@pytest.fixture
def one_process(monkeypatch):
    """Let runs over folders and archives color in this process: each worker process takes a second to start.

    `archive/engines/test_pool.py` tests workers, and the commands' tests have whole runs with them.
    """
    from tintype.archive.engines import pool

    def run(work, items, *, workers):
        work = pickle.loads(pickle.dumps(work))
        for item in items:
            try:
                yield item, work(pickle.loads(pickle.dumps(item)))
            except Exception as error:  # handed over, as a worker does
                yield item, error

    monkeypatch.setattr(pool, "run", run)
