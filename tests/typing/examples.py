"""What type checkers say of the public API: `tests/test_typing.py` runs mypy and pyright over this file.

It is not run: `assert_type` tells what a checker must find, and each line marked ``ignore`` must be an error.
"""

import io
from pathlib import Path
from typing import assert_type

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

import tintype
from tintype import Chroma, Colorizer, Hint, Prediction, Result, Settings, Sitting, Tone


def doors(array: NDArray[np.uint8], image: Image, path: Path, file: io.BufferedReader) -> None:
    assert_type(tintype.colorize("a.jpg"), Path)
    assert_type(tintype.colorize(path), Path)
    assert_type(tintype.colorize(b"", vividness=0.6), bytes)
    assert_type(tintype.colorize(file), bytes)
    assert_type(tintype.colorize(array), NDArray[np.uint8])
    assert_type(tintype.colorize(array, "out.png"), Path)
    assert_type(tintype.colorize(image, path), Path)
    assert_type(tintype.colorize(b"", path, Settings(), warmth=0.5), Path)
    assert_type(tintype.colorize(image, path, overwrite=True), Path)
    assert_type(tintype.colorize(path, overwrite=lambda there: there.suffix == ".jpg"), Path)
    colorizer = Colorizer(Settings(), vividness=0.6)
    assert_type(colorizer(path, overwrite=True), Path)
    assert_type(colorizer(array, hints=[Hint(1, 2, (3, 4, 5)), "1,2=#ffffff"]), NDArray[np.uint8])
    assert_type(colorizer(memoryview(b"")), bytes)
    assert_type(colorizer.save(array, "out.png", overwrite=True), Result)
    assert_type(colorizer.save(image).data, bytes | None)


def pil(image: Image) -> Image:
    return tintype.colorize(image)


def steps(path: Path) -> None:
    colorizer = Colorizer(reference=path)
    sittings = colorizer.prepare(path)
    assert_type(sittings, list[Sitting])
    assert_type(sittings[0].tone, Tone)
    predictions = colorizer.predict(sittings[0], size=256)
    assert_type(predictions, tuple[Prediction, ...])
    assert_type(colorizer.decode(sittings[0], predictions), list[Chroma])
    chroma = colorizer.choose(sittings[0], candidates=2)
    assert_type(colorizer.develop([(sittings[0], chroma[0])], None), Result)
    assert_type(colorizer.save(sittings, path), Result)
    colorizer.paint(sittings[0], chroma[0], shape=(48, 64)).to_array()


def errors() -> None:
    tintype.colorize("a.jpg", vivid=0.6)  # type: ignore  # no such option
    tintype.colorize("a.jpg", vividness="much")  # type: ignore  # not a number
    tintype.colorize(3)  # type: ignore  # not a picture
    tintype.colorize(b"", overwrite=True)  # type: ignore  # nothing is written
    Colorizer("tintype")  # type: ignore  # not settings
    Settings(vivid=0.6)  # type: ignore  # no such option
