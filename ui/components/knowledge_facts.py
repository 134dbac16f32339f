"""The figures of a document with badge, age, conditions and source, as the drawer shows them."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from agent.wording import day
from knowledge.ageing import Age, fact_age, kind_of
from knowledge.documents import AnyDoc
from knowledge.facts import Statement, statements
from knowledge.schema import Architecture, Model
from ui.components.evidence import badge
from ui.components.knowledge_words import age_badge
from ui.components.markup import icon, plain, table

TITLES = {
    "fact": "Figures",
    "rental": "Rental prices",
    "price": "API prices",
    "date": "Dates",
    "score": "Scores",
    "measured": "Measured",
    "comparison": "Head-to-heads",
    "item": "Cost lines",
    "claim": "Claims",
}
"""Group of statements -> its heading, in the order of the page."""
UNREVIEWED = (
    '<span class="rs-badge rs-badge-yellow" title="Drafted by the program, confirmed by nobody.">'
    f"{icon('rate_review')}Unreviewed</span>"
)


def facts(document: AnyDoc, today: date) -> str:
    """Return all figures by group; "" for a document without any."""
    held = statements(document)
    blocks = []
    for group, title in TITLES.items():
        rows = [_row(item, document, today) for item in held if item.group == group]
        if rows:
            drawn = table((title, "Rests on", "Source"), rows)
            blocks.append(f'<div class="rs-section rs-facts">{drawn}</div>')
    return "".join(blocks)


def architecture(document: AnyDoc) -> str:
    """Return what a model is sized by; "" for a document without it."""
    held = layout(document)
    if held is None:
        return ""
    source = document.sources.get(held.source)
    cells = (
        plain(architecture_words(held)),
        UNREVIEWED if held.unreviewed else "",
        source_link(source.url if source else None),
    )
    drawn = table(("Sizing", "", "Source"), [cells])
    return f'<div class="rs-section rs-facts">{drawn}</div>'


def layout(document: AnyDoc) -> Architecture | None:
    """Return the architecture of a model, None for anything else."""
    return document.architecture if isinstance(document, Model) else None


def architecture_words(held: Architecture) -> str:
    """Return the layout of a model in one sentence."""
    parts = [
        f"{held.layers} layers of width {held.hidden_size:,}",
        f"{held.heads} heads over {held.kv_heads} for keys and values, {held.head_dim} wide",
        f"{held.context_tokens:,} tokens of context",
    ]
    if held.moe:
        parts.append(f"{held.moe.experts_per_token} of {held.moe.experts} experts a token")
    if held.parameters_b:
        active = f", {held.active_parameters_b:.3g} active" if held.active_parameters_b else ""
        parts.append(f"{held.parameters_b:.3g} billion parameters{active}")
    return "; ".join(parts)


def unreviewed(document: AnyDoc) -> tuple[Statement, ...]:
    """Return the statements that no person has confirmed."""
    return tuple(item for item in statements(document) if item.unreviewed)


def _row(item: Statement, document: AnyDoc, today: date) -> tuple[str, str, str]:
    words = item.text.removeprefix(f"{document.title}: ").removeprefix("claim: ")
    words = words.removesuffix(" (unreviewed)")
    conditions = f"<small>{plain(item.conditions)}</small>" if item.conditions else ""
    marks = badge(item.basis) + (UNREVIEWED if item.unreviewed else "")
    marks += age_badge(_age(item, document, today))
    return (
        f"{plain(words[:1].upper() + words[1:])}{conditions}",
        f'<span class="rs-marks">{marks}</span>',
        f"{source_link(item.source_url)}<small>{plain(dated(item, document))}</small>",
    )


def _age(item: Statement, document: AnyDoc, today: date) -> Age:
    return fact_age(item, document, today)


def dated(item: Statement, document: AnyDoc) -> str:
    """Return when a statement was true, or when its document was read."""
    if item.as_of:
        return day(item.as_of)
    read = f"read {day(document.read_on)}"
    return read if kind_of(item) == "specification" else f"undated, {read}"


def source_link(url: str | None) -> str:
    """Return a link named after its host, or "" without a web address."""
    if not url or not url.startswith(("https://", "http://")):
        return ""
    host = (urlsplit(url).hostname or url).removeprefix("www.")
    return f'<a href="{plain(url)}" target="_blank" rel="noopener noreferrer">{plain(host)}</a>'
