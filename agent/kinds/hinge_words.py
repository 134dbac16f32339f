"""What would change the pick, in words and as public records."""

from __future__ import annotations

from agent.answer import Claim, Flip, Section, Verdict
from agent.flips import Hinge
from agent.kinds.recommendation import Recommended
from agent.wording import number, usd

WORDS: dict[Verdict, str] = {
    "specialized": "a specialized model",
    "ultra_large": "the ultra-large model",
    "small_general": "a small general model",
    "hybrid": "both, small first",
}


SLOT_WORDS = {
    "requests_per_day": "requests a day",
    "labeled_examples": "usable labeled examples",
    "wrong_answer_usd": "for a wrong answer",
}


def flip_of(hinge: Hinge) -> Flip:
    """Return the public record of a hinge."""
    return Flip(
        slot=hinge.slot,
        text=flip_text(hinge),
        value=hinge.value,
        yours=hinge.yours,
        unit=SLOT_WORDS.get(hinge.slot, ""),
        direction="if"
        if hinge.direction == "if"
        else ("below" if hinge.direction == "below" else "above"),
        verdict=hinge.verdict,
        label=hinge.label,
        evidence_ids=(f"calc/flip/{hinge.slot}",) if hinge.value is not None else (),
    )


def flip_text(hinge: Hinge) -> str:
    """Return a hinge as one sentence; devices are left out, since their number may change."""
    instead = WORDS[hinge.verdict]
    label = ", ".join(hinge.label.split(", ")[:2])
    if hinge.value is None:
        return f"If {hinge.words}: {instead} ({label})."
    side = "Fewer than" if hinge.direction == "below" else "More than"
    if hinge.slot == "wrong_answer_usd":
        side = "Under" if hinge.direction == "below" else "Over"
        return f"{side} {usd(hinge.value)} for a wrong answer: {instead} ({label})."
    return f"{side} about {number(hinge.value, 2)} {SLOT_WORDS[hinge.slot]}: {instead} ({label})."


def flip_section(found: Recommended) -> Section:
    """Return the section that lists the hinges, or says that there is none."""
    claims: tuple[Claim, ...]
    if not found.hinges:
        claims = (Claim(text="No plausible value of what you told changes the pick."),)
    else:
        claims = tuple(
            Claim(
                text=flip_text(hinge),
                evidence_ids=(f"calc/flip/{hinge.slot}",) if hinge.value is not None else (),
            )
            for hinge in found.hinges
        )
    return Section(title="What would change this", claims=claims)
