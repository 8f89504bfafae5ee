"""Errors: what went wrong is in class and fields, across processes too."""

import pickle

import pytest

import tintype
from tintype import errors

EXAMPLES = [
    errors.AlreadyInColor("a.jpg"),
    errors.Cancelled("a.jpg: cancelled"),
    errors.CredentialsError(name="k.pem", reason="no key"),
    errors.NoCredentials("a.jpg"),
    errors.Damaged("a.jpg", "premature end"),
    errors.DatasetError("no"),
    errors.DamagedNetwork("n.onnx: damaged", name="n.onnx"),
    errors.NetworkTooSlow("net.onnx", seconds=120),
    errors.DeviceMissing("device cuda is not there", device="cuda", available=["cpu"]),
    errors.DiskFull("a.jpg"),
    errors.FileMissing("a.jpg"),
    errors.FilmChanged("a.mp4", "source", reason="the film has changed", remedy="colour it anew"),
    errors.FilmError("a.mp4: no"),
    errors.NotAFilm("a.mp4: no pictures"),
    errors.MissingDecoder("a.heic", "HEIC", extra="heic", package="pillow_heif"),
    errors.MissingExtra("studio", package="fastapi", purpose="the studio"),
    errors.NetworkError("no"),
    errors.NoDescriptor("n.onnx"),
    errors.NotAPhotograph("a.txt", "a text file"),
    errors.NotReplaceable("a.jpg", "that is the photograph itself"),
    errors.OutOfMemory("a.jpg"),
    errors.PhotoError("a.jpg: no"),
    errors.SettingsError("size is 3", setting="size"),
    errors.TargetExists("a.jpg"),
    errors.TintypeError("no"),
    errors.TooLarge("a.jpg", 12, limit=10),
    errors.TrainingError("no"),
    errors.UnknownNetwork("no network named x", name="x", near=["y"]),
    errors.UnsupportedFormat("a.jp2", "JPEG 2000"),
]


def test_every_error_is_exported_and_has_an_example():
    found = {n for n, v in vars(errors).items() if isinstance(v, type) and issubclass(v, Exception)}
    assert {type(e).__name__ for e in EXAMPLES} == found
    assert found <= set(tintype.__all__)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda e: type(e).__name__)
def test_errors_pass_between_processes(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert str(error)
    assert vars(again) == vars(error)
