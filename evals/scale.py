"""What the index bears: many chunks, several writers, kills. `python -m evals.scale <what>`.

    large    100,000 chunks: time and memory of search, in a folder and against a Chroma server
    writers  three processes add 1,000 documents each, in a folder and against a Chroma server
    kills    indexing is killed 20 times at random points and looked at each time

The vectors of `large` are made from hashed words, since embedding 100,000 texts takes an hour
on two cores; the bundled embedder embeds each query as well, so its time is counted.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from knowledge import CORPUS, IndexLocked, KnowledgeBase, MiniLM
from knowledge.embedding import Vectors, unit_rows

TOPICS = 2_000
WORDS = 30_000
WORDS_A_TEXT = 110
QUERIES = 200
SELF = (sys.executable, "-m", "evals.scale")


class Hashed(MiniLM):
    """Vectors of the words of a text, by hash; one text is also embedded as MiniLM would."""

    name = "hashed-words"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row of 384 numbers a text."""
        if len(texts) == 1:
            super().embed(texts)
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                digest = int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest()[:8], 16)
                rows[row, digest % self.dimensions] += 1 if digest & 1 << 20 else -1
        return unit_rows(rows)


def texts(count: int, seed: int = 0) -> Iterator[str]:
    """Yield `count` made-up texts whose words are as unevenly frequent as those of a language."""
    dice = np.random.default_rng(seed)
    shares = 1 / np.arange(1, WORDS + 1) ** 0.9
    shares /= shares.sum()
    for number in range(count):
        topic = dice.integers(TOPICS)
        words = [f"w{word}" for word in dice.choice(WORDS, size=WORDS_A_TEXT, p=shares)]
        yield " ".join([f"topic{topic}", f"own{number}", *words])


def large(count: int, *, url: str | None, folder: Path) -> dict[str, float | str]:
    """Add `count` notes of one chunk each and time searches for words of them."""
    started = time.perf_counter()
    with KnowledgeBase.open(folder, url=url, embedder=Hashed(), corpus=None) as kb:
        kb.add_texts((f"notes/n{number}", text) for number, text in enumerate(texts(count)))
        built = time.perf_counter() - started
        dice = random.Random(1)
        plain, filtered, found = [], [], 0
        for _ in range(QUERIES):
            number = dice.randrange(count)
            query = f"own{number} topic{dice.randrange(TOPICS)} w{dice.randrange(WORDS)} w5 w40"
            began = time.perf_counter()
            hits = kb.search(query)
            plain.append(1e3 * (time.perf_counter() - began))
            found += hits[0].doc_id == f"notes/n{number}"
            began = time.perf_counter()
            kb.search(query, kind="note")
            filtered.append(1e3 * (time.perf_counter() - began))
        began = time.perf_counter()
        kb.add_text("notes/late", "a late note")
        one = time.perf_counter() - began
    return {
        "where": "server" if url else "folder",
        "chunks": count,
        "build_s": round(built, 1),
        "p50_ms": round(float(np.median(plain)), 1),
        "p95_ms": round(float(np.percentile(plain, 95)), 1),
        "p95_of_a_kind_ms": round(float(np.percentile(filtered, 95)), 1),
        "own_word_first": found / QUERIES,
        "one_more_note_s": round(one, 2),
        "memory_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
    }


def write(folder: Path, name: str, count: int, url: str | None) -> int:
    """Add `count` notes, one at a time; return how many were added before a refusal."""
    with KnowledgeBase.open(folder, url=url, corpus=None) as kb:
        for number in range(count):
            try:
                kb.add_text(f"notes/{name}-{number}", f"{own_text(name, number)} is stored here.")
            except IndexLocked as error:
                sys.stderr.write(f"{error}\n")
                return number
    return count


def own_text(name: str, number: int) -> str:
    """Return words that only one note of `writers` has."""
    digest = hashlib.sha256(f"{name} {number}".encode()).hexdigest()
    return f"Crate {digest[:10]} of {name}, shelf {digest[10:16]}"


def writers(count: int, *, url: str | None, folder: Path) -> dict[str, float | str]:
    """Let three processes add `count` notes each at once, and look for every one of them."""
    started = time.perf_counter()
    command = [*SELF, "write", "--count", str(count)]
    command += ["--url", url] if url else []
    names = ("anna", "bert", "cleo")
    running = [
        subprocess.Popen(
            [*command, "--folder", str(folder / name if url else folder), "--name", name],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    outputs = [process.communicate() for process in running]
    added = {name: int(out) for name, (out, _) in zip(names, outputs, strict=True)}
    with KnowledgeBase.open(folder / "reader" if url else folder, url=url, corpus=None) as kb:
        first = sum(
            kb.search(own_text(name, number), k=1)[0].doc_id == f"notes/{name}-{number}"
            for name, made in added.items()
            for number in range(made)
        )
        healthy, there = kb.check().ok, len(kb.catalogue)
    return {
        "where": "server" if url else "folder",
        "added": json.dumps(added),
        "refused": sum("being written by" in err for _, err in outputs),
        "there": there,
        "found_by_own_text": first,
        "healthy": healthy,
        "seconds": round(time.perf_counter() - started, 1),
    }


def kills(
    times: int, *, folder: Path, corpus: Path = CORPUS, longest_s: float = 8, seed: int = 7
) -> dict[str, float | str]:
    """Kill an indexing process `times` times; after each, open, count and search."""
    dice = random.Random(seed)
    with KnowledgeBase.open(folder, corpus=corpus) as kb:
        kb.add_text("notes/mine", "A lighthouse stands by the sea.")
    sound, seen = 0, []
    for _ in range(times):
        process = subprocess.Popen(
            [*SELF, "index", "--folder", str(folder), "--corpus", str(corpus)]
        )
        time.sleep(dice.uniform(0.3, longest_s))
        process.kill()
        process.wait()
        with KnowledgeBase.open(folder, corpus=corpus) as kb:
            listed, counted = len(kb.list()), len(kb.catalogue)
            hit = kb.search("lighthouse by the sea", k=1)[0].doc_id
            sound += listed == counted and hit == "notes/mine"
            seen.append(counted)
    with KnowledgeBase.open(folder, corpus=corpus) as kb:
        kb.sync()
        whole, healthy = len(kb.catalogue), kb.check().ok
    return {
        "kills": times,
        "sound_after_each": sound,
        "documents_after_each": json.dumps(seen),
        "documents_in_the_end": whole,
        "healthy": healthy,
    }


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Run a Chroma server over `folder` on a free port and give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = str(Path(sys.executable).with_name("chroma"))
    command = [program, "run", "--path", str(folder), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{url}/api/v2/heartbeat")
            yield url
        finally:
            process.terminate()


def _wait_for(url: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def main() -> None:
    """Run what the command line names and print a line of JSON for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("large", "writers", "kills", "write", "index"))
    parser.add_argument("--count", type=int)
    parser.add_argument("--url")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--name", default="anna")
    parser.add_argument("--where", choices=("folder", "server", "both"), default="both")
    asked = parser.parse_args()
    if asked.what == "write":
        _say(write(asked.folder, asked.name, asked.count, asked.url))
    elif asked.what == "index":
        with KnowledgeBase.open(asked.folder, corpus=asked.corpus) as kb:
            kb.sync()
    else:
        _measure(asked)


def _measure(asked: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as room:
        here = Path(room)
        if asked.what == "kills":
            _say(kills(asked.count or 20, folder=here / "kb"))
            return
        measure, count = (
            (large, asked.count or 100_000)
            if asked.what == "large"
            else (writers, asked.count or 1_000)
        )
        if asked.where != "server":
            _say(measure(count, url=None, folder=here / "kb"))
        if asked.where != "folder":
            with server(here / "chroma") as url:
                _say(measure(count, url=url, folder=here / "kb2"))


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
