"""Whether a container's studio lives."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tintype.commands.health import answers, command_lines, runs_studio


def serve(status):
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.mark.parametrize(("status", "lives"), [(200, True), (401, True), (500, False)])
def test_who_must_sign_in_is_answered_too(status, lives):
    server = serve(status)
    assert answers(server.server_port) is lives
    server.shutdown()
    server.server_close()
    assert not answers(server.server_port)


def test_only_a_studio_is_asked():
    studio = ["/opt/tintype/bin/python3", "/opt/tintype/bin/tintype", "studio", "--host", "0.0.0.0"]
    assert runs_studio([["sh"], studio])
    assert not runs_studio([["/opt/tintype/bin/tintype", "colorize", "studio.jpg"], ["python3", "studio"]])
    assert all(isinstance(words, list) for words in command_lines())
