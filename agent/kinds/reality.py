"""Reality check of an announcement: claims, who makes them, and what arithmetic says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.calculation import Calculation, Input
from agent.core.decode_ceiling import LEAST_BITS, bits_that_fit, decode_ceiling
from agent.core.decode_ceiling import holds as held
from agent.core.precision import parse_precision
from agent.kinds.naming import short
from agent.kinds.on_paper import OnPaper, read_claim
from agent.kinds.on_sale import instead, is_for_data_centres, is_not_sold
from agent.kinds.plain import Back
from agent.kinds.said import Said, judge
from agent.turn import Turn
from agent.wording import number
from knowledge import Statement
from knowledge.schema import Hardware, Model

FOUR_BIT = "q4_k_m"
MOST_CLAIMS = 4
NO_MATTER = ("USD", "billion USD", "MW")
"""Units of claims about a company's money and contracts, which say nothing of the device."""
LENGTHS = re.compile(r"\d tokens in; \d+ tokens out")
JUDGEMENT = re.compile(
    r"good (?:idea|choice|fit)|\bworth\b|\bshould (?:we|i)\b|\bmakes? sense\b|\boverkill\b"
    r"|\bright for\b|\blohnt\b|\bsinnvoll\b|\bsoll(?:te)?n? (?:wir|ich)\b|\bvale la pena\b",
    re.IGNORECASE,
)
COUNTS = {"two": 2, "three": 3, "four": 4, "six": 6, "eight": 8, "sixteen": 16}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One claim, checked. `workings` are the ids of the arithmetic."""

    statement: Statement
    says: str
    finding: str
    label: str
    workings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most tokens a second one stream can reach, at one reading of the bandwidth."""

    name: str
    reading: str
    calculation: Calculation


@dataclass(frozen=True, slots=True)
class Checked:
    """An announced product with its claims checked."""

    hardware: Hardware
    verdicts: tuple[Verdict, ...]
    ceilings: tuple[Ceiling, ...]
    holds: tuple[Calculation, ...]
    biggest_b: float | None
    sparse: Model | None
    independent: int
    instead: tuple[Hardware, ...]
    too_large: Calculation | None = None
    said: tuple[Said, ...] = ()


def work_out(turn: Turn) -> Checked | OnPaper | Back:
    """Check each claim of the product named; without one, the figures of the message itself."""
    named = _named(turn)
    if not named and (claim := read_claim(turn)) is not None:
        return claim
    hardware = named[0] if named else _found(turn)
    if hardware is None:
        return Back(
            "problem",
            ("Name the product or paste the announcement: which claim should be checked?",),
        )
    claims = [s for s in turn.catalogue.statements(hardware.id) if s.group == "claim"]
    claims = [s for s in claims if not (s.unit or "").startswith(NO_MATTER)]
    biggest = _biggest_model(turn, claims)
    holds = _holds(turn, hardware, biggest)
    sparse = _sparse_stand_in(turn, biggest)
    ceilings = _ceilings(turn, hardware, claims, biggest, sparse)
    too_large = _too_large(hardware, biggest)
    for item in (*holds, *(c.calculation for c in ceilings), too_large):
        turn.book.work(item)
    verdicts = [_verdict(turn, hardware, claim, holds) for claim in claims]
    order = {"impossible": 0, "conditions": 1, "other": 2, "plausible": 3, "measured": 4}
    verdicts.sort(key=lambda v: order.get(v.label, 5))
    return Checked(
        hardware=hardware,
        verdicts=tuple(verdicts[:MOST_CLAIMS]),
        ceilings=ceilings,
        holds=holds,
        biggest_b=biggest,
        sparse=sparse,
        independent=sum(s.basis in ("independent", "study") for s in claims),
        instead=instead(turn, hardware),
        too_large=too_large,
        said=judge(turn, hardware, named[1:]) if hardware.status == "shipping" else (),
    )


def is_judged(turn: Turn) -> bool:
    """Tell whether the message asks if a device that few can have is worth it."""
    asked = turn.understanding
    named = _named(turn)
    if asked.quantity or asked.models or len(named) != 1 or not JUDGEMENT.search(turn.message):
        return False
    return is_not_sold(named[0]) or is_for_data_centres(named[0])


def _named(turn: Turn) -> tuple[Hardware, ...]:
    """Return the devices named; a colon after a name does not make the next number part of it."""
    asked = turn.understanding
    stands_in = asked.memory_gb is not None and not asked.follow_up
    known = () if stands_in else asked.hardware
    ids = [doc_id for doc_id, _ in known] or [
        mention.doc_id
        for part in re.split(r"[:;]\s", turn.message)
        for mention in turn.catalogue.mentions(part)
    ]
    found = (turn.catalogue.get(doc_id) for doc_id in dict.fromkeys(ids))
    return tuple(d for d in found if isinstance(d, Hardware))


def _found(turn: Turn) -> Hardware | None:
    """Return the announced device that the search found for a message which names none."""
    unnamed = () if turn.understanding.models else turn.passages
    found = (turn.catalogue.get(passage.doc_id) for passage in unnamed)
    return next((d for d in found if isinstance(d, Hardware) and d.claims), None)


def _biggest_model(turn: Turn, claims: list[Statement]) -> float | None:
    """Return the largest model size claimed, or that of the question, in billions."""
    sizes = [
        s.value for s in claims if s.value and s.unit and "parameters" in s.unit and s.value < 1e5
    ]
    asked = turn.understanding.parameters_b
    return max([*sizes, *([asked] if asked else [])], default=None)


def _holds(turn: Turn, hardware: Hardware, biggest: float | None) -> tuple[Calculation, ...]:
    """Return what the memory can hold: at 16, 8 and 4 bit, and the bits the claim needs."""
    memory = hardware.value("memory")
    if memory is None:
        return ()
    source = f"{hardware.id}#memory"
    turn.book.state(turn.fact(source))
    found = []
    for precision in ("bf16", "q8_0", FOUR_BIT):
        bits = parse_precision(precision).bits
        found.append(
            Calculation(
                id=f"calc/{hardware.id}/holds-{precision}",
                name=f"largest model that fills the memory at {precision}",
                formula="memory x 8 / bits per weight",
                inputs=(
                    Input(name="memory", value=memory, unit="GB", source=source),
                    Input(name="bits per weight", value=bits, unit="bits"),
                ),
                value=memory * 8 / bits,
                unit="billion parameters",
                sources=(source,),
            )
        )
    if biggest:
        found.append(
            Calculation(
                id=f"calc/{hardware.id}/bits-for-{biggest:g}b",
                name=f"bits a weight that a {biggest:g}B model may have in this memory",
                formula="memory x 8 / parameters, with nothing left for context",
                inputs=(
                    Input(name="memory", value=memory, unit="GB", source=source),
                    Input(name="parameters", value=biggest, unit="billion", source="the claim"),
                ),
                value=bits_that_fit(biggest, memory),
                unit="bits a weight",
                sources=(source,),
            )
        )
    return tuple(found)


def _too_large(hardware: Hardware, biggest: float | None) -> Calculation | None:
    """Return what a model of the claimed size needs at 4 bit, where the memory can't hold it."""
    memory = hardware.value("memory")
    if not biggest or not memory or held(biggest, memory):
        return None
    bits = parse_precision(FOUR_BIT).bits
    return Calculation(
        id=f"calc/{hardware.id}/needs-for-{biggest:g}b",
        name=f"weights of a {biggest:g}B model at 4 bit",
        formula="parameters x bits per weight / 8",
        inputs=(
            Input(name="parameters", value=biggest, unit="billion", source="the claim"),
            Input(name="bits per weight", value=bits, unit="bits"),
            Input(name="memory", value=memory, unit="GB", source=f"{hardware.id}#memory"),
        ),
        value=biggest * bits / 8,
        unit="GB",
        sources=(f"{hardware.id}#memory",),
    )


def _sparse_stand_in(turn: Turn, biggest: float | None) -> Model | None:
    """Return the open mixture-of-experts model nearest in size to the claim."""
    if not biggest:
        return None
    sparse = [
        m
        for m in turn.catalogue.of("model")
        if isinstance(m, Model)
        and m.open_weights
        and m.architecture
        and m.architecture.moe
        and m.value("parameters")
        and m.value("active_parameters")
    ]
    near = [m for m in sparse if 0.6 <= (m.value("parameters") or 0) / biggest <= 1.3]
    return min(
        near, key=lambda m: (abs((m.value("parameters") or 0) - biggest), m.id), default=None
    )


def _bandwidths(hardware: Hardware, claims: list[Statement]) -> list[tuple[str, float, str]]:
    """Return the readings of the bandwidth as (words, GB/s, source id)."""
    stated = hardware.value("bandwidth")
    if stated:
        return [("the stated bandwidth", stated, f"{hardware.id}#bandwidth")]
    quoted = next((s for s in claims if s.unit == "GB/s" and s.value), None)
    if quoted is None or quoted.value is None:
        return []
    readings = [(f"{number(quoted.value)} GB/s for the whole card", quoted.value, quoted.id)]
    chips = _chips(hardware)
    if chips > 1:
        total = quoted.value * chips
        readings.append(
            (f"{number(quoted.value)} GB/s for each of {chips} chips", total, quoted.id)
        )
    return readings


def _chips(hardware: Hardware) -> int:
    text = f"{hardware.title} {hardware.unit_scope} {hardware.form_factor or ''}".lower()
    match = re.search(r"\b(\w+?)[ -](?:\w+ )?chips?\b", text)
    if not match:
        return 1
    word = match[1]
    return int(word) if word.isdigit() else COUNTS.get(word, 1)


def _ceilings(
    turn: Turn,
    hardware: Hardware,
    claims: list[Statement],
    biggest: float | None,
    sparse: Model | None,
) -> tuple[Ceiling, ...]:
    """Return decode ceilings for a dense and a sparse model of the claimed size."""
    if not biggest:
        return ()
    bits = parse_precision("4 bit").bits
    memory = hardware.value("memory")
    if memory and held(biggest, memory):
        bits = min(bits, bits_that_fit(biggest, memory))
    sizes = [(f"a dense {biggest:g}B model", biggest, "the claim")]
    if sparse is not None:
        active = sparse.value("active_parameters") or 0.0
        turn.book.state(turn.fact(f"{sparse.id}#active_parameters"))
        name = f"a sparse one with {number(active)}B active, like {short(sparse)}"
        sizes.append((name, active, f"{sparse.id}#active_parameters"))
        turn.book.name(short(sparse), sparse.title)
    found = []
    for reading, bandwidth, source in _bandwidths(hardware, claims):
        turn.book.state(turn.fact(source))
        for name, active, size_source in sizes:
            speed = decode_ceiling(active, bits, bandwidth)
            found.append(
                Ceiling(
                    name,
                    reading,
                    Calculation(
                        id=f"calc/{hardware.id}/ceiling-{active:g}b-{bandwidth:g}",
                        name=f"decode ceiling of {name} at {reading}",
                        formula="bandwidth / (active parameters x bits per weight / 8)",
                        inputs=(
                            Input(name="bandwidth", value=bandwidth, unit="GB/s", source=source),
                            Input(
                                name="active parameters",
                                value=active,
                                unit="billion",
                                source=size_source,
                            ),
                            Input(name="bits per weight", value=round(bits, 2), unit="bits"),
                        ),
                        value=speed,
                        unit="tokens/s",
                        sources=tuple(s for s in (source, size_source) if "#" in s),
                    ),
                )
            )
    return tuple(found)


def _verdict(
    turn: Turn, hardware: Hardware, claim: Statement, holds: tuple[Calculation, ...]
) -> Verdict:
    """Return what the arithmetic makes of one claim."""
    turn.book.state(claim)
    text = claim.text.partition("claim: ")[2] or claim.text
    if claim.basis in ("independent", "study"):
        return Verdict(claim, text, "somebody other than the maker measured it", "measured")
    unit = claim.unit or ""
    if "parameters" in unit and claim.value and holds and claim.value < 1e5:
        return _capacity(claim, text, hardware, holds)
    if unit.startswith("tokens") and claim.value:
        return _speed(turn, claim, text)
    if unit in ("W", "GB", "nm", "GB/s", "TOPS", "TFLOPS"):
        return Verdict(claim, text, "nothing speaks against it", "plausible")
    return Verdict(claim, text, "names no setup that others could repeat", "claimed")


def _capacity(
    claim: Statement, text: str, hardware: Hardware, holds: tuple[Calculation, ...]
) -> Verdict:
    size = claim.value or 0.0
    memory = hardware.value("memory") or 0.0
    bits = next((c for c in holds if "/bits-for-" in c.id), None)
    at_four = next(c for c in holds if c.id.endswith(FOUR_BIT))
    if size <= at_four.value:
        finding = (
            f"{number(memory)} GB hold up to {number(at_four.value)}B at 4 bit, before any context"
        )
        return Verdict(claim, text, finding, "plausible", (at_four.id,))
    fits = bits.value if bits else 0.0
    finding = (
        f"{number(memory)} GB hold {size:g}B only below {number(fits)} bits a weight; the usual "
        f"4-bit file stops at {number(at_four.value)}B"
    )
    label = "conditions" if fits >= LEAST_BITS else "impossible"
    ids = (at_four.id, *((bits.id,) if bits else ()))
    return Verdict(claim, text, finding, label, ids)


def _speed(turn: Turn, claim: Statement, text: str) -> Verdict:
    """Check a decode speed against the bandwidth that the same claim names."""
    match = re.search(r"(\d+(?:\.\d+)?) ?GB/s", text)
    if LENGTHS.search(claim.conditions or ""):
        finding = "model, precision and lengths are named, only the maker has measured it"
        return Verdict(claim, text, finding, "plausible")
    if not match or not claim.value or "prefill" in text.lower():
        return Verdict(claim, text, "no model, precision and length are all named", "claimed")
    bandwidth = float(match[1])
    per_token = bandwidth / claim.value
    size = per_token * 8 / parse_precision("4 bit").bits
    work = Calculation(
        id=f"calc/{claim.id}/bytes-per-token",
        name="data read for one token, and the model that is",
        formula="bandwidth / tokens a second; x 8 / bits per weight",
        inputs=(
            Input(name="bandwidth", value=bandwidth, unit="GB/s", source=claim.id),
            Input(name="tokens a second", value=claim.value, source=claim.id),
            Input(name="bits per weight", value=parse_precision("4 bit").bits),
            Input(name="data a token", value=round(per_token, 2), unit="GB"),
        ),
        value=size,
        unit="billion parameters at 4 bit",
        sources=(claim.id,),
    )
    turn.book.work(work)
    finding = (
        f"{number(per_token, 2)} GB read per token is a model of about {number(size, 2)}B at 4 bit"
    )
    return Verdict(claim, text, finding, "other", (work.id,))
