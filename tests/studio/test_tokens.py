"""What lets somebody in: tokens, and invitations that are good once."""

import time

import pytest

from studio.studio_tools import client_of, make_studio
from tintype.errors import SettingsError


def test_an_invitation_is_good_once(tmp_path):
    studio = make_studio(tmp_path)
    code = studio.guests.invite()
    with client_of(studio) as client:
        assert client.get(f"/?token={code}", follow_redirects=False).status_code == 303
        assert client.get("/api/about").status_code == 200
    with client_of(studio) as another:
        assert another.get(f"/?token={code}", follow_redirects=False).status_code == 401


def test_an_invitation_is_good_for_a_minute(tmp_path, monkeypatch):
    studio = make_studio(tmp_path)
    code, now = studio.guests.invite(), time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    assert not studio.guests.accept(code)


@pytest.mark.parametrize("token", ["x", "short", "fifteen-letters", "a token with blanks in it", "ä" * 20,
                                   "a" * 300, "semicolon;in;the;token"])  # fmt: skip
def test_tokens_that_are_weak_or_cannot_sign_in_are_refused(tmp_path, token):
    with pytest.raises(SettingsError, match="16 to 256") as caught:
        make_studio(tmp_path, token=token)
    assert token not in str(caught.value)


@pytest.mark.parametrize("token", ["sixteen-letters.", "~a.b_c-d.e~f.g_h-", "0123456789abcdef" * 16])
def test_every_token_that_is_taken_can_sign_in(tmp_path, token):
    with client_of(make_studio(tmp_path, token=token)) as client:
        assert client.get(f"/?token={token}", follow_redirects=False).status_code == 303
        assert client.get("/api/about").status_code == 200
        client.cookies.clear()
        assert client.get("/api/about", headers={"authorization": f"Bearer {token}"}).status_code == 200
