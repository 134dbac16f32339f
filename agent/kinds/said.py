"""What a message says of a device, judged by the device's own figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from agent.calculation import Calculation, Input
from agent.core.decode_ceiling import decode_ceiling, holds
from agent.core.precision import parse_precision
from agent.kinds.asked import asked_model
from agent.kinds.naming import short
from agent.kinds.on_paper import SPEED
from agent.turn import Turn
from agent.wording import gigabytes, listing, number
from knowledge import Statement
from knowledge.schema import Hardware, Model

Judged = Literal["true", "part", "no", "open"]
RATIO = re.compile(
    r"(\d+(?:[.,]\d+)?)\s?(?:x|×|times|-?fach|mal|fois|veces)\W+(?:as |so |the |plus |más )?"
    r"(?:fast|quick|more|better|higher|speed|throughput|performance|power|memory|bandwidth|schnell|mehr|so|rapide)",
    re.IGNORECASE,
)
RATE = re.compile(
    r"(\d+(?:[.,]\d+)?)\s?(?:ai )?(peta|tera|p|t)(?:flops?|ops)\b|(\d+(?:[.,]\d+)?)\s?petaflops?",
    re.IGNORECASE,
)
SAME_KINDS = (
    ("bandwidth", "bandwidth"),
    ("compute_fp8", "FP8"),
    ("compute_bf16", "BF16"),
    ("memory", "memory"),
)
FOUR_BIT = "q4_k_m"
CLOSE = 0.03
"""A figure within this share of the published one is the published one."""
NEARLY = 0.15
"""A factor that is larger than the published ratio by no more than this share is nearly right."""
SLOW = 10.0
"""Tokens a second below which a model loads but is slow to read along with."""
MESSAGE = "profile/message"


@dataclass(frozen=True, slots=True)
class Said:
    """One claim of the message: what is found, how it is judged, what that rests on."""

    finding: str
    judged: Judged
    evidence: tuple[str, ...]


def judge(turn: Turn, hardware: Hardware, others: tuple[Hardware, ...]) -> tuple[Said, ...]:
    """Judge what the message says of `hardware`: a factor, a rate, a model's size, a speed."""
    found = [
        factor(turn, hardware, others),
        _rate(turn, hardware),
        _size(turn, hardware),
        _speed(turn, hardware),
    ]
    return tuple(item for item in found if item is not None)


def _figure(text: str) -> float:
    return float(text.replace(",", "."))


def factor(turn: Turn, hardware: Hardware, others: tuple[Hardware, ...]) -> Said | None:
    """Set "30x faster than B" against the ratios of the published figures of both."""
    match = RATIO.search(turn.message)
    if match is None or not others:
        return None
    other, claimed = others[0], _figure(match[1])
    parts, ids, ratios = [], [], []
    for fact, label in SAME_KINDS:
        mine, theirs = hardware.value(fact), other.value(fact)
        if not mine or not theirs:
            continue
        work = _ratio(hardware, other, fact, mine, theirs)
        ids += [*turn.book.work(work), *_facts(turn, fact, hardware, other)]
        parts.append(f"{number(work.value, 2)} times the {label}")
        ratios.append(work.value)
    if not ratios:
        return Said("the documents hold no figure that both have", "open", (MESSAGE,))
    finding = f"By published figures {short(hardware)} has {listing(parts)} of {short(other)}"
    most = max(ratios)
    if claimed <= most * (1 + CLOSE):
        return Said(
            f"{finding}, so {number(claimed)} times is within them", "true", (*ids, MESSAGE)
        )
    if claimed <= most * (1 + NEARLY):
        return Said(f"{finding}: near {number(claimed)} times", "part", (*ids, MESSAGE))
    tail = (
        f"; {number(claimed)} times can only hold for whole systems, another precision or one "
        "chosen load"
    )
    return Said(finding + tail, "no", (*ids, MESSAGE))


def _ratio(
    hardware: Hardware, other: Hardware, fact: str, mine: float, theirs: float
) -> Calculation:
    ids = (f"{hardware.id}#{fact}", f"{other.id}#{fact}")
    label = fact.replace("_", " ")
    return Calculation(
        id=f"calc/ratio/{hardware.id}-{other.id}/{fact}",
        name=f"{label} of {hardware.title} against {other.title}",
        formula="figure of the one / figure of the other",
        inputs=(
            Input(name=hardware.title, value=mine, source=ids[0]),
            Input(name=other.title, value=theirs, source=ids[1]),
        ),
        value=mine / theirs,
        unit="times",
        sources=ids,
    )


def _facts(turn: Turn, fact: str, *devices: Hardware) -> tuple[str, ...]:
    return turn.book.state(*(turn.fact(f"{device.id}#{fact}") for device in devices))


def _rate(turn: Turn, hardware: Hardware) -> Said | None:
    """Set a peak rate against the published dense ones, and give the conditions in their words."""
    match = RATE.search(turn.message)
    if match is None:
        return None
    tera = 1000.0 if (match[2] or "p").lower().startswith("p") else 1.0
    claimed = _figure(match[1] or match[3]) * tera
    rates = [
        s
        for s in turn.catalogue.statements(hardware.id)
        if s.value and "#compute_" in s.id and s.id.rpartition("#")[2] != "compute_fp32"
    ]
    if not rates:
        return Said("no peak rate is published for it", "open", (MESSAGE,))
    best = max(rates, key=lambda s: s.value or 0.0)
    ids = (*turn.book.state(best), MESSAGE)
    label = best.id.rpartition("compute_")[2].upper()
    shown = f"{number(best.value or 0.0, 4)} {best.unit} in {label}"
    if claimed <= (best.value or 0.0) * (1 + CLOSE):
        return Said(f"The highest published rate is {shown}", "true", ids)
    note = f" ({best.conditions})" if best.conditions else ""
    finding = f"The highest published dense rate is {shown}, less than what is claimed{note}"
    return Said(finding, "part", ids)


def _size(turn: Turn, hardware: Hardware) -> Said | None:
    """Tell whether a model of the size named fits the memory, and how fast it could be."""
    size, memory = turn.understanding.parameters_b, hardware.value("memory")
    if not size or not memory or SPEED.search(turn.message):
        return None
    bits = parse_precision(FOUR_BIT).bits
    weights = Calculation(
        id=f"calc/{hardware.id}/said-{size:g}b",
        name=f"weights of a {size:g}B model at 4 bit",
        formula="parameters x bits per weight / 8",
        inputs=(
            Input(name="parameters", value=size, unit="billion", source=MESSAGE),
            Input(name="bits per weight", value=bits, unit="bits"),
        ),
        value=size * bits / 8,
        unit="GB",
        sources=(MESSAGE,),
    )
    ids = (*turn.book.work(weights), *_facts(turn, "memory", hardware), MESSAGE)
    needs = f"{number(size, 4)}B take {gigabytes(weights.value)} at 4 bit"
    if not holds(size, memory):
        return Said(f"{needs}, and it has {gigabytes(memory)}", "no", ids)
    if weights.value > memory:
        return Said(f"{needs}, and it has {gigabytes(memory)}: only below 4 bit", "part", ids)
    finding = f"{needs}, and it has {gigabytes(memory)}: they load, with little left for context"
    if weights.value < memory * 0.8:
        finding = f"{needs}, and it has {gigabytes(memory)}: they load"
    ceiling = _ceiling(turn, hardware, size, f"a dense {size:g}B model", MESSAGE)
    if ceiling is None:
        return Said(finding, "true", ids)
    finding += f"; a dense one reaches at most {number(ceiling.value, 2)} tokens/s"
    judged: Judged = "part" if ceiling.value < SLOW else "true"
    return Said(finding, judged, (*ids, ceiling.id, *_facts(turn, "bandwidth", hardware)))


def _ceiling(
    turn: Turn, hardware: Hardware, active_b: float, name: str, source: str
) -> Calculation | None:
    """Return the most tokens a second of one stream at 4 bit, by the bandwidth of one device."""
    bandwidth = hardware.value("bandwidth")
    if not bandwidth:
        return None
    bits = parse_precision(FOUR_BIT).bits
    source_of = f"{hardware.id}#bandwidth"
    work = Calculation(
        id=f"calc/{hardware.id}/said-ceiling-{active_b:g}b",
        name=f"decode ceiling of {name}",
        formula="bandwidth / (active parameters x bits per weight / 8)",
        inputs=(
            Input(
                name="bandwidth", value=bandwidth, unit="GB/s", source=f"{hardware.id}#bandwidth"
            ),
            Input(name="active parameters", value=active_b, unit="billion", source=source),
            Input(name="bits per weight", value=bits, unit="bits"),
        ),
        value=decode_ceiling(active_b, bits, bandwidth),
        unit="tokens/s",
        sources=(source_of, source),
    )
    turn.book.work(work)
    return work


def _speed(turn: Turn, hardware: Hardware) -> Said | None:
    """Set tokens a second against what reading the weights once a token allows."""
    match = SPEED.search(turn.message)
    model, _ = asked_model(turn)
    size = model.value("active_parameters") if model else turn.understanding.parameters_b
    if match is None or not size:
        return None
    claimed = _figure(match[1])
    if held := _documented(turn, hardware, claimed):
        return held
    source = f"{model.id}#active_parameters" if model else MESSAGE
    name = short(model) if model else f"a dense {number(size, 4)}B model"
    ceiling = _ceiling(turn, hardware, size, name, source)
    if ceiling is None:
        return Said("no bandwidth is published to check it against", "open", (MESSAGE,))
    turn.book.name(name, *((model.title,) if model else ()))
    facts = turn.book.state(turn.fact(source)) if model else ()
    ids = (ceiling.id, *facts, *_facts(turn, "bandwidth", hardware), MESSAGE)
    most = f"at most {number(ceiling.value, 2)} tokens/s for one user of {name} at 4 bit"
    needed = _chips(turn, hardware, model, size)
    if needed is not None:
        ids = (*ids, *turn.book.work(needed), *_facts(turn, "memory", hardware))
        most += f", spread over at least {number(needed.value, 3)} of them"
    if claimed <= ceiling.value:
        return Said(
            f"The bandwidth allows {most}: the arithmetic does not rule it out", "open", ids
        )
    finding = f"The bandwidth allows {most}; more can only be the sum over many users or devices"
    return Said(finding, "no", ids)


def _documented(turn: Turn, hardware: Hardware, claimed: float) -> Said | None:
    """Return the speed about as claimed that the device's document holds, with whose it is."""
    known = documented_speeds(turn, hardware)
    near = [s for s in known if abs((s.value or 0.0) - claimed) <= NEARLY * claimed]
    if not near:
        return None
    first = near[0]
    said = first.text.partition("claim: ")[2] or first.text
    others = first.basis in ("independent", "study")
    whose = "measured outside the company" if others else f"{first.basis}, not measured by others"
    ids = (*turn.book.state(first), MESSAGE)
    return Said(f"{said} ({whose})", "true" if others else "open", ids)


def _chips(
    turn: Turn, hardware: Hardware, model: Model | None, active_b: float
) -> Calculation | None:
    """Return how many devices the weights at 4 bit fill, where one does not hold them."""
    memory = hardware.value("memory")
    size = (model.value("parameters") if model else None) or active_b
    bits = parse_precision(FOUR_BIT).bits
    if not memory or size * bits / 8 <= memory:
        return None
    source = f"{model.id}#parameters" if model else MESSAGE
    if model:
        turn.book.state(turn.fact(source))
    return Calculation(
        id=f"calc/{hardware.id}/said-devices-{size:g}b",
        name="devices that the weights fill at 4 bit",
        formula="parameters x bits per weight / 8 / memory of one, rounded up",
        inputs=(
            Input(name="parameters", value=size, unit="billion", source=source),
            Input(name="bits per weight", value=bits, unit="bits"),
            Input(name="memory of one", value=memory, unit="GB", source=f"{hardware.id}#memory"),
        ),
        value=float(-(-(size * bits / 8) // memory)),
        unit="devices",
        sources=(source, f"{hardware.id}#memory"),
    )


def documented_speeds(turn: Turn, hardware: Hardware) -> tuple[Statement, ...]:
    """Return the speeds that the device's document holds, those measured by others first."""
    order = {"independent": 0, "study": 0, "press": 1, "vendor": 2, "computed": 3}
    found = [
        s
        for s in turn.catalogue.statements(hardware.id)
        if s.group == "claim" and s.value and (s.unit or "").startswith("tokens")
    ]
    return tuple(sorted(found, key=lambda s: order[s.basis]))
