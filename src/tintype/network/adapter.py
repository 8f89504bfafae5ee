"""A network with its session, and how it is asked: the base of every family's adapter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from tintype.color.lab import Float
from tintype.errors import NetworkError
from tintype.network.descriptor import NetworkDescriptor, Prediction, bins_array
from tintype.network.rgb import ab_from_rgb
from tintype.network.session import first_line, out_of_memory
from tintype.network.snapshot import Snapshot

if TYPE_CHECKING:
    import onnxruntime


class Network:
    """A network with its session. Adapters override `_feed` and, where needed, `_read`.

    Parameters
    ----------
    file : Snapshot
        The ONNX file, as it was before it was opened.
    descriptor : NetworkDescriptor
    session : onnxruntime.InferenceSession
    """

    HINT_UNIT: ClassVar[float] = 1.0
    """Lab units of ab that it takes for 1 in its input of hints."""

    def __init__(
        self, file: Snapshot, descriptor: NetworkDescriptor, session: onnxruntime.InferenceSession
    ) -> None:
        self._file, self.descriptor, self.session = file, descriptor, session
        self.bins = bins_array(descriptor)
        self._channels = len(descriptor.bins) or {"ab": 2, "rgb": 3}[descriptor.output]

    @property
    def path(self) -> Path:
        """The ONNX file."""
        return self._file.path

    @property
    def sha256(self) -> str:
        """Hash of the weights that were opened, hexadecimal.

        Raises NetworkError if the file was replaced since.
        """
        return self._file.sha256

    def predict(self, L: Float, hints: Float | None = None) -> Prediction:
        """Ask the network.

        Parameters
        ----------
        L : float32, shape (h, w)
            Lightness of the view, 0-100; h and w as `view_size` gives them.
        hints : float32, shape (3, h, w), or None
            a, b in Lab units where hinted, and a mask of 0 and 1.

        Returns
        -------
        Prediction

        Raises
        ------
        NetworkError
            If the network takes no hints, ONNX Runtime fails (out of memory, for one), or what comes out is
            not finite, or not what its descriptor promises.
        """
        if hints is not None and not self.descriptor.hints:
            msg = f"network {self.descriptor.name} takes no hints; use one that does, such as tintype"
            raise NetworkError(msg)
        view = f"{L.shape[1]}×{L.shape[0]} px"
        try:
            outputs = self.session.run(None, self._feed(L, hints))
        except Exception as error:  # ONNX Runtime raises types of its own for every kind of failure
            why = "there is not enough memory" if out_of_memory(error) else first_line(error)
            msg = f"network {self.descriptor.name} failed on a view of {view}: {why}; try a smaller size"
            raise NetworkError(msg) from error
        return self._read(self._checked(outputs[0]), L)

    def _checked(self, output: object) -> Float:
        """Return an output as float32 if it has the shape that the descriptor promises and is finite."""
        given = np.asarray(output)
        name, what = self.descriptor.name, self.descriptor.output
        if given.ndim != 4 or given.dtype.kind != "f" or 0 in given.shape or given.shape[1] != self._channels:
            msg = f"network {name} gives {given.dtype} of shape {given.shape} where its descriptor promises "
            msg += f"{what} in {self._channels} channels; its file is damaged or described wrongly"
            raise NetworkError(msg)
        if not np.isfinite(given).all():
            msg = f"network {name} gives values that are no numbers; its weights are damaged"
            raise NetworkError(msg)
        return given.astype(np.float32, copy=False)

    def _feed(self, L: Float, hints: Float | None) -> dict[str, Float]:
        """Return the inputs by name, for `predict`'s arguments."""
        raise NotImplementedError

    def _read(self, output: Float, L: Float) -> Prediction:
        vivid = self.descriptor.vividness
        first = output[0]
        if self.descriptor.output == "logits":
            return Prediction(L=L, logits=first, bins=self.bins, vividness=vivid)
        # A picture has a lightness of its own, which the photograph's replaces: only its chroma is taken.
        ab = ab_from_rgb(first) if self.descriptor.output == "rgb" else first
        return Prediction(L=L, ab=ab, vividness=vivid)
