"""What an ONNX file of another program looks like from outside: its input, its output, the views it takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tintype.color.lab import Float
from tintype.errors import NetworkError
from tintype.network.descriptor import LARGEST_VIEW
from tintype.network.graph import Array
from tintype.network.rule import INPUTS, OUTPUTS, Rule
from tintype.network.session import first_line, open_session, out_of_memory

_SIZES = (256, 512, 224, 384, 128)  # tried in this order where the graph leaves the size free
_TYPES = {
    "tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64,
    "tensor(uint8)": np.uint8,
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class ForeignOnnx:
    """A foreign network, opened.

    Attributes
    ----------
    file : Path
    model : onnx.ModelProto
        The same, weights and all.
    session : onnxruntime.InferenceSession
    input, output : str
    dtype : NumPy type of the input
    channels : int
        That the input has.
    last : (bool, bool)
        Whether channels come last in the input and in the output.
    fixed : int
        Side of the only view it takes, px; 0 where any may do.
    size : int
        A side at which it was seen to run.
    out_channels : int
        That the output has: 2 or 3.
    trouble : str
        What was said when it last failed to run.
    """

    file: Path
    model: Any
    session: Any
    input: str
    dtype: Any
    channels: int
    fixed: int
    last: tuple[bool, bool] = (False, False)
    size: int = 0
    output: str = ""
    out_channels: int = 0
    trouble: str = field(default="", compare=False)

    @property
    def whole(self) -> bool:
        """It takes whole numbers, 0-255."""
        return bool(np.issubdtype(self.dtype, np.integer))

    def shape(self, height: int, width: int) -> tuple[int, ...]:
        """Shape of the input for a view."""
        return (1, height, width, self.channels) if self.last[0] else (1, self.channels, height, width)

    def try_view(self, height: int, width: int = 0) -> list[Array]:
        """Its outputs for a black view of this size (a square if no width is given); none if it fails."""
        shape = self.shape(height, width or height)
        try:
            given = self.session.run(None, {self.input: np.zeros(shape, self.dtype)})
        except Exception as error:  # ONNX Runtime raises types of its own for every kind of failure
            self.trouble = "there is not enough memory" if out_of_memory(error) else first_line(error)
            return []
        return [np.asarray(one) for one in given]

    def run_picture(self, picture: Float) -> Float:
        """Output (channels, h', w') for a picture (channels, h, w) in the network's own numbers."""
        if self.whole:
            picture = np.rint(picture)
        fed = np.moveaxis(picture, 0, -1) if self.last[0] else picture
        try:
            given = self.session.run([self.output], {self.input: fed[None].astype(self.dtype)})[0][0]
        except Exception as error:  # as above
            msg = f"{self.file}: it fails on a picture ({first_line(error)}); say another --size"
            raise NetworkError(msg) from None
        return np.asarray(np.moveaxis(given, -1, 0) if self.last[1] else given, np.float32)


def inspect(file: Path, model: Any, rule: Rule) -> ForeignOnnx:
    """Open a foreign network and find its input and output.

    Raises
    ------
    NetworkError
        If ONNX Runtime can't open or run it, or it isn't of the kind that takes one picture and returns one.
    """
    network = _entrance(file, model, open_session(file), rule)
    sizes = (network.fixed,) if network.fixed else (rule.side,) if rule.side else _SIZES
    given: list[Array] = []
    for size in sizes:
        if given := network.try_view(size):
            network.size = size
            break
    if not given:
        tried = ", ".join(map(str, sizes))
        msg = f"{file}: it doesn't run at views of {tried} px ({network.trouble}); "
        msg += "say a --size at which it does"
        raise NetworkError(msg)
    _exit(network, given, rule)
    return network


def _entrance(file: Path, model: Any, session: Any, rule: Rule) -> ForeignOnnx:
    inputs = session.get_inputs()
    if len(inputs) != 1:
        names = ", ".join(i.name for i in inputs) or "none"
        msg = f"{file}: it has {len(inputs)} inputs ({names}); only networks that take one picture can be "
        msg += "imported from ONNX. If its weights are there as .pth, import those"
        raise NetworkError(msg)
    [one] = inputs
    shape = [d if isinstance(d, int) and d > 0 else 0 for d in one.shape]
    what = f"{one.type} of shape {'×'.join(str(d) for d in one.shape)}"
    if one.type not in _TYPES or len(shape) != 4 or shape[0] not in (0, 1):
        msg = (
            f"{file}: its input {one.name} is {what}; a picture is expected: 1 × channels × height × width, "
        )
        msg += "or 1 × height × width × channels, in floats or bytes"
        raise NetworkError(msg)
    wanted = INPUTS.get(rule.input, 0)
    kinds = (wanted,) if wanted else (1, 3)
    last = shape[3] in kinds and shape[1] not in kinds
    channels = shape[3 if last else 1]
    height, width = shape[1:3] if last else shape[2:4]
    if channels == 0:
        channels = wanted
    if channels not in kinds:
        why = f"input {rule.input} has {wanted} channels" if wanted else "1 or 3 channels are expected"
        why = why if channels else "its channels are left open; say --input L, grey or rgb"
        msg = f"{file}: its input {one.name} is {what}, but {why}"
        raise NetworkError(msg)
    if height > LARGEST_VIEW:
        msg = (
            f"{file}: its input {one.name} is {what}; views of more than {LARGEST_VIEW} px can't be imported"
        )
        raise NetworkError(msg)
    if height != width:
        msg = f"{file}: its input {one.name} is {what}; only square views and free ones can be imported"
        raise NetworkError(msg)
    return ForeignOnnx(
        file=file, model=model, session=session, input=one.name, dtype=_TYPES[one.type], channels=channels,
        fixed=height, last=(last, False),
    )  # fmt: skip


def _exit(network: ForeignOnnx, given: list[Array], rule: Rule) -> None:
    kind = rule.parsed_output()[0] if rule.output else ""
    kinds = (OUTPUTS[kind],) if kind else (2, 3)
    for value, info in zip(given, network.session.get_outputs(), strict=True):
        for axis in (1, 3):
            if value.ndim == 4 and value.shape[axis] in kinds:
                network.output, network.out_channels = info.name, value.shape[axis]
                network.last = (network.last[0], axis == 3)
                return
    shapes = ", ".join("×".join(map(str, v.shape)) for v in given)
    wanted = f"output {kind} has {kinds[0]} channels" if kind else "2 channels (ab) or 3 (rgb) are expected"
    msg = f"{network.file}: it gives {shapes}, but {wanted}"
    if any(v.ndim == 4 and 313 in v.shape for v in given):
        msg += ". 313 are a distribution over ab bins: import the .caffemodel or .pth that it was made from"
    raise NetworkError(msg)
