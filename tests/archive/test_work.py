"""The unit of work of an archive."""

from archive_help import grey_photo
from tintype import Settings
from tintype.archive.model import Item
from tintype.archive.origins.folder import Folder
from tintype.archive.places.local import LocalFolder
from tintype.archive.work import ColorizeJob, Task
from tintype.colorizer import Colorizer


def test_a_photograph_that_changes_while_it_is_coloured_is_not_recorded_wrongly(tmp_path, monkeypatch):
    grey_photo(tmp_path / "scans/a.jpg")
    work = ColorizeJob.of(Settings(size=64))
    save = Colorizer.save

    def replaced_meanwhile(self, source, *args, **options):
        grey_photo(tmp_path / "new.jpg", shift=77).replace(source.path)
        return save(self, source, *args, **options)

    monkeypatch.setattr(Colorizer, "save", replaced_meanwhile)
    source, destination = Folder(tmp_path / "scans"), LocalFolder(tmp_path / "out")
    task = Task(Item("a.jpg"), "a.jpg", source, destination, tmp_path / "stage")
    outcome = work(task)
    assert outcome.status == "failed"
    assert "changed while" in outcome.error
    assert not outcome.made
