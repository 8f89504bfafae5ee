"""Weights that the user has, of whatever program, into installed networks."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from tintype.errors import NetworkError, NoDescriptor
from tintype.network.descriptor import NetworkDescriptor
from tintype.network.families import published
from tintype.network.families.family import Published
from tintype.network.install import Installed, check_name, install
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.registry import FILE
from tintype.network.rule import Rule
from tintype.network.snapshot import Snapshot

_COMPANIONS = {".prototxt": "prototxt", ".npy": "centers"}


def import_files(
    files: Sequence[Path],
    *,
    name: str = "",
    prototxt: Path | None = None,
    centers: Path | None = None,
    variant: str = "",
    rule: Rule | None = None,
    force: bool = False,
    source: str = "",
) -> list[Installed]:
    """Convert foreign weights and install what comes out.

    Parameters
    ----------
    files : sequence of Path
        Weights of other programs, ONNX files, or training runs' folders. A ``.prototxt`` and a ``.npy`` among
        them belong to the one ``.caffemodel``.
    name : str
        What to call the network; empty takes the architecture's own name. Only for a single network.
    prototxt, centers, variant, rule
        As for `tintype.network.convert.convert`.
    force : bool
        Whether a network of that name that is already installed may be replaced.
    source : str
        Where a single file came from, for the record; its own name otherwise.

    Raises
    ------
    NetworkError
        If a file can't be used or a name is taken; networks imported before it stay installed.
    """
    companions = {"prototxt": prototxt, "centers": centers}
    weights = []
    for file in files:
        kind = _COMPANIONS.get(file.suffix.lower())
        if kind is None:
            weights.append(file)
        elif companions[kind] is not None:
            msg = f"{file}: a second {file.suffix} file; import one Caffe network at a time"
            raise NetworkError(msg)
        else:
            companions[kind] = file
    if not weights:
        msg = f"{files[0] if files else 'nothing'}: no weights to import; give the .caffemodel along with it"
        raise NetworkError(msg)
    if len(weights) > 1 and (name or any(companions.values()) or variant or rule or source):
        msg = f"{weights[1]}: a name, prototxt, cluster centers, variant or rule belong to one network; "
        msg += "import one at a time"
        raise NetworkError(msg)
    if rule and weights[0].suffix.lower() != ".onnx":
        msg = f"{weights[0]}: a rule says how an ONNX file is fed and read; leave it out for other files "
        msg += "(--rule, --input, --normalize, --size, --output)"
        raise NetworkError(msg)
    if name:
        check_name(name, force=force)
    return [_import(file, name, companions, variant, rule, force, source) for file in weights]


def _import(
    file: Path,
    name: str,
    companions: dict[str, Path | None],
    variant: str,
    rule: Rule | None,
    force: bool,
    source: str,
) -> Installed:
    if file.is_dir() and (file / FILE).is_file():
        file, name = file / FILE, name or file.resolve().name.lower()
    if file.suffix.lower() == ".onnx" and not rule and (own := _own(file)):
        own_file = file
        name = name or own.name
        note = f"an ONNX file with a descriptor: taken as it is (it calls itself {own.name})"
        return install(
            name,
            lambda target: shutil.copyfile(own_file, target),
            source=source or str(file.name),
            source_sha256=Snapshot(file).sha256,
            notes=(note,),
            force=force,
        )
    from tintype.network.convert import convert

    prototxt, centers = companions["prototxt"], companions["centers"]
    read = Snapshot(file)
    found = convert(file, prototxt=prototxt, centers=centers, variant=variant, rule=rule)
    digest = read.sha256
    entry = published().get(name) if name else _published(file, digest)
    if entry is not None and entry.weights != found.descriptor.name:
        why = f"{name} is" if name else f"a file of this name is that of {entry.name},"
        msg = f"{file}: its weights are of {found.descriptor.name}, but {why} a network of {entry.weights}; "
        msg += "the files were swapped or renamed: get the right one, or import this one under another --name"
        raise NetworkError(msg)
    # Several published files are of one architecture; each has a name of its own.
    if called := name or (entry.name if entry else ""):
        found = found.renamed(called)
    return install(
        found.descriptor.name,
        found.save,
        source=source or file.name,
        source_sha256=digest,
        notes=(*found.notes, *_compared(_published(file, digest), digest)),
        force=force,
    )


def _published(file: Path, digest: str) -> Published | None:
    """Return the network that was published with that hash, else under that file name."""
    entries = sorted(published().values(), key=lambda e: e.sha256 != digest)
    return next((e for e in entries if digest == e.sha256 or e.file == file.name), None)


def _compared(entry: Published | None, digest: str) -> tuple[str, ...]:
    """Return a note on whether a file is the one that was published."""
    if entry is None or not entry.sha256:
        return ()
    if entry.sha256 == digest:
        return ("its sha256 is that of the published file",)
    return ("its sha256 is NOT that of the published file of this name: somebody changed or retrained it",)


def _own(file: Path) -> NetworkDescriptor | None:
    """Return the descriptor inside an ONNX file; None where it has none."""
    if not file.is_file():
        return None
    try:
        return descriptor_of(file, beside=False)
    except NoDescriptor:
        return None
