"""The words of a fit answer: yes or no in one breath, the figures, what would fit instead."""

from __future__ import annotations

from agent.answer import Chart, Claim, Row, Section, Table
from agent.calculation import Calculation, Input
from agent.core.estimate import Estimate
from agent.kinds.fit import Choice, Closed, Fitted
from agent.kinds.naming import bits_name, cards, short, working
from agent.turn import Draft, Turn
from agent.wording import gigabytes, listing, number


def write(found: Fitted | Choice | Closed, turn: Turn) -> Draft:
    """Draft the answer: yes or no in one breath, the figures, and what would fit instead."""
    if isinstance(found, Closed):
        return _write_closed(found, turn)
    if isinstance(found, Choice):
        return _write_choice(found, turn)
    return _write_fitted(found, turn)


def _write_closed(found: Closed, turn: Turn) -> Draft:
    turn.book.name(found.model.title, short(found.model))
    return Draft(
        kind="fit",
        outcome="no",
        headline=f"No, {short(found.model)} can't be run on your own hardware",
        summary=Claim(
            text=f"{found.model.vendor} offers it through its API only; the weights are not "
            "published, so there is nothing to size."
        ),
        suggestions=("Which open model comes closest?", "What can I run on one RTX 4090?"),
    )


def _write_fitted(found: Fitted, turn: Turn) -> Draft:
    book, device = turn.book, cards(found.devices, short(found.hardware))
    book.name(short(found.model), short(found.hardware), found.model.title, found.hardware.title)
    book.state(turn.fact(f"{found.hardware.id}#memory"))
    fitting = [item for item in found.estimates if item.fits]
    unsure = [item for item in found.estimates if item.fits is None]
    for item in found.estimates:
        book.work(*item.calculations, _users_working(item), _shortfall(item))
    memory_ids = (f"{found.hardware.id}#memory",)
    sizes = listing(
        [
            f"{gigabytes(item.weights_gb.value or 0)} at {bits_name(item.precision)}"
            for item in found.estimates
        ]
    )
    memory = found.hardware.value("memory") or 0
    holds = (
        f"the card has {number(memory)} GB"
        if found.devices == 1
        else f"each of the {cards(found.devices, 'card')} has {number(memory)} GB"
    )
    weight_ids = tuple(working(item, "weights") for item in found.estimates)
    usable_ids = tuple(working(item, "usable") for item in found.estimates[:1])
    summary = Claim(
        text=f"The weights of {short(found.model)} alone need {sizes}; {holds}.",
        evidence_ids=(
            *memory_ids,
            *weight_ids,
            *usable_ids,
            *(s.id for s in (_shortfall(found.estimates[-1]),) if s is not None),
        ),
    )
    sections = [_table_section(found)]
    sections += [section for section in (_instead(found, turn), _notes(found)) if section]
    return Draft(
        kind="fit",
        outcome="yes" if fitting else (None if unsure else "no"),
        headline=_headline(found, fitting, unsure, device),
        summary=summary,
        sections=tuple(sections),
        missing=tuple(dict.fromkeys(m for item in found.estimates for m in item.missing)),
        assumed=_assumed(found),
        chart=_memory_chart((fitting or list(found.estimates))[-1 if not fitting else 0]),
        suggestions=(
            f"How many users can {device} serve?",
            f"What would fit on {device} instead?",
            "And at 32k context?",
        ),
    )


def _shortfall(item: Estimate) -> Calculation | None:
    """Return by how much the memory falls short, or None where it does not."""
    if item.fits is not False or item.usable_gb is None or item.total_gb.value is None:
        return None
    total, usable = working(item, "total"), working(item, "usable")
    return Calculation(
        id=total.replace("/total", "/shortfall"),
        name="memory that is missing",
        formula="memory needed - usable memory",
        inputs=(
            Input(name="needed", value=round(item.total_gb.value, 2), unit="GB", source=total),
            Input(name="usable", value=round(item.usable_gb, 2), unit="GB", source=usable),
        ),
        value=item.total_gb.value - item.usable_gb,
        unit="GB",
        sources=(total, usable),
    )


def _headline(found: Fitted, fitting: list[Estimate], unsure: list[Estimate], device: str) -> str:
    if fitting and len(fitting) == len(found.estimates):
        room = fitting[0].max_concurrency
        return "Yes, with room to spare" if room and room >= 4 else "Yes, it fits"
    if fitting:
        return f"Yes, at {bits_name(fitting[0].precision)}, not above"
    if unsure:
        return "Not certain: the weights fit, the cache is not known"
    smallest = found.estimates[-1]
    short_by = (smallest.total_gb.value or 0) - (smallest.usable_gb or 0)
    if found.asked:
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
                    _cell(gigabytes(item.weights_gb.value or 0), working(item, "weights")),
                    _cell(gigabytes(item.total_gb.value or 0), working(item, "total")),
                    Claim(text={True: "yes", False: "no", None: "not known"}[item.fits]),
                    _speed_cell(item) if item.fits else Claim(text="-"),
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
                f"in all, {number(found.context_tokens, 6)} tokens of context",
                "fits",
                "speed, one user",
                "users at once",
            ),
            rows=tuple(rows),
        ),
    )


def _users_cell(item: Estimate, users: int | None) -> Claim:
    if users is None:
        return Claim(text="-")
    return Claim(text=number(users), evidence_ids=(working(item, "users"),))


def _users_working(item: Estimate) -> Calculation | None:
    """Return how many contexts the memory holds at once, worked from the estimate's parts."""
    total = working(item, "total")
    if item.max_concurrency is None or item.usable_gb is None or item.kv_cache_gb.value is None:
        return None
    each = item.kv_cache_gb.value / item.concurrency
    return Calculation(
        id=total.replace("/total", "/users"),
        name="contexts of that length held at once",
        formula="(usable memory - runtime - weights) / cache of one context, rounded down",
        inputs=(
            Input(
                name="usable",
                value=round(item.usable_gb, 2),
                unit="GB",
                source=working(item, "usable"),
            ),
            Input(
                name="weights",
                value=round(item.weights_gb.value or 0, 2),
                unit="GB",
                source=working(item, "weights"),
            ),
            Input(name="cache of one context", value=round(each, 3), unit="GB"),
        ),
        value=item.max_concurrency,
        unit="contexts",
        sources=(working(item, "usable"), working(item, "weights")),
    )


def _cell(text: str, *ids: str) -> Claim:
    return Claim(text=text, evidence_ids=tuple(i for i in ids if i))


def _speed_cell(item: Estimate) -> Claim:
    speed = item.decode_tok_s
    if speed.value is None or speed.low is None or speed.high is None:
        return Claim(text="not known")
    text = f"{number(speed.low, 2)}-{number(speed.high, 2)} tok/s"
    return _cell(text, working(item, "decode"))


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
                    _cell(
                        gigabytes(option.estimate.total_gb.value or 0),
                        working(option.estimate, "total"),
                    ),
                    _speed_cell(option.estimate),
                )
            )
        )
    if not rows:
        return None
    table = Table(columns=("instead", "needs", "speed, one user"), rows=tuple(rows))
    return Section(title="What would work instead", table=table)


def _notes(found: Fitted) -> Section | None:
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
    if found.stands_for:
        claims.append(
            Claim(text=f"No model was named: {short(found.model)} stands for the size you gave.")
        )
    if found.estimates and found.estimates[0].kv_cache_gb.value is None:
        claims.append(
            Claim(text="Its layer layout is not published here, so the cache is left out.")
        )
    return Section(title="", claims=tuple(claims), style="sentences") if claims else None


def _assumed(found: Fitted) -> dict[str, str]:
    if not found.context_assumed:
        return {}
    return {"context": f"{found.context_tokens:,} tokens of context"}


def _memory_chart(item: Estimate) -> Chart | None:
    if item.usable_gb is None:
        return None
    weights, cache = item.weights_gb.value or 0.0, item.kv_cache_gb.value or 0.0
    rest = max(0.0, (item.total_gb.value or 0.0) - weights - cache)
    parts = (("Weights", weights), ("Context", cache), ("Runtime", rest))
    return Chart(
        kind="memory",
        parts=tuple((name, round(size, 2)) for name, size in parts),
        limit=round(item.usable_gb, 1),
        alt=f"Memory at {bits_name(item.precision)}: weights {weights:.0f} GB, context "
        f"{cache:.1f} GB, runtime {rest:.1f} GB, of {item.usable_gb:.0f} GB usable.",
    )


def _write_choice(found: Choice, turn: Turn) -> Draft:
    book = turn.book
    rows = []
    for placed in found.rows:
        item = placed.estimate
        book.work(*item.calculations)
        book.name(
            placed.model.title, placed.hardware.title, short(placed.model), short(placed.hardware)
        )
        label = (
            short(placed.model)
            if found.model is None
            else cards(item.devices, short(placed.hardware))
        )
        rows.append(
            Row(
                cells=(
                    Claim(text=label),
                    Claim(text=bits_name(item.precision)),
                    _cell(gigabytes(item.total_gb.value or 0), working(item, "total")),
                    _speed_cell(item),
                )
            )
        )
    subject = found.model or found.hardware
    if subject is None:
        raise RuntimeError("unreachable: a choice has a model or a device")
    name = short(subject)
    book.name(name, subject.title)
    if not rows:
        return Draft(
            kind="fit",
            outcome="no",
            headline=f"Nothing in the catalogue fits {name}",
            summary=Claim(text="No open model with a known layout fits it, even at 4 bit."),
        )
    if found.model is None:
        device = cards(found.devices, name)
        headline, first = f"These run on {device}", "model"
        memory = found.hardware.value("memory") if found.hardware else None
        known = turn.fact(f"{subject.id}#memory")
        ids = book.state(known)
        text = f"The best open model of each size class that fits {device}, by published index"
        text += f"; the device has {number(memory)} GB." if memory and known else "."
    else:
        headline, first = f"{name} runs on these", "devices"
        text = "The smallest sets of devices on sale or for rent that hold it."
        ids = ()
    table = Table(columns=(first, "precision", "needs", "speed, one user"), rows=tuple(rows))
    return Draft(
        kind="fit",
        outcome="yes",
        headline=headline,
        summary=Claim(text=text, evidence_ids=ids),
        sections=(Section(title="", table=table),),
        assumed={"context": f"{found.context_tokens:,} tokens of context"},
        suggestions=("What is it for? Describe the job", "How many users could it serve?"),
    )
