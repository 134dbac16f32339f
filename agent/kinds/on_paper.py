"""A claim about a product that nothing is known of: what its own figures allow on paper."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.answer import Claim, Section
from agent.calculation import Calculation, Input
from agent.core.decode_ceiling import LEAST_BITS, bandwidth_needed, bits_that_fit
from agent.core.precision import parse_precision
from agent.turn import Draft, Turn
from agent.wording import gigabytes, number

MESSAGE = "profile/message"
SIZE = re.compile(
    r"(\d+(?:[.,]\d+)?)\s?(trillion|tn|t|billion|bn|b)[\s-]?(?:param\w*|model)?\b", re.IGNORECASE
)
MEMORY = re.compile(r"(\d+(?:[.,]\d+)?)\s?(tb|gb)\b(?!\s?/\s?s)", re.IGNORECASE)
BANDWIDTH = re.compile(r"(\d+(?:[.,]\d+)?)\s?(tb|gb)\s?/\s?s", re.IGNORECASE)
SPEED = re.compile(r"(\d+(?:[.,]\d+)?)\s?(?:tok(?:en)?s?)\s?(?:/|per|a)\s?s", re.IGNORECASE)
USUAL_BITS = "q4_k_m"


@dataclass(frozen=True, slots=True)
class OnPaper:
    """What a claim's figures work out to. Sizes in billions, GB and tokens a second."""

    size_b: float
    memory_gb: float | None
    workings: tuple[Calculation, ...]
    bits: float | None

    def working(self, part: str) -> Calculation | None:
        """Return the working of one part: "bits", "weights", "least" or "bandwidth"."""
        return next((c for c in self.workings if c.id.rpartition("/")[2] == part), None)


def read_claim(turn: Turn, *, size_b: float | None = None) -> OnPaper | None:
    """Return the physics of the message's own figures, or None where it names no model size.

    `size_b` is the size claimed, in billions, where the message names other models as well.
    """
    text = turn.message
    size = size_b or _largest(SIZE, text, {"t": 1000.0, "tn": 1000.0, "trillion": 1000.0})
    if size is None:
        return None
    memory = _largest(MEMORY, text, {"tb": 1000.0})
    speed = _largest(SPEED, text, {})
    bits = bits_that_fit(size, memory) if memory else None
    works = []
    if memory and bits:
        works.append(
            Calculation(
                id="calc/on-paper/bits",
                name="bits a weight that the memory leaves",
                formula="memory x 8 / parameters, with nothing left for context",
                inputs=(_said("memory", memory, "GB"), _said("parameters", size, "billion")),
                value=bits,
                unit="bits a weight",
                sources=(MESSAGE,),
            )
        )
    usual = parse_precision(USUAL_BITS).bits
    works.append(_weights("weights", "weights at the usual 4 bit", size, usual))
    if bits is not None and bits < LEAST_BITS:
        works.append(
            _weights("least", "weights at the fewest bits taken as usable", size, LEAST_BITS)
        )
    if speed:
        works.append(
            Calculation(
                id="calc/on-paper/bandwidth",
                name="memory bandwidth that the speed needs at the least, dense, at 4 bit",
                formula="tokens a second x parameters x bits per weight / 8",
                inputs=(
                    _said("tokens a second", speed, "tokens/s"),
                    _said("parameters", size, "billion"),
                    Input(name="bits per weight", value=usual, unit="bits"),
                ),
                value=bandwidth_needed(size, usual, speed),
                unit="GB/s",
                sources=(MESSAGE,),
            )
        )
    return OnPaper(size, memory, tuple(works), bits)


def _weights(part: str, name: str, size: float, bits: float) -> Calculation:
    return Calculation(
        id=f"calc/on-paper/{part}",
        name=name,
        formula="parameters x bits per weight / 8",
        inputs=(
            _said("parameters", size, "billion"),
            Input(name="bits per weight", value=bits, unit="bits a weight"),
        ),
        value=size * bits / 8,
        unit="GB",
        sources=(MESSAGE,),
    )


def _said(name: str, value: float, unit: str) -> Input:
    return Input(name=name, value=value, unit=unit, source=MESSAGE)


def _largest(pattern: re.Pattern[str], text: str, scales: dict[str, float]) -> float | None:
    found = []
    for match in pattern.finditer(text):
        unit = (match[2] if match.lastindex and match.lastindex > 1 else "").lower()
        found.append(float(match[1].replace(",", ".")) * scales.get(unit, 1.0))
    return max(found, default=None)


def _too_few_bits(found: OnPaper) -> bool:
    """Tell whether the memory leaves fewer bits a weight than keep a model usable."""
    return found.bits is not None and found.bits < LEAST_BITS


def write(found: OnPaper, turn: Turn) -> Draft:
    """Draft what must be true for the claim, from its own figures."""
    turn.book.work(*found.workings)
    by_id = {c.id.rpartition("/")[2]: c for c in found.workings}
    claims = []
    weights = by_id["weights"]
    if found.memory_gb and found.bits:
        size, memory = number(found.size_b, 4), gigabytes(found.memory_gb)
        ids = [by_id["bits"].id, weights.id, MESSAGE]
        if (least := by_id.get("least")) is not None:
            ids.append(least.id)
            text = (
                f"{memory} do not hold {size}B: that would leave {number(found.bits)} bits a "
                f"weight, and {number(LEAST_BITS)}, the fewest taken as usable, need "
                f"{gigabytes(least.value)}; the usual 4 bit need {gigabytes(weights.value)}."
            )
        else:
            text = (
                f"{memory} hold {size}B at {number(found.bits)} bits a weight or less; the usual "
                f"4 bit need {gigabytes(weights.value)}."
            )
        claims.append(Claim(text=text, evidence_ids=tuple(ids)))
    else:
        claims.append(
            Claim(
                text=f"{number(found.size_b, 4)}B parameters need {gigabytes(weights.value)} at "
                "the usual 4 bit, before any context.",
                evidence_ids=(weights.id, MESSAGE),
            )
        )
    if "bandwidth" in by_id:
        claims.append(
            Claim(
                text=("Even if it fitted, that" if _too_few_bits(found) else "That")
                + f" speed needs at least {number(by_id['bandwidth'].value)} GB/s if every "
                "weight is read for each token; a sparse model reads only its active part.",
                evidence_ids=(by_id["bandwidth"].id, MESSAGE),
            )
        )
    impossible = _too_few_bits(found)
    headline = "Not possible as stated" if impossible else "Possible on paper, under conditions"
    return Draft(
        kind="reality_check",
        outcome="no" if impossible else None,
        headline=headline,
        summary=claims[0],
        sections=(
            Section(title="What else must be true", claims=tuple(claims[1:])),
            Section(
                title="Missing from the claim",
                style="sentences",
                claims=(
                    Claim(
                        text="Which model, dense or sparse; at which precision, context length and "
                        "batch; and who outside the company measured it."
                    ),
                ),
            ),
        ),
        missing=("model", "precision", "context", "independent measurement"),
        suggestions=("What would do the job today?",),
    )
