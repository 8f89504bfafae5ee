"""From packed photographs to a network, in one go: for a machine that is lent for minutes.

    tintype dataset PHOTOS... -o SET --short 160                    # at home, at leisure
    python scripts/train_network.py pack SET -o PACKED              # pieces of 15 MiB
    python scripts/train_network.py run PACKED -o OUT --recipe tintype-lite --init FILE --minutes 9
    python scripts/train_network.py join OUT/pieces -o network.onnx # at home again

`pack` stores the photographs of a training set as WebP, in a twenty-fifth of its size: on the machine that is
lent nothing is left to do but decode them. `run` makes the set of them again (OUT/set), or one of photographs
as they are; it trains (OUT/run), exports, and cuts the network and the card into pieces of at most 15 MiB
(OUT/pieces), which travel where whole files may not; `join` puts them together and checks them. What is done
already is not done again: after a broken-off run the same command goes on. Every stage says how long it took.
Without a GPU it is the same, only slower: rehearse it with a few photographs and `--set`.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

PIECE = 15 << 20  # bytes
LIST = "pieces.json"
SET = "dataset.json"
SPLITS = ("train", "val")


def cut(files: list[Path], folder: Path, size: int = PIECE) -> None:
    """Cut files into pieces of at most `size` bytes; the list of them is written last."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = {}
    for file in files:
        data = file.read_bytes()
        names = []
        for i, at in enumerate(range(0, max(len(data), 1), size)):
            names.append(f"{file.name}.{i:03d}")
            (folder / names[-1]).write_bytes(data[at : at + size])
        whole[file.name] = {"sha256": hashlib.sha256(data).hexdigest(), "pieces": names}
    (folder / LIST).write_text(json.dumps(whole, indent=1))


def join(folder: Path, name: str) -> bytes:
    """Put the pieces of a file together; ends the program if it is not what was cut."""
    whole = json.loads((folder / LIST).read_text())
    if name not in whole:
        raise SystemExit(f"{folder}: no pieces of {name!r}; there are {', '.join(whole)}")
    data = b"".join((folder / piece).read_bytes() for piece in whole[name]["pieces"])
    if hashlib.sha256(data).hexdigest() != whole[name]["sha256"]:
        raise SystemExit(f"{folder}: the pieces of {name} are damaged; fetch them again")
    return data


def pack(made: Path, folder: Path, quality: int, size: int = PIECE) -> None:
    """Store a training set's photographs as WebP in tars of at most `size` bytes; the index comes last."""
    from tintype.dataset.shards import PhotoSet

    folder.mkdir(parents=True, exist_ok=True)
    for split in SPLITS:
        pieces: list[list[tuple[str, bytes]]] = [[]]
        used, count = 0, 0
        for name, data in encoded(PhotoSet.open(made, split), quality):
            room = 1024 * (2 + len(name.encode()) // 512) + len(data)
            if used + room > size - tarfile.RECORDSIZE:
                write_tar(folder / f"{split}-{count:03d}.tar", pieces.pop())
                pieces.append([])
                used, count = 0, count + 1
            pieces[0].append((name, data))
            used += room
        write_tar(folder / f"{split}-{count:03d}.tar", pieces[0])
    (folder / SET).write_bytes((made / SET).read_bytes())


def encoded(photos: Any, quality: int) -> Iterator[tuple[str, bytes]]:
    """Names and WebP files of photographs, in order."""
    import pyvips

    def webp(i: int) -> tuple[str, bytes]:
        picture = pyvips.Image.new_from_array(photos[i], interpretation="srgb")
        return photos.names[i], bytes(picture.webpsave_buffer(Q=quality, effort=6))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for first in range(0, len(photos), 256):
            yield from pool.map(webp, range(first, min(first + 256, len(photos))))


def write_tar(path: Path, files: list[tuple[str, bytes]]) -> None:
    """Write a tar of files; their names may be any text."""
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for name, data in files:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))


def unpack(packed: Path, made: Path) -> None:
    """Make the training set again that `pack` stored; as with `tintype dataset`, the index comes last."""
    import pyvips

    from tintype.dataset.shards import ShardWriter

    def pixels(data: bytes) -> Any:
        return pyvips.Image.new_from_buffer(data, "").colourspace("srgb").numpy()

    made.mkdir(parents=True, exist_ok=True)
    index = json.loads((packed / SET).read_text())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for split in SPLITS:
            writer = ShardWriter(made, split)
            for piece in sorted(packed.glob(f"{split}-*.tar")):
                with tarfile.open(piece) as tar:
                    members = [(m.name, tar.extractfile(m).read()) for m in tar]
                decoded = pool.map(pixels, [data for _, data in members])
                for (name, _), picture in zip(members, decoded, strict=True):
                    writer.add(picture, name)
            writer.close()
            if writer.count != index["splits"][split]["photos"]:
                raise SystemExit(f"{packed}: {writer.count} photographs of {split}, not "
                                 f"{index['splits'][split]['photos']}; fetch its pieces again")  # fmt: skip
            index["splits"][split]["shards"] = writer.names
    (made / SET).write_text(json.dumps(index))


def run(options: argparse.Namespace) -> None:
    """Make the set, train, export and cut, each unless it is done."""
    made, trained = options.output / "set", options.output / "run"
    if not (made / SET).exists():
        with timed("set"):
            if (options.photos[0] / SET).exists():
                unpack(options.photos[0], made)
            else:
                extra = ["--terms", str(options.terms), "--unless-forbidden"] if options.terms else []
                tintype("dataset", *options.photos, "-o", made, "--short", options.short, *extra)
    try:
        with timed("training and export"):
            train(options, made, trained)
    finally:
        # An export that fails there can be done again at home: from the weights, with --init.
        network = "network.onnx" if (trained / "network.onnx").exists() else "weights.safetensors"
        files = [trained / name for name in (network, "card.md", "recipe.toml", "log.jsonl")]
        if files := [file for file in files if file.exists()]:
            cut(files, options.output / "pieces")


def train(options: argparse.Namespace, made: Path, trained: Path) -> None:
    """Begin a run, or go on with the one that is there; it ends in an exported network."""
    if (trained / "run.json").exists():
        tintype("train", "--resume", trained)
    else:
        changes = [word for change in options.set for word in ("--set", change)]
        named = {k: getattr(options, k) for k in ("backbone", "init", "teacher")}
        first = [word for k, value in named.items() if value for word in (f"--{k}", value)]
        minutes = ["--minutes", options.minutes] if options.minutes else []
        tintype("train", options.recipe, made, "-o", trained, *minutes, *first, *changes)


@contextlib.contextmanager
def timed(stage: str) -> Iterator[None]:
    """Say how long a stage took, on stderr."""
    began = time.monotonic()
    yield
    print(f"{stage}: {time.monotonic() - began:.1f} s", file=sys.stderr)


def tintype(*words: object) -> None:
    """Run a command of tintype; ends the program with its exit code if it fails."""
    done = subprocess.run([sys.executable, "-m", "tintype", *map(str, words)], check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


def main(words: list[str] | None = None) -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_subparsers(required=True, dest="what")
    begun = what.add_parser("run")
    begun.add_argument("photos", nargs="+", type=Path)
    begun.add_argument("-o", "--output", required=True, type=Path)
    begun.add_argument("--recipe", default="tintype-lite")
    begun.add_argument("--backbone", default="")
    begun.add_argument("--init", default="")
    begun.add_argument("--teacher", default="")
    begun.add_argument("--minutes", type=float, default=0)
    begun.add_argument("--short", type=int, default=160)
    begun.add_argument("--terms", type=Path, help="as of tintype dataset; then what they forbid is left out")
    begun.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE")
    packed = what.add_parser("pack")
    packed.add_argument("set", type=Path)
    packed.add_argument("-o", "--output", required=True, type=Path)
    packed.add_argument("--quality", type=int, default=32, help="of WebP")
    joined = what.add_parser("join")
    joined.add_argument("folder", type=Path)
    joined.add_argument("-o", "--output", required=True, type=Path)
    joined.add_argument("--file", default="network.onnx")
    options = parser.parse_args(words)
    if options.what == "pack":
        pack(options.set, options.output, options.quality)
    elif options.what == "join":
        options.output.write_bytes(join(options.folder, options.file))
    else:
        run(options)


if __name__ == "__main__":
    main()
