"""Rules in words: what they mean, and what is no rule."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tintype.errors import NetworkError
from tintype.network.descriptor import SizeRule
from tintype.network.rgb import IMAGENET_MEAN, IMAGENET_STD
from tintype.network.rule import Rule, Scaling


@pytest.mark.parametrize(
    ("text", "kind", "of", "gives"),
    [
        ("none", "L", 40, 40),
        ("-50", "L", 40, -10),
        ("-50/100", "L", 40, -0.1),
        ("/100", "L", 40, 0.4),
        ("*2.55", "L", 100, 255),
        ("signed", "L", 100, 1),
        ("signed", "rgb", 0, -1),
        ("*255", "rgb", 1, 255),
        ("/110", "ab", -55, -0.5),
        ("+128", "ab", -128, 0),
        ("+128/255", "ab", 127, 1),
    ],
)
def test_scalings(text: str, kind: str, of: float, gives: float) -> None:
    scaling = Scaling.parse(text, kind)
    values = np.full((1, 2, 2), of, np.float32)
    assert np.allclose(scaling.apply(values), gives, atol=1e-6)
    assert np.allclose(scaling.invert(scaling.apply(values)), of, atol=1e-4)


def test_imagenet_is_of_three_channels_and_turns_with_them() -> None:
    rgb, bgr = Scaling.parse("imagenet", "rgb"), Scaling.parse("imagenet", "bgr")
    assert rgb.mean == IMAGENET_MEAN
    assert bgr.mean == IMAGENET_MEAN[::-1]
    assert np.allclose(np.array(bgr.factor) * IMAGENET_STD[::-1], 1)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("", "L"), ("50", "L"), ("imagenet", "L"), ("signed", "ab"), ("/0", "ab"), ("*x", "rgb"), ("--5", "L")],
)
def test_what_says_nothing_is_refused(text: str, kind: str) -> None:
    with pytest.raises(NetworkError, match=r"says nothing that can be done to .*; give none, signed"):
        Scaling.parse(text, kind)


@pytest.mark.parametrize(
    ("output", "kind", "scaling"),
    [
        ("ab", "ab", Scaling()),
        ("ab/110", "ab", Scaling((0.0,), (1 / 110,))),
        ("rgb*255", "rgb", Scaling((0.0,), (255.0,))),
        ("bgr:signed", "bgr", Scaling((0.5,), (2.0,))),
    ],
)
def test_outputs(output: str, kind: str, scaling: Scaling) -> None:
    assert Rule(output=output).parsed_output() == (kind, scaling)


@pytest.mark.parametrize(
    ("size", "gives"),
    [
        ("", SizeRule()),
        ("512", SizeRule(default=512)),
        ("224,fixed,square", SizeRule(default=224, fixed=True, square=True)),
        ("256, multiple=8, maximum=512", SizeRule(multiple=8, maximum=512)),
        ("minimum=64", SizeRule(minimum=64)),
    ],
)
def test_sizes(size: str, gives: SizeRule) -> None:
    assert Rule(size=size).views(SizeRule()) == gives


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"input": "Y"}, "input 'Y' is not one of L, grey, rgb"),
        ({"output": "xyz"}, "output 'xyz' begins with none of ab, rgb, bgr"),
        ({"output": "ab110"}, "'110' says nothing"),
        ({"normalize": "50"}, "'50' says nothing"),
        ({"size": "big"}, "size 'big' can't be read at 'big'; give for example 256"),
        ({"size": "0"}, "can't be read at '0'"),
        ({"size": {"multiple": 0}}, "can't be read at 'multiple=0'"),
        ({"size": ["256"]}, "field 'size' is .*; write it as text"),
        ({"square": True}, "unknown field 'square'; its fields are input, normalize, size, output"),
    ],
)
def test_sidecars_that_are_no_rules(values: object, says: str, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx.json"
    path.write_text(json.dumps(values))
    with pytest.raises(NetworkError, match=f"net.onnx.json: .*{says}"):
        Rule.read(path)


def test_files_that_are_no_json(tmp_path: Path) -> None:
    for text in ("{", "[]", "3", '"input"'):
        (tmp_path / "a.json").write_text(text)
        with pytest.raises(NetworkError, match=r"a\.json: not a rule"):
            Rule.read(tmp_path / "a.json")


def test_one_rule_goes_before_another(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"input": "rgb", "size": {"default": 128, "square": false}}')
    rule = Rule(input="grey", output="rgb").filled_from(Rule.read(tmp_path / "a.json"))
    assert str(rule) == "input=grey size=default=128,square=0 output=rgb"
    assert rule.side == 128
    assert not rule.views(SizeRule(square=True)).square
