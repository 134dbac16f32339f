"""A web server on loopback that serves what a test puts on it, in good and bad ways."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Answer:
    """`write`, if given, sends the body and all that comes after the headers."""

    body: bytes = b""
    media_type: str = "text/html"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    write: Callable[[BaseHTTPRequestHandler], None] | None = None


class Site(ThreadingHTTPServer):
    """Serves `answers` by path and keeps the requests it saw as (path, headers)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def put(self, path: str, body: str | bytes, media_type: str = "text/html") -> str:
        content = body.encode() if isinstance(body, str) else body
        self.answers[path] = Answer(content, media_type)
        return self.url + path

    def redirect(self, path: str, target: str, status: int = 302) -> str:
        self.answers[path] = Answer(status=status, headers={"Location": target})
        return self.url + path

    def write(
        self, path: str, write: Callable[[BaseHTTPRequestHandler], None], **headers: str
    ) -> str:
        self.answers[path] = Answer(headers=headers, write=write)
        return self.url + path

    def paths(self) -> list[str]:
        return [path for path, _ in self.seen]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients are meant to hang up."""


class Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))
        answer = self.server.answers.get(self.path, Answer(b"nothing here", status=404))
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name.replace("_", "-"), value)
        if answer.media_type:
            self.send_header("Content-Type", answer.media_type)
        if answer.write:
            self.end_headers()
            answer.write(self)
            return
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        return


@contextmanager
def serving() -> Iterator[Site]:
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield site
        finally:
            site.closing.set()
            site.shutdown()
            thread.join()
