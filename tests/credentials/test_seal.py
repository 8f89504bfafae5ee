"""Results signed with Content Credentials: whole, verified by the library's reader, and still ours."""

import hashlib
import io
import json

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from tintype import Colorizer
from tintype.colorizer import colorize
from tintype.commands import main
from tintype.credentials import create, read
from tintype.errors import CredentialsError, MissingExtra, NoCredentials, SettingsError, UnsupportedFormat
from tintype.outputs import Kind, kind_of
from tintype.photo.metadata.provenance import SOURCE_TYPE

c2pa = pytest.importorskip("c2pa")
OPTIONS = {"size": 64, "threads": 1}
RECIPE = "out.jpg.recipe.json"
SIGNED = ("jpeg", "png", "tiff", "webp", "avif", "jxl")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("home")
        patch.setenv("TINTYPE_HOME", str(folder))
        create("Town archive")
        yield folder


@pytest.fixture(scope="module")
def photo(home):
    picture = Image.fromarray((np.arange(48 * 64).reshape(48, 64) % 251).astype(np.uint8))
    exif = picture.getexif()
    exif[0x013B] = "A. Photographer"
    path = home / "grandma.jpg"
    picture.save(path, quality=95, exif=exif)
    return path


@pytest.mark.parametrize("kind", SIGNED)
def test_a_signed_result_is_verified_and_whole(photo, tmp_path, kind):
    if kind == "jxl":
        pytest.importorskip("imagecodecs")
    plain = Colorizer(format=kind, **OPTIONS).save(photo, tmp_path / f"plain.{kind}").targets[0]
    signed = Colorizer(format=kind, credentials=True, vividness=0.7, **OPTIONS)
    target = signed.save(photo, tmp_path / f"out.{kind}").targets[0]
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([plain.name, target.name])
    found = read(target)
    assert found.valid and found.known and found.problems == ()
    assert found.signer == "Town archive"
    assert found.title == target.name and found.ingredients == ("grandma.jpg",)
    assert [a.partition(":")[0] for a in found.actions] == ["c2pa.opened", "c2pa.edited"]
    assert found.coloring["network"] == "tintype" and found.coloring["settings"]["vividness"] == 0.7
    assert found.coloring["original"]["sha256"] == hashlib.sha256(photo.read_bytes()).hexdigest()
    assert SOURCE_TYPE in json.dumps(found.report)
    # It is still known as ours, and holds what an unsigned one holds.
    assert kind_of(target) == Kind.RESULT
    same = Colorizer(format=kind, vividness=0.7, **OPTIONS).save(photo, tmp_path / f"same.{kind}").targets[0]
    if kind not in ("jxl",):
        with Image.open(target) as a, Image.open(same) as b:
            assert np.array_equal(np.asarray(a), np.asarray(b))
            assert a.getexif()[0x013B] == "A. Photographer"


def test_a_changed_file_is_found(photo, tmp_path):
    target = Colorizer(credentials=True, **OPTIONS).save(photo, tmp_path / "out.png").targets[0]
    data = bytearray(target.read_bytes())
    place = data.rfind(b"IDAT") + 12
    data[place] ^= 1
    target.write_bytes(data)
    found = read(target)
    assert not found.valid and any("dataHash.mismatch" in p for p in found.problems)
    result = CliRunner().invoke(main, ["credentials", "show", str(target)])
    assert result.exit_code == 1 and "don't hold" in str(result.stderr)


def test_bytes_are_signed_too(photo):
    data = Colorizer(credentials=True, **OPTIONS).save(photo.read_bytes(), format="png").data
    with c2pa.Reader("image/png", io.BytesIO(data)) as reader:
        assert reader.get_validation_state() == "Valid"


def test_a_result_of_a_signed_photograph_carries_its_history_on(photo, tmp_path):
    colorizer = Colorizer(credentials=True, already_color="recolor", **OPTIONS)
    first = colorizer.save(photo, tmp_path / "first.jpg").targets[0]
    second = colorizer.save(first, tmp_path / "second.jpg").targets[0]
    found = read(second)
    assert found.valid and found.ingredients == ("first.jpg",)
    assert len(found.report["manifests"]) == 2


def test_pages_are_signed_as_files_of_their_own(home, tmp_path):
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


def test_a_format_that_holds_none_is_refused_before_any_work(photo, tmp_path, monkeypatch):
    monkeypatch.setattr(Colorizer, "choose", lambda *_: pytest.fail("the network was asked"))
    pytest.importorskip("imagecodecs")
    with pytest.raises(UnsupportedFormat, match="JPEG 2000 can't hold Content Credentials"):
        Colorizer(credentials=True, **OPTIONS).save(photo, tmp_path / "out.jp2")
    assert list(tmp_path.iterdir()) == []


def test_without_a_key_nothing_begins(photo, tmp_path, monkeypatch):
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path / "elsewhere"))
    monkeypatch.setattr(Colorizer, "choose", lambda *_: pytest.fail("the network was asked"))
    with pytest.raises(CredentialsError, match="no key to sign with"):
        Colorizer(credentials=True, **OPTIONS).save(photo, tmp_path / "out.png")


def test_a_missing_library_is_said(photo, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "c2pa", None)
    with pytest.raises(MissingExtra, match=r"tintype\[credentials\]"):
        Colorizer(credentials=True, **OPTIONS).save(photo, tmp_path / "out.png")


def test_an_array_has_no_file_to_sign():
    with pytest.raises(SettingsError, match="credentials sign a file"):
        colorize(np.zeros((8, 8), np.uint8), credentials=True)


def test_what_cannot_be_signed_leaves_nothing(photo, tmp_path, monkeypatch):
    def broken(*_):
        raise c2pa.C2paError("no")

    monkeypatch.setattr(c2pa.Builder, "sign", broken)
    with pytest.raises(CredentialsError, match="can't be signed"):
        Colorizer(credentials=True, **OPTIONS).save(photo, tmp_path / "out.png")
    assert list(tmp_path.iterdir()) == []


def test_an_unsigned_file_has_none(photo):
    with pytest.raises(NoCredentials):
        read(photo)


def test_commands(photo, tmp_path, monkeypatch):
    run = lambda *words: CliRunner().invoke(main, [str(w) for w in words])  # noqa: E731
    out = tmp_path / "out.jpg"
    made = run("colorize", photo, "-o", out, "--credentials", "--recipe", "--size", 64)
    assert made.exit_code == 0, made.output
    shown = run("credentials", "show", out)
    assert (
        shown.exit_code == 0 and "Town archive" in shown.stdout and "this computer's own key" in shown.stdout
    )
    assert json.loads(run("credentials", "show", "--json", out).stdout)["validation_state"] == "Trusted"
    # A recipe says how it is coloured; whether the repetition is signed is said anew.
    recipe = json.loads((tmp_path / RECIPE).read_text())
    assert recipe["settings"]["credentials"] is False and recipe["output"]["sha256"] == ""
    again = run("colorize", photo, "-o", tmp_path / "again.jpg", "--recipe", tmp_path / RECIPE,
                "--credentials")  # fmt: skip
    assert again.exit_code == 0 and "differs" not in again.stderr and read(tmp_path / "again.jpg").valid
    # Elsewhere the signer is a stranger, and a new key is made there.
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path / "elsewhere"))
    assert "nobody that this computer knows" in run("credentials", "show", out).stdout
    assert run("credentials", "init", "--name", "Somebody").exit_code == 0
    assert not read(out).known
    assert run("credentials", "init").exit_code == 1
    assert run("credentials", "show", photo).exit_code == 1
