"""A live server that can be told to fail and to lose its answers, and knows what it was asked."""

import socket
from contextlib import contextmanager
from functools import partial

from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler

CUT_OFF = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"


class Handler(QuietWSGIRequestHandler):
    def get_environ(self):
        return super().get_environ() | {"test.connection": self.connection}


class Thread(LiveServerThread):
    daemon = True

    def _create_server(self, connections_override=None):
        return self.server_class((self.host, self.port), Handler, allow_reuse_address=False)


class OddServer:
    """failing    how many of the next posts are answered 500, unread
    losing     how many of the next posts are carried out and never answered
    requests   (method, path) of all that was asked, files too
    sent       (path, bytes) of all that was answered with a body: as it went over the line
    """

    def __init__(self):
        self.failing = self.losing = 0
        self.requests, self.sent = [], []
        # Files, too, come from the application: with the headers that they have in production.
        self.thread = Thread("localhost", static_handler=lambda site: partial(self.answer, site))

    @property
    def url(self):
        return f"http://localhost:{self.thread.port}"

    def posts(self, path):
        """How often somebody posted to the path."""
        return self.requests.count(("POST", path))

    def answer(self, application, environ, start_response):
        self.requests.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        if environ["REQUEST_METHOD"] == "POST" and self.failing:
            self.failing -= 1
            environ["wsgi.input"].read()
            start_response("500 Internal Server Error", [("Content-Type", "text/html")])
            return [b"<h1>500</h1>"]
        if environ["REQUEST_METHOD"] == "POST" and self.losing:
            self.losing -= 1
            application(environ, lambda *_answer: None).close()
            # Cut off in its midst: a browser asks by itself again where nothing at all has come.
            environ["test.connection"].sendall(CUT_OFF)
            environ["test.connection"].shutdown(socket.SHUT_RDWR)
            raise BrokenPipeError
        return application(environ, partial(self.note, environ["PATH_INFO"], start_response))

    def note(self, path, start_response, status, headers, *more):
        if not status.startswith("304"):
            self.sent.append((path, int(dict(headers).get("Content-Length", 0))))
        return start_response(status, headers, *more)


@contextmanager
def odd_server():
    server = OddServer()
    server.thread.start()
    server.thread.is_ready.wait()
    if server.thread.error:
        raise server.thread.error
    try:
        yield server
    finally:
        server.thread.terminate()
