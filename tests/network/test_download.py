"""Downloads from a server that is slow, breaks off, lies, redirects and gives other things than it should."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from network.web_server import Site, serve
from tintype.errors import Cancelled, NetworkError
from tintype.network.download import Fetched, fetch, offline

DATA = np.random.default_rng(0).bytes(300_000)
HASH = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    site, server = serve(DATA)
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "downloads" / "file.bin"


def whole(got: Fetched, target: Path) -> None:
    assert target.read_bytes() == DATA
    assert got.sha256 == HASH
    assert [p.name for p in target.parent.iterdir()] == ["file.bin"], "nothing else is left"


@pytest.mark.parametrize("manner", ["plain", "slow", "redirect", "no-length", "no-range"])
@pytest.mark.parametrize("published", [True, False])
def test_whatever_the_server_does_the_file_is_the_file(
    site: Site, target: Path, manner: str, published: bool
) -> None:
    given = {"size": len(DATA), "sha256": HASH} if published else {}
    got = fetch([site.url(manner)], target, **given)
    whole(got, target)
    assert got.checked is published


@pytest.mark.parametrize("published", [True, False])
def test_goes_on_when_the_connection_breaks_off(site: Site, target: Path, published: bool) -> None:
    got = fetch([site.url("breaks-120000")], target, sha256=HASH if published else "")
    whole(got, target)
    assert site.ranges() == ["", "bytes=120000-", "bytes=240000-"]
    assert site.asked[1]["If-Range"] == '"one"'


def test_a_later_call_goes_on(site: Site, target: Path) -> None:
    with pytest.raises(Cancelled, match="goes on from there"):
        fetch([site.url("slow")], target, progress=lambda done, total: done < 60_000)
    assert not target.exists()
    kept = target.with_name("file.bin.part").stat().st_size
    assert 60_000 <= kept < len(DATA)
    seen: list[tuple[int, int]] = []
    got = fetch([site.url("slow")], target, progress=lambda *two: seen.append(two))
    whole(got, target)
    assert site.ranges()[-1] == f"bytes={kept}-"
    assert seen[0] == (kept, len(DATA))
    assert seen[-1] == (len(DATA), len(DATA))
    assert [s[0] for s in seen] == sorted(s[0] for s in seen)


def part(target: Path, data: bytes, url: str = "", tag: str = '"one"') -> None:
    target.parent.mkdir()
    target.with_name("file.bin.part").write_bytes(data)
    if url:
        about = f'{{"url": "{url}", "validator": {tag!r}}}'.replace("'", '"').replace('""one""', r'"\"one\""')
        target.with_name("file.bin.part.json").write_text(about)


def test_a_file_that_changed_meanwhile_is_fetched_anew(site: Site, target: Path) -> None:
    part(target, b"x" * 5000, site.url(), '"one"')
    site.etag = '"two"'
    whole(fetch([site.url()], target), target)
    assert site.asked[0]["If-Range"] == '"one"'


def test_a_part_of_unknown_origin_is_dropped_unless_the_hash_will_tell(site: Site, target: Path) -> None:
    part(target, DATA[:5000])
    whole(fetch([site.url()], target), target)
    assert site.ranges() == [""]
    shutil.rmtree(target.parent)
    part(target, DATA[:5000])
    whole(fetch([site.url()], target, sha256=HASH), target)
    assert site.ranges()[1:] == ["bytes=5000-"]


@pytest.mark.parametrize("garbage", [b"x" * 5000, b"x" * len(DATA), b"x" * (len(DATA) + 9)])
@pytest.mark.parametrize("manner", ["plain", "no-416"])
def test_a_damaged_part_is_noticed_and_fetched_anew(
    site: Site, target: Path, garbage: bytes, manner: str
) -> None:
    part(target, garbage, site.url(manner))
    whole(fetch([site.url(manner)], target, size=len(DATA), sha256=HASH), target)


def test_mirrors_are_tried_in_turn_and_go_on_with_one_another_s_part(site: Site, target: Path) -> None:
    closed = "http://127.0.0.1:9/file"
    urls = [closed, site.url("missing"), site.url("page"), site.url("wrong"), site.url("plain")]
    got = fetch(urls, target, sha256=HASH)
    whole(got, target)
    assert got.url == site.url("plain")


@pytest.mark.parametrize(
    ("manner", "given", "says"),
    [
        ("missing", {}, "answers 404"),
        ("page", {}, "web page instead of the file"),
        ("empty", {}, "empty file"),
        ("loop", {}, "redirect"),
        ("wrong", {"sha256": HASH}, f"has sha256 .*published file has {HASH}; it was deleted"),
        ("short", {"size": len(DATA)}, r"299000 bytes; the published one has 300000"),
        ("short", {"sha256": HASH}, "published file has"),
        ("long", {}, "ended after 300000 of 301000"),
        ("extra", {"size": len(DATA)}, "more than the 300000 bytes"),
        ("stuck", {}, r"broke off after 1000 bytes .*timed out"),
    ],
)
def test_lies_and_failures_are_told(
    site: Site, target: Path, manner: str, given: dict[str, object], says: str
) -> None:
    with pytest.raises(NetworkError, match=says) as caught:
        fetch([site.url(manner)], target, timeout=0.3, **given)  # type: ignore[arg-type]
    assert "127.0.0.1: " in str(caught.value)
    assert not target.exists()
    if manner == "wrong":
        assert not list(target.parent.iterdir()), "tampered bytes are not kept"


def test_an_answer_with_another_range_is_refused(site: Site, target: Path) -> None:
    part(target, DATA[:5000], site.url("elsewhere"))
    with pytest.raises(NetworkError, match="another part of the file"):
        fetch([site.url("elsewhere")], target)


def test_what_is_there_already_is_not_fetched_again(site: Site, target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(DATA)
    whole(fetch([site.url()], target, sha256=HASH), target)
    assert site.asked == []


def test_two_at_once_do_not_write_the_same_part(site: Site, target: Path) -> None:
    refused = []

    def second(done: int, total: int) -> None:
        if not refused:
            with pytest.raises(NetworkError, match=r"another pull is writing it") as caught:
                fetch([site.url()], target)
            refused.append(caught)

    whole(fetch([site.url()], target, progress=second), target)
    assert refused


def test_proxies_of_the_environment_are_used(
    site: Site, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{site.port}")
    whole(fetch(["http://mirror.invalid/plain"], target), target)
    assert site.asked[0]["path"] == "http://mirror.invalid/plain"


def test_other_schemes_are_refused(target: Path) -> None:
    with pytest.raises(NetworkError, match="no http or https"):
        fetch(["file:///etc/hostname"], target)


def test_a_full_disk_is_told_before_the_first_byte(
    site: Site, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr("tintype.network.transfer.shutil.disk_usage", lambda _: usage)
    with pytest.raises(NetworkError, match="300000 bytes are needed and 1000 are free"):
        fetch([site.url()], target)


@pytest.mark.parametrize(("value", "means"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_offline_variable(monkeypatch: pytest.MonkeyPatch, value: str, means: bool) -> None:
    monkeypatch.setenv("TINTYPE_OFFLINE", value)
    assert offline() is means
