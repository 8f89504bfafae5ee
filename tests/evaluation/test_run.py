"""The evaluation whole, on photographs that scikit-image brings along."""

import json
import tarfile

import numpy as np
import pytest
from PIL import Image
from skimage import data
from skimage.transform import resize

from tintype import Cancelled, NetworkError, PhotoError, Settings
from tintype.dataset.sources import photographs_to_measure
from tintype.errors import DatasetError
from tintype.evaluation.run import Plan, evaluate
from tintype.evaluation.table import markdown


def small(photo, size=(96, 128)):
    return np.rint(resize(photo, size, anti_aliasing=True) * 255).astype(np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("photos")
    (place / "deep").mkdir()
    for name, photo in {
        "astronaut.png": data.astronaut(), "deep/chelsea.png": data.chelsea(), "coffee.png": data.coffee(),
    }.items():  # fmt: skip
        Image.fromarray(small(photo)).save(place / name)
    Image.fromarray(small(data.camera())).save(place / "grey.png")
    (place / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing")
    (place / "notes.txt").write_text("not a photograph")
    return place


@pytest.fixture(scope="module")
def found(folder):
    models = ["tintype", "grey", "mean-colour", "true-ab-stride4"]  # one as it was spelled before
    seen = []
    plan = Plan(short=64, match=True, hint_photos=0, consistency_photos=1, costs=False)
    result = evaluate(models, folder, plan, progress=lambda *a: seen.append(a))
    return result, seen


def means(found, model, setting):
    return next(r for r in found.results if (r.model, r.setting) == (model, setting)).means


def test_bad_photographs_are_named_and_stop_nothing(found):
    result, seen = found
    assert result.photos == 3
    assert sorted(result.failed) == ["broken.jpg", "grey.png"]
    assert "grey" in result.failed["grey.png"]
    assert ("measuring", 5, 5) in seen
    assert "not measured: grey.png" in markdown(result)


def test_baselines_frame_the_networks(found):
    result, _ = found
    grey, best = means(result, "grey", "baseline"), means(result, "true-ab-stride4", "baseline")
    assert grey["dpsnr"] == 0
    assert grey["cf"] == pytest.approx(0, abs=1e-3)
    assert grey["cf_gap"] == pytest.approx(result.truth["cf"], abs=1e-3)
    mine = means(result, "tintype", "default")
    assert best["psnr"] > mine["psnr"] + 3
    assert best["ab_rmse"] < mine["ab_rmse"] / 2
    # The mean colour is nearer in the mean square than none, by its definition.
    flat = means(result, "mean-color", "baseline")
    assert 0 < flat["cf"] < result.truth["cf"]


def test_matched_is_matched_or_says_so(found):
    result, _ = found
    matched = next(r for r in result.results if r.setting == "matched")
    near = abs(matched.means["cf"] / result.truth["cf"] - 1) <= 0.01
    assert near != bool(matched.notes)
    assert near or matched.vividness in (0.0, 1.0)


def test_hints_help(tmp_path):
    # At the size that the network sees: its hints are squares of 7 px there.
    Image.fromarray(small(data.coffee(), (256, 320))).save(tmp_path / "coffee.png")
    by = evaluate(["tintype"], tmp_path, Plan(hint_photos=1, costs=False)).hints["tintype"]
    assert list(by) == [0, 1, 5, 10, 50]
    assert by[50] > by[0] + 1


def test_results_are_json(found):
    result, _ = found
    values = json.loads(result.to_json())
    assert values["photos"] == 3
    assert values["results"][0]["rows"][0]["name"] == "astronaut.png"
    assert values["results"][0]["whole"]["frechet_color"] is None  # three photographs have no covariance


def test_a_tar_gives_what_its_folder_gives(folder, tmp_path, found):
    with tarfile.open(tmp_path / "photos.tar", "w") as archive:
        archive.add(folder, ".")
    again = evaluate(["grey"], tmp_path / "photos.tar", Plan(short=64, costs=False))
    assert means(again, "grey", "baseline") == pytest.approx(means(found[0], "grey", "baseline"))
    assert len(again.failed) == 2


def test_what_is_not_there_is_told(tmp_path, folder):
    with pytest.raises(DatasetError, match="no photographs"):
        photographs_to_measure(tmp_path)
    with pytest.raises(DatasetError, match="no such"):
        photographs_to_measure(tmp_path / "none")
    with pytest.raises(NetworkError, match="nosuch"):
        evaluate(["nosuch"], folder)
    (tmp_path / "bad.tar").write_bytes(b"no tar")
    with pytest.raises(DatasetError, match=r"bad\.tar"):
        photographs_to_measure(tmp_path / "bad.tar")
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(PhotoError, match="none of 1"):
        evaluate(["grey"], tmp_path / "a.jpg", Plan(costs=False))


def test_it_can_be_cancelled(folder):
    with pytest.raises(Cancelled):
        evaluate(["grey"], folder, progress=lambda *_: False)


def test_settings_are_used(folder):
    dull = evaluate(
        ["tintype"], folder, Plan(short=64, hint_photos=0, costs=False), settings=Settings(saturation=0.0)
    )
    assert means(dull, "tintype", "default")["cf"] == pytest.approx(0, abs=1e-3)


def test_groups_are_the_folders(found):
    result, _ = found
    groups = next(r for r in result.results if r.model == "tintype").groups
    assert {name: group["photos"] for name, group in groups.items()} == {"": 2, "deep": 1}
    rows = {row.name: row.numbers for row in result.results[0].rows}
    assert groups["deep"]["dpsnr"] == rows["deep/chelsea.png"]["dpsnr"]
    assert "| tintype, vividness 0.5 | deep | 1 |" in markdown(result)


def test_looking_twice_gives_nearly_the_same(found):
    result, _ = found
    assert list(result.consistency) == ["tintype"]
    assert 0 < result.consistency["tintype"]["views"] < 15
    assert 0 < result.consistency["tintype"]["cut"] < 15
