"""A page of text as a document: typed where the text bears it, else a note."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pydantic import ValidationError

from knowledge.catalogue import Catalogue
from knowledge.documents import Loaded, content_hash, faults_of
from knowledge.drafting.cards import domain_in, size_class, size_in_name
from knowledge.drafting.claims import claims_of
from knowledge.drafting.ids import (
    checked_date,
    date_of,
    dateline_of,
    doc_id_of,
    known_as,
    source_of,
    today,
)
from knowledge.drafting.kinds import kinds_of, likely, tier_of
from knowledge.drafting.lines import Line, lines_of, sentences_of
from knowledge.drafting.naming import (
    DEVICE_NOUN,
    full_name,
    is_own,
    maker_in,
    parted,
    product_name,
    title_of,
)
from knowledge.drafting.specs import HARDWARE, MODEL, Specs, prices_of, results_of, specs_of
from knowledge.drafting.subject import Subject
from knowledge.drafting.traits import (
    AVAILABLE,
    MEMORY_TYPE,
    STATES,
    SYSTEM,
    TOOL,
    category_of,
    device_of,
    licence_of,
    open_weights_of,
    status_of,
)
from knowledge.errors import DocumentError
from knowledge.reading.page import Page
from knowledge.schema import (
    Basis,
    Claim,
    DocId,
    Fact,
    Hardware,
    Kind,
    Model,
    Note,
    Score,
    TokenPrice,
    Toolkit,
)

OPENING = 1200
"""Characters at the start that say what a product is."""
LINES_READ = 5000
"""A product is told by the first pages of a long document."""
NAMED = 0.2
"""The share by which a stated size may differ from the one in the name."""
DRAFTED = "drafted from the text by program; nobody has reviewed it yet"

TIERED = "size class as that of other closed models with such a name"


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a page was found to say."""

    page: Page
    catalogue: Catalogue
    title: str
    name: str | None
    subject: Subject | None
    about: DocId | None
    vendor: str | None
    basis: Basis
    published: str | None
    own: tuple[Line, ...]
    specs: Specs
    claims: tuple[Claim, ...]

    @property
    def opening(self) -> str:
        """The title and the first paragraphs."""
        return f"{self.title}. {self.page.text[:OPENING]}"

    def facts(self, names: tuple[str, ...]) -> tuple[Fact, ...]:
        """Return the facts whose names start with one of `names`."""
        return tuple(
            Fact(
                name=figure.name,
                value=figure.value,
                unit=figure.unit,
                basis=self.basis,
                source="s1",
                as_of=self.published,
                conditions=figure.words,
                unreviewed=True,
            )
            for figure in self.specs.of(names)
        )

    def common(self, doc_id: str | None, kind: Kind, notes: tuple[str, ...]) -> dict[str, Any]:
        """Return the fields that every document has."""
        return {
            "id": doc_id or doc_id_of(kind, self.name or self.title),
            "published": self.published,
            "read_on": today(),
            "sources": {
                "s1": source_of(self.page.name, self.page.url, self.page.publisher, self.published)
            },
            "claims": self.claims,
            "conflicts": self.specs.conflicts,
            "notes": notes,
        }


def draft_prose(page: Page, catalogue: Catalogue, *, doc_id: str | None = None) -> Loaded:
    """Return the document that the text of `page` is.

    Raises:
        DocumentError: if the text is empty.
    """
    if not page.text.strip():
        raise DocumentError(f"{page.name}: the text is empty")
    reading = _read(page, catalogue)
    known = reading.about is not None and reading.about != doc_id
    try:
        typed = None if known else _typed(reading, doc_id)
        document = typed or _note(reading, doc_id)
    except ValidationError as error:
        raise DocumentError(f"{page.name}: {faults_of(error)}") from error
    body = page.text.strip()
    return Loaded(document, body, content_hash(document.model_dump_json() + body))


def _read(page: Page, catalogue: Catalogue) -> _Reading:
    until = today()
    page = parted(page)
    title = title_of(page) or _stem(page.name)
    short = product_name(title_of(page), page.text)
    vendor = maker_in(short, page, catalogue)
    name = full_name(short, vendor, page.text) if short else None
    about = known_as(name, catalogue) or known_as(short, catalogue) if name and short else None
    published = (
        dateline_of(page.text, until=until)
        or checked_date(page.published or "", until=until)
        or date_of(page.text, until=until)
    )
    basis: Basis = "vendor" if is_own(vendor, page) else "press"
    lines = list(islice(lines_of(page.text), LINES_READ))
    subject = Subject(name, vendor, catalogue, about) if name else None
    own = tuple(subject.own(lines)) if subject else ()
    claims = claims_of(lines, subject, catalogue, basis=basis, as_of=published)
    return _Reading(
        page=page,
        catalogue=catalogue,
        title=title,
        name=name,
        subject=subject,
        about=about,
        vendor=vendor,
        basis=basis,
        published=published,
        own=own,
        specs=specs_of(own),
        claims=claims,
    )


def _stem(name: str) -> str:
    """Return the last part of a file's name or address, without its suffix."""
    last = name.rstrip("/").replace("\\", "/").rpartition("/")[2]
    return re.sub(r"\.[A-Za-z]{2,8}$", "", last) or name


def _typed(reading: _Reading, doc_id: str | None) -> Hardware | Model | Toolkit | None:
    return _hardware(reading, doc_id) or _model(reading, doc_id) or _toolkit(reading, doc_id)


def _reads_like(reading: _Reading) -> str | None:
    text = f"{reading.title}\n{reading.page.text}"
    return likely(kinds_of(reading.catalogue).shares(text))


def _hardware(reading: _Reading, doc_id: str | None) -> Hardware | None:
    """Return the device, where two figures, or its memory, are stated and what it is."""
    facts = reading.facts(HARDWARE)
    device = device_of(reading.opening)
    if not reading.name or not facts or device is None or SYSTEM.search(reading.name):
        return None
    kind = _reads_like(reading)
    priced = facts + reading.facts(("price",))
    enough = len(priced) > 1 or (kind == "hardware" and facts[0].name == "memory")
    fits = kind in ("hardware", None) or _called(reading, DEVICE_NOUN)
    if not enough or not fits or _is_instance(reading):
        return None
    sentences = [line.text for line in reading.own if line.label is None]
    available = next((s for s in sentences if AVAILABLE.search(s) and len(s) <= 160), None)
    types = {
        kind.upper() for kind in MEMORY_TYPE.findall(" ".join(line.text for line in reading.own))
    }
    return Hardware(
        **reading.common(doc_id, "hardware", (DRAFTED,)),
        title=reading.name,
        facts=priced,
        vendor=reading.vendor or "not stated",
        device=device,
        status=status_of(_not_of_others(reading)),
        availability=available,
        memory_type=types.pop() if len(types) == 1 else None,
    )


def _is_instance(reading: _Reading) -> bool:
    """Return whether the text defines its product as a machine or a service with devices in it."""
    first = " ".join(sentences_of(reading.page.text[:OPENING])[:4])
    named = reading.subject.pattern.pattern if reading.subject else "$^"
    defined = (
        rf"(?:\b(?:is|are|as)|{named},) (?:an?|the|our)\b"
        r"(?:(?!\b(?:for|in|of|with|that|to)\b)[^.,]){0,60}"
    )
    return re.search(rf"{defined}{SYSTEM.pattern}", first, re.I) is not None


def _model(reading: _Reading, doc_id: str | None) -> Model | None:
    """Return the model, where its size is known and whether its weights are open."""
    if not reading.name or not (
        _reads_like(reading) == "model" or _called(reading, "(?:language |vision )model|LLM")
    ):
        return None
    text = reading.page.text
    opened = open_weights_of(text)
    if opened is None and prices_of(reading.own):
        opened = False
    size = reading.specs.value("parameters")
    named = size_in_name(reading.name)
    known = size or named
    tier = size_class(known) if known else None
    if not tier and opened is False:
        tier = tier_of(reading.name, reading.catalogue)
    facts = reading.facts(MODEL)
    if named and size and abs(size - named) > NAMED * named:
        return None
    if opened is None or tier is None or not (facts or named):
        return None
    if named and not size:
        facts += (_size_named(reading, named),)
    licence = licence_of(text)
    return Model(
        **reading.common(doc_id, "model", (DRAFTED,) if known else (DRAFTED, TIERED)),
        title=reading.name,
        facts=facts,
        vendor=reading.vendor or "not stated",
        open_weights=opened,
        licence=licence or ("not stated" if opened else "proprietary (API only)"),
        size_class=tier,
        specialization=domain_in(f"{reading.name} {_definition(reading) or ''}") or "general",
        scores=_scores(reading),
        prices=_prices(reading),
    )


def _size_named(reading: _Reading, billions: float) -> Fact:
    return Fact(
        name="parameters",
        value=billions,
        unit="billion",
        basis=reading.basis,
        source="s1",
        as_of=reading.published,
        conditions="as the name says",
        unreviewed=True,
    )


def _scores(reading: _Reading) -> tuple[Score, ...]:
    return tuple(
        Score(
            board=result.board,
            metric=result.metric,
            value=result.value,
            basis=reading.basis,
            source="s1",
            as_of=reading.published,
            conditions=result.words,
            unreviewed=True,
        )
        for result in results_of(reading.own, reading.catalogue)
    )


def _prices(reading: _Reading) -> tuple[TokenPrice, ...]:
    price = prices_of(reading.own)
    maker = "the maker" if reading.basis == "vendor" else None
    provider = reading.vendor or reading.page.publisher or maker
    if price is None or not provider:
        return ()
    return (
        TokenPrice(
            provider=provider,
            input_usd_per_mtok=price.input,
            output_usd_per_mtok=price.output,
            basis=reading.basis,
            source="s1",
            as_of=reading.published,
            conditions=price.words,
            unreviewed=True,
        ),
    )


def _toolkit(reading: _Reading, doc_id: str | None) -> Toolkit | None:
    """Return the tool, where one sentence defines it and says what it is for."""
    definition = _definition(reading)
    if not reading.name or not definition or _reads_like(reading) != "toolkit":
        return None
    category = category_of(definition) if re.search(rf"\b{TOOL}\b", definition) else None
    if category is None:
        return None
    return Toolkit(
        **reading.common(doc_id, "toolkit", (DRAFTED,)),
        title=reading.name,
        category=category,
        licence=licence_of(reading.page.text),
        maintainer=reading.vendor,
        maintenance="unknown",
        purpose=definition,
    )


def _definition(reading: _Reading) -> str | None:
    """Return the sentence near the start that says what the product is, or None."""
    if not reading.subject:
        return None
    named = reading.subject.pattern.pattern
    defined = re.compile(rf"{named}(?:\W+(?:is|are)|,) (?:an?|the|our|its)\b", re.IGNORECASE)
    for line in lines_of(reading.page.text[: 2 * OPENING]):
        if line.label is None and defined.search(line.text):
            return line.text[:300]
    return None


def _called(reading: _Reading, noun: str) -> bool:
    """Return whether the product's definition calls it a `noun`, a pattern."""
    definition = _definition(reading)
    if not definition or not reading.subject:
        return False
    after = reading.subject.pattern.split(definition, maxsplit=1)[1]
    return re.match(rf"(?:\W+(?:is|are)|,) [^.,]{{0,60}}\b(?:{noun})\b", after, re.I) is not None


def _not_of_others(reading: _Reading) -> str:
    """Return the sentences on availability that name no other product."""
    subject = reading.subject
    said = [
        line.text
        for line in islice(lines_of(reading.page.text), LINES_READ)
        if any(pattern.search(line.text) for pattern in STATES)
    ]
    return "\n".join(
        text
        for text in said
        if not subject or subject.named_in(text) or not subject.others_in(text)
    )


def _note(reading: _Reading, doc_id: str | None) -> Note:
    about = reading.about if reading.about and reading.about != doc_id else None
    facts = reading.facts((*HARDWARE, *MODEL, "price")) if about else ()
    known = doc_id or doc_id_of("note", reading.title)
    common = reading.common(known, "note", (DRAFTED,) if facts or reading.claims else ())
    if not about:
        common["conflicts"] = ()
    return Note(**common, title=reading.title, facts=facts, basis=reading.basis, about=about)
