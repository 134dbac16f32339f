"""A fact: the figure, who says it, when, and under which conditions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.answer import Claim
from agent.kinds import cache, studies, weights
from agent.kinds.cache import Cached
from agent.kinds.naming import short
from agent.kinds.plain import Back, NothingKnown
from agent.kinds.reread import wanted
from agent.kinds.weights import Heavy
from agent.turn import Turn
from agent.wording import day
from knowledge import Passage, Statement
from knowledge.schema import Document, Hardware, Model, Remark, Toolkit

PREFIXES: dict[str, tuple[str, ...]] = {
    "parameters": ("parameters", "active_parameters"),
    "active_parameters": ("active_parameters", "parameters"),
    "status": ("retires",),
    "rental": ("rental",),
    "price": ("price", "rental"),
    "scores": ("score",),
    "retirement": ("retires",),
    "kv_cache": ("architecture",),
}
MOST = 6
NAME = re.compile(r"\b[A-Z][A-Za-z]+-[A-Z][A-Za-z]+(?: \d+(?:\.\d+)?[BM])?\b")
CODE = re.compile(r"\b[A-Z][A-Za-z]*-?\d[\w.-]*\b")


@dataclass(frozen=True, slots=True)
class Part:
    """What is known of one quantity: figures, and words of the document where it has none."""

    wanted: str
    statements: tuple[Statement, ...]
    plain: str | None

    @property
    def is_known(self) -> bool:
        """Whether anything is."""
        return bool(self.statements or self.plain)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the quantities asked for; without any, a portrait of the product."""

    document: Document
    parts: tuple[Part, ...]
    portrait: tuple[Statement, ...]
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
    quantities = wanted(turn)
    if isinstance(document, Model) and "memory" in quantities and document.open_weights:
        return weights.work_out(turn, document)
    if isinstance(document, Model) and "kv_cache" in quantities:
        cached = cache.work_out(turn, document)
        if cached is not None:
            return cached
    return Facts(
        document,
        tuple(
            Part(name, tuple(_matching(every, name)), _plain_fact(document, name))
            for name in quantities
        ),
        tuple(_portrait(every)),
        tuple(p for p in turn.passages if p.doc_id == document.id),
    )


def _from_search(turn: Turn) -> Facts | Back | NothingKnown:
    """Answer from the best passage where no product was named, unless a name is not in it."""
    if not turn.passages:
        return Back("problem", ("Name the product: a model, a device or a toolkit.",))
    best = turn.passages[0]
    names = tuple(dict.fromkeys(NAME.findall(turn.message)))
    told = f"{best.title} {best.text}".casefold()
    if names and not any(name.casefold() in told for name in names):
        alike = tuple(short(document) for document in turn.catalogue.nearest(names[0], n=2))
        return NothingKnown(names, alike, ())
    document = turn.catalogue.get(best.doc_id)
    near = tuple(p for p in turn.passages if p.doc_id == best.doc_id)
    return Facts(document, (), (), near or turn.passages[:2])


def told_of(turn: Turn) -> Facts | None:
    """Return what the user's own notes say of a product in the question that has no document.

    A product is a code such as "BX-900" or a name held for unknown, and it stands in the title
    of the note.
    """
    if not any(passage.kind == "note" for passage in turn.passages):
        return None
    known = [(mention.start, mention.end) for mention in turn.catalogue.mentions(turn.message)]
    codes = [
        match[0]
        for match in CODE.finditer(turn.message)
        if not any(start < match.end() and match.start() < end for start, end in known)
    ]
    names = [name.casefold() for name in (*codes, *turn.understanding.unknown)]
    telling = [
        passage
        for passage in turn.passages
        if passage.kind == "note" and any(name in passage.title.casefold() for name in names)
    ]
    if not telling:
        return None
    document = turn.catalogue.get(telling[0].doc_id)
    return Facts(document, (), (), tuple(p for p in telling if p.doc_id == document.id))


def _matching(every: tuple[Statement, ...], name: str) -> list[Statement]:
    prefixes = PREFIXES.get(name, (name,))
    found = [
        s
        for prefix in prefixes
        for s in every
        if s.id.partition("#")[2].startswith(prefix) and s.value is not None
    ]
    if found:
        return list(dict.fromkeys(found))[:MOST]
    if name in ("retirement", "status"):
        return [s for s in every if s.id.endswith("#retires")]
    return []


def _portrait(every: tuple[Statement, ...]) -> list[Statement]:
    return [s for s in every if s.group == "fact" and s.value is not None][:MOST]


def _plain_fact(document: Document, name: str) -> str | None:
    """Return facts that are words or dates of the document itself, not figures."""
    match name:
        case "release_date" if document.published:
            return day(document.published)
        case "licence" if isinstance(document, Model | Toolkit) and document.licence:
            return document.licence
        case "status" if isinstance(document, Hardware):
            words = document.status.replace("_", " ")
            return f"{words}; {document.availability}" if document.availability else words
        case "status" | "retirement" if isinstance(document, Model):
            return document.status or "no end of life is announced"
        case "maintenance" | "status" if isinstance(document, Toolkit):
            note = f". {document.maintenance_note}" if document.maintenance_note else ""
            return f"{document.maintenance.replace('_', ' ')}{note}"
        case "version" if isinstance(document, Toolkit) and document.version:
            return f"{document.version}, {day(document.version_date)}"
    return None


def cited_text(turn: Turn, document: Document, text: str) -> Claim:
    """Return words of the document's front matter as a claim that cites the document."""
    return Claim(text=text.rstrip(".") + ".", evidence_ids=_text_passage(turn, document, text))


def cited_remark(turn: Turn, document: Document, remark: Remark, says: str) -> Claim:
    """Return a remark, and who `says` it, as a claim that cites the page it was read on."""
    text = f"{says}: {remark.text}"
    return Claim(
        text=text.rstrip(".") + ".", evidence_ids=_text_passage(turn, document, text, remark)
    )


def _text_passage(
    turn: Turn, document: Document, text: str, remark: Remark | None = None
) -> tuple[str, ...]:
    """Make front-matter words citable as a passage of their document, or of a remark's page."""
    first = next(iter(document.sources.values()), None)
    source = document.sources[remark.source] if remark else first
    dated = (remark.as_of, source.published) if remark and source else ()
    basis = remark.basis if remark else "press" if document.kind == "hardware" else "vendor"
    passage = Passage(
        id=f"{document.id}#text-{abs(hash(text)) % 10**8}",
        doc_id=document.id,
        kind=document.kind,
        title=document.title,
        heading="",
        text=text,
        score=0.0,
        url=source.url if source else None,
        published=next(filter(None, dated), document.published),
        basis=basis,
    )
    return turn.book.read(passage)
