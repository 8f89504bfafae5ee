"""Photographs are found alike wherever they lie."""

import io
import json
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from skimage import data

from tintype.dataset.sources import photographs, photographs_to_measure
from tintype.errors import DatasetError
from tintype.evaluation.photos import load


def packed(path, contents, mode="w"):
    with tarfile.open(path, mode) as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


@pytest.mark.parametrize(
    ("suffix", "mode"),
    [(".tar", "w"), (".tar.gz", "w:gz"), (".tgz", "w:gz"), (".tar.xz", "w:xz"), (".tar.bz2", "w:bz2")],
)
def test_a_folder_may_hold_tars_of_every_kind(tmp_path, suffix, mode):
    contents = {"cat/b.jpg": b"second", "cat/a.HEIC": b"first", "notes.txt": b"no photograph"}
    packed(
        tmp_path / f"all{suffix}",
        contents,
        "w:" + {"tgz": "gz"}.get(suffix[-3:], suffix.rpartition(".")[2].replace("tar", "")),
    )
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "c.png").write_bytes(b"third")
    found = list(photographs([tmp_path]))
    names = [f"all{suffix}/cat/a.HEIC", f"all{suffix}/cat/b.jpg", "deep/c.png"]
    assert [s.name for s in found] == names
    assert [s.read() for s in found] == [b"first", b"second", b"third"]
    assert [s.group for s in found] == ["cat", "cat", "deep"]


def test_names_of_a_single_tar_are_its_members(tmp_path):
    packed(tmp_path / "a.tar", {"x/1.png": b"1"})
    assert [s.name for s in photographs([tmp_path / "a.tar"])] == ["x/1.png"]
    assert [s.name for s in photographs([tmp_path / "a.tar"] * 2)] == ["a.tar/x/1.png"] * 2
    assert photographs_to_measure(tmp_path / "a.tar")[0].group == "x"


def test_a_tar_is_read_from_many_threads(tmp_path):
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that threads do meet
    random = np.random.default_rng(0)
    expected = [random.bytes(30_000) for _ in range(40)]
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for i, content in enumerate(expected):
            member = tarfile.TarInfo(f"{i:02d}.jpg")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    found = photographs_to_measure(tmp_path / "a.tar")
    try:
        with ThreadPoolExecutor(8) as pool:
            for _ in range(20):
                assert list(pool.map(lambda s: s.read(), found)) == expected
    finally:
        sys.setswitchinterval(before)


def test_a_training_set_gives_its_split(tmp_path):
    photo = data.astronaut()[::8, ::8].copy()
    (tmp_path / "val-000.bin").write_bytes(photo.tobytes())
    np.savez(tmp_path / "val-000.npz", offset=np.array([0]), shape=np.array([photo.shape[:2]], np.int32),
             name=np.array(["astronaut"]))  # fmt: skip
    index = {"version": 1, "splits": {"val": {"photos": 1, "shards": ["val-000"]}}}
    (tmp_path / "dataset.json").write_text(json.dumps(index))
    one = photographs_to_measure(tmp_path)
    assert [s.name for s in one] == ["astronaut"]
    np.testing.assert_array_equal(load(one[0], 0), photo)
    with pytest.raises(DatasetError, match="train"):
        photographs_to_measure(tmp_path, "train")
