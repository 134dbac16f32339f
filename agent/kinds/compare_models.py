"""Models side by side: size, context, prices, shared boards, and who is ahead."""

from __future__ import annotations

from agent.answer import Claim, Row, Section, Table
from agent.kinds.comparison import Compared
from agent.kinds.fact import cited_text
from agent.kinds.fact_rows import fact_rows
from agent.market import INDEX, VOTES
from agent.turn import Draft, Turn
from agent.wording import listing, number
from knowledge.schema import Document, Model

MODEL_ROWS = (
    ("parameters", "parameters"),
    ("active_parameters", "active parameters"),
    ("context", "context"),
)


def write_models(found: Compared, turn: Turn, names: list[str]) -> Draft:
    """Draft the comparison of models."""
    rows = fact_rows(turn, found.documents, MODEL_ROWS)
    rows += [
        row
        for row in (_price_row(turn, found.documents), *_score_rows(turn, found.documents))
        if row
    ]
    text_rows = [
        (
            "weights",
            [
                ("open" if m.open_weights else "API only")
                for m in found.documents
                if isinstance(m, Model)
            ],
        ),
        ("licence", [m.licence for m in found.documents if isinstance(m, Model)]),
    ]
    for label, values in text_rows:
        cells = tuple(
            Claim(text=value, evidence_ids=cited_text(turn, d, value).evidence_ids)
            for d, value in zip(found.documents, values, strict=True)
        )
        rows.append(Row(cells=(Claim(text=label), *cells)))
    ending = [
        Claim(text=f"{s.text}.", evidence_ids=turn.book.state(s))
        for d in found.documents
        for s in turn.catalogue.statements(d.id)
        if s.id.endswith("#retires")
    ]
    headline, summary = _model_pick(found, turn, names)
    sections = [Section(title="", table=Table(columns=("", *names), rows=tuple(rows)))]
    if ending:
        sections.insert(0, Section(title="Leaving", claims=tuple(ending)))
    return Draft(
        kind="comparison",
        headline=headline,
        summary=summary,
        sections=tuple(sections),
        suggestions=("Which of them for my job?", f"What does {names[0]} cost at 10,000 a day?"),
    )


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
        output = price.output_usd_per_mtok
        text = f"${price.input_usd_per_mtok:g} in" + (f", ${output:g} out" if output else "")
        cells.append(Claim(text=text, evidence_ids=turn.book.state(statement)))
    if not any(cell.evidence_ids for cell in cells):
        return None
    return Row(cells=(Claim(text="USD a million tokens"), *cells))


def _score_rows(turn: Turn, documents: tuple[Document, ...]) -> list[Row]:
    """Return a row for each of the boards that at least two of the models share."""
    models = [d for d in documents if isinstance(d, Model)]
    counts: dict[str, int] = {}
    for model in models:
        for board in {score.board for score in model.scores}:
            counts[board] = counts.get(board, 0) + 1
    shared = [board for board in (INDEX, VOTES) if counts.get(board, 0) >= 2]
    shared += sorted(
        (b for b, n in counts.items() if n >= 2 and b not in shared),
        key=lambda b: (-counts[b], b),
    )
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


def _model_pick(found: Compared, turn: Turn, names: list[str]) -> tuple[str, Claim]:
    models = [d for d in found.documents if isinstance(d, Model)]
    ranked = [
        (score.value, name, statement)
        for name, model in zip(names, models, strict=True)
        if (score := turn.market.score(model, INDEX))
        and (statement := turn.market.score_statement(model, INDEX))
    ]
    if len(ranked) < 2:
        return (
            f"{listing(names)} side by side",
            Claim(
                text="They share no general board, so which is better depends on the job. "
                "Describe it, and the pick can be worked out."
            ),
        )
    ranked.sort(key=lambda entry: -entry[0])
    best, second = ranked[0], ranked[1]
    turn.book.name(INDEX)
    return (
        f"{best[1]} is ahead on the general index",
        Claim(
            text=f"{number(best[0])} against {number(second[0])} of {second[1]} on the {INDEX}; "
            "a general index says little about one narrow job.",
            evidence_ids=turn.book.state(best[2], second[2]),
        ),
    )
