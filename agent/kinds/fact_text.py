"""The words of a fact: the answer first, then who says it, when, and under which conditions."""

from __future__ import annotations

import re
from datetime import date, timedelta

from agent.answer import Claim, Section
from agent.kinds.fact import Facts, Part, cited_text
from agent.kinds.licence import for_business, is_for_business
from agent.kinds.naming import short
from agent.turn import Draft, Turn
from agent.wording import day, listing, number
from knowledge import Statement
from knowledge.schema import Hardware, Model

BASIS_WORDS = {
    "vendor": "the maker's figure",
    "press": "a press report",
    "independent": "measured independently",
    "study": "a published study",
    "computed": "computed from other figures",
}
BOUGHT = BASIS_WORDS | {"vendor": "list price", "independent": "recorded by a third party"}
"""The same for what a device costs to buy."""
OFFERS = {"rental": "the provider's offer", "price": "list price"}
"""What a quoted price is, whoever wrote it down."""
LABELED = {
    "context": "context",
    "max_output": "longest output",
    "memory": "memory",
    "bandwidth": "bandwidth",
    "power": "power",
}
"""Figures that don't say by themselves what they are, where several are told."""
OLD = timedelta(days=365)
"""A price older than this is told with its date in the headline."""
_SIDES = {
    "input": re.compile(
        r"\b(?:input|in|prompt)\W+tok|\btok\w*\s+in\s*(?:[?.,;]|$)|\binput\b", re.IGNORECASE
    ),
    "output": re.compile(r"\bout(?:put)?\b|\bcompletion", re.IGNORECASE),
}


def write(found: Facts, turn: Turn) -> Draft:
    """Draft each quantity with its source, or say plainly that it is not published."""
    book, document = turn.book, found.document
    name = short(document)
    book.name(name, document.title, *document.aliases)
    if not found.parts:
        return _write_portrait(found, turn)
    if not any(part.is_known for part in found.parts):
        return _write_missing(found, turn)
    told = [_told(part, found, turn) for part in found.parts]
    headline = "; ".join(
        f"{LABELED[part.wanted]} {head}" if len(told) > 1 and part.wanted in LABELED else head
        for part, (head, _) in zip(found.parts, told, strict=True)
    )
    summary, *others = (claim for _, claim in told)
    cited = tuple(dict.fromkeys(i for _, claim in told for i in claim.evidence_ids))
    summary = summary.model_copy(update={"evidence_ids": cited})
    leading = {part.statements[0].id for part in found.parts if part.statements}
    more = [
        s for part in found.parts if not part.plain for s in part.statements if s.id not in leading
    ]
    readings = tuple(
        Claim(
            text=f"{s.text}{f' ({day(s.as_of)})' if s.as_of else ''}.",
            evidence_ids=book.state(s),
        )
        for s in more
    )
    sections = [
        Section(title="", claims=tuple(others), style="sentences"),
        Section(title="Other readings", claims=readings),
        *_conflicts(found, turn),
    ]
    return Draft(
        kind="fact",
        headline=headline[0].upper() + headline[1:],
        summary=summary,
        sections=tuple(section for section in sections if section.claims),
        suggestions=(f"What else is known of {name}?", f"What is {name} good for?"),
    )


def _told(part: Part, found: Facts, turn: Turn) -> tuple[str, Claim]:
    """Return the headline for one quantity and the sentence that carries it."""
    document, name = found.document, short(found.document)
    label = part.wanted.replace("_", " ")
    if part.wanted == "licence" and isinstance(document, Model) and is_for_business(turn.message):
        return for_business(turn, document)
    if part.wanted in ("retirement", "status") and part.statements:
        return _last_day(part.statements[0], part, found, turn)
    if part.plain:
        claim = cited_text(turn, document, f"{name}: {part.plain} {document.published or ''}")
        text = f"{name}, {label}: {part.plain.rstrip('.')}."
        return _brief(part, label), claim.model_copy(update={"text": text})
    if not part.statements:
        read = day(document.read_on)
        text = f"{name}: no figure for {label} is published as far as was read up to {read}."
        ids = cited_text(turn, document, document.read_on).evidence_ids
        return f"{label} not published", Claim(text=text, evidence_ids=ids)
    first = part.statements[0]
    words = BOUGHT if first.id.endswith("#price") else BASIS_WORDS
    basis = OFFERS.get(first.group, words[first.basis])
    as_of = f", {day(first.as_of)}" if first.as_of else ""
    conditions = f"; {first.conditions}" if first.conditions else ""
    shown = _price(part, found, turn.message) or _value(first)
    if part.wanted in ("active_parameters", "parameters"):
        shown += f" {first.id.rpartition('#')[2].replace('_', ' ')}"
    if part.wanted == "price" and _is_old(first, turn.today):
        shown += f" in {day((first.as_of or '')[:7])}; no newer purchase price is known here"
    if first.group == "rental":
        shown = f"From {shown}"
    if first.group == "rental" and part.wanted == "price":
        shown = f"No purchase price is known; rent {shown[0].lower()}{shown[1:]}"
    claim = Claim(
        text=f"{first.text.rstrip('.')}: {basis}{as_of}{conditions}.",
        evidence_ids=turn.book.state(first),
    )
    return shown, claim


def _brief(part: Part, label: str) -> str:
    """Return the words of a plain fact as a headline: a date or licence, or what it is about."""
    plain = part.plain or ""
    if part.wanted == "release_date":
        return f"Released {plain}"
    return plain if len(plain) <= 60 else f"{label[0].upper()}{label[1:]}"


def _last_day(statement: Statement, part: Part, found: Facts, turn: Turn) -> tuple[str, Claim]:
    """Say when a model leaves its maker's API, and what its status says beside that."""
    ids = turn.book.state(statement)
    ends = statement.text.partition("maker's API ")[2].partition(";")[0]
    extra: tuple[str, ...] = ()
    if part.plain:
        extra = cited_text(turn, found.document, part.plain).evidence_ids
    status = f" Status: {part.plain}." if part.plain else ""
    return (
        f"{short(found.document)} leaves the maker's API on {day(ends)}",
        Claim(text=f"{statement.text}.{status}", evidence_ids=(*ids, *extra)),
    )


def _is_old(statement: Statement, today: date) -> bool:
    if not statement.as_of:
        return False
    whole = f"{statement.as_of}-01-01"[:10] if len(statement.as_of) == 4 else statement.as_of
    whole = f"{whole}-01" if len(whole) == 7 else whole
    return today - date.fromisoformat(whole) > OLD


def _price(part: Part, found: Facts, message: str) -> str | None:
    """Return the price of a model's tokens as a headline: of those asked for, else of both."""
    document = found.document
    if part.wanted != "price" or not isinstance(document, Model):
        return None
    first = part.statements[0]
    price = next((p for p in document.prices if f"price at {p.provider} " in first.text), None)
    if price is None or price.output_usd_per_mtok is None:
        return None
    prices = {
        "input": f"${number(price.input_usd_per_mtok, 4)} per million input tokens",
        "output": f"${number(price.output_usd_per_mtok, 4)} per million output tokens",
    }
    said = [side for side, words in _SIDES.items() if words.search(message)]
    return ", ".join(prices[side] for side in (said if len(said) == 1 else prices))


def _value(statement: Statement) -> str:
    """Return the value as a headline: "3.35 TB/s" or "$2.69 per hour"."""
    value, unit = statement.value, statement.unit or ""
    if value is None:
        return "Not published"
    if unit == "GB/s" and value >= 1000:
        return f"{number(value / 1000, 3)} TB/s"
    if unit.startswith("USD"):
        return f"${number(value, 4)}{unit[3:]}"
    if unit == "tokens":
        return f"{value:,.0f} tokens"
    return f"{number(value, 4)} {unit}".strip()


def _write_missing(found: Facts, turn: Turn) -> Draft:
    name, document = short(found.document), found.document
    label = listing([p.wanted.replace("_", " ") for p in found.parts], "or")
    sources = [(s.publisher or s.url).split(" (")[0].strip() for s in document.sources.values()][:3]
    notes = []
    if isinstance(document, Hardware):
        if document.availability:
            notes.append(cited_text(turn, document, document.availability))
        notes += [
            Claim(text=f"{s.text}.", evidence_ids=turn.book.state(s)) for s in found.portrait[:3]
        ]
    looked = f"Looked in: {listing(sources)}." if sources else ""
    sections = tuple(
        Section(title=title, claims=tuple(claims))
        for title, claims in (
            ("What is known", [n for n in notes if n]),
            ("", [cited_text(turn, document, looked)] if looked else []),
        )
        if claims
    )
    return Draft(
        kind="fact",
        headline=f"No {label} is published for {name}",
        summary=Claim(
            text=f"No source read up to {day(document.read_on)} gives one, and none is guessed "
            "here.",
            evidence_ids=cited_text(turn, document, document.read_on).evidence_ids,
        ),
        sections=sections,
        missing=tuple(f"{document.id}#{part.wanted}" for part in found.parts),
        suggestions=(f"What is known of {name}?", f"Is {name} worth waiting for?"),
    )


def _conflicts(found: Facts, turn: Turn) -> list[Section]:
    """Name the disagreements between sources that concern the quantity asked for."""
    words = {"memory", "bandwidth", "power", "price", "context"} & {
        part.wanted for part in found.parts
    }
    claims = tuple(
        cited_text(turn, found.document, text)
        for text in found.document.conflicts
        if any(word in text.lower() for word in words)
    )
    return [Section(title="Sources differ", claims=claims[:3])] if claims else []


def _write_portrait(found: Facts, turn: Turn) -> Draft:
    name, document = short(found.document), found.document
    passages = found.passages[:2]
    claims = tuple(
        Claim(text=_first_sentences(p.text), evidence_ids=turn.book.read(p)) for p in passages
    )
    facts = tuple(Claim(text=f"{s.text}.", evidence_ids=turn.book.state(s)) for s in found.portrait)
    sections = [Section(title="Figures", claims=facts)] if facts else []
    summary, rest = (claims[0], claims[1:]) if claims else (None, ())
    if rest:
        sections.insert(0, Section(title="", claims=rest, style="sentences"))
    return Draft(
        kind="fact",
        headline=name,
        summary=summary,
        sections=tuple(sections),
        suggestions=(f"Is {name} right for my job?",)
        if document.kind in ("model", "toolkit")
        else (f"What can I run on {name}?",),
    )


def _first_sentences(text: str, most: int = 3) -> str:
    """Return the first sentences of `text`."""
    parts = text.replace("\n", " ").split(". ")
    return ". ".join(parts[:most]).rstrip(".") + "."
