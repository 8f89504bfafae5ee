"""Known networks from a web server into the user's folder."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from network.random_caffe import write_published
from network.web_server import Site, serve
from tintype import Colorizer
from tintype.commands import main
from tintype.errors import Cancelled, NetworkError
from tintype.network import families, pull, registry
from tintype.network.families import tintype, zhang16
from tintype.network.families.family import Published
from tintype.network.registry import find

Offer = Callable[..., Published]


pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TINTYPE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TINTYPE_OFFLINE", raising=False)
    monkeypatch.delenv("http_proxy", raising=False)
    return tmp_path / "home"


@pytest.fixture
def site() -> Iterator[Site]:
    site, server = serve(find("tintype").read_bytes())
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def offer(site: Site, monkeypatch: pytest.MonkeyPatch) -> Offer:
    """Make a network known whose file is on the test's server."""
    base = Published(name="mine", title="Mine", file="mine.onnx", urls=())

    def make(*manners: str, **changes: object) -> Published:
        urls = tuple(site.url(m) for m in manners)
        entry = replace(base, **({"urls": urls} | changes))  # type: ignore[arg-type]
        family = replace(tintype.FAMILY, license="Apache-2.0", published=(entry,))
        others = replace(zhang16.FAMILY, published=())  # what is pulled is opened by its family
        monkeypatch.setattr(families, "FAMILIES", families.registry(family, others))
        return entry

    return make


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_pulls_and_colours(site: Site, offer: Offer, home: Path) -> None:
    offer("breaks-10000000", sha256=digest(site.data), bytes=len(site.data))
    with pytest.raises(NetworkError, match="known but not installed; `tintype models pull mine`"):
        find("mine")
    made = pull.pull("mine")
    assert made.file == find("mine")
    assert made.record.source == site.url("breaks-10000000")
    assert made.record.source_sha256 == digest(site.data)
    assert sorted(p.name for p in home.iterdir()) == ["networks"], "the download is gone"
    assert Colorizer(model="mine")(np.full((40, 60), 90, np.uint8)).shape == (40, 60, 3)
    with pytest.raises(NetworkError, match="--force"):
        pull.pull("mine")
    pull.pull("mine", force=True, keep=True)
    assert (home / "downloads" / "mine.onnx").read_bytes() == site.data


def test_tampered_bytes_are_not_installed_and_the_way_by_hand_is_told(
    site: Site, offer: Offer, home: Path
) -> None:
    offer("wrong", "missing", sha256=digest(site.data))
    with pytest.raises(NetworkError) as caught:
        pull.pull("mine")
    said = str(caught.value)
    assert "mine could not be fetched: 127.0.0.1: what it gave has sha256" in said
    assert "answers 404" in said
    assert f"download {site.url('wrong')} (or {site.url('missing')}) by hand" in said
    assert f"check that its sha256 is {digest(site.data)}" in said
    assert "tintype models import mine.onnx --name mine" in said
    assert registry.installed() == {}
    assert not list((home / "downloads").iterdir())


def test_bytes_without_a_published_hash_that_are_no_network_are_kept_and_named(
    offer: Offer, home: Path
) -> None:
    offer("wrong")
    with pytest.raises(NetworkError, match=r"none is published.* is kept as .*mine\.onnx"):
        pull.pull("mine")
    assert registry.installed() == {}
    assert (home / "downloads" / "mine.onnx").exists()


def test_offline_fetches_nothing(site: Site, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    offer("plain")
    with pytest.raises(
        NetworkError, match=r"--offline or TINTYPE_OFFLINE.* by hand.*models import mine\.onnx"
    ):
        pull.pull("mine", no_network=True)
    monkeypatch.setenv("TINTYPE_OFFLINE", "1")
    with pytest.raises(NetworkError, match="offline"):
        pull.pull("mine")
    assert site.asked == []


def test_nothing_is_fetched_unasked(site: Site, offer: Offer) -> None:
    offer("plain")
    with pytest.raises(NetworkError):
        Colorizer(model="mine")(np.zeros((8, 8), np.uint8))
    CliRunner().invoke(main, ["models", "list"])
    CliRunner().invoke(main, ["models", "info", "mine"])
    assert site.asked == []


def test_what_can_t_be_converted_is_not_fetched(
    site: Site, offer: Offer, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer("plain", file="mine.pth")
    monkeypatch.setitem(pull._MODULES, "train", ("no_such_module", "nor.this"))
    with pytest.raises(NetworkError, match=r"no_such_module and nor\.this: pip install 'tintype\[train\]'"):
        pull.pull("mine")
    assert site.asked == []


def test_stopping_and_going_on(site: Site, offer: Offer) -> None:
    offer("slow", sha256=digest(site.data))
    with pytest.raises(Cancelled):
        pull.pull("mine", progress=lambda done, total: done < 100_000)
    pull.pull("mine")
    assert site.ranges()[-1].startswith("bytes=")


def test_a_killed_pull_goes_on(site: Site, offer: Offer, home: Path) -> None:
    entry = offer("slow", sha256=digest(site.data))
    script = f"""
from dataclasses import replace
from tintype.network import families, pull
from tintype.network.families import family, tintype
entry = family.Published(**{asdict(entry)!r})
families.FAMILIES = families.registry(replace(tintype.FAMILY, published=(entry,)))
pull.pull(entry.name)
"""
    part = home / "downloads" / "mine.onnx.part"
    child = subprocess.Popen([sys.executable, "-c", script])
    try:
        limit = time.monotonic() + 30
        while not (part.exists() and part.stat().st_size > 500_000):
            assert child.poll() is None
            assert time.monotonic() < limit
            time.sleep(0.01)
    finally:
        child.kill()
        child.wait()
    assert registry.installed() == {}
    kept = part.stat().st_size
    site.asked.clear()
    pull.pull("mine")
    assert site.ranges() == [f"bytes={kept}-"]
    assert find("mine").read_bytes() == site.data


def test_unknown_and_present_names(offer: Offer) -> None:
    offer("plain")
    with pytest.raises(
        NetworkError, match=r"no network named 'nope' can be fetched; those that can are mine"
    ):
        pull.pull("nope")
    with pytest.raises(NetworkError, match="is here already"):
        pull.pull("tintype")


def test_the_command(site: Site, offer: Offer) -> None:
    offer("redirect")
    result = CliRunner().invoke(main, ["models", "pull", "mine"])
    assert result.exit_code == 0, result.output
    assert f"sha256 of what it was made from: {digest(site.data)}" in result.output
    assert "no hash is published" in result.output
    assert "installed as mine" in result.output
    rows = json.loads(CliRunner().invoke(main, ["models", "list", "--json"]).output)
    assert {r["name"]: r["where"] for r in rows}["mine"] == "installed"
    refused = CliRunner().invoke(main, ["models", "pull", "mine", "--force", "--offline"])
    assert refused.exit_code == 1
    assert "by hand" in refused.output


@pytest.mark.usefixtures("narrow_caffe")
def test_the_caffe_model_over_the_web(offer: Offer, tmp_path: Path) -> None:
    data = (write_published(tmp_path) / "colorization_release_v2.caffemodel").read_bytes()
    site, server = serve(data)
    try:
        offer(
            urls=(site.url(f"breaks-{len(data) // 2}"),), name="zhang16-v2", sha256=digest(data),
            file="colorization_release_v2.caffemodel",
        )  # fmt: skip
        made = pull.pull("zhang16-v2")
    finally:
        server.shutdown()
        server.server_close()
    assert made.descriptor.family == "zhang16"
    assert "its sha256 is that of the published file" in made.record.notes
