"""The unit of work: whatever happens to a photograph is an outcome."""

from archive_help import grey_photo
from tintype import Settings
from tintype.archive.model import Item
from tintype.archive.origins.folder import Folder
from tintype.archive.places.local import LocalFolder
from tintype.archive.task import Task
from tintype.archive.work import ColorizeJob
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


def test_what_may_go_well_another_time_is_told_from_what_will_not(tmp_path):
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans/text.jpg").write_text("hello")
    work = ColorizeJob(Settings(), "digest")

    class Broken(Folder):
        def local(self, item, folder):
            raise OSError(5, "Input/output error", item.name)

    def outcome(kind, name):
        task = Task(Item(name), name, kind(tmp_path / "scans"), LocalFolder(tmp_path), tmp_path / "stage")
        said = work(task)
        assert said.status == "failed"
        return said.cause, said.again

    assert outcome(Folder, "text.jpg") == ("NotAPhotograph", False)
    assert outcome(Folder, "gone.jpg") == ("FileMissing", False)
    assert outcome(Broken, "a.jpg") == ("OSError", True)
