"""A server of S3 for tests, which may fail."""

import threading
import urllib.request
from contextlib import contextmanager
from itertools import count

_FAILURE = b"<?xml version='1.0'?><Error><Code>InternalError</Code><Message>no</Message></Error>"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}  # fmt: skip


class Failing:
    """Passes requests on, but answers each n-th with a failure; 0: none."""

    def __init__(self, app, each):
        self.app, self.each = app, each
        self.failed = self.asked = 0
        self._numbers = count(1)

    def __call__(self, environ, start_response):
        self.asked += 1
        if self.each and not next(self._numbers) % self.each:
            self.failed += 1
            environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            body = b"" if environ["REQUEST_METHOD"] == "HEAD" else _FAILURE
            headers = [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))]
            start_response("500 Internal Server Error", headers)
            return [body]
        return self.app(environ, start_response)


@contextmanager
def s3_server(monkeypatch, *, each=0):
    """Serve S3 with a bucket ``box``; the environment tells everybody where."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    app = Failing(DomainDispatcherApplication(create_backend_app), 0)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    for key, value in (KEYS | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.port}"}).items():
        monkeypatch.setenv(key, value)
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{server.port}/moto-api/reset", data=b"").close()
        system = s3fs.S3FileSystem(use_listings_cache=False)
        system.mkdir("box")
        app.each = each
        yield system, app
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        s3fs.S3FileSystem.clear_instance_cache()
