"""Toolkits side by side: who each is for, maintenance, complaints."""

from __future__ import annotations

from agent.answer import Claim, Row, Section, Table
from agent.kinds.comparison import Compared
from agent.kinds.fact import cited_remark, cited_text
from agent.kinds.toolkit_pick import Pick, pick
from agent.turn import Draft, Turn
from agent.wording import day, listing
from knowledge.schema import Toolkit


def write_toolkits(found: Compared, turn: Turn, names: list[str]) -> Draft:
    """Draft the comparison of toolkits."""
    toolkits = [d for d in found.documents if isinstance(d, Toolkit)]
    chosen = pick(turn, tuple(toolkits))
    headline, reasons = _headline(turn, toolkits, names, chosen)
    claims = [
        cited_text(turn, toolkit, f"{name}: {toolkit.best_for}")
        for toolkit, name in zip(toolkits, names, strict=True)
        if toolkit.best_for and toolkit is not chosen.best
    ]
    rows = []
    for label, values in (
        ("maintained", [t.maintenance.replace("_", " ") for t in toolkits]),
        (
            "newest version seen",
            [
                f"{t.version} ({day(t.version_date)})" if t.version else "not known"
                for t in toolkits
            ],
        ),
        ("licence", [t.licence or "not known" for t in toolkits]),
        ("not for", [t.not_for or "-" for t in toolkits]),
    ):
        cells = tuple(
            Claim(
                text=value,
                evidence_ids=cited_text(turn, t, f"{value} {t.version_date or ''}").evidence_ids,
            )
            for t, value in zip(toolkits, values, strict=True)
        )
        rows.append(Row(cells=(Claim(text=label), *cells)))
    complaints = tuple(
        cited_remark(turn, toolkit, toolkit.complaints[0], f"{name}, one user's report")
        for toolkit, name in zip(toolkits, names, strict=True)
        if toolkit.complaints
    )
    sections = [
        Section(title="What the others are for" if chosen.best else "", claims=tuple(claims)),
        Section(title="", table=Table(columns=("", *names), rows=tuple(rows))),
    ]
    if complaints:
        sections.append(Section(title="What users complain about", claims=complaints))
    return Draft(
        kind="comparison",
        headline=headline,
        summary=reasons,
        sections=tuple(sections),
        suggestions=(f"What are the weaknesses of {names[0]}?", "Which for one 24 GB card?"),
    )


def _headline(
    turn: Turn, toolkits: list[Toolkit], names: list[str], chosen: Pick
) -> tuple[str, Claim]:
    """Return which tool and why, or that nothing in the message decides."""
    ended = [
        (n, t)
        for n, t in zip(names, toolkits, strict=True)
        if t.maintenance in ("archived", "maintenance_mode")
    ]
    alive = [n for n, t in zip(names, toolkits, strict=True) if (n, t) not in ended]
    if ended and len(alive) == 1:
        verb = "is" if len(ended) == 1 else "are"
        note = ended[0][1].maintenance_note or ended[0][1].maintenance.replace("_", " ")
        headline = f"{alive[0]}: {listing([n for n, _ in ended])} {verb} no longer developed"
        return headline, cited_text(turn, ended[0][1], f"{ended[0][0]}: {note}")
    by_id = dict(zip((t.id for t in toolkits), names, strict=True))
    against = [
        cited_text(turn, t, f"{by_id[t.id]} is not meant for {_lower(clause)}")
        for t in toolkits
        if (clause := chosen.not_for.get(t.id)) and t is not chosen.best
    ]
    if chosen.best is None:
        return _undecided(names, chosen, against)
    name, situation = by_id[chosen.best.id], listing(list(chosen.situations))
    because = chosen.best.best_for or chosen.best.purpose
    first = cited_text(turn, chosen.best, f"What it is for: {_lower(because)}")
    crowd = [
        cited_text(turn, t, f"Take {by_id[t.id]} if many people use it at once")
        for t in toolkits
        if t.id in chosen.for_many
    ]
    reasons = (first, *against, *crowd)
    text = " ".join(claim.text for claim in reasons)
    ids = tuple(i for claim in reasons for i in claim.evidence_ids)
    return f"{name}, for {situation}", Claim(text=text, evidence_ids=ids)


def _undecided(names: list[str], chosen: Pick, against: list[Claim]) -> tuple[str, Claim]:
    """Say that nothing decides, and what would."""
    if not chosen.situations:
        return (
            f"{listing(names, 'or')}: it depends on who runs it and on what",
            Claim(
                text="What each is for is below. Name the machine, how many people use it at once "
                "and what for, and one can be picked."
            ),
        )
    situation = listing(list(chosen.situations))
    text = " ".join(claim.text for claim in against) or "Each of their pages says as much of it."
    ids = tuple(i for claim in against for i in claim.evidence_ids)
    return f"Nothing read here decides for {situation}", Claim(text=text, evidence_ids=ids)


def _lower(text: str) -> str:
    """Return `text` with its first letter small, unless its first word is a name."""
    first = text.split()[0] if text else ""
    return text[:1].lower() + text[1:] if first[1:].islower() or "-" in first else text
