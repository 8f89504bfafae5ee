"""Train the small network that tells a negative from a positive, and write it as ONNX.

Usage: python scripts/train_negative.py OUT.onnx VALIDATION.tar TRAINING.tar…  (tars of photographs)
Needs torch, onnx, onnxscript and Pillow. A few minutes on one core.
"""

from __future__ import annotations

import io
import sys
import tarfile

import numpy as np
import torch
from PIL import Image
from torch import nn

SIDE = 64


def pictures(path: str, most: int) -> torch.Tensor:
    """Luma of the photographs in a tar, uint8 (n, SIDE + 8, SIDE + 8)."""
    found = []
    with tarfile.open(path) as tar:
        for member in tar:
            if member.isfile() and len(found) < most:
                data = tar.extractfile(member)
                assert data is not None
                with Image.open(io.BytesIO(data.read())) as image:
                    grey = image.convert("L").resize((SIDE + 8, SIDE + 8), Image.Resampling.BOX)
                if np.asarray(grey).std() > 8:
                    found.append(np.asarray(grey))
    return torch.from_numpy(np.stack(found))


class Net(nn.Sequential):
    """Six small convolutions; the logit is odd under inversion by how it is called, see `logit`."""

    def __init__(self) -> None:
        layers: list[nn.Module] = []
        for i, (inner, outer, stride) in enumerate(
            [(1, 16, 2), (16, 24, 1), (24, 32, 2), (32, 48, 1), (48, 64, 2), (64, 64, 1)]
        ):
            layers += [nn.Conv2d(inner, outer, 3, stride, 1), nn.BatchNorm2d(outer), nn.ReLU()]
            del i
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(64, 1))


class Told(nn.Module):
    """Logit that a picture (n, 1, SIDE, SIDE), 0-1, is a negative: odd, so that no answer is preferred."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        # Both at once: statistics of a batch of one kind would give the answer away.
        one, other = self.net(torch.cat([picture - 0.5, 0.5 - picture]))[:, 0].chunk(2)
        return one - other


def aged(batch: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Crops, mirrors, tone curves and noise, as old prints and scans have them; 0-1."""
    n = len(batch)

    def dice(low: float, high: float) -> torch.Tensor:
        return torch.rand(n, 1, 1, 1, generator=generator) * (high - low) + low

    y, x = torch.randint(0, 9, (2,), generator=generator).tolist()
    picture = batch[:, None, y : y + SIDE, x : x + SIDE].float() / 255
    if torch.rand(1, generator=generator) < 0.5:
        picture = picture.flip(-1)
    picture = picture.clamp(0, 1) ** torch.exp(dice(-0.6, 0.6))
    low, high = dice(0, 0.25), dice(0.7, 1)
    picture = low + (high - low) * picture
    return (picture + torch.randn(picture.shape, generator=generator) * dice(0, 0.04)).clamp(0, 1)


def main(out: str, validation: str, *training: str) -> None:
    """Train, print what the validation photographs say at each threshold, write."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    train = torch.cat([pictures(path, 5000) for path in training])
    held = pictures(validation, 1000)
    told = Told(Net())
    steps, batch = 1600, 64
    optimizer = torch.optim.AdamW(told.parameters(), 3e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, steps)
    for step in range(steps):
        picture = aged(train[torch.randint(len(train), (batch,), generator=generator)], generator)
        # The logit is odd, so a positive says all that its negative would.
        loss = nn.functional.softplus(told(picture)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 200 == 199:
            told.eval()
            with torch.no_grad():
                logits = torch.cat([told(aged(held, generator)) for _ in range(4)])
            told.train()
            shares = {t: ((logits > t).float().mean(), (-logits > t).float().mean()) for t in (3, 4, 5, 6)}
            rows = ", ".join(f"> {t}: {a:.3%} false, {b:.1%} found" for t, (a, b) in shares.items())
            print(f"{step + 1}: loss {loss:.3f}, right {(logits < 0).float().mean():.1%}; {rows}", flush=True)
    told.eval()
    example = torch.zeros(1, 1, SIDE, SIDE)
    torch.onnx.export(told, (example,), out, input_names=["picture"], output_names=["negative"], dynamo=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
