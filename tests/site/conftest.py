"""The page that needs no server, built once and served; what it needs of npm must be there already."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
    subprocess.run([sys.executable, ROOT / "scripts" / "site_build.py", target], check=True, cwd=ROOT)
    return target


@pytest.fixture(scope="session")
def address(built):
    command = [sys.executable, ROOT / "scripts" / "site_serve.py", built, "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        yield server.stdout.readline().strip()
        server.terminate()
