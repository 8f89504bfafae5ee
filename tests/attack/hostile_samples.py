"""Whole files of every kind, small: what the attacks break."""

import io
import json
from functools import cache

import numpy as np

from photo import samples
from photo.metadata import everything, raw_samples
from tintype.settings import Hint, Settings


@cache
def photographs():
    """Of every format, and of layouts that need another decoder."""
    return samples.make() | {f"{name}-told": data for name, data in everything.make().items()} | _layouts()


def _layouts():
    """TIFF that libvips isn't trusted with, and what other programs write."""
    try:
        import tifffile
    except ImportError:
        return {}
    rng = np.random.default_rng(1)
    rgb = rng.integers(0, 256, (24, 32, 3)).astype(np.uint8)
    kinds = {
        "tiff-ycbcr": (rgb, {"photometric": "ycbcr"}),
        "tiff-planar-tiled": (np.moveaxis(rgb, -1, 0), {"photometric": "rgb", "planarconfig": "separate",
                                                        "tile": (16, 16), "compression": "zlib"}),
        "tiff-float": ((rgb / 255).astype(np.float32), {"photometric": "rgb", "compression": "zstd"}),
        "tiff-half": ((rgb / 255).astype(np.float16), {"photometric": "rgb", "predictor": 3,
                                                       "compression": "lzw"}),
        "tiff-64": (rgb[..., 0].astype(np.uint64) << 40, {}),
        "tiff-lab": (rgb, {"photometric": "cielab"}),
        "tiff-packbits": (rgb[..., 0], {"compression": "packbits"}),
    }  # fmt: skip
    made = {}
    for name, (array, options) in kinds.items():
        held = io.BytesIO()
        tifffile.imwrite(held, array, **options)
        made[name] = held.getvalue()
    return made


@cache
def metadata():
    """Files with every kind of metadata, whether or not there are pixels in them; named by their format."""
    raw = {f"raw-{name}": data for name, data in raw_samples.make().items()}
    return everything.make() | raw | {"jp2": raw_samples.jp2(), "jxl": raw_samples.jxl(),
                                      "pnm": b"P5\n# found in the attic\n6 4\n255\n" + bytes(24)}  # fmt: skip


def sidecars():
    """By the two names that they may have."""
    return {"a.xmp": everything.XMP, "a.ppm.xmp": everything.packet(inside=everything.TRUE, wrapped=False)}


@cache
def texts():
    """Recipes and hints."""
    from importlib import resources

    from tintype.film.options import FilmHint, FilmOptions
    from tintype.recipe import Recipe

    hints = (Hint(3, 4, (10, 20, 30)), Hint(1.5, 2, (200, 20, 30), radius=2.0))
    settings = Settings(hints=hints, palette=("#aa3311", "#113355"), vividness=0.7, page=1)
    recipe = Recipe(settings, (("tintype", "0" * 64),), "a.jpg", "1" * 64, {}, "b.jpg", "2" * 64).to_json()
    film_hints = (FilmHint(1.5, hints[0]), FilmHint(62.0, hints[1]))
    options = FilmOptions(hints=film_hints)
    film = recipe | {"film": options.to_json(), "span": [1.0, 2.0], "ffmpeg": {"av": "17"}}
    training = resources.files("tintype.training.recipes") / "tintype.toml"
    told = {
        "recipe.json": recipe,
        "hints.json": [h.to_json() for h in hints],
        "film-hints.json": [h.to_json() for h in film_hints],
        "film-recipe.json": film,
    }
    return {name: json.dumps(value).encode() for name, value in told.items()} | {
        "training.toml": training.read_bytes()
    }


@cache
def networks():
    """Tiny networks of every kind that is imported."""
    import onnx
    from onnx import helper

    from network.onnx_models import mixing
    from tintype.network.descriptor import KEY, NetworkDescriptor, SizeRule

    made = {"foreign.onnx": mixing(1, 2).SerializeToString()}
    own = mixing(1, 2)
    size = SizeRule(default=64, minimum=64, maximum=64, fixed=True)
    told = NetworkDescriptor(name="mine", family="generic", output="ab", size=size)
    helper.set_model_props(own, {KEY: told.to_json()})
    assert isinstance(own, onnx.ModelProto)
    made["own.onnx"] = own.SerializeToString()
    try:
        import torch
        from safetensors.torch import save
    except ImportError:
        return made
    weights = {"model1.0.weight": torch.zeros(4, 1, 3, 3), "model1.0.bias": torch.zeros(4)}
    held = io.BytesIO()
    torch.save({"state_dict": weights, "epoch": 3}, held)
    return made | {"a.pth": held.getvalue(), "a.safetensors": save(weights),
                   "a.caffemodel": _caffemodel()}  # fmt: skip


def _caffemodel():
    from tintype.network.convert.caffe_schema import message

    net = message("NetParameter")(name="LtoAB")
    layer = net.layer.add(name="bw_conv1_1", type="Convolution", bottom=["data_l"], top=["conv1_1"])
    blob = layer.blobs.add()
    blob.data.append(np.zeros(9, "<f4").tobytes())
    blob.shape.dim.extend([1, 1, 3, 3])
    return net.SerializeToString()
