"""The first thing seen: question, what was understood, mark, headline, concrete option, odds."""

from __future__ import annotations

from agent.answer import Answer
from agent.wording import percent
from ui.components.markup import Marks, icon, plain
from ui.components.slots import TITLES, chip

KIND_ICONS = {
    "recommendation": "balance",
    "comparison": "compare_arrows",
    "fit": "memory",
    "cost": "payments",
    "finetune": "tune",
    "deploy": "rocket_launch",
    "toolkit": "construction",
    "fact": "straighten",
    "reality_check": "fact_check",
}
FIGURELESS = frozenset({"fact", "fit", "clarification", "refusal", "no_evidence"})
"""Kinds that never show a probability."""


def question(words: str) -> str:
    """Return the user's message as a quiet surface on the right."""
    return f'<div class="rs-question"><p tabindex="0">{plain(words)}</p></div>'


def understood(answer: Answer) -> str:
    """Return solid chips for what was said and dashed ones for what was assumed."""
    said = [chip(answer.profile, slot) for slot in TITLES if slot not in answer.assumed]
    solid = "".join(f"<span>{plain(words)}</span>" for words in said if words)
    dashed = "".join(
        f'<span class="rs-assumed">assumed: {plain(words)}</span>'
        for words in dict.fromkeys(answer.assumed.values())
    )
    if not solid and not dashed:
        return ""
    return f'<div class="rs-chips"><span class="rs-label">Understood</span>{solid}{dashed}</div>'


def tile(answer: Answer) -> str:
    """Return the mark: shape and fill say what colour repeats."""
    name, inner = _tile(answer)
    return f'<div class="rs-tile rs-tile-{name}" aria-hidden="true">{inner}</div>'


def _tile(answer: Answer) -> tuple[str, str]:
    if answer.kind == "clarification":
        return "ask", "?"
    if answer.kind in ("no_evidence", "refusal"):
        return "none", "<i></i>"
    if answer.outcome is not None:
        return answer.outcome, answer.outcome.capitalize()
    if answer.verdict is not None:
        return answer.verdict, "<i></i>"
    return "plain", icon(KIND_ICONS[answer.kind])


def headline(answer: Answer, marks: Marks) -> str:
    """Return mark, headline, sub-line and confidence as one block."""
    sub = ""
    if answer.summary is not None:
        sub = f'<p class="rs-sub">{marks.sentence(answer.summary)}</p>'
    return (
        f'<div class="rs-verdict" id="{marks.top}">{tile(answer)}'
        f"<div><h2>{plain(answer.headline)}</h2>{sub}{confidence(answer)}</div></div>"
    )


def confidence_words(probability: float) -> str:
    """Return the probability that the pick is right, with the word that goes with it."""
    share = percent(probability)
    if probability >= 0.9:
        return f"{share}, very likely to be the right pick"
    if probability >= 0.75:
        return f"{share} likely to be the right pick"
    if probability >= 0.6:
        return f"{share}, more likely than not the right pick"
    return f"{share}, too close to call"


def confidence(answer: Answer) -> str:
    """Return the strip with its band and tick, or "" where no figure belongs."""
    if answer.confidence is None or answer.kind in FIGURELESS:
        return ""
    words = confidence_words(answer.confidence)
    low, high = answer.confidence_low, answer.confidence_high
    band, span = "", ""
    if low is not None and high is not None:
        band = f'<span style="left:{low * 100:.1f}%;right:{100 - high * 100:.1f}%"></span>'
        span = f"{low * 100:.0f} to {percent(high)}"
    tone = answer.verdict or "plain"
    return (
        f'<div class="rs-confidence"><b>{plain(words)}</b>'
        f'<div class="rs-strip rs-tone-{tone}" role="img" aria-label="{plain(f"{words}. {span}")}">'
        f'{band}<u style="left:{answer.confidence * 100:.1f}%"></u></div>'
        f'<span class="rs-muted">{plain(span)}</span></div>'
    )
