"""Which of several models: by the board, quantity or device named, else by the general index."""

from __future__ import annotations

import re

from agent.answer import Claim
from agent.kinds.comparison import Compared
from agent.kinds.fact import cited_text
from agent.kinds.naming import bits_name, cards, short, working
from agent.kinds.reread import boards_named
from agent.market import INDEX
from agent.turn import Turn
from agent.wording import day, listing, number
from knowledge import Statement
from knowledge.schema import Document, Model

LEADS = {
    "context": "has the longer context",
    "max_output": "writes the longer answers",
    "parameters": "is the larger",
    "active_parameters": "has more active parameters",
}
"""How having more of a quantity is said."""
BY = {"vendor": "the maker's figure", "independent": "independent", "press": "press"}
Picked = tuple[str, Claim]


def model_pick(found: Compared, turn: Turn, names: list[str], asked: tuple[str, ...]) -> Picked:
    """Return the headline and its reason, about what the message asks."""
    groups = boards_asked(found, turn)
    if groups:
        return _on_board(found, turn, names, groups[0])
    if any(found.estimates):
        return _on_device(found, turn, names)
    worded = ("licence", "release_date")
    leads = [
        (name in worded, lead) for name in asked if (lead := _leader(found, turn, names, name))
    ]
    if leads:
        leads.sort(key=lambda entry: entry[0])
        heads = sum(not plain for plain, _ in leads) or 1
        return _joined([lead for _, lead in leads], heads)
    return _on_index(found, turn, names)


def boards_asked(found: Compared, turn: Turn) -> tuple[tuple[str, ...], ...]:
    """Return the boards that the message names and that list one of the models at least."""
    own = {s.board for d in found.documents if isinstance(d, Model) for s in d.scores}
    every = [s.board for d in turn.catalogue.of("model") if isinstance(d, Model) for s in d.scores]
    groups = boards_named(turn.message, every)
    return tuple(_of_one_name(group, found, turn) for group in groups if set(group) & own)


def _of_one_name(group: tuple[str, ...], found: Compared, turn: Turn) -> tuple[str, ...]:
    """Return the boards of the one name in `group` that lists the most of the models.

    "MMLU-Pro (CoT)" is MMLU-Pro; SWE-bench Pro and SWE-bench Verified are not one test.
    """
    by_name: dict[str, list[str]] = {}
    for board in group:
        by_name.setdefault(re.sub(r"\s*\(.*?\)", "", board), []).append(board)
    return max(
        (tuple(boards) for boards in by_name.values()),
        key=lambda boards: sum(bool(asked_score(turn, d, boards)) for d in found.documents),
    )


def asked_score(
    turn: Turn, document: Document, group: tuple[str, ...]
) -> tuple[str, Statement] | None:
    """Return the first board of `group` that lists the model, with its score."""
    if not isinstance(document, Model):
        return None
    found = ((board, turn.market.score_statement(document, board)) for board in group)
    return next(((board, s) for board, s in found if s is not None and s.value is not None), None)


def _on_board(found: Compared, turn: Turn, names: list[str], group: tuple[str, ...]) -> Picked:
    turn.book.name(*group)
    listed = [
        (known[1].value or 0.0, name, known)
        for name, d in zip(names, found.documents, strict=True)
        if (known := asked_score(turn, d, group))
    ]
    listed.sort(key=lambda entry: -entry[0])
    ids = turn.book.state(*(statement for _, _, (_, statement) in listed))
    parts = [f"{name} {number(value, 4)} ({_how(*known)})" for value, name, known in listed]
    claim = Claim(text=f"{listing(parts)}.", evidence_ids=ids)
    missing = [name for name in names if name not in {entry[1] for entry in listed}]
    if missing:
        return f"No {group[0]} figure is known for {listing(missing, 'or')}", claim
    best, second = listed[0], listed[1]
    if best[0] == second[0]:
        return f"Level on {group[0]}: {number(best[0], 4)}", claim
    return (
        f"{best[1]} is ahead on {group[0]}: {number(best[0], 4)} against {number(second[0], 4)}",
        claim,
    )


def _how(board: str, statement: Statement) -> str:
    conditions = f", {statement.conditions}" if statement.conditions else ""
    variant = f"{board}, " if "(" in board else ""
    return f"{variant}{BY.get(statement.basis, statement.basis)}{conditions}"


def _on_device(found: Compared, turn: Turn, names: list[str]) -> Picked:
    """Say which of the models fit the device named, and how fast each is."""
    place = cards(found.counts[0], short(found.device)) if found.device else ""
    entries = [(n, e) for n, e in zip(names, found.estimates, strict=True) if e is not None]
    closed = [
        n
        for n, d in zip(names, found.documents, strict=True)
        if isinstance(d, Model) and not d.open_weights
    ]
    fitting = [(n, e) for n, e in entries if e.fits]
    for _, item in entries:
        turn.book.work(*item.calculations)
    if not fitting:
        ids = tuple(working(item, "total") for _, item in entries)
        return f"Neither fits {place}", Claim(
            text=f"Not even at {bits_name(entries[0][1].precision)}.", evidence_ids=ids
        )
    bits = bits_name(fitting[0][1].precision)
    paced = [
        f"{n} {number(e.decode_tok_s.low, 2)}-{number(e.decode_tok_s.high, 2)} tok/s"
        for n, e in fitting
        if e.decode_tok_s.low and e.decode_tok_s.high
    ]
    ids = tuple(i for _, item in fitting if (i := working(item, "decode")))
    speeds = f"For one user: {listing(paced)}. " if paced else ""
    headline, general = _on_index(found, turn, names)
    text = f"{speeds}{headline}: {general.text}" if general.evidence_ids else speeds.strip()
    claim = Claim(text=text, evidence_ids=(*ids, *general.evidence_ids))
    if closed:
        only = f"{listing(closed)} can only be called at the maker"
        return f"{listing([n for n, _ in fitting])} fits {place} at {bits}; {only}", claim
    if len(fitting) == len(names):
        whole = "Both fit" if len(names) == 2 else "All fit"
        return f"{whole} {place} at {bits}", claim
    out = listing([n for n, e in entries if not e.fits], "or")
    return f"{listing([n for n, _ in fitting])}: {place} can't hold {out} at {bits}", claim


def _leader(found: Compared, turn: Turn, names: list[str], quantity: str) -> Picked | None:
    """Return who leads in one quantity, in words, with the figures of all."""
    if quantity == "price":
        return _cheapest(found, turn, names)
    if quantity in ("licence", "release_date"):
        return _worded(found, turn, names, quantity)
    if quantity not in LEADS:
        return None
    known = [
        (s.value, name, s)
        for name, d in zip(names, found.documents, strict=True)
        if (s := turn.fact(f"{d.id}#{quantity}")) and s.value
    ]
    if len(known) < 2:
        return None
    known.sort(key=lambda entry: -entry[0])
    unit = {"tokens": "tokens", "billion": "B"}.get(known[0][2].unit or "", "")
    parts = [
        f"{name} {value:,.0f} {unit}" if unit == "tokens" else f"{name} {number(value)}{unit}"
        for value, name, _ in known
    ]
    label = quantity.replace("_", " ")
    text = f"{label[0].upper()}{label[1:]}: {listing(parts)}"
    claim = Claim(text=text, evidence_ids=turn.book.state(*(s for _, _, s in known)))
    if known[0][0] == known[1][0]:
        return f"equal in {label}", claim
    return f"{known[0][1]} {LEADS[quantity]}", claim


def _worded(found: Compared, turn: Turn, names: list[str], quantity: str) -> Picked:
    """Say each model's licence or day of release: neither has a leader."""
    parts: list[str] = []
    ids: list[str] = []
    for name, document in zip(names, found.documents, strict=True):
        licence = document.licence if isinstance(document, Model) else "not known"
        word = licence if quantity == "licence" else day(document.published) or "not known"
        parts.append(f"{name}: {word}")
        ids += cited_text(turn, document, f"{word} {document.published or ''}").evidence_ids
    label = "Licences" if quantity == "licence" else "Days of release"
    return f"{label} side by side", Claim(text="; ".join(parts), evidence_ids=tuple(ids))


def _cheapest(found: Compared, turn: Turn, names: list[str]) -> Picked | None:
    priced = []
    for name, document in zip(names, found.documents, strict=True):
        if not isinstance(document, Model):
            continue
        price = next((p for p in document.prices if p.quotable and p.output_usd_per_mtok), None)
        statement = next(
            (
                s
                for s in turn.catalogue.statements(document.id)
                if s.group == "price" and price and f"price at {price.provider} " in s.text
            ),
            None,
        )
        if price and statement:
            priced.append(
                (price.input_usd_per_mtok, price.output_usd_per_mtok or 0.0, name, statement)
            )
    if len(priced) < 2:
        return None
    priced.sort(key=lambda entry: entry[0] + entry[1])
    parts = [f"{name} ${into:g} in, ${out:g} out" for into, out, name, _ in priced]
    claim = Claim(
        text=f"A million tokens: {'; '.join(parts)}",
        evidence_ids=turn.book.state(*(entry[3] for entry in priced)),
    )
    first, second = priced[0], priced[1]
    if first[:2] == second[:2]:
        return "equal in price", claim
    if first[0] <= second[0] and first[1] <= second[1]:
        return f"{first[2]} is {'cheaper' if len(priced) == 2 else 'the cheapest'}", claim
    return "which is cheaper depends on input and output", claim


def _joined(leads: list[Picked], heads: int) -> Picked:
    """Join what is said of several quantities: the first `heads` lead, the claim has them all."""
    first = leads[0][0].split(" is ")[0].split(" has ")[0].split(" writes ")[0]
    words = [leads[0][0]] + [
        lead[len(first) + 1 :] if lead.startswith(f"{first} ") else lead
        for lead, _ in leads[1:heads]
    ]
    headline = listing(words)
    text = ". ".join(claim.text for _, claim in leads)
    ids = tuple(i for _, claim in leads for i in claim.evidence_ids)
    return headline[0].upper() + headline[1:], Claim(text=f"{text}.", evidence_ids=ids)


def _on_index(found: Compared, turn: Turn, names: list[str]) -> Picked:
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
    if number(best[0]) == number(second[0]):
        return (
            f"Level on the general index: {best[1]} and {second[1]}",
            Claim(
                text=f"Both have {number(best[0])} on the {INDEX}; it says little about one narrow "
                "job.",
                evidence_ids=turn.book.state(best[2], second[2]),
            ),
        )
    return (
        f"{best[1]} is ahead on the general index",
        Claim(
            text=f"{number(best[0])} against {number(second[0])} of {second[1]} on the {INDEX}; "
            "a general index says little about one narrow job.",
            evidence_ids=turn.book.state(best[2], second[2]),
        ),
    )
