"""What a family of networks is: one record, made once, from which everything else is derived."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from tintype.network.adapter import Network
from tintype.network.converted import Converted
from tintype.network.descriptor import NetworkDescriptor
from tintype.network.graph import Weights

_TAKES = {"L": "L", "grey": "grey RGB", "": "L or grey RGB"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A file of weights that somebody published: it can be pulled by name.

    Attributes
    ----------
    name : str
        What it is installed as.
    title : str
        One line, for people.
    file : str
        Name of the published file.
    urls : tuple of str
        Where it lies, https; tried in this order.
    bytes : int
        Its exact size where that is published; else 0.
    sha256 : str
        Its hash where that is published; else empty: the hash of what came is shown and kept.
    megabytes : int
        About how large it is, 10⁶ bytes, where `bytes` is not known; for display.
    architecture : str
        The name that its conversion gives to the weights; empty where that is `name`.
    """

    name: str
    title: str
    file: str
    urls: tuple[str, ...]
    bytes: int = 0
    sha256: str = ""
    megabytes: int = 0
    architecture: str = ""

    @property
    def weights(self) -> str:
        """The name that its conversion gives to the weights."""
        return self.architecture or self.name

    @property
    def size(self) -> int:
        """Bytes, as far as they are known."""
        return self.bytes or self.megabytes * 1_000_000

    @property
    def needs(self) -> str:
        """The extra of Tintype that converts it; empty where it needs none."""
        return {".caffemodel": "caffe", ".onnx": ""}.get(PurePath(self.file).suffix, "train")


@dataclass(frozen=True, slots=True, kw_only=True)
class PytorchWeights:
    """How weights that PyTorch or safetensors files hold are recognized and converted.

    Attributes
    ----------
    name : str
        What the network is called, for messages.
    marks : tuple of str
        Weights that it must have and no other family has all of.
    expects : str
        The weights that it has, in short: said when a file is of no family.
    build : callable
        Given the weights and their source (file and hash), writes the ONNX graph.
    """

    name: str
    marks: tuple[str, ...]
    expects: str
    build: Callable[[Weights, str], Converted]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Networks that are fed and read in one way.

    Attributes
    ----------
    name : str
        As descriptors have it.
    adapter : type
        What runs such a network.
    input : str
        ``L`` or ``grey`` (which the network sees as RGB); empty where each network's descriptor says it.
    output : str
        ``logits``, ``ab`` or ``rgb``; empty likewise.
    hints : bool
        Whether published networks of it take hints.
    seconds : float
        Of one view of the default size on two cores of a server CPU, where none was measured here.
    license, citation : str
        Of the published weights, for people.
    published : tuple of Published
    pytorch : PytorchWeights, optional
    """

    name: str
    adapter: type[Network]
    input: str
    output: str
    hints: bool = False
    seconds: float
    license: str = ""
    citation: str = ""
    published: tuple[Published, ...] = ()
    pytorch: PytorchWeights | None = None

    def takes(self, descriptor: NetworkDescriptor | None = None) -> str:
        """Return what a network of it is given, in a word or two."""
        base = _TAKES[(descriptor.input if descriptor else "") or self.input]
        hints = descriptor.hints if descriptor else self.hints
        return f"{base}, hints" if hints else base

    def gives(self, descriptor: NetworkDescriptor | None = None) -> str:
        """Return what a network of it answers: ``distribution``, ``ab`` or ``rgb``."""
        output = descriptor.output if descriptor else self.output
        return "distribution" if output == "logits" else output
