"""The results as data to keep and as the tables of `docs/search.md`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import TypeAdapter

from evals.retrieval.measure import Result, Row
from evals.retrieval.variants import BASE
from knowledge import embedding, search
from knowledge.storage import words

RESULTS = Path(__file__).parent / "results.json"
PAGE = Path(__file__).parent.parent.parent / "docs" / "search.md"
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
_ADAPTER = TypeAdapter(list[Result])


def code() -> str:
    """Return what names the search as it is; it changes when its code does."""
    digest = hashlib.sha256()
    for module in (embedding, search, words):
        digest.update(Path(module.__file__ or "").read_bytes())
    return digest.hexdigest()[:8]


def read_results(path: Path) -> list[Result]:
    """Return the results kept in `path`."""
    return _ADAPTER.validate_json(path.read_bytes()) if path.is_file() else []


def keep(results: Iterable[Result], path: Path) -> list[Result]:
    """Write `results` to `path` in place of those of the same collections, and return all."""
    kept = {result.collection: result for result in (*read_results(path), *results)}
    ordered = sorted(kept.values(), key=lambda item: (item.collection != "own", item.collection))
    path.write_bytes(_ADAPTER.dump_json(ordered, indent=1) + b"\n")
    return ordered


def written(page: str, results: Sequence[Result]) -> str:
    """Return `page` with the tables of `results` between its markers.

    Raises:
        ValueError: if the page has no markers.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page lacks {BEGIN!r} and {END!r}")
    lines = [line for result in results for line in ("", *table(result))]
    return "\n".join([before + begin, *lines, "", end + after])


def table(result: Result) -> list[str]:
    """Return the heading and the table of `result`."""
    return [
        f"### {result.collection}: {result.questions} questions, {result.passages:,} passages",
        "",
        f"| ranking | nDCG@10 | gain over {BASE} (95%) | even, odd questions | recall@100 | MRR |",
        "|---|---|---|---|---|---|",
        *(_line(row) for row in result.rows),
        "",
        f"Search code `{result.code}`.",
    ]


def _line(row: Row) -> str:
    gain = f"{row.gain:+.3f} [{row.gain_low:+.3f}, {row.gain_high:+.3f}]"
    return (
        f"| {row.name} | {row.ndcg:.3f} | {'' if row.name == BASE else gain} "
        f"| {row.even:.3f}, {row.odd:.3f} | {row.recall:.3f} | {row.reciprocal_rank:.3f} |"
    )
