"""What the studio's tests share."""

import io
import os
import subprocess
import sys

import numpy as np
from PIL import Image
from skimage import color, data
from starlette.testclient import TestClient

from studio_process import SOURCE
from tintype.studio.app import create_app
from tintype.studio.context import Studio
from tintype.studio.limits import Limits

TOKEN = "secret-token-of-the-tests"
BASE = "http://127.0.0.1:8000"


def grey_photo(side=256):
    grey = np.rint(color.rgb2gray(data.astronaut()) * 255).astype(np.uint8)
    return grey[:side, :side] if side < 512 else grey


def encoded(array, kind="PNG", **options):
    held = io.BytesIO()
    Image.fromarray(array).save(held, kind, **options)
    return held.getvalue()


def make_studio(data_folder, **options):
    limits = Limits(**options.pop("limits", {}))
    return Studio(**{"data": data_folder, "token": TOKEN, "port": 8000, "limits": limits} | options)


def client_of(studio, **options):
    return TestClient(create_app(studio), base_url=BASE, raise_server_exceptions=False, **options)


def program(studio):
    client = client_of(studio)
    client.headers["authorization"] = f"Bearer {TOKEN}"
    return client


def upload(client, session, data_, name="photo.png"):
    return client.post(f"/api/sessions/{session}/photos", files={"file": (name, data_)})


def code(answer):
    """The status of a refusal, and the code of its error."""
    return answer.status_code, answer.json()["error"]["code"]


def opened(answer):
    assert answer.status_code == 200, answer.text
    return Image.open(io.BytesIO(answer.content))


def started(home, *arguments, environment=None, shell=""):
    """A studio as its user starts it; gives the process and what it says first."""
    command = [sys.executable, "-m", "tintype", "studio", *arguments]
    if shell:
        command = ["sh", "-c", f'{shell}; exec "$@"', "sh", *command]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"TINTYPE_HOME": str(home), "PYTHONPATH": str(SOURCE), "PYTHONUNBUFFERED": "1"}
        | (environment or {}),
    )  # fmt: skip
    lines = []
    while (line := process.stdout.readline()) and "Leave this window" not in line:
        lines.append(line)
    return process, lines


def ended(process):
    process.kill()
    return process.communicate(timeout=20)


def url_of(lines):
    return lines[0].split()[-1]
