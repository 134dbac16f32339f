"""A comparison: products side by side, differing rows first, and what tips the balance."""

from __future__ import annotations

from dataclasses import dataclass

from agent.answer import Claim, Row, Section, Table
from agent.core.estimate import Estimate, estimate
from agent.errors import InputError
from agent.kinds.fact import cited_text
from agent.kinds.fit import asked_model
from agent.kinds.naming import bits_name, context_of, short, working
from agent.kinds.plain import Back
from agent.market import INDEX, VOTES
from agent.turn import Draft, Turn
from agent.wording import day, gigabytes, listing, number, usd
from knowledge import Statement
from knowledge.schema import Document, Hardware, Model, Toolkit

MOST = 4
COMPARE_CONTEXT = 8192
HARDWARE_ROWS = (
    ("memory", "memory"),
    ("bandwidth", "bandwidth"),
    ("compute_bf16", "BF16, dense"),
    ("compute_fp8", "FP8, dense"),
    ("power", "power"),
    ("price", "purchase price"),
)
MODEL_ROWS = (
    ("parameters", "parameters"),
    ("active_parameters", "active parameters"),
    ("context", "context"),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """Products of one kind, and for devices the estimate of the model asked about."""

    documents: tuple[Document, ...]
    model: Model | None = None
    estimates: tuple[Estimate | None, ...] = ()


def work_out(turn: Turn) -> Compared | Back:
    """Collect the products to compare; devices are also estimated with the model named."""
    asked = turn.understanding
    devices = _documents(turn, tuple(i for i, _ in asked.hardware))
    models = _documents(turn, asked.models)
    toolkits = _documents(turn, asked.toolkits)
    groups = [group for group in (devices, toolkits, models) if len(group) >= 2]
    if not groups:
        return Back("problem", ("Name at least two models, devices or toolkits to compare.",))
    documents = groups[0][:MOST]
    if documents[0].kind != "hardware":
        return Compared(documents)
    model, _ = asked_model(turn)
    if model is None or not model.open_weights:
        return Compared(documents)
    counts = dict(asked.hardware)
    estimates = tuple(
        _estimated(turn, model, d, counts.get(d.id, 1)) for d in documents
        if isinstance(d, Hardware)
    )
    return Compared(documents, model, estimates)


def _documents(turn: Turn, ids: tuple[str, ...]) -> tuple[Document, ...]:
    return tuple(turn.catalogue.get(doc_id) for doc_id in dict.fromkeys(ids))


def _estimated(turn: Turn, model: Model, device: Hardware, count: int) -> Estimate | None:
    """Return the estimate at the highest precision that fits, else at 4 bit; None if refused."""
    context, _ = context_of(turn, COMPARE_CONTEXT)
    asked = turn.understanding.precision
    result = None
    for precision in (asked,) if asked else ("16 bit", "8 bit", "4 bit"):
        try:
            result = estimate(model, device, count, precision, 1, max(1, context - 256), 256,
                              turn.understanding.engine, context_tokens=context)
        except InputError:
            continue
        if result.fits:
            return result
    return result


def write(found: Compared, turn: Turn) -> Draft:
    """Draft the comparison."""
    names = [short(document) for document in found.documents]
    for document in found.documents:
        turn.book.name(short(document), document.title, *document.aliases)
    first = found.documents[0]
    if isinstance(first, Hardware):
        return _write_devices(found, turn, names)
    if isinstance(first, Model):
        return _write_models(found, turn, names)
    return _write_toolkits(found, turn, names)


def _fact_cell(turn: Turn, document: Document, fact: str) -> Claim:
    statement = turn.fact(f"{document.id}#{fact}")
    if statement is None or statement.value is None:
        return Claim(text="not known")
    turn.book.state(statement)
    return Claim(text=_shown(statement), evidence_ids=(statement.id,))


def _shown(statement: Statement) -> str:
    value, unit = statement.value or 0.0, statement.unit or ""
    if unit == "GB/s" and value >= 1000:
        return f"{number(value / 1000)} TB/s"
    if unit.startswith("USD"):
        return usd(value)
    if unit == "billion":
        return f"{number(value)}B"
    return f"{number(value, 7 if unit == 'tokens' else 4)} {unit}"


def _rows(turn: Turn, documents: tuple[Document, ...], facts: tuple[tuple[str, str], ...]) -> list[Row]:
    """Return one row a fact; rows on which all agree, or that nobody knows, come last."""
    rows = []
    for fact, label in facts:
        cells = tuple(_fact_cell(turn, document, fact) for document in documents)
        if any(cell.evidence_ids for cell in cells):
            rows.append(Row(cells=(Claim(text=label), *cells)))
    return sorted(rows, key=lambda row: len({cell.text for cell in row.cells[1:]}) == 1)


def _rental_row(turn: Turn, documents: tuple[Document, ...]) -> Row | None:
    cells = []
    for document in documents:
        statements = [
            s for s in turn.catalogue.statements(document.id)
            if s.group == "rental" and s.value and "on demand" in s.text
        ]
        if not statements:
            cells.append(Claim(text="no rental price known"))
            continue
        cheapest = min(statements, key=lambda s: s.value or 0)
        turn.book.state(cheapest)
        cells.append(
            Claim(text=f"from {usd(cheapest.value or 0)} an hour", evidence_ids=(cheapest.id,))
        )
    if not any(cell.evidence_ids for cell in cells):
        return None
    return Row(cells=(Claim(text="rent, on demand"), *cells))


def _write_devices(found: Compared, turn: Turn, names: list[str]) -> Draft:
    rows = _rows(turn, found.documents, HARDWARE_ROWS)
    rental = _rental_row(turn, found.documents)
    if rental:
        rows.append(rental)
    sections = []
    if found.model is not None:
        sections.append(_estimate_section(found, turn, names))
    sections.append(Section(title="Specifications",
                            table=Table(columns=("", *names), rows=tuple(rows))))
    headline, summary = _device_pick(found, turn, names)
    conflicts = [
        cited_text(turn, document, text)
        for document in found.documents for text in document.conflicts[:1]
    ]
    if conflicts:
        sections.append(Section(title="Where sources differ", claims=tuple(conflicts)))
    return Draft(
        kind="comparison",
        headline=headline,
        summary=summary,
        sections=tuple(sections),
        suggestions=(f"How many users can {names[0]} serve?", "Which is cheaper over three years?"),
    )


def _estimate_section(found: Compared, turn: Turn, names: list[str]) -> Section:
    model = found.model
    rows: list[tuple[Claim, ...]] = [
        (Claim(text="precision"),), (Claim(text="fits"),), (Claim(text="left for context"),),
        (Claim(text="speed, one user"),),
    ]
    for item in found.estimates:
        cells = _estimate_cells(item, turn)
        rows = [(*row, cell) for row, cell in zip(rows, cells, strict=True)]
    title = f"With {short(model)}" if model else ""
    if model:
        turn.book.name(short(model), model.title)
    table = Table(columns=("", *names), rows=tuple(Row(cells=row) for row in rows))
    return Section(title=title, table=table)


def _estimate_cells(item: Estimate | None, turn: Turn) -> tuple[Claim, ...]:
    if item is None:
        return (Claim(text="-"),) * 4
    turn.book.work(*item.calculations)
    left = (item.usable_gb or 0) - (item.total_gb.value or 0)
    speed = item.decode_tok_s
    return (
        Claim(text=bits_name(item.precision)),
        Claim(text={True: "yes", False: "no", None: "not known"}[item.fits]),
        _left_cell(item, turn, left) if item.fits else Claim(text="-"),
        Claim(
            text=f"{number(speed.low, 2)}-{number(speed.high, 2)} tok/s",
            evidence_ids=(working(item, "decode"),),
        )
        if speed.low and speed.high
        else Claim(text="not known"),
    )


def _left_cell(item: Estimate, turn: Turn, left: float) -> Claim:
    from agent.calculation import Calculation, Input

    total, usable = working(item, "total"), working(item, "usable")
    work = Calculation(
        id=f"{usable}-left",
        name="memory left",
        formula="usable memory - memory needed",
        inputs=(
            Input(name="usable", value=item.usable_gb or 0, unit="GB", source=usable),
            Input(name="needed", value=item.total_gb.value or 0, unit="GB", source=total),
        ),
        value=left,
        unit="GB",
        sources=(usable, total),
    )
    return Claim(text=gigabytes(left), evidence_ids=turn.book.work(work))


def _device_pick(found: Compared, turn: Turn, names: list[str]) -> tuple[str, Claim]:
    if found.model is not None and any(found.estimates):
        scored = []
        for name, item in zip(names, found.estimates, strict=True):
            if item is None:
                continue
            left = (item.usable_gb or 0) - (item.total_gb.value or 0)
            scored.append((bool(item.fits), item.decode_tok_s.value or 0, left, name, item))
        fitting = [entry for entry in scored if entry[0]]
        if len(fitting) == 1:
            name = fitting[0][3]
            return (
                f"{name}: it alone holds {short(found.model)}",
                Claim(text=f"The other does not fit it at {bits_name(fitting[0][4].precision)} "
                      "or below."),
            )
        if fitting:
            fastest = max(fitting, key=lambda entry: entry[1])
            roomiest = max(fitting, key=lambda entry: entry[2])
            if fastest[3] == roomiest[3]:
                return (
                    f"{fastest[3]} for {short(found.model)}",
                    Claim(text="By the arithmetic it is both the faster for one user and the one "
                          "with more room for context."),
                )
            return (
                f"{fastest[3]} for speed, {roomiest[3]} for room",
                Claim(text="By the arithmetic; check which of the two your serving engine has been "
                      "measured on."),
            )
    best = [
        (label, max(known, key=lambda pair: pair[1])[0])
        for fact, label in (("memory", "memory"), ("bandwidth", "bandwidth"))
        if len(known := [
            (name, d.value(fact) or 0)
            for name, d in zip(names, found.documents, strict=True) if d.value(fact)
        ]) >= 2
    ]
    winners = dict.fromkeys(winner for _, winner in best)
    if len(winners) == 1 and best:
        name = next(iter(winners))
        return (
            f"{name} has more memory and bandwidth",
            Claim(text="Memory decides what fits, bandwidth how fast one user is served. Name the "
                  "model and the load, and the pick can be worked out."),
        )
    parts = [f"{winner} for {label}" for label, winner in best]
    return (
        listing(parts) if parts else f"{listing(names)} side by side",
        Claim(text="Memory decides what fits, bandwidth how fast one user is served. Name the "
              "model and the load, and the pick can be worked out."),
    )


def _write_models(found: Compared, turn: Turn, names: list[str]) -> Draft:
    rows = _rows(turn, found.documents, MODEL_ROWS)
    rows += [row for row in (_price_row(turn, found.documents), *_score_rows(turn, found.documents))
             if row]
    text_rows = [
        ("weights", [("open" if m.open_weights else "API only")
                     for m in found.documents if isinstance(m, Model)]),
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
        for s in turn.catalogue.statements(d.id) if s.id.endswith("#retires")
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
            s for s in turn.catalogue.statements(document.id)
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
            Claim(text="They share no general board, so which is better depends on the job. "
                  "Describe it, and the pick can be worked out."),
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


def _write_toolkits(found: Compared, turn: Turn, names: list[str]) -> Draft:
    toolkits = [d for d in found.documents if isinstance(d, Toolkit)]
    claims = []
    for toolkit, name in zip(toolkits, names, strict=True):
        if toolkit.best_for:
            claims.append(cited_text(turn, toolkit, f"{name}: {toolkit.best_for}"))
    rows = []
    for label, values in (
        ("maintained", [t.maintenance.replace("_", " ") for t in toolkits]),
        ("newest version seen", [
            f"{t.version} ({day(t.version_date)})" if t.version else "not known" for t in toolkits
        ]),
        ("licence", [t.licence or "not known" for t in toolkits]),
        ("not for", [t.not_for or "-" for t in toolkits]),
    ):
        cells = tuple(
            Claim(text=value, evidence_ids=cited_text(
                turn, t, f"{value} {t.version_date or ''}").evidence_ids)
            for t, value in zip(toolkits, values, strict=True)
        )
        rows.append(Row(cells=(Claim(text=label), *cells)))
    complaints = tuple(
        Claim(
            text=f"{name}, one user's report: {toolkit.complaints[0].text}",
            evidence_ids=cited_text(turn, toolkit, toolkit.complaints[0].text).evidence_ids,
        )
        for toolkit, name in zip(toolkits, names, strict=True) if toolkit.complaints
    )
    ended = [n for t, n in zip(toolkits, names, strict=True)
             if t.maintenance in ("archived", "maintenance_mode")]
    alive = [n for n in names if n not in ended]
    headline = (
        f"{alive[0]}: {listing(ended)} {'is' if len(ended) == 1 else 'are'} no longer developed"
        if ended and len(alive) == 1
        else "Pick by who runs it"
    )
    sections = [
        Section(title="", claims=tuple(claims[1:]), style="sentences"),
        Section(title="", table=Table(columns=("", *names), rows=tuple(rows))),
    ]
    if complaints:
        sections.append(Section(title="What users complain about", claims=complaints))
    return Draft(
        kind="comparison",
        headline=headline,
        summary=claims[0] if claims else None,
        sections=tuple(sections),
        suggestions=(f"What are the weaknesses of {names[0]}?", "Which for one 24 GB card?"),
    )
