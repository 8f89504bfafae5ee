"""What is listed and told of networks, as plain values."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tintype.errors import NetworkError
from tintype.network.catalog import catalog, details
from tintype.network.families import published
from tintype.network.importing import import_files

pytestmark = pytest.mark.usefixtures("in_process", "home")


def test_what_comes_first_is_here_and_what_is_published_follows() -> None:
    rows = catalog()
    assert rows[0]["name"] == "tintype"
    assert rows[0]["where"] == "embedded"
    assert [r["name"] for r in rows if r["where"] == "known"] == list(published())
    assert all(r.keys() == rows[0].keys() for r in rows)
    json.dumps(rows)


def test_a_row_is_derived_from_the_family() -> None:
    rows = {row["name"]: row for row in catalog()}
    assert (rows["siggraph17"]["takes"], rows["siggraph17"]["gives"]) == ("L, hints", "ab")
    assert (rows["zhang16-v2"]["speed"], rows["zhang16-v2"]["exact"]) == ("medium", True)
    assert rows["ddcolor"]["size"] == 912_000_000
    assert not rows["ddcolor"]["exact"]
    assert rows["deoldify-video"]["license"] == "MIT"
    assert (rows["tintype"]["takes"], rows["tintype"]["gives"]) == ("L, hints", "distribution")


def test_an_installed_network_is_listed_once_with_its_record(file: Path) -> None:
    import_files([file], name="ddcolor-tiny-mine")
    names = [row["name"] for row in catalog()]
    assert names.count("ddcolor-tiny-mine") == 1
    told = details("ddcolor-tiny-mine")
    assert told["where"] == "installed"
    assert len(told["sha256"]) == 64
    assert told["source"] == "given.onnx"


def test_details_of_each_kind(file: Path) -> None:
    assert details("eccv16")["get_it"].startswith("tintype models pull eccv16")
    assert details("zhang16-v2")["needs"] == "pip install 'tintype[caffe]' to convert it"
    assert details("tintype")["where"] == "embedded"
    assert details(str(file))["where"] == "file"
    assert "views" in details(str(file))
    with pytest.raises(NetworkError, match="no network named 'nope'"):
        details("nope")
