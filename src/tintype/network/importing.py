"""Weights that the user has, of whatever program, into installed networks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tintype.errors import NetworkError, NoDescriptor
from tintype.network import isolated
from tintype.network.convert import convert
from tintype.network.descriptor import NetworkDescriptor
from tintype.network.families import published
from tintype.network.families.family import Published
from tintype.network.install import Installed, check_name, install, staging
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
    seconds: float = 0.0,
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
    seconds : float
        The time limit of converting a file, and of trying what came out; 0: two minutes, and more for a large
        file. Both are done in a process of their own.

    Raises
    ------
    NetworkError
        If a file can't be used or a name is taken; networks imported before it stay installed.
    """
    companions: dict[str, Path | None] = {"prototxt": prototxt, "centers": centers}
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

    task = Task(name=name, variant=variant, rule=rule, **companions)
    return [_import(file, task, force, source, seconds) for file in weights]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """How a file is to be converted; see `tintype.network.convert.convert`."""

    name: str = ""
    prototxt: Path | None = None
    centers: Path | None = None
    variant: str = ""
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class _Made:
    """What came of a conversion.

    Attributes
    ----------
    name : str
    sha256 : str
        Of the file that was converted.
    notes : tuple of str
    """

    name: str
    sha256: str
    notes: tuple[str, ...]


def _import(file: Path, task: Task, force: bool, source: str, seconds: float) -> Installed:
    if file.is_dir() and (file / FILE).is_file():
        file, task = file / FILE, replace(task, name=task.name or file.resolve().name.lower())
    if file.suffix.lower() == ".onnx" and not task.rule and (own := _own(file)):
        read = Snapshot(file)
        note = f"an ONNX file with a descriptor: taken as it is (it calls itself {own.name})"
        return install(
            task.name or own.name,
            lambda target: shutil.copyfile(file, target),
            source=source or file.name,
            source_sha256=read.sha256,
            notes=(note,),
            force=force,
            seconds=seconds,
        )
    with _staged(file) as stage:
        made = isolated.run(convert_to, file, task, stage / FILE, file=file, seconds=seconds)
        return install(
            made.name,
            (stage / FILE).replace,
            source=source or file.name,
            source_sha256=made.sha256,
            notes=made.notes,
            force=force,
            seconds=seconds,
        )


@contextmanager
def _staged(file: Path) -> Iterator[Path]:
    try:
        with staging() as stage:
            yield stage
    except OSError as error:
        msg = f"{file}: can't be converted: {error}; set TINTYPE_HOME to a folder that can be written"
        raise NetworkError(msg) from error


def convert_to(file: Path, task: Task, target: Path) -> _Made:
    """Convert a file and write the network, under the name that it will have.

    Raises
    ------
    NetworkError
        As `convert` does, and if the file is called as a published one but holds another network.
    """
    read = Snapshot(file)
    found = convert(file, prototxt=task.prototxt, centers=task.centers, variant=task.variant, rule=task.rule)
    entry = published().get(task.name) if task.name else _published(file, read.sha256)
    if entry is not None and entry.weights != found.descriptor.name:
        why = f"{task.name} is" if task.name else f"a file of this name is that of {entry.name},"
        msg = f"{file}: its weights are of {found.descriptor.name}, but {why} a network of {entry.weights}; "
        msg += "the files were swapped or renamed: get the right one, or import this one under another --name"
        raise NetworkError(msg)
    # Several published files are of one architecture; each has a name of its own.
    if called := task.name or (entry.name if entry else ""):
        found = found.renamed(called)
    found.save(target)
    notes = (*found.notes, *_compared(_published(file, read.sha256), read.sha256))
    return _Made(found.descriptor.name, read.sha256, notes)


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
