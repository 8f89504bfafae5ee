"""Results signed with Content Credentials: whole, verified by the library's reader, and still ours."""

import hashlib
import io
import json

import numpy as np
import pytest
from PIL import Image

from tintype import Colorizer
from tintype.colorizer import colorize
from tintype.credentials import read
from tintype.errors import CredentialsError, MissingExtra, SettingsError, UnsupportedFormat
from tintype.outputs import Kind, kind_of
from tintype.photo.metadata.provenance import SOURCE_TYPE

OPTIONS = {"size": 64, "threads": 1}

c2pa = pytest.importorskip("c2pa")
SIGNED = ("jpeg", "png", "tiff", "webp", "avif", "jxl")


@pytest.mark.parametrize("kind", SIGNED)
def test_a_signed_result_is_verified_and_whole(photo_to_sign, tmp_path, kind):
    if kind == "jxl":
        pytest.importorskip("imagecodecs")
    plain = Colorizer(format=kind, **OPTIONS).save(photo_to_sign, tmp_path / f"plain.{kind}").targets[0]
    signed = Colorizer(format=kind, credentials=True, vividness=0.7, **OPTIONS)
    target = signed.save(photo_to_sign, tmp_path / f"out.{kind}").targets[0]
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([plain.name, target.name])
    found = read(target)
    assert found.valid and found.known and found.problems == ()
    assert found.signer == "Town archive"
    assert found.title == target.name and found.ingredients == ("grandma.jpg",)
    assert [a.partition(":")[0] for a in found.actions] == ["c2pa.opened", "c2pa.edited"]
    assert found.coloring["network"] == "tintype" and found.coloring["settings"]["vividness"] == 0.7
    assert found.coloring["original"]["sha256"] == hashlib.sha256(photo_to_sign.read_bytes()).hexdigest()
    assert SOURCE_TYPE in json.dumps(found.report)
    # It is still known as ours, and holds what an unsigned one holds.
    assert kind_of(target) == Kind.RESULT
    same = (
        Colorizer(format=kind, vividness=0.7, **OPTIONS)
        .save(photo_to_sign, tmp_path / f"same.{kind}")
        .targets[0]
    )
    if kind not in ("jxl",):
        with Image.open(target) as a, Image.open(same) as b:
            assert np.array_equal(np.asarray(a), np.asarray(b))
            assert a.getexif()[0x013B] == "A. Photographer"


def test_bytes_are_signed_too(photo_to_sign):
    data = Colorizer(credentials=True, **OPTIONS).save(photo_to_sign.read_bytes(), format="png").data
    with c2pa.Reader("image/png", io.BytesIO(data)) as reader:
        assert reader.get_validation_state() == "Valid"


def test_a_result_of_a_signed_photograph_carries_its_history_on(photo_to_sign, tmp_path):
    colorizer = Colorizer(credentials=True, already_color="recolor", **OPTIONS)
    first = colorizer.save(photo_to_sign, tmp_path / "first.jpg").targets[0]
    second = colorizer.save(first, tmp_path / "second.jpg").targets[0]
    found = read(second)
    assert found.valid and found.ingredients == ("first.jpg",)
    assert len(found.report["manifests"]) == 2


def test_pages_are_signed_as_files_of_their_own(signing_home, tmp_path):
    pages = [Image.fromarray(np.full((40, 50), v, np.uint8)) for v in (90, 160)]
    pages[0].save(tmp_path / "two.tif", save_all=True, append_images=pages[1:])
    colorizer = Colorizer(credentials=True, **OPTIONS)
    parts = colorizer.save(tmp_path / "two.tif", tmp_path / "out.jpg").targets
    assert len(parts) == 2 and all(read(path).valid for path in parts)
    one = colorizer.save(tmp_path / "two.tif", tmp_path / "one.tif", page=2).targets
    assert read(one[0]).valid
    with Image.open(one[0]) as picture:
        assert picture.n_frames == 1
    # The library adds a page without a picture to a TIFF of several.
    with pytest.raises(UnsupportedFormat, match="a page without a picture"):
        colorizer.save(tmp_path / "two.tif", tmp_path / "out.tif")
    assert not (tmp_path / "out.tif").exists()


def test_a_format_that_holds_none_is_refused_before_any_work(photo_to_sign, tmp_path, monkeypatch):
    monkeypatch.setattr(Colorizer, "choose", lambda *_: pytest.fail("the network was asked"))
    pytest.importorskip("imagecodecs")
    with pytest.raises(UnsupportedFormat, match="JPEG 2000 can't hold Content Credentials"):
        Colorizer(credentials=True, **OPTIONS).save(photo_to_sign, tmp_path / "out.jp2")
    assert list(tmp_path.iterdir()) == []


def test_without_a_key_nothing_begins(photo_to_sign, tmp_path, monkeypatch):
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setattr(Colorizer, "choose", lambda *_: pytest.fail("the network was asked"))
    with pytest.raises(CredentialsError, match="no key to sign with"):
        Colorizer(credentials=True, **OPTIONS).save(photo_to_sign, tmp_path / "out.png")


def test_a_missing_library_is_said(photo_to_sign, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "c2pa", None)
    with pytest.raises(MissingExtra, match=r"tintype\[credentials\]"):
        Colorizer(credentials=True, **OPTIONS).save(photo_to_sign, tmp_path / "out.png")


def test_an_array_has_no_file_to_sign():
    with pytest.raises(SettingsError, match="credentials sign a file"):
        colorize(np.zeros((8, 8), np.uint8), credentials=True)


def test_what_cannot_be_signed_leaves_nothing(photo_to_sign, tmp_path, monkeypatch):
    def broken(*_):
        raise c2pa.C2paError("no")

    monkeypatch.setattr(c2pa.Builder, "sign", broken)
    with pytest.raises(CredentialsError, match="can't be signed"):
        Colorizer(credentials=True, **OPTIONS).save(photo_to_sign, tmp_path / "out.png")
    assert list(tmp_path.iterdir()) == []
