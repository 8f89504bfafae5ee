"""Networks into the user's folder and out of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from tintype import files
from tintype.errors import NetworkError
from tintype.network import importing, registry
from tintype.network import install as installing
from tintype.network.converted import Converted
from tintype.network.families import published
from tintype.network.importing import import_files
from tintype.network.install import Removed, check_name, install, remove, verify
from tintype.network.onnx_metadata import descriptor_of
from tintype.network.registry import find
from tintype.network.rule import Rule

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "networks"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    shutil.copy(find("tintype"), tmp_path / "given.onnx")
    return tmp_path / "given.onnx"


def left(home: Path) -> list[str]:
    return sorted(p.name for p in home.iterdir()) if home.exists() else []


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


def test_nothing_is_replaced_unasked(file: Path, home: Path) -> None:
    import_files([file], name="mine")
    (home / "mine" / "mark").write_text("old")
    with pytest.raises(NetworkError, match="'mine' is installed already; replace it with --force"):
        import_files([file], name="mine")
    assert (home / "mine" / "mark").exists()
    import_files([file], name="mine", force=True)
    assert sorted(p.name for p in (home / "mine").iterdir()) == ["installed.json", "network.onnx"]
    assert left(home) == ["mine"]


@pytest.mark.parametrize("name", ["", "Mine", "../mine", "a,b", ".hidden", "con", "nul.x", "a b", "x" * 65])
def test_names_that_are_no_names(name: str) -> None:
    with pytest.raises(NetworkError, match="can't be the name"):
        check_name(name)


def test_the_names_of_what_comes_along_are_taken(file: Path) -> None:
    for force in (False, True):
        with pytest.raises(NetworkError, match="comes with Tintype"):
            import_files([file], name="tintype", force=force)


def broken(model: onnx.ModelProto) -> None:
    big = max(model.graph.initializer, key=lambda t: len(t.raw_data))
    big.raw_data = np.full(len(big.raw_data) // 2, np.nan, np.float16).tobytes()


def test_a_network_that_gives_no_numbers_is_refused_and_the_old_one_stays(file: Path, home: Path) -> None:
    import_files([file], name="mine")
    before = (home / "mine" / "network.onnx").read_bytes()
    model = onnx.load(file)
    broken(model)
    onnx.save(model, file)
    with pytest.raises(NetworkError, match=r"no numbers|not a network"):
        import_files([file], name="mine", force=True)
    assert (home / "mine" / "network.onnx").read_bytes() == before
    assert left(home) == ["mine"]


@pytest.mark.parametrize("data", [b"", b"rubbish", None])
def test_damaged_files_leave_nothing(file: Path, home: Path, data: bytes | None) -> None:
    file.write_bytes(file.read_bytes()[:-5000] if data is None else data)
    with pytest.raises(NetworkError, match=r"given\.onnx"):
        import_files([file], name="mine")
    assert left(home) == []


def test_interrupted_installs_leave_nothing(home: Path) -> None:
    def write(target: Path) -> None:
        target.write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        install("mine", write, source="x")
    assert left(home) == []


def test_a_folder_that_can_t_be_written_says_so(file: Path, home: Path) -> None:
    home.parent.mkdir()
    home.write_text("a file where the folder should be")
    with pytest.raises(NetworkError, match=r"can't install mine there: .*TINTYPE_HOME"):
        import_files([file], name="mine")


def test_a_swap_that_fails_puts_the_old_one_back(
    file: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_files([file], name="mine")
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if target == home / "mine" and not self.name.endswith(".old"):
            raise PermissionError(13, "in use")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(NetworkError, match="in use"):
        import_files([file], name="mine", force=True)
    assert left(home) == ["mine"]
    verify("mine")


def test_only_installed_networks_are_removed(file: Path, home: Path, tmp_path: Path) -> None:
    import_files([file], name="mine")
    for name, says in (
        ("tintype", "comes with Tintype"),
        ("ddcolor", r"is not installed; .* mine"),
        ("../..", "is not installed"),
        (str(file), "is not installed"),
    ):
        with pytest.raises(NetworkError, match=says):
            remove(name)
    assert remove("mine") == Removed(home / "mine")
    assert left(home) == []
    assert file.exists()


def test_verify_sees_a_changed_file(file: Path, home: Path) -> None:
    import_files([file], name="mine")
    installed = home / "mine" / "network.onnx"
    data = bytearray(installed.read_bytes())
    data[len(data) // 2] ^= 1
    installed.write_bytes(data)
    with pytest.raises(NetworkError, match="changed since it was installed"):
        verify("mine")
    (home / "mine" / "installed.json").unlink()
    with pytest.raises(NetworkError, match=r"installed\.json is missing"):
        verify("mine")


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


def test_of_a_link_the_link_alone_is_removed(file: Path, home: Path, tmp_path: Path) -> None:
    import_files([file], name="mine")
    (home / "mine").rename(tmp_path / "elsewhere")
    (home / "mine").symlink_to(tmp_path / "elsewhere")
    assert remove("mine") == Removed(home / "mine", linked_to=tmp_path / "elsewhere")
    assert left(home) == []
    assert (tmp_path / "elsewhere" / "network.onnx").is_file()


def test_a_link_is_replaced_by_force_and_what_it_leads_to_stays(
    file: Path, home: Path, tmp_path: Path
) -> None:
    import_files([file], name="mine")
    (home / "mine").rename(tmp_path / "elsewhere")
    (home / "mine").symlink_to(tmp_path / "elsewhere")
    import_files([file], name="mine", force=True)
    assert left(home) == ["mine"]
    assert not (home / "mine").is_symlink()
    assert (tmp_path / "elsewhere" / "network.onnx").is_file()


def killed(home: Path) -> Path:
    """Return a folder that a process made for its work; the process is gone."""
    made = subprocess.run(
        [sys.executable, "-c", f"import pathlib; from tintype import files;"
         f"print(files.temporary_beside(pathlib.Path({os.fspath(home)!r})))"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    Path(made).mkdir(parents=True)
    (Path(made) / "network.onnx").write_bytes(b"half")
    return Path(made)


def test_what_a_killed_process_left_is_swept(file: Path, home: Path) -> None:
    stage = killed(home)
    assert stage.exists()
    import_files([file], name="mine")
    assert left(home) == ["mine"]
    stage = killed(home)
    remove("mine")
    assert left(home) == []


def test_a_network_that_was_set_aside_when_its_replacement_was_killed_comes_back(
    file: Path, home: Path
) -> None:
    import_files([file], name="mine")
    (home / "mine").rename(home / ".mine.old")
    import_files([file], name="other")
    assert left(home) == ["mine", "other"]
    (home / ".mine.old").mkdir()  # killed a moment later: the replacement is in its place
    remove("other")
    assert left(home) == ["mine"]
    verify("mine")


def test_two_processes_do_not_change_networks_at_once(
    file: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installing, "_PATIENCE", 0.0)
    home.mkdir(parents=True)
    with (
        files.lock(home.with_name("networks.lock")),
        pytest.raises(NetworkError, match="another process is changing"),
    ):
        import_files([file], name="mine")
    assert left(home) == []


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
