"""Can a figure be true, by itself and beside the other figures of its document?"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise

from knowledge.documents import AnyDoc
from knowledge.facts import number
from knowledge.finding import Finding
from knowledge.schema import Comparison, Document, Hardware, Model, Sourced, Study, Toolkit

BOUNDS: dict[str, tuple[float, float]] = {
    "memory": (0.1, 10_000),
    "bandwidth": (10, 30_000_000),
    "power": (1, 250_000),
    "price": (50, 10_000_000),
    "compute_fp32": (1, 100_000),
    "compute_bf16": (1, 1_000_000),
    "compute_fp16": (1, 1_000_000),
    "compute_fp8": (1, 1_000_000),
    "compute_fp4": (1, 1_000_000),
    "compute_int8": (0.1, 1_000_000),
    "compute_int4": (0.1, 1_000_000),
    "parameters": (0.001, 20_000),
    "active_parameters": (0.001, 20_000),
    "context": (64, 20_000_000),
    "max_output": (64, 2_000_000),
}
"""Least and most, each in the fact's unit, from the smallest edge part to a wafer or a rack."""
MEMORY_BANDS: dict[str, tuple[float, float]] = {
    "lpddr4": (10, 600),
    "lpddr5": (30, 3_500),
    "gddr6": (80, 1_200),
    "gddr7": (250, 2_000),
    "hbm2": (200, 1_300),
    "hbm2e": (1_000, 4_000),
    "hbm3": (800, 6_000),
    "hbm3e": (1_500, 9_000),
    "hbm4": (5_000, 25_000),
}
"""GB/s of a device with this memory, from one stack or package to the widest bus announced."""
MEMORY_WORD = re.compile(r"(lpddr[45]|gddr[67]|hbm[234]e?)")
ON_CHIP = re.compile(r"sram|rom\b|on-chip|on-wafer|custom|near-memory")
RENTAL_BOUNDS = (0.01, 200)
TOKEN_PRICE_BOUNDS = (0.0, 1_000)
SIZE_CLASSES: dict[str, tuple[float, float]] = {
    "tiny": (0, 2),
    "small": (1, 15),
    "mid": (12, 50),
    "large": (40, 200),
    "ultra_large": (200, float("inf")),
}
"""Billions of parameters; the classes overlap, because makers name their tiers differently."""
PRECISIONS = ("compute_fp32", "compute_bf16", "compute_fp8", "compute_fp4")
"""Each at least as fast as the one before it."""
CONTEXT_SLACK = 1.05
"""128,000 is often written 131,072."""
TIE_SHARE = 0.01
"""A difference up to this share of the better score, or of the scale, is a tie."""
GONE = re.compile(r"(?:retired|removed|old)\b", re.IGNORECASE)
"""How the status of a model that can't be called any more starts."""
ISO_DATE = re.compile(r"\b20\d\d-\d\d(?:-\d\d)?\b")
SCORE_SCALE = re.compile(r"0-(\d+)\b")
RATING_BOUNDS = (500, 2_500)


def implausible(document: AnyDoc) -> Iterator[Finding]:
    """Yield the figures that no product of the kind can have."""
    for fact in document.facts:
        low, high = BOUNDS.get(fact.name, (0, float("inf")))
        if fact.value is not None and not low <= fact.value <= high:
            yield _outside(document, f"facts.{fact.name}", fact.value, low, high)
    if isinstance(document, Hardware):
        yield from _memory_speed(document)
        for rental in document.rentals:
            low, high = RENTAL_BOUNDS
            if not low <= rental.usd_per_hour <= high:
                yield _outside(document, "rentals", rental.usd_per_hour, low, high)
    if isinstance(document, Model):
        yield from _prices(document)
        yield from _scores(document)


def contradictions(document: AnyDoc) -> Iterator[Finding]:
    """Yield where two statements of `document` can't both be true and no conflict is named."""
    yield from _facts_that_differ(document)
    yield from _repeated(document)
    if isinstance(document, Hardware):
        yield from _slower_at_less_precision(document)
    elif isinstance(document, Model):
        yield from _parameters(document)
        yield from _size_class(document)
        yield from _context(document)
        yield from _retirement(document)
    elif isinstance(document, Study):
        for position, comparison in enumerate(document.comparisons):
            yield from _winner(document, f"comparisons[{position}]", comparison)
    elif isinstance(document, Toolkit) and document.category != "commentary":
        if not document.licence:
            yield Finding(document.id, "licence", "is missing", "none")
        if not (document.maintenance_note or document.version_date):
            what = "has neither a dated version nor a note"
            yield Finding(document.id, "maintenance", what, document.maintenance)


def _outside(document: Document, field: str, value: float, low: float, high: float) -> Finding:
    return Finding(
        document.id, field, f"lies outside {number(low)} to {number(high)}", number(value)
    )


def _memory_speed(document: Hardware) -> Iterator[Finding]:
    kinds = set(MEMORY_WORD.findall((document.memory_type or "").casefold()))
    bandwidth = document.value("bandwidth")
    off_chip = not ON_CHIP.search((document.memory_type or "").casefold())
    if bandwidth is None or not kinds or not off_chip or document.device == "system":
        return
    low = min(MEMORY_BANDS[kind][0] for kind in kinds)
    high = max(MEMORY_BANDS[kind][1] for kind in kinds)
    if not low <= bandwidth <= high:
        what = f"lies outside {number(low)} to {number(high)} of {', '.join(sorted(kinds))}"
        yield Finding(document.id, "facts.bandwidth", what, number(bandwidth))


def _prices(document: Model) -> Iterator[Finding]:
    low, high = TOKEN_PRICE_BOUNDS
    for position, price in enumerate(document.prices):
        field = f"prices[{position}]"
        steps = [
            ("cached input", price.cached_input_usd_per_mtok),
            ("input", price.input_usd_per_mtok),
            ("output", price.output_usd_per_mtok),
        ]
        known = [(name, value) for name, value in steps if value is not None]
        for name, value in known:
            if not low <= value <= high:
                yield _outside(document, f"{field}.{name}", value, low, high)
        for (less, small), (more, large) in pairwise(known):
            if small > large and not (more == "output" and large == 0):
                what = f"{less} costs more than {more}"
                yield Finding(document.id, field, what, f"{number(small)} > {number(large)}")


def _scores(document: Model) -> Iterator[Finding]:
    for score in document.scores:
        share = "%" in score.metric and not re.search(r"WER|difference", score.metric)
        bounds = (0.0, 100.0) if share else None
        bounds = RATING_BOUNDS if score.metric == "arena rating" else bounds
        if bounds and not bounds[0] <= score.value <= bounds[1]:
            yield _outside(document, f"scores.{score.board}", score.value, *bounds)


def _facts_that_differ(document: AnyDoc) -> Iterator[Finding]:
    named: dict[str, list[float]] = defaultdict(list)
    for fact in document.facts:
        if fact.value is not None:
            named[fact.name].append(fact.value)
    for name, values in named.items():
        if len(values) > len(set(values)):
            yield Finding(document.id, f"facts.{name}", "is stated twice", number(values[0]))
        told = [text for text in document.conflicts if all(_tells(text, v) for v in values)]
        if len(set(values)) > 1 and not told:
            shown = " and ".join(map(number, values))
            yield Finding(document.id, f"facts.{name}", "differ and no conflict names them", shown)


def _tells(text: str, value: float) -> bool:
    return (
        re.search(rf"(?<![\d.]){re.escape(f'{value:g}')}(?![\d.]*\d)", text.replace(",", ""))
        is not None
    )


def _repeated(document: AnyDoc) -> Iterator[Finding]:
    for name in ("claims", "rentals", "prices", "scores", "measured", "complaints"):
        items: tuple[Sourced, ...] = getattr(document, name, ())
        for first, second in combinations(items, 2):
            if first == second:
                yield Finding(document.id, name, "is stated twice", str(first)[:80])


def _slower_at_less_precision(document: Hardware) -> Iterator[Finding]:
    known = [(name, value) for name in PRECISIONS if (value := document.value(name)) is not None]
    for (wide, slow), (narrow, fast) in pairwise(known):
        if fast < slow:
            what = f"is below {wide}"
            yield Finding(document.id, f"facts.{narrow}", what, f"{number(fast)} < {number(slow)}")


def _parameters(document: Model) -> Iterator[Finding]:
    total, active = document.value("parameters"), document.value("active_parameters")
    if total is None or active is None:
        return
    if active > total:
        yield Finding(
            document.id,
            "facts.active_parameters",
            "exceed the parameters",
            f"{number(active)} > {number(total)}",
        )
    moe = document.architecture.moe if document.architecture else None
    if moe and not moe.experts_per_token / moe.experts <= active / total < 1:
        least = moe.experts_per_token / moe.experts
        what = f"are a share outside {least:.3f} (experts a token) to 1"
        yield Finding(document.id, "facts.active_parameters", what, f"{active / total:.3f}")
    told = document.fact("active_parameters")
    if document.architecture and not moe and active < total and not (told and told.conditions):
        what = "are fewer than the parameters though no experts are listed"
        yield Finding(document.id, "facts.active_parameters", what, number(active))


def _size_class(document: Model) -> Iterator[Finding]:
    total = document.value("parameters")
    low, high = SIZE_CLASSES[document.size_class]
    if total is not None and not low <= total <= high:
        what = f"means {number(low)} to {number(high)} billion parameters, not {number(total)}"
        yield Finding(document.id, "size_class", what, document.size_class)


def _context(document: Model) -> Iterator[Finding]:
    context, output = document.fact("context"), document.value("max_output")
    if context is None or context.value is None:
        return
    if output and output > context.value:
        what = f"exceeds the context of {number(context.value)}"
        yield Finding(document.id, "facts.max_output", what, number(output))
    built = document.architecture.context_tokens if document.architecture else None
    if built is None or context.conditions:
        return
    if not 1 / CONTEXT_SLACK <= context.value / built <= CONTEXT_SLACK:
        what = f"differs from the architecture's {number(built)} without a condition"
        yield Finding(document.id, "facts.context", what, number(context.value))


def _retirement(document: Model) -> Iterator[Finding]:
    if not document.retires:
        return
    status = document.status or ""
    past = document.retires < document.read_on[: len(document.retires)]
    if past != bool(GONE.match(status)):
        what = f"and retires {document.retires} disagree on {document.read_on}"
        yield Finding(document.id, "status", what, status or "none")
    told = ISO_DATE.findall(status)
    if told and not any(
        day.startswith(document.retires) or document.retires.startswith(day) for day in told
    ):
        yield Finding(document.id, "status", f"does not name {document.retires}", status)


def _winner(document: Study, field: str, item: Comparison) -> Iterator[Finding]:
    ours, theirs = item.specialized.score, item.ultra_large.score
    scale = SCORE_SCALE.match(item.score_scale or "")
    top = max(abs(ours), abs(theirs), float(scale[1]) if scale else 0.0)
    lead = ours - theirs if item.higher_is_better else theirs - ours
    winner = "specialized" if lead > 0 else "ultra_large"
    if abs(lead) <= TIE_SHARE * top * (1 + 1e-9):
        winner = "tie"
    shown = f"{number(ours)} against {number(theirs)}"
    if item.winner != winner:
        yield Finding(document.id, f"{field}.winner", f"is {winner}, not {item.winner}", shown)
    if scale and not all(0 <= score <= float(scale[1]) for score in (ours, theirs)):
        yield Finding(document.id, f"{field}.score_scale", f"{item.score_scale} is exceeded", shown)
