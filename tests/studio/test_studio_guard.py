"""Who is let in, and which attacks are refused."""

import pytest

from studio.studio_tools import TOKEN, client_of, encoded, grey_photo, make_studio, program, upload
from tintype.studio.app import create_app
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


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


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


def cookie_name(client):
    return client.get(f"/?token={TOKEN}", follow_redirects=False).headers["set-cookie"].partition("=")[0]


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


def test_a_huge_body_is_refused_before_it_is_read(studio):
    with program(studio) as client:
        session = client.post("/api/sessions").json()["id"]
        answer = client.post(
            "/api/sessions", content=b" " * 2_000_000, headers={"content-type": "text/plain"}
        )
        assert code(answer) == (413, "too_large")
        answer = upload(client, session, b"x" * 2_000_000)
        assert code(answer) == (413, "too_large")
        answer = upload(client, session, b"x" * 400_000)  # inside the body's limit, over the file's
        assert code(answer) == (413, "file_too_large")


def test_a_body_that_lies_about_its_length_is_cut_off_while_it_is_read(studio):
    sent = 0

    def endless():
        nonlocal sent
        yield b'--b\r\ncontent-disposition: form-data; name="file"; filename="x.png"\r\n\r\n'
        while True:
            sent += 65536
            yield b"x" * 65536
            if sent > 50_000_000:
                return

    with program(studio) as client:
        session = client.post("/api/sessions").json()["id"]
        kind = {"content-type": "multipart/form-data; boundary=b"}
        client_answer = asgi_stream(studio, f"/api/sessions/{session}/photos", endless(), kind)
        assert client_answer[0] == 413
    assert sent < 3_000_000
    assert not list(studio.store.temporary.iterdir())


def asgi_stream(studio, path, chunks, headers):
    """Ask the application with a body that has no Content-Length and never ends by itself."""
    import anyio

    async def ask():
        seen = []

        async def receive():
            return {"type": "http.request", "body": next(chunks, b""), "more_body": True}

        async def send(message):
            seen.append(message)

        given = {"host": "127.0.0.1:8000", "authorization": f"Bearer {TOKEN}"} | headers
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
            "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
            "headers": [(k.encode(), v.encode()) for k, v in given.items()],
            "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
        }  # fmt: skip
        with anyio.fail_after(20):
            await create_app(studio)(scope, receive, send)
        return seen[0]["status"], b"".join(m.get("body", b"") for m in seen)

    return anyio.run(ask)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd.png", "passwd.png"), ("..\\..\\win.ini.png", "win.ini.png"), ("a/b/c.png", "c.png"),
     ("\x00\x1b[31mred.png", "[31mred.png"), ("....png", "photo.png"), ("", "photo"),
     ("CON:.png", "CON_.png"),
     ("großmutter & ich.png", "großmutter & ich.png"), ("x" * 400 + ".png", "x" * 100 + ".png")],
)  # fmt: skip
def test_names_lose_what_could_lead_elsewhere(name, kept):
    from tintype.studio.receive import plain_name

    assert plain_name(name) == kept


def test_a_hostile_name_stays_inside_the_store(studio):
    with program(studio) as client:
        session = client.post("/api/sessions").json()["id"]
        answer = upload(client, session, encoded(grey_photo(64)), "../../../evil.png")
        assert answer.json()["photos"][0]["name"] == "evil.png"
    outside = list(studio.data.rglob("*evil*"))
    assert outside == []


@pytest.mark.parametrize(
    "body",
    [
        b"--b\r\n",
        b"no form at all",
        b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\nx\r\n',
        b'--b\r\ncontent-disposition: form-data; name="x"\r\n\r\n1\r\n--b--\r\n',
        b'--b\r\ncontent-disposition: form-data; name="x"\r\n\r\n1\r\n' * 2 + b"--b--\r\n",
        b'--b\r\ncontent-disposition: form-data; name="file"; filename="a"\r\n\r\n1\r\n' * 2 + b"--b--\r\n",
    ],
)
def test_broken_forms_are_refused_and_leave_nothing(studio, body):
    with program(studio) as client:
        session = client.post("/api/sessions").json()["id"]
        for kind, status in (("multipart/form-data; boundary=b", 400), ("multipart/form-data", 415)):
            path = f"/api/sessions/{session}/photos"
            assert client.post(path, content=body, headers={"content-type": kind}).status_code == status
    assert not list(studio.store.temporary.iterdir())


def test_the_page_is_kept_by_the_browser_and_photographs_are_not(studio):
    with program(studio) as client:
        assert client.get("/static/js/main.js").headers["cache-control"] == "no-cache"
        assert client.get("/api/sessions").headers["cache-control"] == "no-store"


def test_sessions_colours_and_networks_are_bounded(tmp_path):
    with program(make_studio(tmp_path, limits={"sessions": 2})) as client:
        answers = [client.post("/api/sessions") for _ in range(3)]
        assert [a.status_code for a in answers] == [201, 201, 409]
        assert code(answers[2]) == (409, "too_many_sessions")
        base = f"/api/sessions/{answers[0].json()['id']}/photos"
        photo = upload(client, answers[0].json()["id"], encoded(grey_photo(64))).json()["photos"][0]["id"]
        state = {"settings": {"palette": ["#204060"] * 33}}
        assert code(client.put(f"{base}/{photo}/state", json=state)) == (422, "invalid")
        state = {"network": ",".join(["tintype"] * 5)}
        assert code(client.put(f"{base}/{photo}/state", json=state)) == (422, "network_unknown")


def test_the_number_of_photos_is_bounded(studio):
    with program(studio) as client:
        session = client.post("/api/sessions").json()["id"]
        answers = [upload(client, session, encoded(grey_photo(64))) for _ in range(3)]
        assert [a.status_code for a in answers] == [201, 201, 409]
        assert code(answers[2]) == (409, "too_many_photos")


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
