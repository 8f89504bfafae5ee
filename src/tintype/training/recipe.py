"""Recipes: all that decides a training run, as a small TOML file whose every key is checked."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from typing import Any, Self

from tintype.errors import TrainingError
from tintype.training.tables import fill

SHIPS = "tintype-lite"  # the recipe of the network that comes along


def _choice(default: str, *choices: str) -> Any:
    return field(default=default, metadata={"choices": choices})


@dataclass(frozen=True, kw_only=True)
class Network:
    """Which network; keys that are not named here are arguments of its class.

    Attributes
    ----------
    kind : str
        One of `tintype.training.networks.NETWORKS`.
    backbone : str
        Pretrained encoder that the run starts from (``resnet50v2``, ``mobilenetv2``); its file is given
        on the command line. Empty where there is none.
    options : dict
    """

    kind: str = ""
    backbone: str = ""
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Objective:
    """What is made small.

    Attributes
    ----------
    kind : str
        ``regression`` (a distance in ab), ``classification`` (cross-entropy over ab bins), or
        ``adversarial`` (L1 and a patch critic).
    distance : str
        Of a regression: ``mse`` on ab / scale, ``l1``, or ``smooth_l1`` (both on ab / scale).
    scale : float
        What ab is divided by in a regression, Lab units.
    encoding : str
        ``bilinear`` shares a colour between the (up to) four bins around it, ``nearest5`` between the five
        nearest by a Gaussian with σ = 5.
    rebalance : float
        λ of Zhang et al.: 1 weights all bins alike, 0 by the inverse of how often they occur.
    smooth : float
        σ in Lab units of the Gaussian that smooths the prior before that; 0 leaves it.
    clip : float
        Largest weight of a bin, as a multiple of the mean; 0 for none.
    regression : float
        Weight of smooth L1 (β = 5) on the mean, added to the cross-entropy.
    decoded : float
        Weight of the error of results as they will be decoded, at the truth's colorfulness; added, too.
    adversarial, l1 : float
        Weights of the two parts of an adversarial objective.
    critic_width : int
    """

    kind: str = _choice("regression", "regression", "classification", "adversarial")
    distance: str = _choice("mse", "mse", "l1", "smooth_l1")
    scale: float = 128.0
    encoding: str = _choice("bilinear", "bilinear", "nearest5")
    rebalance: float = 0.5
    smooth: float = 0.0
    clip: float = 0.0
    regression: float = 0.0
    decoded: float = 0.0
    adversarial: float = 1.0
    l1: float = 100.0
    critic_width: int = 64


@dataclass(frozen=True, kw_only=True)
class Optimizer:
    """How the weights move.

    Attributes
    ----------
    rate : float
        Learning rate at its height.
    backbone_rate : float
        Factor on it for a pretrained encoder; 0 leaves it as it is, and steps are about twice as quick.
    decay : float
        Weight decay.
    warmup : int
        Steps of linear growth.
    schedule : str
        ``cosine`` (after `hold`, a share of the run, down to `floor`, a factor) or ``constant``.
    clip : float
        Largest norm of the gradient; 0 for none.
    ema : float
        Decay per step of the weights' moving average, which is what is validated and exported; 0 for none.
    """

    kind: str = _choice("adamw", "adamw", "adam", "rmsprop")
    rate: float = 1e-3
    backbone_rate: float = 1.0
    decay: float = 0.0
    betas: tuple[float, ...] = (0.9, 0.999)
    warmup: int = 0
    schedule: str = _choice("constant", "constant", "cosine")
    hold: float = 0.2
    floor: float = 0.02
    clip: float = 0.0
    ema: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Phase:
    """Until this share of the run: square views of `view` px, `batch` of them in a step (and process)."""

    until: float = 1.0
    view: int = 256
    batch: int = 16


@dataclass(frozen=True, kw_only=True)
class Augment:
    """Geometry, the same for L and colour. Crops are shares of the short side.

    Attributes
    ----------
    crop : float
        Smallest crop; 1 always takes the largest square. `crop_share` of the samples are cropped.
    flip : bool
        Half of the samples are mirrored.
    shear, zoom, rotation : float
        Largest shear (radians), zoom (0.3: between 0.7 and 1.3) and rotation (degrees).
    """

    crop: float = 1.0
    crop_share: float = 1.0
    flip: bool = True
    shear: float = 0.0
    zoom: float = 0.0
    rotation: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Groups:
    """How often a group's photographs (of the folder they lie in) are seen in an epoch; once unless named.

    ``[groups]`` with ``landscape = 0.3`` and ``everyday = 3`` shows three of ten landscapes, the same ones in
    every epoch, and all photographs of everyday life three times: what a network meets often it does well.
    """

    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Film:
    """Ageing of the input only: the share of samples that get any, and of those, of each kind."""

    share: float = 0.0
    spectral: float = 0.5
    gamma: float = 0.5
    fade: float = 0.35
    blur: float = 0.3
    grain: float = 0.4
    scratches: float = 0.1
    jpeg: float = 0.2


@dataclass(frozen=True, kw_only=True)
class Hints:
    """Share of the samples that are given hints."""

    share: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Teacher:
    """A trained network whose distribution is followed beside the true colors, if the command names one.

    Attributes
    ----------
    recipe : str
        Whose network it is: the name of a bundled recipe, or a TOML file.
    weight : float
        Of the Kullback-Leibler divergence from the teacher's distribution, at the beginning.
    until : float
        Share of the run over which the weight falls to 0, evenly.
    """

    recipe: str = SHIPS
    weight: float = 1.0
    until: float = 0.6


@dataclass(frozen=True, kw_only=True)
class Length:
    """When to look, and when to stop.

    Attributes
    ----------
    epochs : float
        Passes over the photos; the run's length unless `steps` or a time limit is given.
    steps : int
    validate : int
        Steps between validations; 0 for one an epoch.
    photos : int
        How many photos a validation looks at, at most.
    patience : int
        Validations without a better loss before the run stops; 0 never stops early.
    keep : str
        Export the ``best`` weights by validation loss, or the ``last``.
    """

    epochs: float = 10.0
    steps: int = 0
    validate: int = 0
    photos: int = 200
    patience: int = 0
    keep: str = _choice("best", "best", "last")


@dataclass(frozen=True, kw_only=True)
class Decode:
    """How results are decoded: temperature and gain at vividness 0, 0.5 and 1, and the view's short side.

    Networks that give colours and no distribution have no temperature; for them the gain at 0.5 is 1.

    `fit` finds gains on the validation photos: at 0.5 mean colourfulness is then the truth's, at 1 a third
    more.
    """

    safe: tuple[float, ...] = (1.0, 0.7)
    matched: tuple[float, ...] = (1.0, 1.0)
    vivid: tuple[float, ...] = (1.0, 1.5)
    fit: bool = False
    size: int = 256


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A whole recipe; see the classes above for its tables."""

    name: str = ""
    about: str = ""
    network: Network = field(default_factory=Network)
    objective: Objective = field(default_factory=Objective)
    optimizer: Optimizer = field(default_factory=Optimizer)
    phases: tuple[Phase, ...] = field(default=(Phase(),), metadata={"each": Phase})
    augment: Augment = field(default_factory=Augment)
    groups: Groups = field(default_factory=Groups)
    film: Film = field(default_factory=Film)
    hints: Hints = field(default_factory=Hints)
    teacher: Teacher = field(default_factory=Teacher)
    length: Length = field(default_factory=Length)
    decode: Decode = field(default_factory=Decode)

    @classmethod
    def from_table(cls, table: dict[str, Any], where: str) -> Self:
        """Check a parsed TOML file; `where` names it in errors."""
        recipe = fill(cls, table, where)
        last = 0.0
        for phase in recipe.phases:
            if not last < phase.until <= 1 or phase.view < 16 or phase.batch < 1:
                msg = (
                    f"{where}: phases must end at growing shares of the run, up to 1, with views of 16 px or"
                )
                raise TrainingError(f"{msg} more and batches of 1 or more; got {phase}")
            last = phase.until
        if last != 1:
            msg = f"{where}: the last phase ends at {last}; let it end at 1.0"
            raise TrainingError(msg)
        for group, times in recipe.groups.options.items():
            if isinstance(times, bool) or not isinstance(times, int | float) or not 0 <= times <= 1000:
                msg = f"{where}: groups: {group} is {times!r:.80}, not a number from 0 to 1000"
                raise TrainingError(msg)
        return recipe

    def table(self) -> dict[str, Any]:
        """The recipe as TOML's values; `from_table` reads it back."""
        table: dict[str, Any] = dataclasses.asdict(self)
        for open_ in ("network", "groups"):
            table[open_] |= table[open_].pop("options")
        table["phases"] = list(table["phases"])
        return table

    def replace(self, changes: list[str], where: str = "--set") -> Recipe:
        """A copy with ``table.key=value`` changes, values written as in TOML."""
        table = self.table()
        for change in changes:
            place, equals, text = change.partition("=")
            part, dot, key = place.strip().partition(".")
            try:
                value = tomllib.loads(f"value = {text}")["value"]
            except tomllib.TOMLDecodeError:
                value = text.strip()  # a bare word is a text, so that shells need no double quotes
            if not (equals and dot and isinstance(table.get(part), dict)):
                if place.strip() == "phases" and isinstance(value, list):
                    table["phases"] = value
                    continue
                tables = ", ".join(k for k, v in table.items() if isinstance(v, dict))
                msg = f"{where} {change!r}: write table.key=value, with one of the tables {tables}"
                raise TrainingError(msg)
            table[part][key] = value
        return Recipe.from_table(table, where)
