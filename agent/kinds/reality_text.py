"""The words of a reality check: claim table, ceilings, what is unknown, what it means for you."""

from __future__ import annotations

import re

from agent.answer import Claim, Row, Section, Table
from agent.kinds.asked import memory_claim
from agent.kinds.fact import cited_text
from agent.kinds.naming import short
from agent.kinds.on_sale import is_for_data_centres, is_not_sold
from agent.kinds.reality import Checked
from agent.turn import Draft, Turn
from agent.wording import day, gigabytes, listing, number, usd
from knowledge.schema import Hardware

SHORT_WORDS = 30
"""A quoted doubt or disagreement is no longer, where a shorter one says enough."""
LABELS = {
    "measured": "measured independently",
    "conditions": "only under conditions",
    "impossible": "not possible as stated",
    "other": "not for a model of that size",
    "plausible": "plausible, unmeasured",
    "claimed": "claimed, not checkable",
}


def write(found: Checked, turn: Turn) -> Draft:
    """Draft the check: can it be planned on, claim by claim, ceilings, what is unknown."""
    hardware, book = found.hardware, turn.book
    name = short(hardware)
    book.name(name, hardware.title, *hardware.aliases)
    ships = hardware.status == "shipping"
    headline, outcome = _verdict(found, turn)
    state = _state(found, turn)
    said = tuple(Claim(text=f"{s.finding}.", evidence_ids=s.evidence) for s in found.said)
    takes = _what_it_takes(turn, hardware) if ships else None
    big = is_for_data_centres(hardware)
    standing = [takes, state] if big else [state, takes]
    summary, *others = [*said, *(claim for claim in standing if claim is not None)]
    first = [*others, memory_claim(turn, hardware)]
    if not ships and hardware.availability:
        first.append(cited_text(turn, hardware, hardware.availability))
    opening = tuple(claim for claim in first if claim)
    sections = [
        Section(title="", claims=opening, style="sentences") if opening else None,
        Section(title="Claim by claim", table=_claims_table(found)) if found.verdicts else None,
        None if found.said else _ceiling_section(found),
        _unknown_section(found, turn),
        _quoted_section(turn, hardware, "What speaks against it", hardware.doubts),
        _quoted_section(turn, hardware, "Where sources differ", hardware.conflicts),
        None if found.said else _relevance_section(found, turn),
    ]
    return Draft(
        kind="reality_check",
        outcome=outcome,
        headline=headline,
        summary=summary,
        sections=tuple(s for s in sections if s is not None),
        missing=_missing(found),
        suggestions=(
            f"What is the price of the {name}?",
            "What would do the job today?",
            f"What do the sources say about the {name}?",
        ),
    )


def _verdict(found: Checked, turn: Turn) -> tuple[str, str | None]:
    """Return the headline, and the outcome where the answer is a plain yes or no."""
    hardware, name = found.hardware, short(found.hardware)
    if found.too_large is not None and turn.understanding.parameters_b:
        return f"No: a {number(found.biggest_b or 0, 4)}B model does not fit {name}", "no"
    if hardware.status != "shipping":
        if found.independent:
            return "Not yet: some of it is measured, none of it can be bought", "no"
        return "No. Don't plan on it", "no"
    if found.said:
        judged = {item.judged for item in found.said}
        whole: dict[str, tuple[str, str | None]] = {
            "true": ("Yes, by its published figures", "yes"),
            "no": ("No, not as stated", "no"),
            "open": ("Not ruled out, but not shown", None),
        }
        return (
            whole.get(next(iter(judged)), ("Partly", None))
            if len(judged) == 1
            else (
                "Partly",
                None,
            )
        )
    if is_not_sold(hardware):
        return "No. Don't plan on it", "no"
    if is_for_data_centres(hardware):
        return f"{name} is a machine for a data centre", None
    return f"{name}: it ships, judge it by what is measured", None


def _state(found: Checked, turn: Turn) -> Claim:
    """Say whether it can be bought and whether anybody outside has measured it."""
    hardware = found.hardware
    measured = {
        0: "nobody outside the company has published a measurement",
        1: "others have checked one of its figures",
    }.get(found.independent, "others have checked some of its figures")
    status = {
        "shipping": "is on sale",
        "announced": "is announced, not on sale",
        "sampling": "exists as samples, not on sale",
    }.get(hardware.status, f"is {hardware.status.replace('_', ' ')}")
    unpriced = not (hardware.value("price") or hardware.rentals)
    if hardware.status == "shipping" and (unpriced or is_for_data_centres(hardware)):
        status = f"ships ({hardware.availability})" if hardware.availability else "ships"
    text = (
        f"{short(hardware)} {status}; {measured}, as far as was read up to {day(hardware.read_on)}"
    )
    cited = cited_text(turn, hardware, f"{text}. {hardware.read_on}")
    return Claim(text=f"{text}.", evidence_ids=(*_sources(turn, hardware), *cited.evidence_ids))


def _what_it_takes(turn: Turn, hardware: Hardware) -> Claim | None:
    """Say what the device costs and draws, and in which form it comes."""
    parts = []
    price, power = (turn.fact(f"{hardware.id}#{name}") for name in ("price", "power"))
    if price and price.value:
        note = re.sub(r"[()]", "", f", {price.conditions}," if price.conditions else "")
        parts.append(f"costs {usd(price.value)}{note}")
    if power and power.value:
        parts.append(f"draws {number(power.value, 4)} W")
    if not parts:
        return None
    form = f" Form: {hardware.form_factor}." if hardware.form_factor else ""
    ids = turn.book.state(price, power)
    words = cited_text(turn, hardware, form).evidence_ids if form else ()
    return Claim(text=f"It {listing(parts)}.{form}", evidence_ids=(*ids, *words))


def _sources(turn: Turn, hardware: Hardware) -> tuple[str, ...]:
    passages = [p for p in turn.passages if p.doc_id == hardware.id][:1]
    return turn.book.read(*passages)


def _memory_id(found: Checked) -> tuple[str, ...]:
    known = found.hardware.value("memory") is not None
    return (f"{found.hardware.id}#memory",) if known else ()


def _claims_table(found: Checked) -> Table:
    rows = tuple(
        Row(
            cells=(
                Claim(text=v.says, evidence_ids=(v.statement.id,)),
                Claim(text=v.statement.basis, evidence_ids=(v.statement.id,)),
                Claim(
                    text=v.finding,
                    evidence_ids=(v.statement.id, *v.workings, *_memory_id(found)),
                ),
                Claim(text=LABELS[v.label]),
            )
        )
        for v in found.verdicts
    )
    return Table(columns=("claim", "who says so", "what the arithmetic says", "label"), rows=rows)


def _ceiling_section(found: Checked) -> Section | None:
    claims = []
    for name in dict.fromkeys(c.name for c in found.ceilings):
        mine = [c for c in found.ceilings if c.name == name]
        speeds = " or ".join(
            f"{number(c.calculation.value, 2)} tokens/s at {c.reading}" for c in mine
        )
        ids = tuple(c.calculation.id for c in mine)
        even_if = "Even if it fitted, " if found.too_large else ""
        subject = f"{even_if}{name}" if even_if else f"{name[0].upper()}{name[1:]}"
        claims.append(
            Claim(
                text=f"{subject}: at most {speeds}.",
                evidence_ids=(*ids, *(s for c in mine for s in c.calculation.sources)),
            )
        )
    by_bits = [c for c in found.holds if "/holds-" in c.id]
    if by_bits:
        sizes = ", ".join(
            f"{number(c.value)}B at {bits}"
            for c, bits in zip(by_bits, ("16 bit", "8 bit", "4 bit"), strict=False)
        )
        memory = found.hardware.value("memory") or 0
        claims.insert(
            0,
            Claim(
                text=f"{gigabytes(memory)} hold at most {sizes}, with nothing left for context.",
                evidence_ids=(f"{found.hardware.id}#memory", *(c.id for c in by_bits)),
            ),
        )
    if found.too_large is not None:
        size = number(found.biggest_b or 0, 4)
        claims.insert(
            0,
            Claim(
                text=f"A {size}B model does not fit: at 4 bit it needs "
                f"{gigabytes(found.too_large.value)} for the weights alone.",
                evidence_ids=(found.too_large.id,),
            ),
        )
    if not claims:
        return None
    return Section(title="What memory and bandwidth allow", claims=tuple(claims))


def _missing(found: Checked) -> tuple[str, ...]:
    hardware = found.hardware
    missing = [
        name for name in ("price", "bandwidth", "memory", "power") if hardware.value(name) is None
    ]
    if hardware.value("price") is None and hardware.rentals:
        missing.remove("price")
    if hardware.status != "shipping":
        missing.append("ship date")
    if not found.independent:
        missing.append("any independent measurement")
    return tuple(missing)


def _unknown_section(found: Checked, turn: Turn) -> Section | None:
    missing = list(_missing(found))
    if not missing:
        return None
    text = f"{', '.join(missing)}."
    return Section(
        title="Unknown",
        claims=(Claim(text=text[0].upper() + text[1:]),),
        style="sentences",
    )


def _quoted_section(
    turn: Turn, hardware: Hardware, title: str, texts: tuple[str, ...]
) -> Section | None:
    """Quote one of `texts`: the first that is short and stands alone, else the shortest."""
    alone = [text for text in texts if not text.startswith("The same")]
    brief = [text for text in alone if len(text.split()) <= SHORT_WORDS]
    chosen = brief[0] if brief else min(alone, key=len, default=None)
    if chosen is None:
        return None
    return Section(title=title, claims=(cited_text(turn, hardware, chosen),))


def _relevance_section(found: Checked, turn: Turn) -> Section:
    claims = []
    if found.instead:
        parts = []
        ids: list[str] = []
        least = min(device.value("memory") or 0 for device in found.instead)
        enough = least >= (found.hardware.value("memory") or 0)
        amount = "as much" if enough else "nearly as much"
        for device in found.instead:
            turn.book.name(short(device), device.title)
            for fact in ("memory", "price"):
                ids += turn.book.state(turn.fact(f"{device.id}#{fact}"))
            parts.append(
                f"{short(device)} with {number(device.value('memory') or 0)} GB for "
                f"{usd(device.value('price') or 0)}"
            )
        claims.append(
            Claim(
                text=f"On sale today with {amount} memory: {' or '.join(parts)}.",
                evidence_ids=tuple(ids),
            )
        )
    if turn.profile.task_type is None:
        claims.append(
            Claim(
                text="That depends on the job: a narrow task with examples rarely needs a model "
                "of that size. What should the model do?"
            )
        )
    else:
        claims.append(
            Claim(
                text=f"For your job ({turn.profile.task_type.replace('_', ' ')}), ask for a "
                "recommendation first: it may not need a model of that size."
            )
        )
    return Section(title="For you", claims=tuple(claims))
