"""A real Chroma server and an OpenAI-compatible endpoint, both on loopback."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from knowledge import EmbedderError, KnowledgeBase, MiniLM, OpenAIEmbedder, StorageError

EMBEDDER = MiniLM()


class Endpoint(BaseHTTPRequestHandler):
    """Answers /v1/embeddings with vectors of MiniLM, in reversed order."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if asked["model"] == "broken":
            self.send_error(400, "no such model")
            return
        rows = EMBEDDER.embed(asked["input"])
        data = [
            {"object": "embedding", "index": index, "embedding": row.tolist()}
            for index, row in enumerate(rows)
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        answer = {"object": "list", "data": data[::-1], "model": asked["model"], "usage": usage}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def endpoint() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
        thread.join()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def chroma(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    program = Path(sys.executable).with_name("chroma")
    command = [str(program), "run", "--path", str(tmp_path / "server"), "--port", str(port)]
    log = (tmp_path / "log").open("w")
    with log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        url = f"http://localhost:{port}"
        try:
            _wait_for(f"{url}/api/v2/heartbeat")
            yield url
        finally:
            server.terminate()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            assert time.monotonic() < deadline, "the Chroma server did not start"
            time.sleep(0.1)


def test_vectors_of_an_endpoint_come_in_the_order_of_the_texts(endpoint: str) -> None:
    remote = OpenAIEmbedder(
        "mini", dimensions=384, base_url=endpoint, api_key=SecretStr("not-a-key")
    )

    rows = remote.embed([f"text number {number}" for number in range(130)])

    assert rows.shape == (130, 384)
    assert rows[129] @ EMBEDDER.embed(["text number 129"])[0] > 0.98
    assert remote.embed([]).shape == (0, 384)
    remote.close()


def test_a_failing_endpoint_or_other_dimensions_are_said_without_the_key(endpoint: str) -> None:
    secret = SecretStr("very-secret")
    broken = OpenAIEmbedder("broken", dimensions=384, base_url=endpoint, api_key=secret)
    other = OpenAIEmbedder("mini", dimensions=1536, base_url=endpoint, api_key=secret)

    with pytest.raises(EmbedderError, match=r"broken.*failed") as failed:
        broken.embed(["x"])
    with pytest.raises(EmbedderError, match="1536 numbers each were expected"):
        other.embed(["x"])
    assert "very-secret" not in str(failed.value)
    broken.close()
    other.close()


def test_a_chroma_server_holds_the_vectors(chroma: str, tmp_path: Path) -> None:
    with KnowledgeBase.open(tmp_path / "kb", url=chroma, embedder=EMBEDDER, corpus=None) as kb:
        kb.add_text("notes/tea", "Tea is served at four.")
        kb.add_text("notes/room", "The server room is locked.")
        kb.sync(rebuild=True)

        assert kb.search("hot drinks", k=1)[0].doc_id == "notes/tea"
        kb.delete("notes/tea")
        assert kb.search("hot drinks", k=1)[0].doc_id == "notes/room"
        assert kb.check().ok

    with KnowledgeBase.open(tmp_path / "kb", url=chroma, embedder=EMBEDDER, corpus=None) as kb:
        assert kb.search("locked door", k=1)[0].doc_id == "notes/room"


@pytest.mark.parametrize("url", ["not a url", "ftp://127.0.0.1", "http://127.0.0.1:9"])
def test_a_server_that_does_not_answer_is_said_in_one_line(url: str, tmp_path: Path) -> None:
    with (
        KnowledgeBase.open(tmp_path / "kb", url=url, embedder=EMBEDDER, corpus=None) as kb,
        pytest.raises(StorageError, match=r"127\.0\.0\.1|not a url"),
    ):
        kb.add_text("notes/a", "text")
