"""What the hand-made answers rest on: sources and workings. Every product figure is made up."""

from __future__ import annotations

from typing import Any

from agent.answer import Answer, AnswerKind, Citation, Claim
from agent.calculation import Calculation, Input
from knowledge.schema import Basis

STUDY, TELECOM, SERVING = "studies/a#1", "studies/b#1", "hardware/l4#tok"
PRICE, NOTICE = "models/big#price", "cost/eu#notice"
AS_OF = "2026-11-24"
MONTHLY, BREAK_EVEN = "calc/monthly", "calc/break-even"
KINDS = {"studies": "study", "models": "model"}


def claim(text: str, *ids: str) -> Claim:
    """State `text` on the evidence of `ids`."""
    return Claim(text=text, evidence_ids=ids)


def _cite(
    number: int,
    evidence: str,
    title: str,
    *,
    page: str | None,
    published: str,
    basis: Basis,
    quote: str,
) -> Citation:
    doc_id = evidence.partition("#")[0]
    folder = doc_id.partition("/")[0]
    return Citation(
        number=number,
        doc_id=doc_id,
        kind=KINDS.get(folder, folder),
        title=title,
        url=page and f"https://example.org/{page}",
        published=published,
        basis=basis,
        quote=quote,
        evidence_ids=(evidence,),
    )


CITATIONS = (
    _cite(
        1,
        STUDY,
        "Fine-tuned small models on 25 text tasks",
        page="a",
        published="2025-03",
        basis="study",
        quote="Across the classification sets, tuned 7B models led the prompted large model on 9 "
        "of 11, with the gap closing below 500 labels.",
    ),
    _cite(
        2,
        TELECOM,
        "Support routing at a telecom operator",
        page="b",
        published="2025-09",
        basis="study",
        quote="Tuned 8B routed 93.4% of tickets to the right queue against 91.8%.",
    ),
    _cite(
        3,
        SERVING,
        "L4 serving an 8B model, FP8, batch 32",
        page="c",
        published="2026-08",
        basis="independent",
        quote="At batch 32 one card serves 610 tokens a second.",
    ),
    _cite(
        4,
        PRICE,
        "Large model price list",
        page="d",
        published="2026-11-19",
        basis="vendor",
        quote="$2.00 per million tokens in, $8.00 per million tokens out.",
    ),
    _cite(
        5,
        NOTICE,
        "EU region notice",
        page=None,
        published="2026-10",
        basis="press",
        quote="The EU region opens to all customers.",
    ),
)
CALCULATIONS = (
    Calculation(
        id=MONTHLY,
        name="Monthly cost of one rented card",
        formula="hours x usd_per_hour + upkeep",
        inputs=(
            Input(name="hours", value=730, unit="h"),
            Input(name="usd_per_hour", value=0.8, unit="USD", source=PRICE),
            Input(name="upkeep", value=640, unit="USD"),
        ),
        value=1224,
        unit="USD",
        low=1100,
        high=1400,
        sources=(SERVING, PRICE),
    ),
    Calculation(
        id=BREAK_EVEN,
        name="Break-even volume",
        formula="monthly / (usd_per_request x days)",
        inputs=(Input(name="monthly", value=1224, unit="USD", source=MONTHLY),),
        value=11300,
        unit="requests a day",
        sources=(MONTHLY,),
    ),
)


def answer(
    kind: AnswerKind, headline: str, summary: Claim, *, text: str = "", **parts: Any
) -> Answer:
    """Write an answer that brings all of the sources and workings here."""
    return Answer(
        kind=kind,
        headline=headline,
        summary=summary,
        text=text,
        as_of=AS_OF,
        snapshot="7f3c21aa",
        seconds=0.8,
        citations=CITATIONS,
        calculations=CALCULATIONS,
        **parts,
    )
