"""The command line of the facts: what is wrong with them, and which are old."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from agent.settings import Settings
from knowledge.documents import CORPUS, Loaded, load_folder
from knowledge.facts import statements
from knowledge.provenance import oldest as oldest_facts
from knowledge.provenance import unused_sources
from knowledge.schema import Kind

app = typer.Typer(help="Check the facts that every answer rests on.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read.")]
Folder = Annotated[
    Path, typer.Option(help="Folder of documents.", show_default="the bundled documents")
]


@app.command()
def check(folder: Folder = CORPUS, as_json: AsJson = False) -> None:
    """List figures without source or date, contradictions and impossible values.

    Exit code 1 where there is anything to list.
    """
    from agent.audit import audit

    loaded = load_folder(folder)
    findings = audit(loaded, today=_today())
    if as_json:
        _print_json([asdict(finding) for finding in findings])
    elif findings:
        _print("\n".join(finding.line for finding in findings))
    else:
        _print(f"{_counts(loaded)}: all in order")
    raise typer.Exit(1 if findings else 0)


@app.command()
def oldest(
    n: Annotated[int, typer.Option("--n", min=1, help="How many.")] = 20,
    kind: Annotated[Kind | None, typer.Option(help="Only of documents of this kind.")] = None,
    folder: Folder = CORPUS,
    as_json: AsJson = False,
) -> None:
    """List the oldest figures, each with the date it was true."""
    found = oldest_facts(load_folder(folder), n, kind=kind)
    if as_json:
        _print_json([{"date": item.date, **asdict(item.statement)} for item in found])
        return
    for item in found:
        _print(f"{item.date}  {item.statement.id}: {item.statement.text}")


def _counts(loaded: Sequence[Loaded]) -> str:
    documents = [item.document for item in loaded]
    figures = sum(len(statements(document)) for document in documents)
    sources = sum(len(document.sources) for document in documents)
    unused = sum(len(unused_sources(document)) for document in documents)
    return (
        f"{len(documents)} documents, {figures:,} figures, "
        f"{sources:,} sources ({unused:,} for further reading)"
    )


def _today() -> date:
    return Settings().today or datetime.now(UTC).date()


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _print_json(value: Any) -> None:
    _print(json.dumps(value, ensure_ascii=False, indent=2))
