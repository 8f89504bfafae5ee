"""Completes a rule from the graph, and says why. What the graph doesn't show is an error, never a default."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from tintype.color.lab import Float, lab_from_srgb
from tintype.errors import NetworkError
from tintype.network.convert.inspect_onnx import ForeignOnnx
from tintype.network.convert.probe_ops import probe_input_ops, probe_output_ops
from tintype.network.descriptor import SizeRule, view_size
from tintype.network.rgb import grey_from_L
from tintype.network.rule import INPUTS, Rule, Scaling

# Ends of an output that some step bounds, and what they mean.
_BOUNDS = {
    (0.0, 1.0): "rgb", (0.0, 255.0): "rgb*255", (-1.0, 1.0): "rgb:signed", (-3.0, 3.0): "rgb:imagenet",
    (-0.23, 1.13): "rgb",  # those of ImageNet at ±3 deviations, undone
}  # fmt: skip
_LOUD = 3.0  # Lab units: no network of use is greyer at its most colourful place
_ALIKE = 12.0  # of 100: mean difference in lightness that colouring may make
_USUAL = {
    "normalize": ("none", "*255", "signed", "imagenet"),
    "output": ("rgb", "rgb*255", "rgb:signed", "rgb:imagenet"),
}


@dataclass(frozen=True, slots=True)
class Open:
    """A part of a rule that the graph doesn't show.

    Attributes
    ----------
    option : str
        The field of `Rule`, and the flag that says it.
    why : str
    """

    option: str
    why: str

    def __str__(self) -> str:
        return f"{self.option}: {self.why}"


@dataclass
class Guess:
    """A rule in the making.

    Attributes
    ----------
    rule : Rule
    views : SizeRule
    why : list of str
        What each part was derived from.
    open : list of Open
        What the graph doesn't show.
    """

    rule: Rule
    views: SizeRule = field(default_factory=SizeRule)
    why: list[str] = field(default_factory=list)
    open: list[Open] = field(default_factory=list)

    def take(self, part: str, value: str, reason: str) -> None:
        self.rule = replace(self.rule, **{part: value})
        self.why.append(f"{part} {value}: {reason}")


def complete(network: ForeignOnnx, rule: Rule) -> Guess:
    """Fill what a rule leaves open.

    Raises
    ------
    NetworkError
        If the rule contradicts the graph, or doesn't show everything; the message says which option
        is missing.
    """
    guess = Guess(rule)
    try:
        _input(network, guess)
    except NetworkError as error:  # what was said of normalising doesn't suit the input that was found
        msg = f"{network.file}: {error}"
        raise NetworkError(msg) from None
    _views(network, guess)
    _normalize(network, guess)
    _output(network, guess)
    if network.out_channels == 3 and guess.open:
        _by_lightness(network, guess)
    if guess.open:
        raise _incomplete(network, guess)
    return guess


def _incomplete(network: ForeignOnnx, guess: Guess) -> NetworkError:
    options = " ".join(f"--{o.option} …" for o in guess.open)
    what = "; ".join(map(str, guess.open))
    msg = f"{network.file}: its graph doesn't tell everything. {what}. Ask whoever "
    msg += f"made it, and say it with {options}, or in {network.file.name}.json beside it"
    if guess.why:
        msg += f". What it does tell: {'; '.join(guess.why)}"
    return NetworkError(msg)


def _input(network: ForeignOnnx, guess: Guess) -> None:
    if guess.rule.input:
        return
    if network.channels == 3:
        guess.take("input", "rgb", "it takes three channels")
    elif network.out_channels == 2:
        guess.take("input", "L", "it takes one channel and returns two")
    else:
        guess.open.append(Open("input", "one channel may be L or grey"))


def _views(network: ForeignOnnx, guess: Guess) -> None:
    """Sizes that the graph fixes, or that it was seen to run at."""
    rule, size = guess.rule, network.size
    if network.fixed:
        if rule.side not in (0, size):
            msg = f"{network.file}: size {rule.size}, but the network only takes views of {size} px"
            raise NetworkError(msg)
        views = _stated(network, rule, SizeRule(default=size, multiple=1, minimum=1, maximum=size))
        guess.views = replace(views, square=True, fixed=True)
        guess.take("size", f"{size},square,fixed", "the graph knows no other")
        return
    base = SizeRule(default=size, minimum=min(64, size), maximum=max(1024, size))
    step = (
        0 if "multiple" in rule.size else next((m for m in (8, 16, 32, 64) if network.try_view(size + m)), 0)
    )
    # Those that see RGB were trained on photographs stretched to squares; others may be unable to see more.
    base = replace(base, square=rule.input != "L" or not (step and network.try_view(size, size + step)))
    base = replace(base, multiple=step or 1, fixed="multiple" not in rule.size and not step)
    views = _stated(network, rule, base)
    guess.views = views
    height, width = view_size(views, 3, 4)
    if not network.try_view(height, width):
        msg = f"{network.file}: size {rule.size}: it doesn't run at a view of {width}×{height} px "
        msg += f"({network.trouble})"
        raise NetworkError(msg)
    if not rule.size:
        words = (str(size), f"multiple={views.multiple}", "square" * views.square, "fixed" * views.fixed)
        steps = "no other" if views.fixed else f"in steps of {views.multiple} px"
        guess.take("size", ",".join(filter(None, words)), f"it runs at that, and {steps}")


def _stated(network: ForeignOnnx, rule: Rule, base: SizeRule) -> SizeRule:
    """Return what a rule says of views over what the graph does; an error names the file."""
    try:
        return rule.views(base)
    except NetworkError as error:
        msg = f"{network.file}: size {rule.size}: {error}"
        raise NetworkError(msg) from None


def _normalize(network: ForeignOnnx, guess: Guess) -> None:
    kind = guess.rule.input
    if guess.rule.normalize or not kind:
        return None
    if network.whole:
        return guess.take("normalize", "*255" if kind != "L" else "*2.55", "it takes whole numbers")
    steps = probe_input_ops(
        network.model, network.input, network.shape(network.size, network.size), network.dtype
    )
    if not steps.plain:
        does = f"its first steps turn 0 into {steps.low:.3g} and 1 into {steps.high:.3g}"
        if kind == "L":
            centered = abs(steps.factor - 1) < 1e-3 and abs(steps.low + 50) < 1
            if centered or _near(steps.factor * 100, (1.0, 2.0)):
                return guess.take("normalize", "none", does)
        else:
            for word, largest in (("none", 1.0), ("*255", 255.0)):
                within = -0.01 < steps.middle / largest < 1.01
                # 1: as it is; 2: -1 to 1; 4.4: in deviations of ImageNet; 255: as bytes are.
                if within and _near(steps.factor * largest, (1.0, 2.0, 4.42, 255.0)):
                    return guess.take("normalize", word, does)
    wants = "none, -50, -50/50, /100" if kind == "L" else "none (0-1), *255, signed, imagenet"
    why = f"the graph does nothing to {kind} that would tell its range; {wants} are usual"
    guess.open.append(Open("normalize", why))
    return None


def _output(network: ForeignOnnx, guess: Guess) -> None:
    if guess.rule.output:
        return None
    steps = probe_output_ops(network.model, network.output, network.out_channels)
    ends = f"its last steps keep it between {steps.low:.3g} and {steps.high:.3g}"
    if network.out_channels == 3:
        for (low, high), word in _BOUNDS.items():
            near = 0.02 * (high - low)
            if steps.bounded and abs(steps.low - low) < near and abs(steps.high - high) < near:
                return guess.take("output", word, ends)
        why = "rgb (0-1), rgb*255, rgb:signed, rgb:imagenet, or bgr in the same words"
        guess.open.append(Open("output", why))
        return None
    if steps.bounded:
        if 60 <= max(-steps.low, steps.high) <= 140:
            return guess.take("output", "ab", ends)
        guess.open.append(Open("output", f"{ends}: ab/110, ab/128 and ab+128 are usual"))
        return None
    if 90 <= steps.factor <= 135:
        return guess.take("output", "ab", f"its last step multiplies by {steps.factor:.3g}")
    if guess.open:  # it can't be run on a picture yet
        guess.open.append(Open("output", "ab, ab/110, ab/128"))
        return None
    reach = float(np.abs(network.run_picture(_fed(guess.views, guess.rule))).max())
    if reach > _LOUD:
        return guess.take("output", "ab", f"its values reach {reach:.0f}")
    why = f"its values reach {reach:.2g} only: ab, ab/110 and ab/128 are possible"
    guess.open.append(Open("output", why))
    return None


def _by_lightness(network: ForeignOnnx, guess: Guess) -> None:
    """A picture has about the lightness of the picture that was coloured, if fed and read as it should be.

    That tells one end where the other is known; a network may give its picture back in any numbers.
    """
    part = guess.open[0].option
    if len(guess.open) > 1 or part not in _USUAL:
        return
    found = []
    for value in _USUAL[part]:
        if value == "imagenet" and guess.rule.input != "rgb":
            continue
        rule = replace(guess.rule, **{part: value})
        found.append((_miss(network, guess.views, rule), value))
    (best, value), (second, _) = sorted(found)[:2]
    if best < _ALIKE and second > 1.5 * best:
        guess.open.clear()
        reason = f"then the picture is as light as the photograph, to {best:.1f} of 100; else to {second:.1f}"
        guess.take(part, value, reason)


def _miss(network: ForeignOnnx, views: SizeRule, rule: Rule) -> float:
    """Mean difference in lightness between a scene and what the network makes of it."""
    L = _scene(views)
    _, given = rule.parsed_output()
    rgb = np.clip(given.invert(network.run_picture(_fed(views, rule))), 0, 1)
    seen = lab_from_srgb(np.moveaxis(np.nan_to_num(rgb), 0, -1))[..., 0]
    rows, columns = (np.arange(n) * s // n for n, s in zip(seen.shape, L.shape, strict=True))
    return float(np.abs(seen - L[np.ix_(rows, columns)]).mean())


def _scene(views: SizeRule) -> Float:
    """Lightness of something like a photograph: a gradient, an edge, a disc."""
    height, width = view_size(views, 3, 4)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    scene = 20 + 60 * y * (1 - 0.5 * x) + 15 * (x > 0.6) - 25 * ((x - 0.3) ** 2 + (y - 0.5) ** 2 < 0.04)
    return np.clip(scene, 0, 100).astype(np.float32)


def _fed(views: SizeRule, rule: Rule) -> Float:
    """The scene as the network takes it: (channels, h, w)."""
    L = _scene(views)
    values = np.broadcast_to(L if rule.input == "L" else grey_from_L(L), (INPUTS[rule.input], *L.shape))
    return np.ascontiguousarray(Scaling.parse(rule.normalize, rule.input).apply(values))


def _near(value: float, targets: tuple[float, ...]) -> bool:
    return any(abs(value / t - 1) < 0.06 for t in targets)
