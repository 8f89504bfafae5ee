"""Bodies that are too large, lie about their length, or name what they should not."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from studio.studio_tools import TOKEN, client_of, code, encoded, grey_photo, make_studio, program, upload
from tintype.studio.app import create_app


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    return make_studio(tmp_path_factory.mktemp("studio"), limits={"file_bytes": 300_000, "photos": 2})


@pytest.fixture
def client(studio):
    with client_of(studio) as client:
        yield client


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

    # In a thread of its own: a browser's driver may have a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(anyio.run, ask).result()


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
