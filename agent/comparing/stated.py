"""What documents state of models, devices and toolkits, and where their sources disagree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from agent.comparing.lines import Cell, Line
from agent.kinds.compare_devices import HARDWARE_ROWS, cheapest_rental
from agent.kinds.compare_models import MODEL_ROWS, PRICE, price_words, shared_boards
from agent.kinds.fact_rows import shown
from agent.market import Market
from agent.wording import day, listing, number, usd
from knowledge import Catalogue, Statement
from knowledge.schema import Document, Hardware, Model, Toolkit

GENERAL_BOARDS = 2
MOST_BOARDS = 8
BETTER: dict[str, Literal["higher", "lower"]] = {
    "memory": "higher",
    "bandwidth": "higher",
    "compute_bf16": "higher",
    "compute_fp8": "higher",
    "compute_fp4": "higher",
    "compute_int8": "higher",
    "power": "lower",
    "price": "lower",
    "context": "higher",
    "max_output": "higher",
}
DEVICE_FACTS = (*HARDWARE_ROWS, ("compute_fp4", "FP4, dense"), ("compute_int8", "INT8, dense"))
MODEL_FACTS = (*MODEL_ROWS, ("max_output", "longest output"))
Words = Sequence[tuple[str, Callable[[Document], str | None]]]


def stated_lines(market: Market, documents: Sequence[Document]) -> tuple[Line, ...]:
    """Return every line that documents of one kind share; none without documents."""
    if not documents:
        return ()
    kinds = {"hardware": _devices, "model": _models, "toolkit": _toolkits}
    lines = kinds[documents[0].kind]
    return tuple(lines(market, documents))


def disagreements(document: Document) -> tuple[str, ...]:
    """Return where the sources of a document contradict each other, one sentence each."""
    found = list(document.conflicts)
    if isinstance(document, Model):
        by_board: dict[tuple[str, str], set[float]] = {}
        for score in document.scores:
            by_board.setdefault((score.board, score.metric), set()).add(score.value)
        found += [
            f"{board}: {listing([number(v, 4) for v in sorted(values)])} ({metric}), "
            "in other settings or by another source."
            for (board, metric), values in by_board.items()
            if len(values) > 1
        ]
    return tuple(found)


def _devices(market: Market, documents: Sequence[Document]) -> list[Line]:
    return [
        *_facts(market.catalogue, documents, DEVICE_FACTS),
        Line("rent, on demand", tuple(_rent(market.catalogue, d) for d in documents), "lower"),
        *_words(documents, DEVICE_WORDS),
    ]


def _models(market: Market, documents: Sequence[Document]) -> list[Line]:
    models = [document for document in documents if isinstance(document, Model)]
    boards = [
        Line(board, tuple(_score(market, model, board) for model in models), "higher")
        for board in shared_boards(models)
    ]
    return [
        *boards[:GENERAL_BOARDS],
        Line(PRICE, tuple(_price(market.catalogue, model) for model in models), "lower"),
        *_facts(market.catalogue, documents, MODEL_FACTS),
        *_words(documents, MODEL_WORDS),
        *_where_said("status", [_status(model) for model in models]),
        *_where_said("leaves its maker's API", [_retires(market.catalogue, m) for m in models]),
        *boards[GENERAL_BOARDS:MOST_BOARDS],
    ]


def _toolkits(market: Market, documents: Sequence[Document]) -> list[Line]:
    del market
    return list(_words(documents, TOOLKIT_WORDS))


def _facts(
    catalogue: Catalogue, documents: Sequence[Document], facts: Sequence[tuple[str, str]]
) -> list[Line]:
    return [
        Line(
            label,
            tuple(_fact(_statement(catalogue, d, name), d) for d in documents),
            BETTER.get(name),
        )
        for name, label in facts
    ]


def _statement(catalogue: Catalogue, document: Document, name: str) -> Statement | None:
    wanted = f"{document.id}#{name}"
    return next((s for s in catalogue.statements(document.id) if s.id == wanted), None)


def _fact(statement: Statement | None, document: Document) -> Cell:
    if statement is None or statement.value is None:
        return Cell(note=(statement.conditions or "") if statement else "")
    notes = [statement.conditions or ""]
    if isinstance(document, Hardware) and document.unit_scope != "per device":
        notes.append(document.unit_scope)
    if "(unverified)" in statement.text:
        notes.append("unverified")
    return Cell(shown(statement), "; ".join(filter(None, notes)), statement, value=statement.value)


def _rent(catalogue: Catalogue, device: Document) -> Cell:
    cheapest = cheapest_rental(catalogue.statements(device.id))
    if cheapest is None or cheapest.value is None:
        return Cell()
    where = cheapest.text.partition(" at ")[2].removesuffix(", on demand")
    return Cell(f"from {usd(cheapest.value)} an hour", where, cheapest, value=cheapest.value)


def _price(catalogue: Catalogue, model: Model) -> Cell:
    quoted = [
        (price, statement)
        for price, statement in zip(
            model.prices,
            (s for s in catalogue.statements(model.id) if s.group == "price"),
            strict=True,
        )
        if price.quotable
    ]
    if not quoted:
        return Cell(note="no public price")
    price, statement = quoted[0]
    others = {
        f"{price_words(other)} at {other.provider}"
        for other, _ in quoted[1:]
        if price_words(other) != price_words(price)
    }
    note = "; ".join((f"at {price.provider}", *sorted(others)[:2]))
    return Cell(price_words(price), note, statement, value=price.input_usd_per_mtok)


def _score(market: Market, model: Model, board: str) -> Cell:
    best = market.score(model, board)
    if best is None:
        return Cell(note="not listed")
    others = {score.value for score in model.scores if score.board == board} - {best.value}
    told = listing([number(value, 4) for value in sorted(others, reverse=True)])
    return Cell(
        number(best.value, 4),
        f"also {told}" if told else "",
        market.score_statement(model, board),
        value=best.value,
    )


def _where_said(label: str, cells: Sequence[Cell]) -> list[Line]:
    """Return a line of what documents say only where there is something to say."""
    if all(cell.text is None for cell in cells):
        return []
    return [Line(label, tuple(c if c.text else Cell("nothing stated") for c in cells))]


def _status(model: Model) -> Cell:
    return Cell(model.status)


def _retires(catalogue: Catalogue, model: Model) -> Cell:
    if model.retires is None:
        return Cell()
    note = f"replaced by {model.replacement}" if model.replacement else ""
    return Cell(day(model.retires), note, _statement(catalogue, model, "retires"))


def _words(documents: Sequence[Document], words: Words) -> list[Line]:
    return [Line(label, tuple(Cell(read(d)) for d in documents)) for label, read in words]


def _text(name: str) -> Callable[[Document], str | None]:
    def read(document: Document) -> str | None:
        value = getattr(document, name, None)
        if isinstance(value, tuple):
            return listing([str(item) for item in value]) or None
        return str(value).replace("_", " ") if value is not None else None

    return read


def _date(name: str) -> Callable[[Document], str | None]:
    return lambda document: day(getattr(document, name, None)) or None


def _weights(document: Document) -> str | None:
    return (
        ("open" if document.open_weights else "API only") if isinstance(document, Model) else None
    )


def _version(document: Document) -> str | None:
    if not isinstance(document, Toolkit) or document.version is None:
        return None
    dated = f" ({day(document.version_date)})" if document.version_date else ""
    return f"{document.version}{dated}"


DEVICE_WORDS: Words = (
    ("memory type", _text("memory_type")),
    ("links", _text("interconnect")),
    ("form", _text("form_factor")),
    ("status", _text("status")),
    ("where to get it", _text("availability")),
    ("maker", _text("vendor")),
    ("launched", _date("published")),
    ("software", _text("software")),
)
MODEL_WORDS: Words = (
    ("weights", _weights),
    ("licence", _text("licence")),
    ("released", _date("published")),
    ("made for", _text("specialization")),
    ("takes in", _text("modalities_in")),
    ("gives out", _text("modalities_out")),
    ("languages", _text("languages")),
    ("maker", _text("vendor")),
)
TOOLKIT_WORDS: Words = (
    ("for", _text("best_for")),
    ("not for", _text("not_for")),
    ("purpose", _text("purpose")),
    ("maintained", _text("maintenance")),
    ("newest version seen", _version),
    ("licence", _text("licence")),
    ("runs on", _text("hardware_support")),
    ("price", _text("pricing")),
    ("stages", _text("stages")),
    ("maker", _text("maintainer")),
)
