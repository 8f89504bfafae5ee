"""Zhang et al.'s Caffe colorizer (``colorization_release_*.caffemodel``) as an ONNX network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tintype.color.decode import Vividness
from tintype.errors import NetworkError
from tintype.network.convert import caffe_graph
from tintype.network.convert.ab_centers import published_centers, read_centers
from tintype.network.convert.caffe_layers import ANNEALING, Blobs, Layer, layers_of, published_net
from tintype.network.convert.caffe_schema import parse_binary, parse_text
from tintype.network.converted import Converted
from tintype.network.descriptor import NetworkDescriptor, SizeRule
from tintype.network.families import zhang16
from tintype.network.snapshot import Snapshot

VARIANTS = ("v1", "v2", "v2_norebal")
# The variants of the published files, by their hashes.
PUBLISHED = {
    one.sha256: one.name.removeprefix("zhang16-")
    for one in zhang16.FAMILY.published
    if one.needs == "caffe" and one.sha256
}


def convert(
    model: Snapshot, *, prototxt: Path | None = None, centers: Path | None = None, variant: str = ""
) -> Converted:
    """Turn a caffemodel into an ONNX model.

    Parameters
    ----------
    model : Snapshot
        ``colorization_release_v2.caffemodel`` or one of its sisters.
    prototxt : Path, optional
        The deploy prototxt; without it the graph is the published one, if the weights fit it.
    centers : Path, optional
        ``pts_in_hull.npy``; without it the published list is rebuilt.
    variant : str, optional
        ``v1``, ``v2`` or ``v2_norebal``, for a file that doesn't say itself which it is.

    Returns
    -------
    Converted
        The model takes ``data_l`` (n, 1, h, w), L - 50, with h and w multiples of 8; it returns ``logits``
        (n, 313, h/4, w/4) before the annealing, and ``ab`` (n, 2, h/4, w/4) after it, in Lab units.

    Raises
    ------
    NetworkError
        If a file is damaged or of another network, or the files don't belong together.
    """
    file = model.path
    stored = layers_of(parse_binary(file), file, with_blobs=True)
    weights = {layer.name: layer.blobs for layer in stored if layer.blobs}
    text = layers_of(parse_text(prototxt), prototxt) if prototxt else None
    graph = text or layers_of(published_net(), Path("the published v2 network"))
    source = str(prototxt) if prototxt else "the published network (give --prototxt if yours is another)"

    _check_pair(graph, weights, file, source)
    evidence = _Evidence(
        by_weights=PUBLISHED.get(model.sha256, "") or _trained_as(stored),
        by_text=_graph_version(text) if text is not None else "",
        by_name=next((v for v in ("v2_norebal", "v1", "v2") if v in file.stem), ""),
    )
    which = _variant(file, prototxt, evidence, variant)
    bins = read_centers(centers) if centers else published_centers()
    descriptor = NetworkDescriptor(
        name=f"zhang16-{which}",
        family=zhang16.NAME,
        output="logits",
        bins=tuple((float(a), float(b)) for a, b in bins),
        size=SizeRule(default=224, multiple=8, minimum=32, maximum=1024),
        # The published decoding is in the middle; above it the colours sharpen further.
        vividness=Vividness(safe=(1.0, 1.0), matched=(1 / ANNEALING, 1.0), vivid=(0.2, 1.0)),
        normalize="L - 50",
        license=zhang16.LICENSE,
        citation=zhang16.CITATION,
        source=f"{file.name}, sha256 {model.sha256}",
        trained_on=zhang16.TRAINED_ON,
    )
    built = caffe_graph.build(graph, weights, bins, ANNEALING, descriptor, file.name)
    return built.noted(
        f"graph: {_named(prototxt) or 'the published layer list'}",
        f"variant: {which}",
        f"cluster centers: {_named(centers) or 'the published 313, rebuilt by Tintype (no file was given)'}",
    )


def _named(file: Path | None) -> str:
    """Return a file and its hash, for the record."""
    return f"{file}, sha256 {Snapshot(file).sha256}" if file else ""


def _check_pair(graph: list[Layer], weights: dict[str, Blobs], model: Path, source: str) -> None:
    """Refuse a graph and weights that don't belong together, whatever still fits by chance."""
    needing = {g.name for g in graph if g.kind in caffe_graph.WITH_WEIGHTS} - {caffe_graph.CENTERS}
    missing = sorted(needing - weights.keys())
    unused = sorted(weights.keys() - {g.name for g in graph})
    if missing or unused:
        what = f"layers {', '.join(missing[:5])} have no weights in it" if missing else ""
        more = f"its weights {', '.join(unused[:5])} belong to no layer" if unused else ""
        msg = f"{model} does not belong to {source}: {'; '.join(w for w in (what, more) if w)}"
        raise NetworkError(msg)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Which of the published networks a caffemodel is, by each thing that tells; empty where it doesn't.

    Attributes
    ----------
    by_weights : str
        ``v1``, ``v2`` or ``v2_norebal``, by the file's hash or the layers that it was trained with.
    by_text : str
        ``v1`` or ``v2``, by the prototxt: the two have different graphs.
    by_name : str
        By the file's name, which counts only where nothing else tells.
    """

    by_weights: str
    by_text: str
    by_name: str

    def allows(self, variant: str) -> bool:
        """Return whether nothing but the name contradicts a variant."""
        return variant in (self.by_weights or variant) and _version(variant) == (
            self.by_text or _version(variant)
        )


def _variant(model: Path, prototxt: Path | None, evidence: _Evidence, wanted: str) -> str:
    """Return which of the published networks this is.

    Raises NetworkError if `wanted` or the files contradict one another, or nothing tells.
    """
    if wanted and wanted not in VARIANTS:
        msg = f"variant {wanted!r} is not one of {', '.join(VARIANTS)}"
        raise NetworkError(msg)
    weights, text = evidence.by_weights, evidence.by_text
    if weights and not evidence.allows(weights):
        msg = f"{prototxt} is of {text}, but {model} is of {weights}; "
        msg += f"give colorization_deploy_{_version(weights)}.prototxt"
        raise NetworkError(msg)
    if wanted and not evidence.allows(wanted):
        msg = f"{model}: variant {wanted} was asked for, but the files are of {weights or text}"
        raise NetworkError(msg)
    by_text = "v1" if text == "v1" else ""  # a v2 graph may be of either v2
    by_name = evidence.by_name if evidence.by_name and evidence.allows(evidence.by_name) else ""
    if found := wanted or weights or by_text or by_name:
        return found
    msg = f"{model}: nothing in it says which of the published networks it is; "
    msg += f"add --variant {'|'.join(VARIANTS)}"
    raise NetworkError(msg)


def _version(variant: str) -> str:
    """Return ``v1`` or ``v2``."""
    return variant.partition("_")[0]


def _graph_version(text: list[Layer]) -> str:
    # v1 took the annealing as an input blob of its own; v2 has it as a Scale layer.
    return "v1" if any("Trecip" in layer.bottoms for layer in text) else "v2"


def _trained_as(stored: Iterable[Layer]) -> str:
    """Return what the training layers kept in the file tell: only v2 multiplies by class weights."""
    kinds = {layer.kind for layer in stored}
    names = {layer.name for layer in stored}
    if "conv8_313_boost" in names:
        return "v2"
    # A file that still has its loss, but no class weights, was trained without them.
    return "v2_norebal" if {"SoftmaxCrossEntropyLoss", "SoftmaxWithLoss"} & kinds else ""
