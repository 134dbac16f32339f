"""A fact: the figure, who says it, when, and under which conditions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.answer import Claim, Section
from agent.kinds import cache, studies, weights
from agent.kinds.cache import Cached
from agent.kinds.naming import short
from agent.kinds.plain import Back, NothingKnown
from agent.kinds.weights import Heavy
from agent.turn import Draft, Turn
from agent.wording import day, listing, number
from knowledge import Passage, Statement
from knowledge.schema import Document, Hardware, Model, Toolkit

PREFIXES: dict[str, tuple[str, ...]] = {
    "parameters": ("parameters", "active_parameters"),
    "active_parameters": ("active_parameters", "parameters"),
    "rental": ("rental",),
    "price": ("price", "rental"),
    "scores": ("score",),
    "retirement": ("retires",),
    "kv_cache": ("architecture",),
}
BASIS_WORDS = {
    "vendor": "the maker's figure",
    "press": "a press report",
    "independent": "measured independently",
    "study": "a published study",
    "computed": "computed from other figures",
}
MOST = 6
_SIDES = {
    "input": re.compile(
        r"\b(?:input|in|prompt)\W+tok|\btok\w*\s+in\s*(?:[?.,;]|$)|\binput\b", re.IGNORECASE
    ),
    "output": re.compile(r"\bout(?:put)?\b|\bcompletion", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one quantity of one product; `wanted` None means a portrait of it."""

    document: Document
    wanted: str | None
    statements: tuple[Statement, ...]
    plain: str | None
    passages: tuple[Passage, ...]


def work_out(turn: Turn) -> Facts | studies.StudyFigures | Heavy | Cached | Back | NothingKnown:
    """Find the fact asked for among the typed facts of the product named."""
    asked = turn.understanding
    named = (*asked.models, *(i for i, _ in asked.hardware), *asked.toolkits, *asked.documents)
    if studies.are_asked(turn):
        return studies.work_out(turn)
    if not named:
        return _from_search(turn)
    document = turn.catalogue.get(named[0])
    every = turn.catalogue.statements(document.id)
    wanted = asked.quantity
    if isinstance(document, Model) and wanted == "memory" and document.open_weights:
        return weights.work_out(turn, document)
    if isinstance(document, Model) and wanted == "kv_cache":
        cached = cache.work_out(turn, document)
        if cached is not None:
            return cached
    found = _matching(document, every, wanted) if wanted else _portrait(every)
    return Facts(
        document,
        wanted,
        tuple(found),
        _plain_fact(document, wanted),
        tuple(p for p in turn.passages if p.doc_id == document.id),
    )


def _from_search(turn: Turn) -> Facts | Back:
    """Answer from the best passage where no product was named."""
    if not turn.passages:
        return Back("problem", ("Name the product: a model, a device or a toolkit.",))
    best = turn.passages[0]
    document = turn.catalogue.get(best.doc_id)
    near = tuple(p for p in turn.passages if p.doc_id == best.doc_id)
    return Facts(document, None, (), None, near or turn.passages[:2])


def _matching(document: Document, every: tuple[Statement, ...], wanted: str) -> list[Statement]:
    prefixes = PREFIXES.get(wanted, (wanted,))
    found = [
        s
        for prefix in prefixes
        for s in every
        if s.id.partition("#")[2].startswith(prefix) and s.value is not None
    ]
    if found:
        return list(dict.fromkeys(found))[:MOST]
    if wanted == "retirement":
        return [s for s in every if s.id.endswith("#retires")]
    return []


def _portrait(every: tuple[Statement, ...]) -> list[Statement]:
    return [s for s in every if s.group == "fact" and s.value is not None][:MOST]


def _plain_fact(document: Document, wanted: str | None) -> str | None:
    """Return facts that are words or dates of the document itself, not figures."""
    match wanted:
        case "release_date" if document.published:
            return f"{short(document)}: {day(document.published)}."
        case "licence" if isinstance(document, Model | Toolkit) and document.licence:
            return f"{short(document)}: {document.licence}."
        case "status" if isinstance(document, Hardware):
            words = document.status.replace("_", " ")
            return f"{short(document)}: {words}." + (
                f" {document.availability}" if document.availability else ""
            )
        case "status" | "retirement" if isinstance(document, Model):
            return f"{short(document)}: {document.status or 'no end of life is announced'}."
        case "maintenance" | "status" if isinstance(document, Toolkit):
            note = f" {document.maintenance_note}" if document.maintenance_note else ""
            return f"{short(document)}: {document.maintenance.replace('_', ' ')}.{note}"
        case "version" if isinstance(document, Toolkit) and document.version:
            return f"{short(document)}: {document.version}, {day(document.version_date)}."
    return None


def write(found: Facts, turn: Turn) -> Draft:
    """Draft the fact with its source, or say plainly that it is not published."""
    book, document = turn.book, found.document
    name = short(document)
    book.name(name, document.title, *document.aliases)
    if found.wanted is None:
        return _write_portrait(found, turn)
    label = found.wanted.replace("_", " ")
    if found.plain:
        ids = _document_ids(found, turn)
        return Draft(
            kind="fact",
            headline=f"{name}: {label}",
            summary=Claim(text=found.plain, evidence_ids=ids),
            suggestions=(f"What else is known of {name}?",),
        )
    if not found.statements:
        return _write_missing(found, turn, label)
    first, *others = found.statements
    ids = book.state(*found.statements)
    shown = _price(found, turn.message) or _value(first)
    as_of = f", {day(first.as_of)}" if first.as_of else ""
    conditions = f"; {first.conditions}" if first.conditions else ""
    more = tuple(
        Claim(text=f"{s.text}{f' ({day(s.as_of)})' if s.as_of else ''}.", evidence_ids=(s.id,))
        for s in others
    )
    sections = [Section(title="Other readings" if more else "", claims=more)] if more else []
    sections += _conflicts(found, turn)
    return Draft(
        kind="fact",
        headline=shown,
        summary=Claim(
            text=f"{first.text.rstrip('.')}: {BASIS_WORDS[first.basis]}{as_of}{conditions}.",
            evidence_ids=ids[:1],
        ),
        sections=tuple(sections),
        suggestions=(f"What else is known of {name}?", f"What is {name} good for?"),
    )


def _price(found: Facts, message: str) -> str | None:
    """Return the price of a model's tokens as a headline: of those asked for, else of both."""
    document = found.document
    if found.wanted != "price" or not isinstance(document, Model):
        return None
    first = found.statements[0]
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


def _write_missing(found: Facts, turn: Turn, label: str) -> Draft:
    name, document = short(found.document), found.document
    sources = [(s.publisher or s.url).split(" (")[0].strip() for s in document.sources.values()][:3]
    notes = []
    if isinstance(document, Hardware):
        if document.availability:
            notes.append(cited_text(turn, document, document.availability))
        notes += [
            Claim(text=f"{s.text}.", evidence_ids=turn.book.state(s))
            for s in _portrait(turn.catalogue.statements(document.id))[:3]
        ]
    looked = f"Looked in: {listing(sources)}." if sources else ""
    sections = tuple(
        Section(title=title, claims=tuple(claims))
        for title, claims in (
            ("What is known", [n for n in notes if n]),
            ("", [_looked(turn, document, looked)] if looked else []),
        )
        if claims
    )
    return Draft(
        kind="fact",
        headline=f"No {label} is published for {name}",
        summary=Claim(
            text=f"No source read up to {day(document.read_on)} gives one, and none is guessed "
            "here.",
            evidence_ids=_text_passage(turn, document, document.read_on),
        ),
        sections=sections,
        missing=(f"{document.id}#{found.wanted}",),
        suggestions=(f"What is known of {name}?", f"Is {name} worth waiting for?"),
    )


def _looked(turn: Turn, document: Document, text: str) -> Claim:
    return Claim(text=text, evidence_ids=_text_passage(turn, document, text))


def cited_text(turn: Turn, document: Document, text: str) -> Claim:
    """Return words of the document's front matter as a claim that cites the document."""
    return Claim(text=text.rstrip(".") + ".", evidence_ids=_text_passage(turn, document, text))


def _text_passage(turn: Turn, document: Document, text: str) -> tuple[str, ...]:
    """Make front-matter words citable as a passage of their document."""
    source = next(iter(document.sources.values()), None)
    passage = Passage(
        id=f"{document.id}#text-{abs(hash(text)) % 10**8}",
        doc_id=document.id,
        kind=document.kind,
        title=document.title,
        heading="",
        text=text,
        score=0.0,
        url=source.url if source else None,
        published=document.published,
        basis="press" if document.kind == "hardware" else "vendor",
    )
    return turn.book.read(passage)


def _document_ids(found: Facts, turn: Turn) -> tuple[str, ...]:
    return _text_passage(turn, found.document, f"{found.plain} {found.document.published or ''}")


def _conflicts(found: Facts, turn: Turn) -> list[Section]:
    """Name the disagreements between sources that concern the quantity asked for."""
    words = {"memory", "bandwidth", "power", "price", "context"} & {found.wanted or ""}
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
    facts = tuple(
        Claim(text=f"{s.text}.", evidence_ids=turn.book.state(s)) for s in found.statements
    )
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
