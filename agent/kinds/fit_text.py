"""The words of a fit answer: yes or no in one breath, the figures, what would fit instead."""

from __future__ import annotations

from agent.answer import Claim, Row, Section, Table
from agent.core.estimate import Estimate
from agent.kinds.asked import is_unlisted, memory_claim, memory_evidence, not_sold, stand_in_note
from agent.kinds.fit import Choice, Closed, Fitted
from agent.kinds.fit_choice_text import write_choice, write_closed
from agent.kinds.fit_parts import cell, memory_chart, shortfall, speed_cell, users_working
from agent.kinds.naming import bits_name, cards, short, working
from agent.turn import Draft, Turn
from agent.wording import gigabytes, listing, number, plural


def write(found: Fitted | Choice | Closed, turn: Turn) -> Draft:
    """Draft the answer: yes or no in one breath, the figures, and what would fit instead."""
    if isinstance(found, Closed):
        return write_closed(found, turn)
    if isinstance(found, Choice):
        return write_choice(found, turn)
    return _write_fitted(found, turn)


def _write_fitted(found: Fitted, turn: Turn) -> Draft:
    book, device = turn.book, cards(found.devices, short(found.hardware))
    book.name(short(found.model), short(found.hardware), found.model.title, found.hardware.title)
    fitting = [item for item in found.estimates if item.fits]
    unsure = [item for item in found.estimates if item.fits is None]
    for item in found.estimates:
        book.work(*item.calculations, users_working(item), shortfall(item))
    sections = [_table_section(found)]
    sections += [section for section in (_instead(found, turn), _notes(found, turn)) if section]
    barred = not_sold(found.hardware)
    return Draft(
        kind="fit",
        outcome=_outcome(fitting, unsure, barred),
        headline=_headline(found, fitting, unsure, barred),
        summary=_summary(found, turn, fitting),
        sections=tuple(sections),
        missing=() if is_unlisted(found.hardware) else _missing(found),
        assumed=_assumed(found),
        chart=memory_chart((fitting or list(found.estimates))[-1 if not fitting else 0]),
        suggestions=(
            f"How many users can {device} serve?",
            f"What would fit on {device} instead?",
            "And at 32k context?",
        ),
    )


def _outcome(fitting: list[Estimate], unsure: list[Estimate], barred: str | None) -> str | None:
    if not fitting:
        return None if unsure else "no"
    certain = any(not _only_just(item) for item in fitting)
    return "yes" if certain and barred is None else None


def _only_just(item: Estimate) -> bool:
    """Tell whether the memory lies inside the range of what may be needed."""
    high, usable = item.total_gb.high, item.usable_gb
    return bool(item.fits) and high is not None and usable is not None and high > usable


def _missing(found: Fitted) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m for item in found.estimates for m in item.missing))


def _summary(found: Fitted, turn: Turn, fitting: list[Estimate]) -> Claim:
    """Return weights and memory; where it does not fit, every part of what it needs."""
    memory = found.hardware.value("memory")
    holds = (
        f"the device has {number(memory or 0)} GB"
        if found.devices == 1
        else f"each of the {cards(found.devices, 'card')} has {number(memory or 0)} GB"
    )
    ids = [*memory_evidence(turn, found.hardware)]
    last = found.estimates[-1]
    if not fitting and last.fits is False and last.usable_gb is not None:
        for part in ("weights", "kv-cache", "total", "usable", "users"):
            ids += [i for i in (working(last, part),) if i in turn.book]
        if (missing := shortfall(last)) is not None:
            ids.append(missing.id)
        return Claim(text=f"{_parts(found, last)}; {holds}.", evidence_ids=tuple(ids))
    sizes = listing(
        [
            f"{gigabytes(item.weights_gb.value or 0)} at {bits_name(item.precision)}"
            for item in found.estimates
        ]
    )
    ids += [working(item, "weights") for item in found.estimates]
    ids += [i for i in (working(last, "usable"),) if i]
    text = f"The weights of {short(found.model)} alone need {sizes}"
    return Claim(text=f"{text}; {holds}." if memory else f"{text}.", evidence_ids=tuple(ids))


def _parts(found: Fitted, item: Estimate) -> str:
    """Return weights, context, runtime and their sum against what the devices offer."""
    weights, cache, total = item.weights_gb.value or 0, item.kv_cache_gb.value, item.total_gb.value
    context = f"{found.context_tokens:,} tokens of context"
    if found.users > 1:
        context += f" for each of {found.users} users"
    cached = f", {context} {gigabytes(cache)}" if cache is not None else ""
    return (
        f"At {bits_name(item.precision)} the weights of {short(found.model)} take "
        f"{gigabytes(weights)}{cached}, and with the runtime it is {number(total or 0)} GB, of "
        f"which {number(item.usable_gb or 0)} GB can be used"
    )


def _headline(
    found: Fitted, fitting: list[Estimate], unsure: list[Estimate], barred: str | None
) -> str:
    if is_unlisted(found.hardware) and found.hardware.value("memory") is None:
        return f"No figures are known here for the {found.hardware.title}"
    if fitting and barred:
        return f"On paper at {bits_name(fitting[0].precision)}, but it can't be bought: {barred}"
    if fitting and all(_only_just(item) for item in fitting):
        return f"Only just, at {bits_name(fitting[0].precision)}"
    if fitting and len(fitting) == len(found.estimates):
        room = fitting[0].max_concurrency
        return "Yes, with room to spare" if room and room >= 4 else "Yes, it fits"
    if fitting:
        return f"Yes, at {bits_name(fitting[0].precision)}, not above"
    if unsure:
        return "Not certain: the weights fit, the cache is not known"
    smallest = found.estimates[-1]
    if found.users > 1 and smallest.max_concurrency:
        held = plural(smallest.max_concurrency, "user")
        bits = bits_name(smallest.precision)
        return f"Not for {found.users} users at this context: at {bits} it holds {held} at once"
    short_by = (smallest.total_gb.value or 0) - (smallest.usable_gb or 0)
    if found.asked or len(found.estimates) == 1:
        return f"No, it is {gigabytes(short_by)} short"
    return f"No, not even at 4 bit: it is {gigabytes(short_by)} short"


def _table_section(found: Fitted) -> Section:
    rows = []
    for item in found.estimates:
        users = item.max_concurrency if item.fits else None
        rows.append(
            Row(
                cells=(
                    Claim(text=bits_name(item.precision)),
                    cell(gigabytes(item.weights_gb.value or 0), working(item, "weights")),
                    cell(gigabytes(item.total_gb.value or 0), working(item, "total")),
                    Claim(text={True: "yes", False: "no", None: "not known"}[item.fits]),
                    speed_cell(item) if item.fits else Claim(text="-"),
                    _users_cell(item, users),
                ),
                picked=bool(item.fits),
            )
        )
    return Section(
        title="",
        table=Table(
            columns=(
                "precision",
                "weights",
                f"in all, {_load(found)}",
                "fits",
                "speed, one user" if found.users == 1 else f"speed, each of {found.users}",
                "users at once",
            ),
            rows=tuple(rows),
        ),
    )


def _load(found: Fitted) -> str:
    context = f"{number(found.context_tokens, 6)} tokens of context"
    return context if found.users == 1 else f"{found.users} x {context}"


def _users_cell(item: Estimate, users: int | None) -> Claim:
    if users is None:
        return Claim(text="-")
    return Claim(text=number(users), evidence_ids=(working(item, "users"),))


def _instead(found: Fitted, turn: Turn) -> Section | None:
    rows = []
    for option in found.instead:
        turn.book.work(*option.estimate.calculations)
        model = turn.catalogue.get(option.model)
        hardware = turn.catalogue.get(option.hardware)
        turn.book.name(model.title, hardware.title, short(model), short(hardware))
        label = (
            f"{cards(option.devices, short(hardware))}, {short(model)} at "
            f"{bits_name(option.precision)}"
        )
        if option.change == "cpu_offload":
            label += ", the rest in system memory"
        rows.append(
            Row(
                cells=(
                    Claim(text=label),
                    cell(
                        gigabytes(option.estimate.total_gb.value or 0),
                        working(option.estimate, "total"),
                    ),
                    speed_cell(option.estimate),
                )
            )
        )
    if not rows:
        return None
    table = Table(columns=("instead", "needs", "speed, one user"), rows=tuple(rows))
    return Section(title="What would work instead", table=table)


def _notes(found: Fitted, turn: Turn) -> Section | None:
    claims = []
    fitting = [item for item in found.estimates if item.fits]
    if fitting:
        item = fitting[0]
        left = (item.usable_gb or 0) - (item.total_gb.value or 0)
        users = item.max_concurrency
        if users is not None and users <= 1:
            claims.append(
                Claim(text='"Fits" here leaves no room for a second user at this context.')
            )
        elif left > 0:
            claims.append(
                Claim(
                    text="Fits is not serves: each further user at this context takes another "
                    "share of what is left.",
                    evidence_ids=(working(item, "total"), working(item, "usable")),
                )
            )
    if any(_only_just(item) for item in fitting):
        claims.append(Claim(text="The need is an estimate and its upper end is above that."))
    if note := stand_in_note(turn, found.model, found.stands_for):
        claims.append(Claim(text=f"{note}.", evidence_ids=("profile/message",)))
    if (about := memory_claim(turn, found.hardware)) is not None:
        claims.append(about)
    elif is_unlisted(found.hardware):
        claims.append(Claim(text="Say how much memory it has, and the fit can be worked out."))
    if found.estimates and found.estimates[0].kv_cache_gb.value is None:
        claims.append(
            Claim(text="Its layer layout is not published here, so the cache is left out.")
        )
    return Section(title="", claims=tuple(claims), style="sentences") if claims else None


def _assumed(found: Fitted) -> dict[str, str]:
    if not found.context_assumed:
        return {}
    return {"context": f"{found.context_tokens:,} tokens of context"}
