"""Who is let in, and which attacks are refused."""

import pytest

from studio.studio_tools import TOKEN, client_of, code, encoded, grey_photo, make_studio, program, upload
from tintype.studio.guard import HEADERS


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    return make_studio(tmp_path_factory.mktemp("studio"), limits={"file_bytes": 300_000, "photos": 2})


@pytest.fixture
def client(studio):
    with client_of(studio) as client:
        yield client


@pytest.fixture
def person(client):
    """A browser that was opened by the studio."""
    answer = client.get(f"/?token={TOKEN}", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"
    return client


def cookie_name(client):
    return client.get(f"/?token={TOKEN}", follow_redirects=False).headers["set-cookie"].partition("=")[0]


def test_the_token_becomes_a_cookie_that_scripts_and_other_sites_do_not_get(client):
    answer = client.get(f"/?token={TOKEN}", follow_redirects=False)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/about", "/static/index.html", "/openapi.json", "/nowhere"])
def test_nobody_gets_in_without_the_token(client, path):
    assert code(client.get(path)) == (401, "not_signed_in")
    assert code(client.get(path, headers={"authorization": "Bearer wrong"})) == (401, "not_signed_in")
    assert code(client.get(path, headers={"authorization": f"Bearer {TOKEN[:-1]}"})) == (401, "not_signed_in")
    assert code(client.get(path, headers={"cookie": f"{cookie_name(client)}=wrong.1"})) == (
        401,
        "not_signed_in",
    )


def test_a_person_without_the_token_is_told_in_words(client):
    answer = client.get("/?token=wrong", headers={"accept": "text/html"})
    assert answer.status_code == 401
    assert "tintype studio" in answer.text


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8000", "127.0.0.1:9999", "127.0.0.1", "127.0.0.1.evil.example:8000", "",
     "127.0.0.1:8000@evil.example", "localhost:8000, evil.example", "192.168.0.7:8000", "[::1]:80"],
)  # fmt: skip
def test_dns_rebinding_is_refused(person, host):
    assert code(person.get("/api/about", headers={"host": host})) == (421, "wrong_host")
    assert code(person.get(f"/?token={TOKEN}", headers={"host": host})) == (421, "wrong_host")


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "LOCALHOST:8000"])
def test_our_own_names_are_let_in(studio, host):
    with program(studio) as client:
        assert client.get("/api/about", headers={"host": host}).status_code == 200


def test_on_other_addresses_numbers_are_let_in_and_names_are_not(tmp_path):
    with program(make_studio(tmp_path, host="0.0.0.0")) as client:
        assert client.get("/api/about", headers={"host": "192.168.0.7:8000"}).status_code == 200
        assert code(client.get("/api/about", headers={"host": "evil.example:8000"})) == (421, "wrong_host")


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:9999"},
     {"origin": "https://127.0.0.1:8000"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}],
)  # fmt: skip
def test_another_page_can_change_nothing(person, headers):
    answer = person.post("/api/sessions", json={}, headers=headers | {"x-tintype": "1"})
    assert code(answer) == (403, "wrong_origin")


def test_a_form_without_our_header_can_change_nothing(person):
    assert code(person.post("/api/sessions")) == (403, "header_missing")
    made = person.post("/api/sessions", headers={"x-tintype": "1", "origin": "http://127.0.0.1:8000"})
    assert made.status_code == 201
    assert code(person.delete(f"/api/sessions/{made.json()['id']}")) == (403, "header_missing")


@pytest.mark.parametrize("path", ["/", "/api/about", "/api/nowhere", "/static/nowhere"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_every_answer_carries_the_headers(client, path, signed_in):
    answer = client.get(path, headers={"authorization": f"Bearer {TOKEN}"} if signed_in else {})
    for name, value in HEADERS.items():
        assert name == "cache-control" or answer.headers[name] == value
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers


def test_no_websocket_is_opened(studio):
    from starlette.testclient import WebSocketDisconnect

    with program(studio) as client, pytest.raises(WebSocketDisconnect), client.websocket_connect("/api/live"):
        pass


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static/....//app.py",
             "/api/sessions/..%2f..%2fetc", "/api/jobs/..%2fx", "/static//etc/passwd"],
)  # fmt: skip
def test_no_path_leads_out(studio, path):
    with program(studio) as client:
        answer = client.get(path)
        assert answer.status_code in (404, 422)
        assert "import" not in answer.text


def test_the_page_is_kept_by_the_browser_and_photographs_are_not(studio):
    with program(studio) as client:
        assert client.get("/static/js/main.js").headers["cache-control"] == "no-cache"
        assert client.get("/api/sessions").headers["cache-control"] == "no-store"


def test_the_api_takes_no_address_to_fetch_and_no_path_to_read(studio):
    with program(studio) as client:
        session = client.post("/api/sessions").json()["id"]
        photo = upload(client, session, encoded(grey_photo(64))).json()["photos"][0]["id"]
        base = f"/api/sessions/{session}/photos/{photo}"
        for settings in (
            {"reference": "/etc/passwd"},
            {"keep_grey": "/etc/passwd"},
            {"model": "/etc/passwd"},
        ):
            assert code(client.put(f"{base}/state", json={"settings": settings})) == (422, "invalid")
        for network in ("/etc/passwd", "../x", "http://evil.example/x.onnx", "tintype,/etc/passwd"):
            answer = client.post(f"{base}/preview", json={"state": {"network": network}})
            assert code(answer) == (422, "network_unknown")
            files = {"file": ("x.png", encoded(grey_photo(64)))}
            assert code(client.post("/api/colorize", files=files, data={"model": network})) == (
                422,
                "network_unknown",
            )
