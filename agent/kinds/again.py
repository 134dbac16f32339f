"""Why, and from where: the answer before, explained or with its sources laid open."""

from __future__ import annotations

from dataclasses import dataclass

from agent.answer import Answer, Citation, Claim, Option, Section
from agent.kinds import recommendation
from agent.kinds.costing import cost_workings
from agent.kinds.option_rows import make_citable
from agent.kinds.plain import Back
from agent.kinds.reasons import reasons
from agent.kinds.why_not import WhyNot, why_not
from agent.render import calculation_line
from agent.turn import Draft, Turn
from agent.wording import day, usd
from knowledge import Passage

MOST_SOURCES = 12
MOST_WORKINGS = 8


@dataclass(frozen=True, slots=True)
class Again:
    """The answer before, to be explained (`sources` False) or sourced."""

    answer: Answer
    sources: bool


def work_out(turn: Turn) -> Again | Back:
    """Return the thread's last answer, or ask what is meant where there is none."""
    if turn.last_answer is None:
        return Back("vague")
    return Again(turn.last_answer, turn.understanding.intent == "sources")


def write(found: Again, turn: Turn) -> Draft:
    """Draft the explanation or the list of sources; the evidence is that of the answer before."""
    answer, book = found.answer, turn.book
    book.work(*answer.calculations)
    for citation in answer.citations:
        book.read(_as_passage(citation))
        book.name(citation.title)
    if not found.sources:
        answer = _with_known_ids(answer)
    for option in answer.options:
        book.name(option.label, option.label.split(",")[0])
    named = WhyNot() if found.sources else why_not(found.answer, turn)
    sections = _sources(answer) if found.sources else _reasons(answer, turn)
    headline = "Where that comes from" if found.sources else _why_headline(answer)
    if named.claims:
        sections = (Section(title="", claims=named.claims),)
        headline = named.headline
    sections = sections or _sources(answer)
    if not sections:
        sections = (
            Section(
                title="", claims=(Claim(text="That answer rests on no source and no figure."),)
            ),
        )
    return Draft(
        kind=answer.kind,
        verdict=answer.verdict,
        outcome=answer.outcome,
        headline=headline,
        sections=sections,
        confidence=answer.confidence,
        confidence_low=answer.confidence_low,
        confidence_high=answer.confidence_high,
        assumed=answer.assumed,
        options=found.answer.options,
        flips=answer.flips,
        missing=answer.missing,
        chart=answer.chart,
        suggestions=answer.suggestions,
    )


def _with_known_ids(answer: Answer) -> Answer:
    """Return the answer with options that only cite calculations which it showed."""
    known = {c.id for c in answer.calculations}
    options = tuple(
        o.model_copy(update={"evidence_ids": tuple(i for i in o.evidence_ids if i in known)})
        for o in answer.options
    )
    shown = tuple(o for o in options if o.evidence_ids or o.ruled_out_because)
    return answer.model_copy(update={"options": shown})


def _as_passage(citation: Citation) -> Passage:
    return Passage(
        id=_passage_id(citation),
        doc_id=citation.doc_id,
        kind=citation.kind,  # type: ignore[arg-type]
        title=citation.title,
        heading="",
        text=citation.quote,
        score=0.0,
        url=citation.url,
        published=citation.published,
        basis=citation.basis,
    )


def _passage_id(citation: Citation) -> str:
    return f"{citation.doc_id}#citation-{citation.number}"


def _sources(answer: Answer) -> tuple[Section, ...]:
    cited = tuple(
        Claim(
            text=f"{c.title} ({c.basis}, {day(c.published) or 'undated'}): {_short(c.quote)}",
            evidence_ids=(_passage_id(c),),
        )
        for c in answer.citations[:MOST_SOURCES]
    )
    worked = tuple(
        Claim(text=calculation_line(c), evidence_ids=(c.id,))
        for c in answer.calculations[:MOST_WORKINGS]
    )
    return tuple(
        Section(title=title, claims=claims)
        for title, claims in (("Sources", cited), ("Workings", worked))
        if claims
    )


def _short(quote: str) -> str:
    first = quote.splitlines()[0]
    return first if len(first) < 260 else first[:260].rsplit(" ", 1)[0] + " ..."


def _why_headline(answer: Answer) -> str:
    if answer.verdict and answer.options:
        return f"Why {answer.options[0].label.split(',')[0]}"
    return "How that was worked out"


def _reasons(answer: Answer, turn: Turn) -> tuple[Section, ...]:
    told = next((s for s in answer.sections if s.title == "Why"), None)
    claims = _recited(told, answer) if told else _worked_out_again(answer, turn)
    sections = [Section(title="What decided it", claims=claims)] if claims else []
    if answer.verdict and len(answer.options) > 1:
        pick, *others = answer.options
        claims = tuple(_against(pick, other) for other in others[:4])
        sections.append(Section(title="Why not the others", claims=claims))
    if not sections:
        worked = tuple(
            Claim(text=calculation_line(c), evidence_ids=(c.id,))
            for c in answer.calculations[:MOST_WORKINGS]
        )
        sections = [Section(title="", claims=worked)] if worked else []
    return tuple(sections)


def _worked_out_again(answer: Answer, turn: Turn) -> tuple[Claim, ...]:
    """Return the reasons of a pick whose answer does not hold them, being an explanation itself."""
    found = recommendation.work_out(turn) if answer.verdict else None
    if not isinstance(found, recommendation.Recommended) or found.decision.pick is None:
        return ()
    make_citable(found, turn)
    works = {
        w.candidate.key: cost_workings(turn, w.candidate, found.job) for w in found.decision.ranked
    }
    return reasons(found, turn, found.decision.pick, works)


def _recited(section: Section, answer: Answer) -> tuple[Claim, ...]:
    """Return the claims with their sources named by this turn's passages."""
    by_id = {i: _passage_id(c) for c in answer.citations for i in c.evidence_ids}
    return tuple(
        claim.model_copy(
            update={"evidence_ids": tuple(by_id.get(i, i) for i in claim.evidence_ids)}
        )
        for claim in section.claims
    )


def _against(pick: Option, other: Option) -> Claim:
    name = other.label.split(",")[0]
    ids = (*pick.evidence_ids, *other.evidence_ids)
    if other.ruled_out_because:
        return Claim(text=f"{name}: {other.ruled_out_because}.")
    parts = []
    if other.usd_per_month is not None and pick.usd_per_month is not None:
        dearer = other.usd_per_month > pick.usd_per_month
        parts.append(
            f"{usd(other.usd_per_month)} a month, {'more' if dearer else 'less'} than the pick's "
            f"{usd(pick.usd_per_month)}"
        )
    if other.quality_odds is not None and pick.quality_odds is not None:
        worse = other.quality_odds < pick.quality_odds
        parts.append("with lower quality odds" if worse else "with no worse quality odds")
    return Claim(text=f"{name}: {', '.join(parts)}.", evidence_ids=ids)
