"""One connection: where it may lead, and what is kept of a file that is not whole."""

from __future__ import annotations

import email.message
import urllib.request
from pathlib import Path

import pytest

from tintype.network.transfer import Failed, Part, _Redirects


@pytest.mark.parametrize(
    ("old", "new", "strict", "refused"),
    [
        ("https://a.example/x", "http://b.example/x", True, True),
        ("https://a.example/x", "http://b.example/x", False, False),
        ("https://a.example/x", "https://b.example/x", True, False),
        ("http://a.example/x", "http://b.example/x", True, False),
        ("https://a.example/x", "ftp://b.example/x", False, True),
    ],
)
def test_redirects_from_https_to_http_need_a_hash(old: str, new: str, strict: bool, refused: bool) -> None:
    request = urllib.request.Request(old)
    args = (request, None, 302, "Found", email.message.Message(), new)
    if refused:
        with pytest.raises(Failed, match="not safe"):
            _Redirects(strict).redirect_request(*args)
    else:
        assert _Redirects(strict).redirect_request(*args).full_url == new


def test_a_part_says_what_it_is_of(tmp_path: Path) -> None:
    part = Part(tmp_path / "a.bin")
    assert (part.size, part.state) == (0, {})
    part.begin("https://a.example/x", '"tag"')
    part.path.write_bytes(b"123")
    assert (part.size, part.state) == (3, {"url": "https://a.example/x", "validator": '"tag"'})
    (tmp_path / "a.bin.part.json").write_text("[1]")
    assert part.state == {}, "a damaged note is none"
    part.drop()
    assert not list(tmp_path.iterdir())
