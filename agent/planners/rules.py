"""The rule planner: each kind of question has its look-ups."""

from __future__ import annotations

from agent.answer import AnswerKind
from agent.planners.base import Plan, Search
from agent.profile import Profile
from agent.understanding import Intent, Understanding

KIND_OF: dict[Intent, AnswerKind] = {
    "recommendation": "recommendation",
    "fit": "fit",
    "speed": "fit",
    "cost": "cost",
    "comparison": "comparison",
    "finetune": "finetune",
    "deploy": "deploy",
    "toolkit": "toolkit",
    "fact": "fact",
    "reality_check": "reality_check",
    "explain": "recommendation",
    "sources": "recommendation",
    "vague": "clarification",
    "greeting": "clarification",
    "off_topic": "refusal",
    "hostile": "refusal",
    "invalid": "clarification",
}


ABOUT_PRODUCTS = frozenset({"fit", "speed", "fact", "comparison", "toolkit", "deploy", "finetune"})
"""Questions that a note of the user may answer where a product has no document."""


class RulePlanner:
    """Plans by the intent alone; the same question always reads the same documents."""

    def plan(self, understanding: Understanding, profile: Profile) -> Plan:
        """Return the kind of answer and the searches for it."""
        intent = understanding.intent
        kind = KIND_OF[intent]
        job = profile.task or understanding.message[:400]
        searches: dict[Intent, tuple[Search, ...]] = {
            "recommendation": (
                Search(job, "study", 5),
                Search(f"labels needed before a tuned model is ahead: {job}", "study", 3),
                Search(f"fine-tuning toolkit for {job}", "toolkit", 3),
            ),
            "reality_check": (
                Search(understanding.message[:400], "hardware", 4),
                Search(understanding.message[:400], None, 4),
            ),
            "toolkit": (Search(understanding.message[:400], "toolkit", 8),),
            "finetune": (Search(understanding.message[:400], "toolkit", 5),),
            "deploy": (Search(understanding.message[:400], "toolkit", 5),),
            "comparison": (Search(understanding.message[:400], None, 6),),
            "cost": (Search(understanding.message[:400], "cost", 4),),
            "fact": (
                Search(understanding.message[:400], None, 6),
                Search(understanding.message[:400], "study", 8),
            ),
        }
        own = (Search(understanding.message[:400], "note", 4),) if intent in ABOUT_PRODUCTS else ()
        return Plan(kind, (*searches.get(intent, ()), *own))
