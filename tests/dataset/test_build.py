"""Making a training set: what is dropped, what is split where, and what lies on the disk after."""

import csv
import io
import json
import tarfile

import numpy as np
import pytest
import pyvips
from skimage import data

from tintype.dataset.build import Options, make_dataset, side
from tintype.dataset.curation import decode
from tintype.dataset.shards import PhotoSet, ShardWriter
from tintype.errors import Cancelled, DatasetError


def encode(pixels, suffix=".png", **options):
    return pyvips.Image.new_from_array(pixels, interpretation="srgb").write_to_buffer(suffix, **options)


def sepia(pixels):
    grey = pixels.mean(-1, keepdims=True) / 255
    return (255 * grey ** np.array([0.7, 1.0, 1.5])).astype(np.uint8)


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    """Six good photographs of 150 px and one of each kind of bad one, some of them in a tar file."""
    folder = tmp_path_factory.mktemp("photos")
    astronaut, coffee, chelsea = data.astronaut(), data.coffee(), data.chelsea()
    (folder / "deep" / "er").mkdir(parents=True)
    good = {
        "a.png": astronaut[:300, :300],
        "deep/b.png": astronaut[200:, 200:],
        "deep/er/c.PNG": coffee[:, :400],
        "d.png": coffee[100:400, 200:],
        "e.png": chelsea[:, :300],
        "f.png": np.rot90(chelsea, 1),
    }
    for name, pixels in good.items():
        (folder / name).write_bytes(encode(pixels))
    (folder / "a again.png").write_bytes((folder / "a.png").read_bytes())
    half = pyvips.Image.new_from_array(astronaut[:300, :300], interpretation="srgb").resize(0.6)
    (folder / "a smaller.jpg").write_bytes(half.jpegsave_buffer(Q=70))
    (folder / "notes.txt").write_text("no photograph")
    bad = {
        "grey.jpg": encode(np.repeat(data.camera()[::2, ::2, None], 3, 2), ".jpg"),
        "print.png": encode(sepia(coffee)),
        "tiny.png": encode(astronaut[:40, :90]),
        "cut.jpg": encode(chelsea, ".jpg")[:4000],
        "text.png": b"not a picture at all",
    }
    with tarfile.open(folder / "more.tar", "w") as archive:
        for name, content in bad.items():
            member = tarfile.TarInfo(f"x/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return folder


@pytest.fixture(scope="module")
def made(collection, tmp_path_factory):
    folder = tmp_path_factory.mktemp("set")
    told = []
    summary = make_dataset([collection], folder, Options(short=128, smallest=64, validation=0.3, threads=2),
                           progress=lambda *p: told.append(p))  # fmt: skip
    return folder, summary, told


def test_it_says_how_many_were_dropped_and_why(made):
    folder, summary, _ = made
    assert summary.found == 13
    assert summary.dropped == {
        "broken": 2, "duplicate": 1, "near duplicate": 1, "grey": 1, "sepia": 1, "tiny": 1}  # fmt: skip
    assert sum(summary.splits.values()) == 6
    assert min(summary.splits.values()) >= 1
    with (folder / "dropped.csv").open() as file:
        reasons = dict(list(csv.reader(file))[1:])
    assert reasons["a smaller.jpg"] == "near duplicate"  # the larger one stays
    assert reasons["more.tar/x/print.png"] == "sepia"


def test_photographs_come_back_from_the_shards(made, collection):
    folder, _, told = made
    train, val = PhotoSet.open(folder, "train"), PhotoSet.open(folder, "val")
    assert not set(train.names) & set(val.names)
    for photos in (train, val):
        for i in range(len(photos)):
            assert photos[i].dtype == np.uint8
            assert min(photos[i].shape[:2]) == 128
            original = decode((collection / photos.names[i]).read_bytes(), 128)
            assert np.array_equal(photos[i], original)
    assert told[-1] == ("writing", 6, 6)


def test_the_report_has_its_plots(made):
    folder, _, _ = made
    page = (folder / "report.html").read_text("utf-8")
    assert "13 photographs found; 6 kept" in page
    for name in ("sizes.png", "colors.png", "colorfulness.png"):
        assert name in page
        assert pyvips.Image.new_from_file(str(folder / name)).width > 300


def test_a_set_is_never_overwritten(made, collection):
    with pytest.raises(DatasetError, match="holds a training set already"):
        make_dataset([collection], made[0])


def test_nothing_fit_is_an_error_that_says_why(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "g.png").write_bytes(encode(np.full((200, 200, 3), 90, np.uint8)))
    with pytest.raises(DatasetError, match="none of 1 photographs is fit to learn from"):
        make_dataset([tmp_path / "in"], tmp_path / "out")
    with pytest.raises(DatasetError, match="no such folder"):
        make_dataset([tmp_path / "nowhere"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_set_that_was_cancelled_is_none(collection, tmp_path):
    asked = []

    def stop_when_writing(stage, done, count):
        asked.append(stage)
        return stage != "writing"

    with pytest.raises(Cancelled, match="begins anew"):
        make_dataset([collection], tmp_path / "set", progress=stop_when_writing)
    assert asked.count("writing") == 1
    with pytest.raises(DatasetError):
        PhotoSet.open(tmp_path / "set", "train")


def test_an_unfinished_or_damaged_set_is_not_opened(made, tmp_path):
    with pytest.raises(DatasetError, match=r"dataset\.json is missing"):
        PhotoSet.open(tmp_path, "train")
    with pytest.raises(DatasetError, match="no split 'test'; it has train, val"):
        PhotoSet.open(made[0], "test")
    writer = ShardWriter(tmp_path, "train")
    writer.add(np.zeros((4, 5, 3), np.uint8), "x")
    writer.close()
    (tmp_path / "train-000.bin").write_bytes(b"short")
    (tmp_path / "dataset.json").write_text(
        json.dumps({"version": 1, "splits": {"train": {"photos": 1, "shards": writer.names}}})
    )
    with pytest.raises(DatasetError, match="has 5 bytes"):
        PhotoSet.open(tmp_path, "train")


def test_the_split_depends_on_the_bytes_alone():
    assert side("00000000ff", 0.05) == "val"
    assert side("0ccccccc00", 0.05) == "val"  # 0.05 · 2³² = 0x0ccccccc.cc
    assert side("0ccccccd00", 0.05) == "train"
    assert side("ffffffff00", 0.05) == "train"
