"""Models side by side: size, context, prices, shared boards, and who is ahead."""

from __future__ import annotations

from collections.abc import Sequence

from agent.answer import Claim, Row, Section, Table
from agent.kinds.compare_devices import estimate_cells
from agent.kinds.comparison import Compared
from agent.kinds.fact import cited_text
from agent.kinds.fact_rows import fact_rows
from agent.kinds.model_pick import asked_score, boards_asked, model_pick
from agent.kinds.naming import cards, short
from agent.kinds.reread import wanted
from agent.market import INDEX, VOTES
from agent.turn import Draft, Turn
from agent.wording import day, number, usd
from knowledge.schema import Document, Model, TokenPrice

PRICE = "USD a million tokens"
MODEL_ROWS = (
    ("parameters", "parameters"),
    ("active_parameters", "active parameters"),
    ("context", "context"),
)


def write_models(found: Compared, turn: Turn, names: list[str]) -> Draft:
    """Draft the comparison of models: what was asked about first, then all else."""
    asked = wanted(turn)
    rows = _rows(found, turn, asked)
    headline, summary = model_pick(found, turn, names, asked)
    board_rows = [_board_row(turn, found.documents, group) for group in boards_asked(found, turn)]
    table = Table(columns=("", *names), rows=(*board_rows, *rows))
    ending = [
        Claim(text=f"{s.text}.", evidence_ids=turn.book.state(s))
        for d in found.documents
        for s in turn.catalogue.statements(d.id)
        if s.id.endswith("#retires")
    ]
    sections = [Section(title="", table=table)]
    if found.device is not None:
        sections.insert(0, _device_section(found, turn, names))
    if ending:
        sections.append(Section(title="Leaving", claims=tuple(ending)))
    return Draft(
        kind="comparison",
        headline=headline,
        summary=summary,
        sections=tuple(sections),
        suggestions=("Which of them for my job?", f"What does {names[0]} cost at 10,000 a day?"),
    )


def _rows(found: Compared, turn: Turn, asked: tuple[str, ...]) -> list[Row]:
    """Return the rows of facts, prices, boards and words; those asked about come first."""
    facts = MODEL_ROWS + ((("max_output", "longest output"),) if "max_output" in asked else ())
    labels = dict(facts) | {"price": PRICE, "licence": "licence"}
    rows = fact_rows(turn, found.documents, facts)
    rows += [
        row
        for row in (_price_row(turn, found.documents), *_score_rows(turn, found.documents))
        if row
    ]
    models = [d for d in found.documents if isinstance(d, Model)]
    for label, values in (
        ("weights", ["open" if m.open_weights else "API only" for m in models]),
        ("licence", [m.licence for m in models]),
        ("released", [day(m.published) or "not known" for m in models]),
    ):
        cells = tuple(
            Claim(
                text=value,
                evidence_ids=cited_text(turn, m, f"{value} {m.published or ''}").evidence_ids,
            )
            for m, value in zip(models, values, strict=True)
        )
        if label != "released" or "release_date" in asked:
            rows.append(Row(cells=(Claim(text=label), *cells)))
    first = [labels.get(name, "released") for name in asked]
    return sorted(
        rows, key=lambda row: first.index(t) if (t := row.cells[0].text) in first else len(first)
    )


def _board_row(turn: Turn, documents: tuple[Document, ...], group: tuple[str, ...]) -> Row:
    """Return what each model has on a board named, its variants named in the cell."""
    turn.book.name(*group)
    cells = []
    for document in documents:
        known = asked_score(turn, document, group)
        if known is None:
            cells.append(Claim(text="not listed"))
            continue
        board, statement = known
        variant = f" ({board})" if board != group[0] else ""
        text = f"{number(statement.value or 0, 4)}{variant}"
        cells.append(Claim(text=text, evidence_ids=turn.book.state(statement)))
    return Row(cells=(Claim(text=group[0]), *cells))


def _device_section(found: Compared, turn: Turn, names: list[str]) -> Section:
    """Return fit, room and speed of each model on the device named."""
    rows = [
        (Claim(text=label),)
        for label in ("precision", "fits", "left for context", "speed, one user")
    ]
    cells = [estimate_cells(item, turn) for item in found.estimates]
    table = Table(
        columns=("", *names),
        rows=tuple(
            Row(cells=(*row, *(column[index] for column in cells)))
            for index, row in enumerate(rows)
        ),
    )
    count = found.counts[0] if found.counts else 1
    name = short(found.device) if found.device else ""
    turn.book.name(name, *((found.device.title,) if found.device else ()))
    return Section(title=f"On {cards(count, name)}", table=table)


def _price_row(turn: Turn, documents: tuple[Document, ...]) -> Row | None:
    cells = []
    for document in documents:
        prices = [
            s
            for s in turn.catalogue.statements(document.id)
            if s.group == "price" and "not a public" not in s.text
        ]
        if not prices or not isinstance(document, Model):
            cells.append(Claim(text="no public price"))
            continue
        price = next(p for p in document.prices if p.quotable)
        statement = prices[0]
        cells.append(Claim(text=price_words(price), evidence_ids=turn.book.state(statement)))
    if not any(cell.evidence_ids for cell in cells):
        return None
    return Row(cells=(Claim(text=PRICE), *cells))


def price_words(price: TokenPrice) -> str:
    """Return a price of tokens: "$0.59 in, $0.79 out"."""
    output = price.output_usd_per_mtok
    return f"{usd(price.input_usd_per_mtok)} in" + (f", {usd(output)} out" if output else "")


def shared_boards(models: Sequence[Model]) -> list[str]:
    """Return the boards that list at least two of the models, the general ones first."""
    counts: dict[str, int] = {}
    for model in models:
        for board in {score.board for score in model.scores}:
            counts[board] = counts.get(board, 0) + 1
    shared = [board for board in (INDEX, VOTES) if counts.get(board, 0) >= 2]
    return shared + sorted(
        (b for b, n in counts.items() if n >= 2 and b not in shared),
        key=lambda b: (-counts[b], b),
    )


def _score_rows(turn: Turn, documents: tuple[Document, ...]) -> list[Row]:
    """Return a row for each of the boards that at least two of the models share."""
    models = [d for d in documents if isinstance(d, Model)]
    shared = shared_boards(models)
    rows = []
    for board in shared[:4]:
        cells = []
        for model in models:
            statement = turn.market.score_statement(model, board)
            if statement is None or statement.value is None:
                cells.append(Claim(text="not listed"))
                continue
            cells.append(
                Claim(text=number(statement.value, 4), evidence_ids=turn.book.state(statement))
            )
        turn.book.name(board)
        rows.append(Row(cells=(Claim(text=board), *cells)))
    return rows
