"""From packed photographs to a network, in one go: for a machine that is lent for minutes.

    python scripts/train_network.py run PHOTOS... -o OUT --recipe tintype-lite --backbone FILE --minutes 9
    python scripts/train_network.py join OUT/pieces -o network.onnx

`run` makes a training set of the photographs (OUT/set), trains (OUT/run), exports, and cuts the network and
the card into pieces of at most 15 MiB (OUT/pieces), which travel where whole files may not; `join` puts them
together and checks them. What is done already is not done again: after a broken-off run the same command
goes on. Without a GPU it is the same, only slower: rehearse it with a few photographs and `--set`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
from pathlib import Path

PIECE = 15 << 20  # bytes
LIST = "pieces.json"


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


def run(options: argparse.Namespace) -> None:
    """Make the set, train, export and cut, each unless it is done."""
    made, trained = options.output / "set", options.output / "run"
    if not (made / "dataset.json").exists():
        extra = ["--terms", str(options.terms), "--commercial"] if options.terms else []
        tintype("dataset", *options.photos, "-o", made, "--short", options.short, *extra)
    if (trained / "run.json").exists():
        tintype("train", "--resume", trained)
    else:
        changes = [word for change in options.set for word in ("--set", change)]
        first = [
            w for k in ("backbone", "init") if getattr(options, k) for w in (f"--{k}", getattr(options, k))
        ]
        minutes = ["--minutes", options.minutes] if options.minutes else []
        tintype("train", options.recipe, made, "-o", trained, *minutes, *first, *changes)
    files = [trained / name for name in ("network.onnx", "card.md", "recipe.toml", "log.jsonl")]
    cut(files, options.output / "pieces")


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
    train = what.add_parser("run")
    train.add_argument("photos", nargs="+", type=Path)
    train.add_argument("-o", "--output", required=True, type=Path)
    train.add_argument("--recipe", default="tintype-lite")
    train.add_argument("--backbone", default="")
    train.add_argument("--init", default="")
    train.add_argument("--minutes", type=float, default=0)
    train.add_argument("--short", type=int, default=160)
    train.add_argument(
        "--terms", type=Path, help="as of tintype dataset; then only what may be used is taken"
    )
    train.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE")
    joined = what.add_parser("join")
    joined.add_argument("folder", type=Path)
    joined.add_argument("-o", "--output", required=True, type=Path)
    joined.add_argument("--file", default="network.onnx")
    options = parser.parse_args(words)
    if options.what == "join":
        options.output.write_bytes(join(options.folder, options.file))
    else:
        run(options)


if __name__ == "__main__":
    main()
