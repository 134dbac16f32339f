"""`python -m evals.retrieval`: measure the search on our questions and on any collection."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from evals.report import REPORTS
from evals.retrieval.collection import CollectionError, read_beir
from evals.retrieval.measure import Result, measure, measure_own
from evals.retrieval.report import PAGE, RESULTS, code, keep, table, written
from evals.retrieval.vectors import Remembered
from knowledge.embedding import MiniLM


def run(folders: list[Path], *, own: bool, docs: bool, vectors: Path) -> int:
    """Measure, print the tables and, with `docs`, keep the results and write the page.

    Vectors lie in the folder `vectors`. Returns 0, or 2 when a folder is no collection.
    """
    embedder = Remembered(MiniLM(), vectors)
    results: list[Result] = []
    try:
        collections = [read_beir(folder) for folder in folders]
    except CollectionError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if own:
        results.append(measure_own(embedder, code=code()))
    results += [measure(collection, embedder, code=code()) for collection in collections]
    for result in results:
        sys.stdout.write("\n".join(table(result)) + "\n\n")
    if docs:
        kept = keep(results, RESULTS)
        PAGE.write_text(written(PAGE.read_text("utf-8"), kept), encoding="utf-8")
    return 0


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m evals.retrieval", description=__doc__)
    parser.add_argument(
        "--collection",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="a collection in the layout of BEIR; may be given again",
    )
    parser.add_argument("--no-own", action="store_true", help="leave our own questions out")
    parser.add_argument("--docs", action="store_true", help=f"write {PAGE.name} too")
    parser.add_argument(
        "--vectors", type=Path, default=REPORTS, help=f"where vectors are kept (default: {REPORTS})"
    )
    given = parser.parse_args()
    return run(given.collection, own=not given.no_own, docs=given.docs, vectors=given.vectors)


if __name__ == "__main__":
    raise SystemExit(main())
