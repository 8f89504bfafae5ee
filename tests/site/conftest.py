"""The page that needs no server, built once and served; what it needs of npm must be there already."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from small_views import PAGE_SIDE

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "site"


@pytest.fixture(scope="session")
def node():
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not installed")
    return found


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    if not (SITE / "node_modules" / "onnxruntime-web").is_dir():
        pytest.skip("ONNX Runtime's WebAssembly is not here: `bash scripts/site.sh build` fetches it")
    target = tmp_path_factory.mktemp("site") / "page"
    code = (
        "import sys; from pathlib import Path; import site_build;"
        f"site_build.build(Path(sys.argv[1]), size={PAGE_SIDE})"
    )
    paths = os.pathsep.join([str(ROOT / "scripts"), str(ROOT / "src")])
    subprocess.run(
        [sys.executable, "-c", code, target], check=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": paths}
    )
    return target


@pytest.fixture(scope="session")
def address(built):
    command = [sys.executable, ROOT / "scripts" / "site_serve.py", built, "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        yield server.stdout.readline().strip()
        server.terminate()
