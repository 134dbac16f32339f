"""What would change the pick: one bar for each flip, nearest first."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

from agent.answer import Answer, Flip, Verdict
from ui.components.markup import Marks, plain
from ui.components.slots import TITLES, VERDICTS, amount

SHOWN = 3
LOG_FROM = 20.0
"""A scale that spans more than this many times is logarithmic."""
TWO_LINES_UNDER = 16.0
"""Labels nearer than this, in percent of the bar, would overlap on one line."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A track from `low` to `high`."""

    low: float
    high: float

    @classmethod
    def around(cls, value: float, yours: float) -> Scale:
        """Return a track that leaves room on both sides of the two values."""
        least, most = sorted((value, yours))
        if least <= 0:
            return cls(min(0.0, least), max(most, 1e-9) * 2.5)
        return cls(least / 3, most * 3) if most / least * 9 > LOG_FROM else cls(0, most * 1.8)

    @property
    def logarithmic(self) -> bool:
        """Return whether the track is drawn on a log scale."""
        return self.low > 0 and self.high / self.low > LOG_FROM

    def percent(self, value: float) -> float:
        """Return the place of `value` on the track, 0 to 100."""
        if self.logarithmic:
            share = log(max(value, self.low) / self.low) / log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return min(100.0, max(0.0, share * 100))


def hinges(answer: Answer, marks: Marks) -> str:
    """Return the section "What would change the pick", or "" for an answer without a pick."""
    if answer.verdict is None or not answer.options:
        return ""
    if not answer.flips:
        body = '<p class="rs-muted">No value changes the pick.</p>'
    else:
        body = "".join(_hinge(flip, answer.verdict, marks, answer) for flip in answer.flips[:SHOWN])
    return f'<div class="rs-section"><h3>What would change the pick</h3>{body}</div>'


def _hinge(flip: Flip, pick: Verdict, marks: Marks, answer: Answer) -> str:
    if flip.value is None or flip.yours is None or flip.direction == "if":
        return f'<p class="rs-switch">{plain(flip.text)} {marks.links(flip.evidence_ids)}</p>'
    scale = Scale.around(flip.value, flip.yours)
    at, you = scale.percent(flip.value), scale.percent(flip.yours)
    other = flip.verdict or pick
    side = f"left:0;width:{at:.1f}%" if flip.direction == "below" else f"left:{at:.1f}%;right:0"
    close = abs(at - you) < TWO_LINES_UNDER
    word = "assumed" if flip.slot in answer.assumed else "you,"
    then = f"{VERDICTS[other]} {flip.direction} {amount(flip.slot, flip.value)}"
    return (
        f'<div class="rs-hinge"><div><b>{plain(TITLES.get(flip.slot, flip.slot))}</b>'
        f"<small>{plain(then)} {marks.links(flip.evidence_ids)}</small></div>"
        f'<div class="rs-bar{" rs-two" if close else ""}" role="img" '
        f'aria-label="{plain(flip.text)}">'
        f'<div class="rs-track rs-tone-{pick}"><span class="rs-tone-{other}" style="{side}"></span>'
        f'</div><div class="rs-you" style="left:{min(98.0, max(2.0, you)):.1f}%"></div>'
        + _label(amount(flip.slot, flip.value), at, "rs-flip")
        + _label(f"{word} {amount(flip.slot, flip.yours)}", you, "rs-low" if close else "")
        + "</div></div>"
    )


def _label(words: str, at: float, extra: str) -> str:
    edge = " rs-left" if at < 12 else " rs-right" if at > 88 else ""
    return f'<span class="rs-at {extra}{edge}" style="left:{at:.1f}%">{plain(words)}</span>'
