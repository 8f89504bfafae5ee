"""A device that is not the CPU, without one: torch's meta device, where tensors have shapes and no values.

What would wait for a GPU (reading a value, masks whose size is not known) fails there of itself. `Elsewhere`
adds that no operation mixes devices, which torch does not look at in products and convolutions of meta.
"""

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

META = torch.device("meta")
COPIES = {torch.ops.aten._to_copy.default, torch.ops.aten.copy_.default}


class Elsewhere(TorchDispatchMode):
    """Fails when an operation takes tensors of two devices; single numbers on the CPU are no harm."""

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        devices = {
            t.device
            for t in tree_leaves((args, kwargs))
            if isinstance(t, torch.Tensor) and not (t.device.type == "cpu" and t.ndim == 0)
        }
        if len(devices) > 1 and operation not in COPIES:
            raise AssertionError(f"{operation} takes tensors of {sorted(map(str, devices))}")
        return operation(*args, **kwargs)


class MetaGenerator(torch.Generator):
    """Random numbers of a device that has none."""

    device = META

    def __new__(cls, device=None):
        assert device == META, f"random numbers of {device} on {META}"
        return super().__new__(cls, "cpu")
