"""A studio in a process of its own, to be asked over the loopback as a browser asks it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Self

import httpx

SOURCE = Path(__file__).resolve().parents[1] / "src"
WEIGHTS = SOURCE / "tintype" / "weights"


class Studio:
    """Started on entering, killed on leaving; or by hand, any number of times.

    Parameters
    ----------
    *arguments : str
        Of the command.
    home : Path, optional
        Where it keeps its sessions; a temporary folder unless told.
    token : str
        Its token, which is made anew at every start unless given.
    times : int
        How many times as costly the network is made.
    """

    program = ("-m", "tintype")

    def __init__(self, *arguments: str, home: Path | None = None, token: str = "", times: int = 1) -> None:
        self._temporary = tempfile.TemporaryDirectory()
        self.home = home or Path(self._temporary.name)
        self._arguments, self._token = list(arguments), token
        if times > 1:
            self._arguments += ["--model", str(costly(Path(self._temporary.name), times))]

    def start(self) -> None:
        """Start it and wait until it answers."""
        environment = os.environ | {
            "TINTYPE_HOME": str(self.home), "TINTYPE_STUDIO_TOKEN": self._token, "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(SOURCE),
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, *self.program, "studio", "--no-browser", *self._arguments],
            env=environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if "http://" not in line:
            self.kill()
            msg = "the studio did not start"
            raise RuntimeError(msg)
        self.url = line.split()[-1]
        self.address, _, self.token = self.url.partition("/?token=")
        self.headers = {"authorization": f"Bearer {self.token}"}

    def kill(self) -> None:
        """Pull the plug."""
        self.process.kill()
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def __enter__(self) -> Self:
        self.start()
        self.client = httpx.Client(base_url=self.address, headers=self.headers, timeout=60)
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self.kill()
        self._temporary.cleanup()

    def resident_mb(self) -> float:
        """Memory of the process now, MB (Linux)."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def upload(client: httpx.Client, session: str, photo: Path) -> str:
    """Bring a photograph into a session; gives its address."""
    with photo.open("rb") as file:
        answer = client.post(f"/api/sessions/{session}/photos", files={"file": (photo.name, file)})
    answer.raise_for_status()
    return f"/api/sessions/{session}/photos/{answer.json()['photos'][0]['id']}"


def costly(folder: Path, times: int) -> Path:
    """The network that comes along, run `times` times over and averaged: the same answers, dearer."""
    import onnx

    source = next(WEIGHTS.glob("*.onnx"))
    model = onnx.load(source)
    inputs = {i.name for i in model.graph.input}
    shared = inputs | {i.name for i in model.graph.initializer}
    nodes, outputs = list(model.graph.node), model.graph.output[0].name
    del model.graph.node[:]
    for copy in range(times):
        for node in nodes:
            twin = onnx.NodeProto()
            twin.CopyFrom(node)
            twin.name = ""
            for names in (twin.input, twin.output):
                names[:] = [n if n in shared or not n else f"{n}-{copy}" for n in names]
            # Equal nodes would be joined by the optimiser: each copy sees L a little otherwise.
            twin.input[:] = [f"L-{copy}" if n == "L" else n for n in twin.input]
            model.graph.node.append(twin)
        offset = onnx.helper.make_tensor(f"offset-{copy}", onnx.TensorProto.FLOAT, [], [copy * 1e-4])
        model.graph.initializer.append(offset)
        model.graph.node.insert(0, onnx.helper.make_node("Add", ["L", f"offset-{copy}"], [f"L-{copy}"]))
    each = [f"{outputs}-{copy}" for copy in range(times)]
    model.graph.node.append(onnx.helper.make_node("Mean", each, [outputs]))
    path = folder / f"{source.stem}-{times}x.onnx"
    onnx.save(model, path)
    return path
