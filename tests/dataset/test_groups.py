"""Groups: none over its share, and none whose terms forbid."""

import json

import numpy as np
import pytest
import pyvips

from tintype.dataset.build import Options, make_dataset
from tintype.dataset.groups import Terms, cap, read_terms, surplus
from tintype.dataset.shards import PhotoSet
from tintype.errors import DatasetError


@pytest.mark.parametrize("seed", range(5))
def test_no_group_is_over_its_share_and_none_is_cut_more_than_it_must(seed):
    rng = np.random.default_rng(seed)
    sizes = {str(i): int(n) for i, n in enumerate(rng.integers(1, 400, 25))}
    limit = cap(sizes, 0.1)
    taken = [min(n, limit) for n in sizes.values()]
    assert max(taken) <= 0.1 * sum(taken)
    looser = [min(n, limit + 1) for n in sizes.values()]
    assert looser == taken or max(looser) > 0.1 * sum(looser)


def test_which_are_left_out_depends_on_their_hashes_alone():
    members = {f"{i:03d}": "big" if i % 2 else f"g{i % 40}" for i in range(200)}
    out = surplus(members, 0.2)
    assert out
    assert {members[digest] for digest in out} == {"big"}
    assert out == surplus(dict(reversed(members.items())), 0.2)
    assert min(out) > max(d for d in members if members[d] == "big" and d not in out)
    assert surplus(members, 1.0) == set()


def test_terms_are_read_and_checked(tmp_path):
    file = tmp_path / "terms.toml"
    file.write_text('[sea]\nsource = "somebody"\nterms = "CC BY 4.0"\ncommercial = true\n[sky]\n')
    assert read_terms(file) == {"sea": Terms("somebody", "CC BY 4.0", True), "sky": Terms()}
    for text in ("[sea", "[sea]\nlicence = 'x'", "[sea]\ncommercial = 'yes'", "sea = 1"):
        file.write_text(text)
        with pytest.raises(DatasetError, match=r"terms\.toml"):
            read_terms(file)


@pytest.fixture
def folders(tmp_path):
    rng = np.random.default_rng(0)
    for group, count in (("many", 6), ("few", 2), ("one", 1)):
        (tmp_path / "in" / group).mkdir(parents=True)
        for i in range(count):
            rough = rng.integers(0, 256, (6, 6, 3)).astype(np.uint8)
            pixels = pyvips.Image.new_from_array(rough, interpretation="srgb").resize(20)
            pixels.pngsave(str(tmp_path / "in" / group / f"{i}.png"))
    return tmp_path


def test_a_set_is_balanced_and_says_what_is_there(folders):
    terms = {"many": Terms("here <b>", "CC0", True), "few": Terms("there", "CC BY 4.0", True)}
    options = Options(largest_group=0.4, terms=terms, validation=0.0)
    summary = make_dataset([folders / "in"], folders / "set", options)
    assert summary.groups == {"few": (2, terms["few"]), "many": (2, terms["many"]), "one": (1, Terms())}
    assert summary.dropped == {"balance": 4}
    assert len(PhotoSet.open(folders / "set", "train")) == 5
    groups = json.loads((folders / "set" / "dataset.json").read_text())["groups"]
    assert groups["few"] == {"photos": 2, "source": "there", "terms": "CC BY 4.0", "commercial": True}
    page = (folders / "set" / "report.html").read_text()
    assert "here &lt;b&gt;" in page
    assert "not known to be allowed" in page


def test_what_may_not_be_used_commercially_is_left_out(folders):
    terms = {"many": Terms("x", "CC BY-NC", False), "few": Terms("y", "CC0", True)}
    summary = make_dataset([folders / "in"], folders / "set", Options(terms=terms, commercial=True))
    assert list(summary.groups) == ["few"]
    assert summary.dropped == {"terms": 7}


def test_what_says_neither_is_taken_unless_it_is_forbidden(folders):
    terms = {"many": Terms("x", "CC BY-NC", False), "few": Terms("y", "CC0", True)}
    summary = make_dataset([folders / "in"], folders / "set", Options(terms=terms, unless_forbidden=True))
    assert list(summary.groups) == ["few", "one"]
    assert summary.dropped == {"terms": 6}
    assert {g: t.permission for g, (_, t) in summary.groups.items()} == {
        "few": "allowed", "one": "not known to be allowed"
    }  # fmt: skip
    assert summary.left_out == {"many": (6, terms["many"])}
    stated = json.loads((folders / "set" / "dataset.json").read_text())["left_out"]
    assert stated == {"many": {"photos": 6, "source": "x", "terms": "CC BY-NC", "commercial": False}}
    assert "Left out for their terms: many (6)." in (folders / "set" / "report.html").read_text()


def test_a_source_that_says_nothing_is_not_one_that_nobody_asked():
    assert Terms("y", "no terms").permission == "says nothing"
    assert Terms().permission == "not known to be allowed"
