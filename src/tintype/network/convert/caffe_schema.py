"""The part of Caffe's public protobuf format that a colorizer needs, declared at run time.

Field names and numbers are the format's own. Blob data is declared as bytes: a packed list of floats has
the same encoding, and NumPy reads 130 MB of it at once instead of number by number.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.errors import NetworkError

# Enums of the format; the numbers are the positions.
_ENUMS = {
    "Phase": ("TRAIN", "TEST"),
    "EltwiseOp": ("PROD", "SUM", "MAX"),
    "Engine": ("DEFAULT", "CAFFE", "CUDNN"),
    "V1LayerType": (
        "NONE", "ACCURACY", "BNLL", "CONCAT", "CONVOLUTION", "DATA", "DROPOUT", "EUCLIDEAN_LOSS", "FLATTEN",
        "HDF5_DATA", "HDF5_OUTPUT", "IM2COL", "IMAGE_DATA", "INFOGAIN_LOSS", "INNER_PRODUCT", "LRN",
        "MULTINOMIAL_LOGISTIC_LOSS", "POOLING", "RELU", "SIGMOID", "SOFTMAX", "SOFTMAX_LOSS", "SPLIT", "TANH",
        "WINDOW_DATA", "ELTWISE", "POWER", "SIGMOID_CROSS_ENTROPY_LOSS", "HINGE_LOSS", "MEMORY_DATA",
        "ARGMAX", "THRESHOLD", "DUMMY_DATA", "SLICE", "MVN", "ABSVAL", "SILENCE", "CONTRASTIVE_LOSS", "EXP",
        "DECONVOLUTION",
    ),
}  # fmt: skip

# message: (number, name, type[, default]); a leading * is repeated, + is repeated and packed.
_MESSAGES: dict[str, tuple[tuple[Any, ...], ...]] = {
    "BlobShape": ((1, "dim", "+int64"),),
    "BlobProto": ((1, "num", "int32", "0"), (2, "channels", "int32", "0"), (3, "height", "int32", "0"),
                  (4, "width", "int32", "0"), (5, "data", "*bytes"), (7, "shape", "BlobShape"),
                  (8, "double_data", "*bytes")),
    "FillerParameter": ((1, "type", "string", "constant"), (2, "value", "float", "0"), (3, "min", "float"),
                        (4, "max", "float"), (5, "mean", "float"), (6, "std", "float"),
                        (7, "sparse", "int32"), (8, "variance_norm", "int32")),
    "ParamSpec": ((1, "name", "string"), (2, "share_mode", "int32"), (3, "lr_mult", "float"),
                  (4, "decay_mult", "float")),
    "NetStateRule": ((1, "phase", "Phase"), (2, "min_level", "int32"), (3, "max_level", "int32"),
                     (4, "stage", "*string"), (5, "not_stage", "*string")),
    "NetState": ((1, "phase", "Phase"), (2, "level", "int32"), (3, "stage", "*string")),
    "InputParameter": ((1, "shape", "*BlobShape"),),
    "ConvolutionParameter": (
        (1, "num_output", "uint32"), (2, "bias_term", "bool", "true"), (3, "pad", "*uint32"),
        (4, "kernel_size", "*uint32"), (5, "group", "uint32", "1"), (6, "stride", "*uint32"),
        (7, "weight_filler", "FillerParameter"), (8, "bias_filler", "FillerParameter"),
        (9, "pad_h", "uint32"), (10, "pad_w", "uint32"), (11, "kernel_h", "uint32"),
        (12, "kernel_w", "uint32"), (13, "stride_h", "uint32"), (14, "stride_w", "uint32"),
        (15, "engine", "Engine"), (16, "axis", "int32", "1"), (17, "force_nd_im2col", "bool"),
        (18, "dilation", "*uint32")),
    "BatchNormParameter": ((1, "use_global_stats", "bool"), (2, "moving_average_fraction", "float"),
                           (3, "eps", "float", "1e-5")),
    "ScaleParameter": ((1, "axis", "int32", "1"), (2, "num_axes", "int32", "1"),
                       (3, "filler", "FillerParameter"), (4, "bias_term", "bool", "false"),
                       (5, "bias_filler", "FillerParameter")),
    "SoftmaxParameter": ((1, "engine", "Engine"), (2, "axis", "int32", "1")),
    "EltwiseParameter": ((1, "operation", "EltwiseOp", "SUM"), (2, "coeff", "*float"),
                         (3, "stable_prod_grad", "bool")),
    "ReLUParameter": ((1, "negative_slope", "float", "0"), (2, "engine", "Engine")),
    "PowerParameter": ((1, "power", "float", "1"), (2, "scale", "float", "1"), (3, "shift", "float", "0")),
    "ConcatParameter": ((1, "concat_dim", "uint32", "1"), (2, "axis", "int32", "1")),
    "LayerParameter": (
        (1, "name", "string"), (2, "type", "string"), (3, "bottom", "*string"), (4, "top", "*string"),
        (5, "loss_weight", "*float"), (6, "param", "*ParamSpec"), (7, "blobs", "*BlobProto"),
        (8, "include", "*NetStateRule"), (9, "exclude", "*NetStateRule"), (10, "phase", "Phase"),
        (104, "concat_param", "ConcatParameter"), (106, "convolution_param", "ConvolutionParameter"),
        (110, "eltwise_param", "EltwiseParameter"), (122, "power_param", "PowerParameter"),
        (123, "relu_param", "ReLUParameter"), (125, "softmax_param", "SoftmaxParameter"),
        (139, "batch_norm_param", "BatchNormParameter"), (142, "scale_param", "ScaleParameter"),
        (143, "input_param", "InputParameter")),
    # Layers as files before mid-2014 have them.
    "V1LayerParameter": (
        (2, "bottom", "*string"), (3, "top", "*string"), (4, "name", "string"), (5, "type", "V1LayerType"),
        (6, "blobs", "*BlobProto"), (7, "blobs_lr", "*float"), (8, "weight_decay", "*float"),
        (9, "concat_param", "ConcatParameter"), (10, "convolution_param", "ConvolutionParameter"),
        (21, "power_param", "PowerParameter"), (24, "eltwise_param", "EltwiseParameter"),
        (30, "relu_param", "ReLUParameter"), (32, "include", "*NetStateRule"),
        (33, "exclude", "*NetStateRule"), (35, "loss_weight", "*float"),
        (39, "softmax_param", "SoftmaxParameter")),
    "NetParameter": (
        (1, "name", "string"), (2, "layers", "*V1LayerParameter"), (3, "input", "*string"),
        (4, "input_dim", "*int32"), (5, "force_backward", "bool"), (6, "state", "NetState"),
        (7, "debug_info", "bool"), (8, "input_shape", "*BlobShape"), (100, "layer", "*LayerParameter")),
}  # fmt: skip

# V1 names of the layer types that appear in a network that runs, in today's spelling.
V1_TYPES = {
    "CONVOLUTION": "Convolution", "DECONVOLUTION": "Deconvolution", "RELU": "ReLU", "SOFTMAX": "Softmax",
    "ELTWISE": "Eltwise", "POWER": "Power", "CONCAT": "Concat", "SILENCE": "Silence", "SPLIT": "Split",
    "DROPOUT": "Dropout",
}  # fmt: skip


@cache
def message(name: str) -> Any:
    """The protobuf class of a Caffe message. Raises NetworkError if protobuf is not installed."""
    pool = _pool()
    from google.protobuf import message_factory

    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"tintype.caffe.{name}"))


@cache
def _pool() -> Any:
    try:
        from google.protobuf import descriptor_pb2, descriptor_pool
    except ModuleNotFoundError:
        msg = 'reading Caffe files needs protobuf and onnx: pip install "tintype[caffe]"'
        raise NetworkError(msg) from None
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(
        name="tintype/caffe.proto", package="tintype.caffe", syntax="proto2"
    )
    for kind, fields in _MESSAGES.items():
        declared = file.message_type.add(name=kind)
        for number, label, of, *default in fields:
            bare = of.lstrip("*+")
            added = declared.field.add(name=label, number=number)
            added.label = field.LABEL_REPEATED if of[0] in "*+" else field.LABEL_OPTIONAL
            if of[0] == "+":
                added.options.packed = True
            if bare in _ENUMS:
                # Nested, because the values of an enum share the names of what is around it.
                if bare not in [e.name for e in declared.enum_type]:
                    nested = declared.enum_type.add(name=bare)
                    for value, text in enumerate(_ENUMS[bare]):
                        nested.value.add(name=text, number=value)
                added.type, added.type_name = field.TYPE_ENUM, f".tintype.caffe.{kind}.{bare}"
            elif bare in _MESSAGES:
                added.type, added.type_name = field.TYPE_MESSAGE, f".tintype.caffe.{bare}"
            else:
                added.type = getattr(field, f"TYPE_{bare.upper()}")
            if default:
                added.default_value = default[0]
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool


def read_blob(blob: Any, where: str) -> NDArray[np.float32]:
    """The array of a BlobProto.

    Parameters
    ----------
    blob : BlobProto
    where : str
        File and layer, for messages.

    Raises
    ------
    NetworkError
        If the numbers are not as many as the shape says.
    """
    if blob.HasField("shape"):
        shape = tuple(blob.shape.dim)
    else:
        shape = (blob.num, blob.channels, blob.height, blob.width)
    raw = b"".join(blob.data)
    dtype: np.dtype[Any] = np.dtype("<f4")
    if blob.double_data:
        raw, dtype = b"".join(blob.double_data), np.dtype("<f8")
    count = math.prod(shape)
    if len(raw) != count * dtype.itemsize or any(d < 0 for d in shape):
        msg = f"{where}: {len(raw) // dtype.itemsize} numbers where its shape {shape} says {count}; "
        msg += "the file is damaged, fetch it again"
        raise NetworkError(msg)
    return np.frombuffer(raw, dtype).astype(np.float32).reshape(shape)


def parse_binary(path: Path) -> Any:
    """Read a ``.caffemodel``: a NetParameter. Raises NetworkError if it is cut short or something else."""
    from google.protobuf.message import DecodeError

    net = message("NetParameter")()
    try:
        net.ParseFromString(path.read_bytes())
    except OSError as error:
        msg = f"{path}: can't be read: {error.strerror or error}"
        raise NetworkError(msg) from None
    except DecodeError:
        msg = f"{path}: not a whole Caffe model (cut short, or another kind of file); fetch it again"
        raise NetworkError(msg) from None
    if not net.layer and not net.layers:
        msg = f"{path}: holds no Caffe layers; a .caffemodel is expected here"
        raise NetworkError(msg)
    return net


def parse_text(path: Path) -> Any:
    """Read a ``.prototxt``: a NetParameter. Raises NetworkError, with the line, if it is no such text."""
    from google.protobuf import text_format

    net = message("NetParameter")()
    try:
        # Parameters of layers that only train (python_param and the like) are unknown here and skipped.
        text_format.Parse(path.read_text(encoding="utf-8"), net, allow_unknown_field=True)
    except OSError as error:
        msg = f"{path}: can't be read: {error.strerror or error}"
        raise NetworkError(msg) from None
    except (text_format.ParseError, UnicodeDecodeError) as error:
        msg = f"{path}: not a prototxt: {error}"
        raise NetworkError(msg) from None
    if not net.layer and not net.layers:
        msg = f"{path}: describes no layers; the deploy prototxt of the network is expected here"
        raise NetworkError(msg)
    return net
