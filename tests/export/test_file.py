"""Exported files against the line itself, on a photograph, and what they say of themselves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnxruntime.capi.onnxruntime_pybind11_state import InvalidArgument
from skimage import data

from export.sheets import NO_HINTS, grey_photo, session
from tintype import Colorizer, Hint
from tintype.color.lab import lab_from_srgb
from tintype.errors import NetworkError, NoDescriptor, NotReplaceable, TargetExists
from tintype.export.file import export
from tintype.network.onnx_metadata import descriptor_of
from tintype.outputs import EXPORT_KEY

SIZE = 64
PLAIN = {"vividness": 0.5, "saturation": 1.0, "warmth": 0.0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exported")


@pytest.fixture(scope="module")
def whole(folder):
    return session(str(export(folder / "whole.onnx", size=SIZE).path))


@pytest.fixture(scope="module")
def colorizer():
    return Colorizer(size=SIZE)


def fed(picture, hints=NO_HINTS, **changed):
    return {
        "picture": picture if picture.ndim == 3 else picture[..., None],
        "hints": np.asarray(hints, np.float32),
        **{name: np.array(value, np.float32) for name, value in (PLAIN | changed).items()},
    }


HINT = Hint(60.0, 25.0, (40, 90, 200))
HINTED = {"hints": (HINT,)}


@pytest.mark.parametrize(
    "settings", [{}, {"vividness": 1.0, "saturation": 1.8}, {"vividness": 0.0, "warmth": 0.7}, HINTED]
)
def test_a_picture_is_colored_as_by_the_line(whole, colorizer, settings):
    grey = grey_photo(SIZE, 96)  # as large as its view, so that both networks see the same
    given = dict(settings)
    hints = [(h.x, h.y, h.radius, *h.color) for h in given.pop("hints", ())]
    colored, ab = whole.run(None, fed(grey, hints or NO_HINTS, **given))
    expected = colorizer(grey, **settings)
    assert ab.shape == (2, 16, 24)
    assert np.abs(colored.astype(int) - expected).max() <= 1
    L, wanted = lab_from_srgb(colored)[..., 0], lab_from_srgb(np.dstack([grey] * 3))[..., 0]
    assert np.abs(L - wanted).max() <= 0.6


def test_larger_pictures_are_nearly_the_same(whole, colorizer):
    grey = grey_photo(300, 400)
    away = np.abs(whole.run(None, fed(grey))[0].astype(int) - colorizer(grey))
    assert away.mean() < 1
    assert np.percentile(away, 99) <= 4


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (1, 700), (700, 1), (3, 900), (2, 2)])
def test_pictures_of_any_shape_have_the_lightness_they_had(whole, shape):
    grey = np.resize(np.linspace(0, 255, 97), shape).astype(np.uint8)
    colored, ab = whole.run(None, fed(grey))
    assert colored.shape == (*shape, 3)
    assert np.isfinite(ab).all()
    L, wanted = lab_from_srgb(colored)[..., 0], lab_from_srgb(np.dstack([grey] * 3))[..., 0]
    assert np.abs(L - wanted).max() <= 0.6


@pytest.mark.parametrize(("x", "y"), [(0, 0), (95.9, 63.9), (96, 64), (-3, -3), (500, 10)])
def test_hints_at_an_edge_act_there_and_others_do_no_harm(whole, x, y):
    grey = grey_photo(SIZE, 96)
    plain = whole.run(None, fed(grey))[0].astype(int)
    made, ab = whole.run(None, fed(grey, [(x, y, 12, 220, 40, 40)]))
    assert np.isfinite(ab).all()
    L, wanted = lab_from_srgb(made)[..., 0], lab_from_srgb(np.dstack([grey] * 3))[..., 0]
    assert np.abs(L - wanted).max() <= 0.6
    row, column = min(max(int(y), 0), SIZE - 1), min(max(int(x), 0), 95)
    there = np.abs(made.astype(int) - plain).max(axis=2)
    assert there[max(row - 3, 0) : row + 3, max(column - 3, 0) : column + 3].max() > 8


@pytest.mark.parametrize("samples", [np.float16, np.float64, np.int32, np.uint16])
def test_other_samples_than_it_was_exported_for_are_refused_in_words(whole, samples):
    with pytest.raises(InvalidArgument, match=r"expected: \(tensor\(uint8\)\)"):
        whole.run(None, fed(grey_photo(8, 8).astype(samples)))


def test_color_in_is_its_luma(whole):
    picture = data.astronaut()[:SIZE, :96]
    made = whole.run(None, fed(picture))[0]
    assert np.abs(made.astype(int) - whole.run(None, fed(grey_photo(SIZE, 96)))[0]).max() <= 1


def test_the_steps_one_by_one_are_the_whole(whole, folder):
    steps = {
        p: session(str(export(folder / f"{p}.onnx", part=p, size=SIZE).path))
        for p in ("look", "choose", "paint")
    }
    grey = grey_photo(90, 150)
    settings = fed(grey, [(30, 20, 0, 200, 40, 40)], vividness=0.8, warmth=0.3)
    picture, hints = settings.pop("picture"), settings["hints"]
    logits, L = steps["look"].run(None, {"picture": picture, "hints": hints})
    lean = np.zeros(len(logits), np.float32)
    size = np.array([90, 150], np.int64)
    ab = steps["choose"].run(
        None, {"logits": logits, "lightness": L, "size": size, "lean": lean, **settings}
    )[0]
    rows = [
        steps["paint"].run(
            None, {"picture": picture[a:b], "ab": ab, "top": np.array(a), "height": np.array(90)}
        )[0]
        for a, b in ((0, 41), (41, 90))
    ]
    np.testing.assert_array_equal(np.vstack(rows), whole.run(None, {"picture": picture, **settings})[0])


def test_looking_in_two_halves_is_looking(folder, whole):
    view, network = (
        session(str(export(folder / f"{p}.onnx", part=p, size=SIZE).path)) for p in ("view", "network")
    )
    grey = grey_photo(90, 150)
    hints = [(30, 20, 0, 200, 40, 40)]
    steered = fed(grey, hints)
    L, known = view.run(None, {name: steered[name] for name in ("picture", "hints")})
    assert L.shape == known.shape[1:]
    (logits,) = network.run(None, {"lightness": L, "known": known})
    look = session(str(export(folder / "half.onnx", part="look", size=SIZE).path))
    expected = look.run(None, {name: steered[name] for name in ("picture", "hints")})
    np.testing.assert_array_equal(L, expected[1])
    np.testing.assert_allclose(logits, expected[0], atol=1e-4)


@pytest.mark.parametrize("pixels", ["uint16", "float32"])
def test_other_samples(whole, folder, pixels):
    made = session(str(export(folder / f"{pixels}.onnx", size=SIZE, pixels=pixels).path))
    grey = grey_photo(SIZE, 96)
    given = grey.astype(np.uint16) * 257 if pixels == "uint16" else grey.astype(np.float32) / 255
    colored = made.run(None, fed(given))[0]
    assert colored.dtype == given.dtype
    codes = colored / 257 if pixels == "uint16" else colored * 255
    assert np.abs(codes - whole.run(None, fed(grey))[0]).max() <= 1.1


def test_the_file_tells_what_it_is(folder, whole):
    model = onnx.load(folder / "whole.onnx")
    onnx.checker.check_model(model, full_check=True)
    told = json.loads({p.key: p.value for p in model.metadata_props}[EXPORT_KEY])
    assert told["license"] == "Apache-2.0"
    assert told["network"] == "tintype"
    assert len(told["network_sha256"]) == 64
    assert told["settings"]["saturation"] == {"default": 1.0, "low": 0.0, "high": 3.0}
    assert [i.name for i in model.graph.input] == told["inputs"]


def test_it_is_not_taken_for_a_network(folder, whole):
    with pytest.raises(NoDescriptor):
        descriptor_of(folder / "whole.onnx")


def test_only_what_was_exported_is_replaced(folder, whole, tmp_path):
    with pytest.raises(TargetExists, match="--force replaces it"):
        export(folder / "whole.onnx", part="paint")
    other = tmp_path / "other.onnx"
    other.write_bytes(b"something else")
    with pytest.raises(NotReplaceable):
        export(other, part="paint", force=True)
    export(tmp_path / "paint.onnx", part="paint")
    assert export(tmp_path / "paint.onnx", part="paint", force=True).bytes < 1_000_000


def test_sizes_that_the_network_does_not_take(tmp_path):
    with pytest.raises(NetworkError, match="size is 9"):
        export(tmp_path / "x.onnx", size=9)
    assert not list(tmp_path.iterdir())
