"""Weights that the user has become installed networks, under the right name and with their hash."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import onnx
import pytest

from network.installed import left
from tintype.errors import NetworkError
from tintype.network import importing, registry
from tintype.network import install as installing
from tintype.network.converted import Converted
from tintype.network.families import published
from tintype.network.importing import import_files
from tintype.network.install import verify
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.registry import find
from tintype.network.rule import Rule

pytestmark = pytest.mark.usefixtures("in_process", "home")


def test_an_onnx_file_of_ours_is_taken_as_it_is(file: Path, home: Path) -> None:
    (made,) = import_files([file], name="mine")
    assert made.file == home / "mine" / "network.onnx" == find("mine")
    assert made.file.read_bytes() == file.read_bytes()
    record = registry.record_of(made.file)
    assert record == made.record
    assert record.source_sha256 == record.sha256
    assert record.bytes == file.stat().st_size
    assert record.seconds > 0
    assert record.license == "Apache-2.0"
    assert left(home) == ["mine"]
    assert "runs" in verify("mine")


def test_a_training_run_is_named_after_its_folder(file: Path, tmp_path: Path) -> None:
    (tmp_path / "Run-7").mkdir()
    file.rename(tmp_path / "Run-7" / "network.onnx")
    assert import_files([tmp_path / "Run-7"])[0].name == "run-7"


@pytest.mark.parametrize("data", [b"", b"rubbish", None])
def test_damaged_files_leave_nothing(file: Path, home: Path, data: bytes | None) -> None:
    file.write_bytes(file.read_bytes()[:-5000] if data is None else data)
    with pytest.raises(NetworkError, match=r"given\.onnx"):
        import_files([file], name="mine")
    assert left(home) == []


def test_files_that_belong_to_one_network(file: Path, tmp_path: Path) -> None:
    (tmp_path / "points.npy").write_bytes(b"x")
    with pytest.raises(NetworkError, match="no weights to import"):
        import_files([tmp_path / "points.npy"])
    with pytest.raises(NetworkError, match="one at a time"):
        import_files([file, file], name="two")
    with pytest.raises(NetworkError, match="leave it out for other files"):
        import_files([tmp_path / "a.pth"], rule=Rule(input="L"))
    with pytest.raises(NetworkError, match=r"a second \.npy"):
        import_files([file, tmp_path / "points.npy", tmp_path / "points.npy"])


@pytest.fixture
def large(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file converts to a DDColor large, without its gigabyte."""
    model, descriptor = onnx.load(file), descriptor_of(file)
    found = Converted(model, replace(descriptor, family="ddcolor")).renamed("ddcolor-large")
    monkeypatch.setattr(importing, "convert", lambda *_, **__: found)
    monkeypatch.setattr(installing, "try_out", lambda _: 0.1)


@pytest.mark.usefixtures("large")
def test_published_files_get_their_own_names(tmp_path: Path) -> None:
    """ddcolor_artistic.pth and ddcolor_paper.pth are of one architecture."""
    for name, expected in (("ddcolor_artistic.pth", "ddcolor-artistic"), ("mine.pth", "ddcolor-large")):
        (tmp_path / name).write_bytes(b"weights")
        (made,) = import_files([tmp_path / name])
        assert made.name == expected


@pytest.mark.usefixtures("large")
def test_swapped_files_are_refused(tmp_path: Path, home: Path) -> None:
    for name in ("siggraph17-df00044c.pth", "ddcolor_paper_tiny.pth"):
        (tmp_path / name).write_bytes(b"weights")
        with pytest.raises(NetworkError, match=f"{name}: its weights are of ddcolor-large, but a file"):
            import_files([tmp_path / name])
    with pytest.raises(NetworkError, match=r"ddcolor-tiny is a network of ddcolor-tiny; .* swapped"):
        import_files([tmp_path / name], name="ddcolor-tiny")
    assert left(home) == []
    (made,) = import_files([tmp_path / name], name="mine")
    assert "NOT" in made.record.notes[-1]


def test_published_files_are_told_by_their_hash(tmp_path: Path) -> None:
    entry = published()["eccv16"]
    for name, digest, says in (
        ("x.pth", entry.sha256, ("its sha256 is that of the published file",)),
        (entry.file, "0" * 64, "NOT"),
        ("x.pth", "0" * 64, ()),
    ):
        said = importing._compared(importing._published(tmp_path / name, digest), digest)
        assert said == says if isinstance(says, tuple) else says in said[0]


def test_the_hash_in_the_record_is_that_of_what_was_converted(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is replaced while it is read would get a record of something else."""
    found = Converted(onnx.load(file), descriptor_of(file))

    def replaced(foreign: Path, **_: object) -> Converted:
        foreign.write_bytes(b"another network altogether")
        return found

    monkeypatch.setattr(importing, "convert", replaced)
    (tmp_path / "net.pth").write_bytes(b"weights")
    with pytest.raises(NetworkError, match=r"net\.pth: was changed while it was in use"):
        import_files([tmp_path / "net.pth"])
