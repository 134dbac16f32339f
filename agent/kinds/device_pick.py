"""Which of several devices: by whether they can be had, by fit, speed and room, else figures."""

from __future__ import annotations

from agent.answer import Claim
from agent.calculation import Calculation, Input
from agent.core.estimate import Estimate
from agent.kinds.asked import not_sold
from agent.kinds.comparison import Compared, is_on_chip
from agent.kinds.fact import cited_text
from agent.kinds.naming import bits_name, short, working
from agent.kinds.rentals import cheapest_rental
from agent.kinds.reread import wanted
from agent.kinds.said import documented_speeds, factor
from agent.turn import Turn
from agent.wording import day, listing
from knowledge.schema import Document, Hardware

CLOSE = 0.95
"""From this share of the most on, room for context counts as equal."""
Entry = tuple[str, Estimate]


def device_pick(found: Compared, turn: Turn, names: list[str]) -> tuple[str, Claim]:
    """Return the headline and its reason."""
    devices = tuple(d for d in found.documents if isinstance(d, Hardware))
    if (said := factor(turn, devices[0], devices[1:])) is not None:
        whole = {"true": "Yes, by published figures", "part": "Nearly", "no": "No, not as stated"}
        claim = Claim(text=f"{said.finding}.", evidence_ids=said.evidence)
        return whole.get(said.judged, "Not shown"), claim
    if priced := _cheaper(turn, found, names):
        return priced
    if unsold := [d for d in found.documents if not_sold(d)]:
        return _sold_pick(found, turn, names, unsold)
    if any(is_on_chip(d) for d in found.documents):
        return _documented_pick(found, turn, names)
    entries = [
        (name, item) for name, item in zip(names, found.estimates, strict=False) if item is not None
    ]
    fitting = [(name, item) for name, item in entries if item.fits]
    if found.model is None or not fitting:
        return _specification_pick(found, turn, names)
    if len(fitting) == 1:
        others = "The others do" if len(entries) > 2 else "The other does"
        return (
            f"{fitting[0][0]}: it alone holds {short(found.model)}",
            Claim(text=f"{others} not fit it at {bits_name(fitting[0][1].precision)}."),
        )
    if found.raised and len(set(found.counts)) > 1:
        return _fewest(found, fitting, turn)
    headline, reason = _fastest_and_roomiest(short(found.model), fitting)
    counted = tuple(w.id for w in devices_needed(found, turn)) if found.raised else ()
    return headline, reason.model_copy(update={"evidence_ids": counted})


def _cheaper(turn: Turn, found: Compared, names: list[str]) -> tuple[str, Claim] | None:
    """Say what is cheaper to buy, else to rent, where the message asks for prices first."""
    if found.model is not None or not {"price", "rental"} & set(wanted(turn)[:1]):
        return None
    counts = found.counts or (1,) * len(names)
    for verb, statements in (
        ("buy", [turn.fact(f"{d.id}#price") for d in found.documents]),
        ("rent", [cheapest_rental(turn, d) for d in found.documents]),
    ):
        known = [(s.value, s) for s in statements if s is not None and s.value]
        if len(known) < len(names):
            continue
        total = [value * count for (value, _), count in zip(known, counts, strict=True)]
        least = min(range(len(total)), key=lambda index: total[index])
        parts = [
            f"{n} {s.text.partition(': ')[2]} ({day(s.as_of)})"
            for n, (_, s) in zip(names, known, strict=True)
        ]
        ids = turn.book.state(*(s for _, s in known))
        return f"{names[least]} is cheaper to {verb}", Claim(
            text=f"{'; '.join(parts)}.", evidence_ids=ids
        )
    return None


def _sold_pick(
    found: Compared, turn: Turn, names: list[str], unsold: list[Document]
) -> tuple[str, Claim]:
    """Pick what can be bought; of what can't, say so before any figure of it."""
    sold = [n for n, d in zip(names, found.documents, strict=True) if d not in unsold]
    first = unsold[0]
    why = f"{short(first)}: {not_sold(first)}, and its figures are its maker's claims"
    known = f" ({first.availability})" if isinstance(first, Hardware) and first.availability else ""
    claim = cited_text(turn, first, f"{why}{known}")
    missing = listing([short(d) for d in unsold], "or")
    if not sold:
        return f"Neither can be bought: {listing(names)}", claim
    return f"{listing(sold)}, since {missing} can't be bought", claim


def _documented_pick(found: Compared, turn: Turn, names: list[str]) -> tuple[str, Claim]:
    """Go by documented speeds where weights lie on the chip: no estimate describes that."""
    known = [
        (name, speeds[0])
        for name, d in zip(names, found.documents, strict=True)
        if isinstance(d, Hardware) and (speeds := documented_speeds(turn, d))
    ]
    sized = [n for n, e in zip(names, found.estimates, strict=False) if e is not None and e.fits]
    on_chip = [n for n, d in zip(names, found.documents, strict=True) if is_on_chip(d)]
    if not known and sized:
        return (
            f"{listing(sized)}: no speed is documented for {listing(on_chip)}",
            Claim(text="With the weights on the chip no estimate made for GPUs applies."),
        )
    if not known:
        return (
            f"No speed is documented: {listing(names)}",
            Claim(text="With the weights on the chip no estimate made for GPUs applies."),
        )
    silent = [name for name in names if name not in dict(known)]
    name, speed = known[0]
    said = speed.text.partition("claim: ")[2] or speed.text
    headline = f"{name}: a speed is documented for it"
    if silent:
        headline += f", for {listing(silent)} none"
    return (
        headline,
        Claim(
            text=f"{said} ({speed.basis}; {speed.conditions or 'no conditions given'}). With the "
            "weights on the chip no estimate made for GPUs applies.",
            evidence_ids=turn.book.state(speed),
        ),
    )


def devices_needed(found: Compared, turn: Turn) -> tuple[Calculation, ...]:
    """Return how many of each device hold the model, as worked figures in the book."""
    works = []
    for item in found.estimates:
        if item is None:
            continue
        turn.book.work(*item.calculations)
        total = working(item, "total")
        works.append(
            Calculation(
                id=f"{total}-devices",
                name=f"fewest {item.hardware} that hold {item.model} at {item.precision}",
                formula="the first of 1, 2, 4 and 8 whose usable memory is more than is needed",
                inputs=(
                    Input(name="needed", value=item.total_gb.value or 0, unit="GB", source=total),
                    Input(name="usable", value=item.usable_gb or 0, unit="GB"),
                ),
                value=item.devices,
                unit="devices",
                sources=(total,),
            )
        )
    turn.book.work(*works)
    return tuple(works)


def _fewest(found: Compared, fitting: list[Entry], turn: Turn) -> tuple[str, Claim]:
    """Say which device takes the fewest to hold the model."""
    model = short(found.model) if found.model else ""
    least = min(fitting, key=lambda entry: entry[1].devices)
    others = listing([name for name, item in fitting if item.devices > least[1].devices], "or")
    return (
        f"{least[0]} hold {model}; it takes {others}",
        Claim(
            text=f"One of either is too small for it at {bits_name(least[1].precision)}.",
            evidence_ids=tuple(work.id for work in devices_needed(found, turn)),
        ),
    )


def _fastest_and_roomiest(model: str, fitting: list[Entry]) -> tuple[str, Claim]:
    """Name who is faster and who has more room; ranges that overlap have no faster one."""
    fastest = max(fitting, key=lambda entry: entry[1].decode_tok_s.value or 0.0)
    roomiest = max(fitting, key=lambda entry: _left(entry[1]))
    level = all(
        (item.decode_tok_s.high or 0.0) >= (fastest[1].decode_tok_s.low or 0.0)
        for _, item in fitting
    )
    as_roomy = all(_left(item) >= CLOSE * _left(roomiest[1]) for _, item in fitting)
    if level and as_roomy:
        text = "Their speed ranges overlap, and room for context is about equal."
        return f"About equal for {model}: {listing([n for n, _ in fitting])}", Claim(text=text)
    if level:
        text = (
            "It has more room for context. Speed for one user is about equal: the ranges overlap."
        )
        return f"{roomiest[0]} for {model}", Claim(text=text)
    if as_roomy:
        text = "It is the faster for one user; room for context is about equal."
        return f"{fastest[0]} for {model}", Claim(text=text)
    if fastest[0] == roomiest[0]:
        text = "It is both the faster for one user and the one with more room for context."
        return f"{fastest[0]} for {model}", Claim(text=text)
    return (
        f"{fastest[0]} for speed, {roomiest[0]} for room",
        Claim(
            text="By the arithmetic; check which of the two your serving engine has been "
            "measured on."
        ),
    )


def _left(item: Estimate) -> float:
    """Return the memory left for context, in GB."""
    return (item.usable_gb or 0.0) - (item.total_gb.value or 0.0)


def _specification_pick(found: Compared, turn: Turn, names: list[str]) -> tuple[str, Claim]:
    """Return who leads in memory and bandwidth; equal figures have no leader."""
    advice = (
        "Memory decides what fits, bandwidth how fast one user is served. Name the "
        "model and the load, and the pick can be worked out."
    )
    counts = found.counts or (1,) * len(names)
    leads: dict[str, str] = {}
    equal: list[str] = []
    for fact in ("memory", "bandwidth"):
        known = [
            (name, value * count)
            for name, d, count in zip(names, found.documents, counts, strict=True)
            if (value := d.value(fact))
        ]
        if len(known) < 2:
            continue
        most = max(value for _, value in known)
        leaders = [name for name, value in known if value == most]
        if len(leaders) == len(known):
            equal.append(fact)
        elif len(leaders) == 1:
            leads[fact] = leaders[0]
    winners = set(leads.values())
    if equal and not leads:
        return f"Equal in {listing(equal)}: {listing(names)}", Claim(text=advice)
    if len(winners) == 1:
        name, facts = next(iter(winners)), listing(list(leads))
        tail = f", equal in {listing(equal)}" if equal else ""
        return f"{name} has more {facts}{tail}", Claim(text=advice)
    parts = [f"{winner} for {fact}" for fact, winner in leads.items()]
    return listing(parts) if parts else f"{listing(names)} side by side", Claim(text=advice)
