"""A server on this machine that speaks chat completions: usage, streams, and refusals."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is none: its status, the error's code, and what Retry-After says."""

    status: int
    code: str = "rate_limit_exceeded"
    retry_after: str | None = None


@dataclass
class Chat:
    """Where the server is, how it answers next, and what it was asked."""

    url: str = ""
    tokens_in: int = 100
    tokens_out: int = 50
    cached: int = 0
    reports: bool = True
    refusals: list[Refusal] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def usage(self) -> dict[str, Any]:
        return {
            "prompt_tokens": self.tokens_in,
            "completion_tokens": self.tokens_out,
            "total_tokens": self.tokens_in + self.tokens_out,
            "prompt_tokens_details": {"cached_tokens": self.cached},
        }


class Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.chat = Chat(f"http://127.0.0.1:{self.server_port}/v1")


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))
        chat = self.server.chat
        with self.server.lock:
            chat.asked.append(body)
            refusal = chat.refusals.pop(0) if chat.refusals else None
        if refusal:
            self._refuse(refusal)
        elif body.get("stream"):
            self._stream()
        else:
            self._answer()

    def _send(self, status: int, media_type: str, text: str, retry_after: str | None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(text.encode())))
        if retry_after is not None:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        self.wfile.write(text.encode())

    def _refuse(self, refusal: Refusal) -> None:
        error = {"error": {"message": "refused", "code": refusal.code, "type": "x"}}
        self._send(refusal.status, "application/json", json.dumps(error), refusal.retry_after)

    def _answer(self) -> None:
        message = {"role": "assistant", "content": "hello"}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        head = {"id": "1", "object": "chat.completion", "created": 1, "model": "m"}
        body = {**head, "choices": [choice]}
        if self.server.chat.reports:
            body["usage"] = self.server.chat.usage()
        self._send(200, "application/json", json.dumps(body), None)

    def _stream(self) -> None:
        head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        words = [
            {**head, "choices": [{"index": 0, "delta": {"content": word}}]}
            for word in ("hel", "lo")
        ]
        last = {**head, "choices": [], "usage": self.server.chat.usage()}
        lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in (*words, last)]
        self._send(200, "text/event-stream", "".join(lines) + "data: [DONE]\n\n", None)

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def chat_server() -> Iterator[Chat]:
    """Serve chat completions until the block ends."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.chat
        server.shutdown()
        thread.join()
