"""Answers that need no calculation: a question back, a refusal, nothing known."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from agent.answer import Claim, Question, Section
from agent.turn import Draft, Turn
from agent.wording import listing
from knowledge import Statement

JOBS = (
    "Sort or label text",
    "Pull fields from documents",
    "Answer from our documents",
    "Write code",
    "Draft or summarize text",
    "Run multi-step tasks",
)
EXAMPLE = (
    "20,000 support tickets a day into 12 queues, 60k labeled: an API or something fine-tuned?"
)
NEAREST = (
    "What can I run on one RTX 4090?",
    "Is the 700B on one card claim true?",
    EXAMPLE,
)


@dataclass(frozen=True, slots=True)
class Back:
    """A question back: greeting, vague question or a value that can't be used.

    `cites` are the statements that hold the bounds named in `problems`.
    """

    reason: str
    problems: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()


UNREAD = {
    "nothing": (
        "That was not understood",
        "It was read neither as a change nor as a question, so the last answer stands.",
    ),
    "currency": (
        "Only in US dollars",
        "Amounts are not worked out in another currency, so the last answer stands.",
    ),
    "score": (
        "A measured score can't be entered",
        "The odds rest on published comparisons, so the last answer stands.",
    ),
    "job": (
        "That bears on a job",
        "The last answer is about products alone and stands. Describe the job to have it weighed.",
    ),
    "amount": (
        "That amount can't be set",
        "No figure of the last answer could be tied to it, so that answer stands.",
    ),
}
"""Why a follow-up changes and asks nothing: a headline and a sentence each."""
TO_ASK: dict[str, tuple[str, ...]] = {
    "of a job": ("What would it cost over three years?", "And with 300 labels?", "Why?"),
    "fit": ("How fast would it be?", "And with two of them?", "And at 4 bit?"),
    "fact": ("What does it cost?", "When was it released?", "Show the sources"),
    "other": ("Why?", "Show the sources", EXAMPLE),
}
"""What can be asked next, by what the last answer was about."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A follow-up that could not be read; `reason` and `about` are keys of the tables above."""

    reason: str
    about: str


@dataclass(frozen=True, slots=True)
class Declined:
    """Outside what the product answers, or not to be answered."""

    hostile: bool


@dataclass(frozen=True, slots=True)
class NothingKnown:
    """Products that no document names, and what is known of those that one does."""

    names: tuple[str, ...]
    nearest: tuple[str, ...]
    known: tuple[Statement, ...] = ()


def ask_back(back: Back, turn: Turn) -> Draft:
    """Return a friendly question back: what is wrong, or what decides."""
    known = turn.profile.task_type is not None
    turn.book.slots["profile/message"] = " ".join((turn.message[:2000], *back.problems))
    questions = () if known else (_job_question(),)
    if back.problems:
        first, *others = back.problems
        ids = ("profile/message", *turn.book.state(*map(turn.fact, back.cites)))
        return Draft(
            kind="clarification",
            headline=_what_is_wrong(back.problems),
            summary=Claim(text=_asked_for(first), evidence_ids=ids),
            sections=(
                Section(
                    title="",
                    claims=tuple(Claim(text=p, evidence_ids=("profile/message",)) for p in others),
                ),
            )
            if others
            else (),
            questions=questions if turn.understanding.intent == "recommendation" else (),
            suggestions=(EXAMPLE,),
        )
    if back.reason == "empty":
        return Draft(
            kind="clarification",
            headline="There was nothing to read",
            summary=Claim(text="Describe the job in a sentence or two, or ask about a product."),
            questions=questions,
            suggestions=NEAREST,
        )
    if back.reason == "greeting" and turn.understanding.follow_up:
        return Draft(
            kind="clarification",
            headline="Glad to help",
            summary=Claim(
                text="The last answer stands. Ask what would change it, or describe another job."
            ),
            suggestions=TO_ASK["of a job"] if known else NEAREST[:1],
        )
    if back.reason == "greeting":
        return Draft(
            kind="clarification",
            headline="What should the model do?",
            summary=Claim(
                text="Describe the job, how often it runs and whether you have labeled examples. "
                "You get a pick, the odds that it is right, and what it costs."
            ),
            questions=questions,
            suggestions=NEAREST,
        )
    return Draft(
        kind="clarification",
        headline="One thing decides this: what is the job?",
        summary=Claim(
            text="Sorting text and writing strategy memos have opposite answers. Answer any of "
            'these, or say "just answer" and what stands in brackets is taken.'
        ),
        questions=(
            _job_question(),
            Question(
                slot="labeled_examples",
                text="How many labeled examples of exactly that do you have?",
                default="none",
            ),
            Question(
                slot="data_residency", text="May the data leave your building?", default="yes"
            ),
        ),
        suggestions=NEAREST,
    )


def say_unread(unread: Unread, turn: Turn) -> Draft:
    """Return in a sentence why a follow-up went unread, and what can be asked instead."""
    headline, why = UNREAD[unread.reason]
    return Draft(
        kind="clarification",
        headline=headline,
        summary=Claim(text=why),
        suggestions=TO_ASK[unread.about],
    )


def unchanged(draft: Draft) -> Draft:
    """Return `draft` with the word that the change asked for leaves it as it was."""
    return replace(draft, headline=f"No change. {draft.headline}")


def with_jobs_left(draft: Draft, turn: Turn) -> Draft:
    """Return `draft` with a sentence on the jobs that the message names beside the one answered."""
    left = turn.understanding.left
    if draft.kind != "recommendation" or not left:
        return draft
    verb = "is another job" if len(left) == 1 else "are other jobs"
    text = f"{listing(left)[0].upper()}{listing(left)[1:]} {verb}: ask about each by itself."
    claim = Claim(text=text, evidence_ids=("profile/message",))
    first = Section(title="", claims=(claim,), style="sentences")
    return replace(draft, sections=(*draft.sections, first))


ASKS_FOR = re.compile(r"(?:^|[.:] )(?:Name|Say|Describe|Paste|Give)\b")
"""A sentence that asks for what a message lacks, and finds no fault with what it says."""
ONE_NAME = re.compile(r"^Name (?:a|the) (model|device|product)\b(?! or )")
A_VALUE = re.compile(r"\d|'")


def _what_is_wrong(problems: tuple[str, ...]) -> str:
    """Return the headline: something is missing, can't be worked out, or can't be right."""
    if all(ASKS_FOR.search(problem) for problem in problems):
        asked = ONE_NAME.match(problems[0])
        return f"Which {asked[1]}?" if asked else "One thing is missing"
    if not any(A_VALUE.search(problem) for problem in problems):
        return "That can't be worked out"
    return "One value can't be right" if len(problems) == 1 else "Some values can't be right"


def _asked_for(problem: str) -> str:
    """Return the problem, and where a name is asked for, what it means if one was given."""
    if not problem.startswith("Name "):
        return problem
    return f"{problem} If you named one, no document here describes it."


def _job_question() -> Question:
    return Question(
        slot="task_type",
        text="What should the model do?",
        default="sort or label short texts",
        choices=JOBS,
    )


def decline(declined: Declined, turn: Turn) -> Draft:
    """Return a short refusal that names what is answered instead."""
    if declined.hostile:
        return Draft(
            kind="refusal",
            headline="That can't be done here",
            summary=Claim(
                text="Figures and picks come from sources and arithmetic, and no message changes "
                "how they are worked out. A question about a job, a model or a device is welcome."
            ),
            suggestions=NEAREST[:1],
        )
    return Draft(
        kind="refusal",
        headline="Outside what Rightsize answers",
        summary=Claim(
            text="It sizes and compares models, hardware and toolkits. It can tell you what a "
            "model for that job would need and cost."
        ),
        suggestions=NEAREST[:1],
    )


def nothing_known(findings: NothingKnown, turn: Turn) -> Draft:
    """Return that nothing is known of a product, its nearest names, and no figure of it."""
    turn.book.name(*findings.names, *findings.nearest)
    names = listing(findings.names)
    close = (
        f" The closest {'names are' if len(findings.nearest) > 1 else 'name is'} "
        f"{listing(findings.nearest)}: different products."
        if findings.nearest
        else ""
    )
    sections: tuple[Section, ...] = ()
    if findings.known:
        claims = tuple(
            Claim(text=f"{s.text}.", evidence_ids=turn.book.state(s)) for s in findings.known
        )
        sections = (Section(title="What is known of the other side", claims=claims),)
    return Draft(
        kind="no_evidence",
        headline=f"Nothing is known here about {names}",
        summary=Claim(
            text=f"No document, fact or price names {'it' if len(findings.names) == 1 else 'them'}."
            f"{close} Add a page or a file on it and ask again."
        ),
        sections=sections,
        suggestions=tuple(f"What is known about {name}?" for name in findings.nearest[:2]),
    )
