"""Toolkits side by side: who each is for, maintenance, complaints."""

from __future__ import annotations

from agent.answer import Claim, Row, Section, Table
from agent.kinds.comparison import Compared
from agent.kinds.fact import cited_text
from agent.turn import Draft, Turn
from agent.wording import day, listing
from knowledge.schema import Toolkit


def write_toolkits(found: Compared, turn: Turn, names: list[str]) -> Draft:
    """Draft the comparison of toolkits."""
    toolkits = [d for d in found.documents if isinstance(d, Toolkit)]
    claims = []
    for toolkit, name in zip(toolkits, names, strict=True):
        if toolkit.best_for:
            claims.append(cited_text(turn, toolkit, f"{name}: {toolkit.best_for}"))
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
        Claim(
            text=f"{name}, one user's report: {toolkit.complaints[0].text}",
            evidence_ids=cited_text(turn, toolkit, toolkit.complaints[0].text).evidence_ids,
        )
        for toolkit, name in zip(toolkits, names, strict=True)
        if toolkit.complaints
    )
    ended = [
        n
        for t, n in zip(toolkits, names, strict=True)
        if t.maintenance in ("archived", "maintenance_mode")
    ]
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
