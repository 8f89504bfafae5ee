"""Trains what tells negatives from photographs: a small network that looks at a view and at its inverse.

    tintype dataset PHOTOS... -o set --short 160 --terms scripts/terms.toml --unless-forbidden
    python scripts/train_negative.py views set -o views.npz
    python scripts/train_negative.py train views.npz -o run.pt --minutes 30        # goes on where it was
    python scripts/train_negative.py export run.pt views.npz -o src/tintype/weights/negative.npz
    python scripts/train_negative.py try PHOTOS        # what is shipped, on a folder or a tar file

Negatives are made of photographs: turned, with the curve of a film and a scan. What could be told without
looking at the picture (its contrast, its frame, how it lies) is thrown at random for both kinds. One
photograph in ten is kept aside to choose the threshold by, another to measure with.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import pyvips
import torch
from torch import nn

from tintype.color.resample import fit_longest
from tintype.dataset.shards import PhotoSet
from tintype.dataset.sources import photographs_to_measure
from tintype.photo.negative import SIDE, STRIDES, score, small
from tintype.photo.read import from_array, read
from tintype.photo.tone import LUMA, mixed
from tintype.settings import Settings

CHANNELS = (16, 32, 48, 64, 96, 128)
FALSE = 0.001  # share of photographs that may be called negatives, by those that the threshold is chosen with


def views(source: str, out: str) -> None:
    """Small grey views of a training set's photographs."""
    photos = PhotoSet.open(source, "train")
    found = np.empty((len(photos), SIDE, SIDE), np.uint8)
    for i in range(len(photos)):
        view = small(mixed(pyvips.Image.new_from_array(photos[i]), LUMA))
        assert view is not None
        found[i] = np.rint(view * 255)
    np.savez(out, views=found, parts=(np.arange(len(found)) % 10).astype(np.uint8))
    print(f"{len(found)} photographs")


class Network(nn.Module):
    """Convolutions, the mean over all places, and one number; of the inverse, too, which is taken from it."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 1
        for channels, stride in zip(CHANNELS, STRIDES, strict=True):
            layers += [
                nn.Conv2d(before, channels, 3, stride, 1, bias=False),
                nn.BatchNorm2d(channels),
                nn.ReLU(),
            ]
            before = channels
        self.layers, self.last = nn.Sequential(*layers), nn.Linear(before, 1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Views (n, 1, SIDE, SIDE), 0-1, to n numbers: above 0 for a negative."""
        both = torch.cat([x, 1 - x]).to(memory_format=torch.channels_last)
        said, inverse = self.last(self.layers((both - 0.5) * 4).mean((2, 3)))[:, 0].chunk(2)
        return said - inverse


def seen(x: torch.Tensor, negative: torch.Tensor, dice: torch.Generator) -> torch.Tensor:
    """Photographs (n, SIDE, SIDE), 0-1, as scans of prints or of negatives come out."""
    n = len(x)

    def uniform(low: float, high: float) -> torch.Tensor:
        return low + (high - low) * torch.rand(n, 1, 1, generator=dice)

    def normal(deviation: float) -> torch.Tensor:
        return torch.randn(n, 1, 1, generator=dice) * deviation

    x = torch.where(uniform(0, 1) < 0.5, x.flip(2), x)
    x = x.clamp(0.002, 1) ** normal(0.25).exp()
    x = torch.where(negative[:, None, None], 1 - x, x)
    x = x.clamp(0.002, 1) ** normal(0.35).exp()
    low, high = uniform(-0.1, 0.3), uniform(0.65, 1.1)
    x = low + (high - low) * x
    # A frame, or the rim of a film or a print, of any tone.
    at = torch.arange(SIDE)
    rim = uniform(-0.1, 0.12) * SIDE
    sides = torch.rand(n, 4, generator=dice) < 0.8
    near = torch.stack([at < rim[:, 0], at >= SIDE - rim[:, 0]], 1) & sides[:, :2, None]
    above = torch.stack([at < rim[:, 0], at >= SIDE - rim[:, 0]], 1) & sides[:, 2:, None]
    framed = near.any(1)[:, None, :] | above.any(1)[:, :, None]
    tone = torch.where(uniform(0, 1) < 0.6, uniform(0, 1).round(), uniform(0, 1))
    x = torch.where(framed, (tone + normal(0.03)).clamp(0, 1), x)
    turned = torch.rand(n, generator=dice) < 0.1
    x = torch.where(turned[:, None, None], x.transpose(1, 2), x)
    noise = torch.randn(x.shape, generator=dice) * uniform(0, 0.04)
    return (x + noise).clamp(0, 1)[:, None]


def train(source: str, out: str, minutes: float, batch: int = 128) -> None:
    """Train for so long, ever more slowly; a run that is there goes on."""
    loaded = np.load(source)
    kept = torch.from_numpy(loaded["views"][loaded["parts"] > 1])
    network, step, dice = Network().to(memory_format=torch.channels_last), 0, torch.Generator().manual_seed(0)
    optimizer = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=1e-2)
    if Path(out).exists():
        held = torch.load(out, weights_only=True)
        network.load_state_dict(held["network"])
        optimizer.load_state_dict(held["optimizer"])
        step = held["step"]
        dice.manual_seed(step)
    begun, mean = time.monotonic(), 0.0
    while (part := (time.monotonic() - begun) / (minutes * 60)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = float(1.5e-3 * min(1.0, (step + 1) / 100) * (1 + np.cos(np.pi * part))) + 1e-5
        chosen = torch.randint(len(kept), (batch,), generator=dice)
        negative = torch.rand(batch, generator=dice) < 0.5
        view = seen(kept[chosen].float() / 255, negative, dice)
        with torch.autocast("cpu", torch.bfloat16):
            told = network(view)
        loss = nn.functional.binary_cross_entropy_with_logits(told.float(), negative.float())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
        mean += (loss.item() - mean) / min(step, 200)
        if step % 200 == 0:
            print(f"{step} steps, {part:.0%}: {mean:.4f}", flush=True)
    torch.save({"network": network.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, out)


def judged(network: Network, x: np.ndarray, *, thrown: bool) -> tuple[np.ndarray, np.ndarray]:
    """What it says of photographs, and of the negatives made of them."""
    dice, said = torch.Generator().manual_seed(7), ([], [])
    with torch.no_grad():
        for at in range(0, len(x), 256):
            part = torch.from_numpy(x[at : at + 256]).float() / 255
            for k in (0, 1):
                kind = torch.full((len(part),), bool(k))
                plain = (1 - part if k else part)[:, None]
                said[k].append(network(seen(part, kind, dice) if thrown else plain).numpy())
    return np.concatenate(said[0]), np.concatenate(said[1])


def export(run: str, source: str, out: str) -> None:
    """Fold the normalization into the weights, choose the threshold, print how well it does."""
    network = Network()
    network.load_state_dict(torch.load(run, weights_only=True)["network"])
    network.eval()
    made: dict[str, np.ndarray] = {}
    modules = list(network.layers)
    for i in range(0, len(modules), 3):
        convolution, norm = modules[i], modules[i + 1]
        assert isinstance(convolution, nn.Conv2d)
        assert isinstance(norm, nn.BatchNorm2d)
        scale = norm.weight.detach() / (norm.running_var + norm.eps).sqrt()
        weight = (convolution.weight.detach() * scale[:, None, None, None]).half()
        convolution.weight.data = weight.float() / scale[:, None, None, None]
        made[f"weight{i // 3}"] = weight.numpy()
        made[f"bias{i // 3}"] = (norm.bias.detach() - norm.running_mean * scale).numpy()
    made["last"] = network.last.weight.detach().numpy()[0]
    loaded = np.load(source)
    aside, measured = (loaded["views"][loaded["parts"] == part] for part in (0, 1))
    limits = [np.quantile(judged(network, aside, thrown=thrown)[0], 1 - FALSE) for thrown in (False, True)]
    made["limit"] = np.float32(max(limits))
    for thrown in (False, True):
        photographs, negatives = judged(network, measured, thrown=thrown)
        kind = "as scans come" if thrown else "as they are"
        print(f"{len(photographs)} photographs, {kind}: {(photographs > made['limit']).mean():.2%} called"
              f" negatives; of their negatives {(negatives > made['limit']).mean():.1%}")  # fmt: skip
        for false in (0.0005, 0.001, 0.002, 0.005, 0.01, 0.05):
            at = np.quantile(photographs, 1 - false)
            print(f"  {false:.2%} false: {(negatives > at).mean():.1%} found")
    np.savez_compressed(out, **made)


def tried(place: str) -> None:
    """What the shipped weights say of photographs, and of their inverses; colour is taken off first."""
    count = called = found = 0
    for source in photographs_to_measure(place):
        given = source.read()
        photo = read(given, Settings())[0] if isinstance(given, bytes) else from_array(given)
        height, width = fit_longest(photo.height, photo.width, 256)
        view = small(mixed(photo.thumbnail(width, height), LUMA))
        if view is None:
            continue
        count, called, found = count + 1, called + (score(view) > 0), found + (score(1 - view) > 0)
    print(f"{count} photographs: {called} called negatives; of their negatives {found} found")


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["views", "train", "export", "try"])
    parser.add_argument("source", nargs="+")
    parser.add_argument("-o", "--out", default="")
    parser.add_argument("--minutes", type=float, default=30.0)
    asked = parser.parse_args()
    if asked.what == "try":
        tried(asked.source[0])
    elif asked.what == "views":
        views(asked.source[0], asked.out)
    elif asked.what == "train":
        train(asked.source[0], asked.out, asked.minutes)
    else:
        export(*asked.source, asked.out)


if __name__ == "__main__":
    main()
