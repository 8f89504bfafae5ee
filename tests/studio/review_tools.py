"""An archive in review for the studio's tests."""

from dataclasses import dataclass, field

from studio.studio_tools import encoded, grey_photo
from tintype import PhotoError, Settings
from tintype.errors import FileMissing


@dataclass
class Doubtful:
    name: str
    confidence: float


@dataclass
class Archive:
    """Stands for an archive, and remembers what was decided."""

    folder: object
    settings: Settings = field(default_factory=lambda: Settings(warmth=0.25))
    title: str = "the archive"
    decided: list = field(default_factory=list)

    def doubtful(self, start, count):
        some = [Doubtful("deep/b.png", 0.1), Doubtful("a.png", 0.2)]
        return some[start : start + count], 2

    def photograph(self, name, folder):
        if not (self.folder / name).exists():
            raise FileMissing(name)
        return self.folder / name

    def settings_of(self, name):
        return self.settings.replace(vividness=0.75, hints=("64,128=#ff0000",))

    def accept(self, name):
        self.decided.append((name, "accepted"))

    def redo(self, name, options, mask=None):
        if options.get("saturation") == 0:
            raise PhotoError("it can't be written")
        self.decided.append((name, options, mask))


def archive_at(folder):
    """An archive of two photographs whose originals lie in a folder."""
    for name in ("a.png", "deep/b.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(encoded(grey_photo()))
    return Archive(folder)


def taken(client, name="deep/b.png"):
    session = client.post("/api/sessions").json()["id"]
    answer = client.post(f"/api/sessions/{session}/photos/from-folder", json={"paths": [name]})
    assert answer.status_code == 201, answer.text
    return f"/api/sessions/{session}/photos/{answer.json()['photos'][0]['id']}", answer.json()["photos"][0]
