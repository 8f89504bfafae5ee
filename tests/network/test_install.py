"""Networks into the user's folder and out of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest

from network.installed import left
from tintype import files
from tintype.errors import NetworkError
from tintype.network import install as installing
from tintype.network.importing import import_files
from tintype.network.install import Removed, check_name, install, remove, verify

pytestmark = pytest.mark.usefixtures("in_process", "home")


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
