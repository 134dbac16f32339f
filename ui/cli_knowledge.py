"""The command line of the documents: add, list, show, delete, export, update, confirm."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from agent.opening import open_base
from agent.settings import Settings
from agent.wording import percent, plural
from knowledge import Catalogue, DocumentError, KnowledgeBase, KnowledgeError, NameUnknown
from knowledge.documents import AnyDoc
from knowledge.facts import BASES, statements
from knowledge.reports import Listed
from knowledge.schema import Kind
from ui.review import confirmed
from ui.terminal import AsJson, bar, complain, print_json, say

app = typer.Typer()
Names = Annotated[list[str], typer.Argument(help="Ids, such as notes/our-price-list.")]
STDIN = "-"


@app.command()
def add(
    sources: Annotated[
        list[str],
        typer.Argument(
            help="Files, folders, web addresses, feeds, hf:org/name, GitHub repositories, "
            "or - for text on standard input."
        ),
    ],
    title: Annotated[str | None, typer.Option(help="Title of the text on stdin.")] = None,
    published: Annotated[str | None, typer.Option(help="Its date, such as 2026-11-24.")] = None,
    url: Annotated[str | None, typer.Option(help="Where it was read.")] = None,
) -> None:
    """Add documents of your own; drafted facts stay unreviewed until you confirm them.

    Exit code 1 where some of several were refused, 2 where all were.
    """
    meta = {"title": title, "published": published, "url": url}
    given = {name: value for name, value in meta.items() if value is not None}
    if given and STDIN not in sources:
        raise DocumentError(f"--{next(iter(given))} is for text on standard input; name '-'")
    with open_base(Settings()) as base:
        outcome = _each(sources, lambda source: _add(base, source, given))
    raise typer.Exit(outcome)


def _add(base: KnowledgeBase, source: str, meta: dict[str, str]) -> int:
    """Add what `source` holds, say what became of it, and return how many were refused."""
    if source == STDIN:
        _added(base, [base.add_text(None, sys.stdin.read(), **meta)])
        return 0
    with bar(f"Reading {source}") as progress:
        read = base.draft(source, progress=progress)
    wanted = [draft for draft in read.documents if draft.same_as is None]
    for draft in read.documents:
        if draft.same_as is not None:
            title = base.catalogue.get(draft.same_as).title
            say(f"Already there as {draft.same_as}: {title}")
    if wanted:
        with bar("Adding") as progress:
            added = base.add_drafts(wanted, progress=progress)
        _added(base, added, {draft.loaded.document.id: draft.near for draft in wanted})
    for refusal in read.refused:
        complain(f"Refused {_once(refusal.name, str(refusal.reason))}")
    if read.refused and not read.documents:
        raise DocumentError(f"{source}: nothing in it could be read")
    return len(read.refused)


def _added(
    base: KnowledgeBase,
    ids: Iterable[str],
    near: dict[str, Sequence[tuple[str, float]]] | None = None,
) -> None:
    for doc_id in ids:
        document = base.catalogue.get(doc_id)
        drafted = sum(item.unreviewed for item in statements(document))
        facts = f" ({plural(drafted, 'fact')} drafted, unreviewed)" if drafted else ""
        say(f"Added {doc_id}: {document.title}{facts}")
        for other, share in (near or {}).get(doc_id, ()):
            say(f"  looks like {other}, {percent(share)} the same")


@app.command(name="list")
def list_documents(
    kind: Annotated[Kind | None, typer.Option(help="Only of this kind.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only what you added.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the documents."""
    with open_base(Settings()) as base:
        held = base.list(kind=kind, origin="user" if mine else None)
    if as_json:
        print_json([asdict(item) for item in held])
        return
    for item in held:
        say(_line(item))
    say(f"{plural(len(held), 'document')}")


def _line(item: Listed) -> str:
    known = [item.published or f"read {item.read_on}", BASES[item.basis]]
    if item.unreviewed:
        known.append(f"{item.unreviewed} unreviewed")
    if item.origin == "user":
        known.append("yours")
    return f"{item.doc_id}  {item.title} ({', '.join(known)})"


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Id or name, such as hardware/nvidia-l4 or L4.")],
    as_json: AsJson = False,
) -> None:
    """Show a document: its prose, then every figure with basis and date."""
    with open_base(Settings()) as base:
        document = _named(base.catalogue, name)
        body = base.catalogue.body(document.id)
    if as_json:
        print_json(document.model_dump(mode="json") | {"body": body})
        return
    dated = f"published {document.published}" if document.published else "undated"
    say(f"{document.title} ({document.id}), {dated}, read {document.read_on}\n")
    say(f"{body}\n")
    for item in statements(document):
        say(f"- {item.line.removeprefix(f'{document.title}: ')}")
    for line in document.conflicts:
        say(f"Sources differ: {line}")
    for source in document.sources.values():
        say(f"Source: {source.url}")


def _named(catalogue: Catalogue, name: str) -> AnyDoc:
    try:
        return catalogue.get(name)
    except NameUnknown:
        return catalogue.resolve(name).document


@app.command()
def delete(names: Names) -> None:
    """Delete documents that you added; bundled ones would come back."""
    with open_base(Settings()) as base:
        outcome = _each(names, lambda name: _delete(base, name))
    raise typer.Exit(outcome)


def _delete(base: KnowledgeBase, name: str) -> None:
    document = base.catalogue.get(name)
    if name not in {item.doc_id for item in base.list(origin="user")}:
        raise DocumentError(f"{name} is bundled and would come back; only yours can be deleted")
    base.delete(name)
    say(f"Deleted {name}: {document.title}")


@app.command()
def export(
    to: Annotated[Path, typer.Option(help="Folder to write into; it is made if needed.")],
    names: Annotated[
        list[str] | None, typer.Argument(help="Ids; all that you added by default.")
    ] = None,
) -> None:
    """Write documents as Markdown files that `rightsize add` takes back."""
    with open_base(Settings()) as base:
        chosen = names or [item.doc_id for item in base.list(origin="user")]
        outcome = _each(chosen, lambda name: _export(base, name, to))
    raise typer.Exit(outcome)


def _export(base: KnowledgeBase, name: str, folder: Path) -> None:
    text = base.export(name)
    path = folder / f"{name}.md"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DocumentError(f"{path} can't be written: {error.strerror}") from error
    say(f"Wrote {path}")


@app.command()
def update(
    names: Annotated[
        list[str] | None, typer.Argument(help="Ids; all that you added from an address by default.")
    ] = None,
) -> None:
    """Read documents again from their sources."""
    with open_base(Settings()) as base:
        listed = base.list(origin="user")
        mine = [item.doc_id for item in listed if (item.url or "").startswith("http")]
        outcome = _each(names or mine, lambda name: _update(base, name))
    raise typer.Exit(outcome)


def _update(base: KnowledgeBase, name: str) -> None:
    with bar(f"Reading {name} again"):
        changed = base.update(name)
    say(f"{'Updated' if changed else 'Unchanged'} {name}")


@app.command()
def confirm(
    name: Annotated[str, typer.Argument(help="Id of a document with unreviewed facts.")],
    facts: Annotated[
        list[str] | None, typer.Argument(help="Names of its facts, such as memory; all by default.")
    ] = None,
) -> None:
    """Confirm drafted facts that you have compared with their source."""
    ids = [f"{name}#{fact.rpartition('#')[2]}" for fact in facts or ()]
    with open_base(Settings()) as base:
        _confirm(base, name, ids or None)


def _confirm(base: KnowledgeBase, name: str, ids: list[str] | None) -> None:
    before = _unreviewed(base, name)
    if ids is None:
        base.confirm(name)
    else:
        base.replace(confirmed(base.catalogue.get(name), ids))
    after = _unreviewed(base, name)
    say(f"{name}: {plural(before - after, 'fact')} confirmed, {after} unreviewed")


def _unreviewed(base: KnowledgeBase, name: str) -> int:
    return sum(item.unreviewed for item in statements(base.catalogue.get(name)))


def _each(names: Sequence[str], act: Callable[[str], int | None]) -> int:
    """Call `act` for each name; return 0, or 1 where some and 2 where all were refused.

    `act` returns how many parts of what it did were refused.

    Raises:
        KnowledgeError: if there is one name only, and it is refused.
    """
    refused, parts = 0, 0
    for name in names:
        try:
            parts += act(name) or 0
        except KnowledgeError as error:
            if len(names) == 1:
                raise
            complain(f"Refused {_once(name, str(error))}")
            refused += 1
    if refused and refused == len(names):
        return 2
    return 1 if refused or parts else 0


def _once(name: str, reason: str) -> str:
    """Return name and reason; the name stands once."""
    short = Path(name).name
    return reason if reason.startswith((name, short)) else f"{name}: {reason}"
