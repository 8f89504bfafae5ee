"""From names to an archive."""

import pytest

from tintype import SettingsError
from tintype.archive.opening import opened, state_of
from tintype.archive.places.local import LocalFolder
from tintype.errors import FileMissing


def test_a_folder_keeps_its_state_in_itself_and_is_not_walked(tmp_path):
    (tmp_path / "in/out").mkdir(parents=True)
    for name in ("in/a.jpg", "in/out/a.jpg"):
        (tmp_path / name).touch()
    with opened(str(tmp_path / "in"), str(tmp_path / "in/out")) as archive:
        assert [i.name for i in archive.source.items()] == ["a.jpg"]
        assert archive.manifest.path.is_relative_to(tmp_path / "in/out")
    assert state_of(LocalFolder(tmp_path)) == tmp_path


def test_a_single_photograph_is_an_archive_of_one_and_other_files_are_told_from_what_is_missing(tmp_path):
    for name in ("a.jpg", "b.jpg", "names.txt"):
        (tmp_path / name).touch()
    with opened(str(tmp_path / "a.jpg"), str(tmp_path / "out")) as archive:
        assert [i.name for i in archive.source.items()] == ["a.jpg"]
    with (
        pytest.raises(SettingsError, match=r"names.txt.*\.csv"),
        opened(f"{tmp_path}/names.txt", f"{tmp_path}/out"),
    ):
        pass
    with pytest.raises(FileMissing), opened(f"{tmp_path}/c.jpg", f"{tmp_path}/out"):
        pass


def test_an_archive_in_place_is_refused(tmp_path):
    (tmp_path / "bagit.txt").touch()
    (tmp_path / "data").mkdir()
    (tmp_path / ".tintype").mkdir()  # even where one was forced in before
    here = str(tmp_path)
    for source, place in ((f"{here}/data", f"{here}/data/."), (f"{here}/*.tar", f"tar:{here}"),
                          (here, f"bag:{here}"), ("memory://a/b", "memory://a/b/")):  # fmt: skip
        with pytest.raises(SettingsError, match="of its own"), opened(source, place):
            pass


def test_a_store_within_the_source_is_not_listed(tmp_path):
    with opened("memory://a", "memory://a/out", state=tmp_path) as archive:
        assert archive.source.without == "memory://a/out"
