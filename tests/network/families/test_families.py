"""The registry of families: whole, without doubles, and each published network of one family only."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from tintype.network.families import FAMILIES, family_of, published, registry, siggraph17, zhang16


def test_what_is_published_is_whole() -> None:
    for name, entry in published().items():
        family = family_of(entry)
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*", name)
        assert entry.size
        assert entry.needs in ("caffe", "train")
        assert family.license
        assert family.citation
        assert not entry.sha256 or re.fullmatch("[0-9a-f]{64}", entry.sha256)
        assert entry.urls
        for url in entry.urls:
            assert urlsplit(url).scheme == "https"


def test_names_are_those_of_the_files_in_the_folder() -> None:
    for name, family in FAMILIES.items():
        assert name == family.name
        assert family.adapter.__module__ == f"tintype.network.families.{name}"
        assert family.input in ("L", "grey", "")
        assert family.output in ("logits", "ab", "rgb", "")
        assert family.seconds > 0


@pytest.mark.parametrize(
    "change",
    [
        {"name": "zhang16"},
        {"pytorch": replace(siggraph17.FAMILY.pytorch, name="eccv16")},
        {"published": (replace(siggraph17.FAMILY.published[0], name="eccv16"),)},
        {"published": (replace(siggraph17.FAMILY.published[0], file="colorization_release_v2.caffemodel"),)},
        {"published": (replace(siggraph17.FAMILY.published[0], urls=zhang16.FAMILY.published[0].urls),)},
        {"published": (replace(siggraph17.FAMILY.published[0], sha256=zhang16.FAMILY.published[0].sha256),)},
    ],
)
def test_doubles_are_refused(change: dict[str, object]) -> None:
    registry(siggraph17.FAMILY, zhang16.FAMILY)
    with pytest.raises(ValueError, match=r"is claimed by (siggraph17|zhang16)"):
        registry(zhang16.FAMILY, replace(siggraph17.FAMILY, **change))


def test_what_it_takes_and_gives() -> None:
    assert FAMILIES["siggraph17"].takes() == "L, hints"
    assert FAMILIES["deoldify"].takes() == "grey RGB"
    assert FAMILIES["zhang16"].gives() == "distribution"
