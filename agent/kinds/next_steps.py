"""What to do next, and what to ask: the steps that this pick needs, and no others."""

from __future__ import annotations

import re

from agent.answer import Claim, Question
from agent.kinds.costing import model_name
from agent.kinds.fact import cited_text
from agent.kinds.option_rows import shown_options
from agent.kinds.recommendation import Recommended
from agent.policy import Weighed
from agent.turn import Turn
from agent.wording import listing, usd
from knowledge.schema import Toolkit

TUNED = re.compile(r", (?:LoRA|tuned) ")
"""How the label of a tuned option goes on after the model's name."""


def next_steps(found: Recommended, turn: Turn, pick: Weighed) -> tuple[Claim, ...]:
    """Return the steps from a test set to the first weeks in use."""
    labels = found.job.labeled_examples
    test = (
        "Hold out a few hundred recent examples"
        if labels
        else "Write down two hundred real examples with the right answer"
    )
    steps = [Claim(text=f"{test}, and agree which errors matter.")]
    hosted = [
        w for w in shown_options(found) if w.candidate.route == "api" and not w.candidate.warning
    ]
    names = list(dict.fromkeys(model_name(turn, w.candidate) for w in hosted))
    turn.book.name(*names)
    place = found.job.residency
    if names and place not in (None, "any", "on_premises"):
        where = "the EU" if place == "eu" else place
        steps.append(
            Claim(
                text=f"Get it in writing that {listing(names)} can be had with all processing in "
                f"{where}: where an API runs is not recorded here."
            )
        )
    if names:
        bar = "the bar to beat" if pick.candidate.route != "api" else "the answer to this question"
        steps.append(Claim(text=f"Prompt {listing(names)} on them: a day's work, and {bar}."))
    if "tuned/" in pick.candidate.key or TUNED.search(pick.candidate.label):
        steps.append(_tune_step(turn, pick, labels=labels))
    last = _in_use(pick, labels=labels)
    return (*steps, last) if last else tuple(steps)


def _tune_step(turn: Turn, pick: Weighed, *, labels: int) -> Claim:
    name = model_name(turn, pick.candidate)
    rest = "on the rest" if labels else "once some hundreds are labeled"
    adapter = "LoRA" in pick.candidate.label
    toolkit_id = "toolkits/trl" if adapter else pick.candidate.toolkit
    known = toolkit_id is not None and toolkit_id in turn.catalogue
    toolkit = turn.catalogue.get(toolkit_id) if toolkit_id and known else None
    if isinstance(toolkit, Toolkit) and toolkit.category == "fine_tuning":
        turn.book.name(toolkit.title)
        state = toolkit.maintenance.replace("_", " ")
        text = f"Tune {name} with {toolkit.title} (maintenance: {state}) {rest}."
        return cited_text(turn, toolkit, text)
    return Claim(text=f"Tune {name} with Hugging Face Transformers {rest}.")


def _in_use(pick: Weighed, *, labels: int) -> Claim | None:
    """Return what the pick needs in its first weeks, or None."""
    candidate = pick.candidate
    if candidate.on_device:
        text = "Test the memory and the wait on the weakest device that you promise to support."
    elif candidate.key.startswith("split/"):
        text = "Measure how often the small model takes a hard request for a routine one."
    elif candidate.route == "cascade":
        text = "Set the confidence below which a request goes on, from the held-out examples."
    elif candidate.route == "rented_gpu":
        text = "Rent the set-up for a day and measure the wait at your peak before you commit."
    elif candidate.label.endswith("your own"):
        text = "Measure the wait there at your peak before you promise it to anybody."
    elif candidate.route == "owned_hardware":
        text = "Measure the wait at your peak on one device before you buy the rest."
    elif candidate.route == "api" and not labels:
        text = "Keep every checked answer: a few hundred are enough to test a tuned model later."
    else:
        return None
    return Claim(text=text)


def questions(found: Recommended, turn: Turn) -> tuple[Question, ...]:
    """Ask for an assumed slot whose hinge lies within reach."""
    asked = {
        "labeled_examples": Question(
            slot="labeled_examples",
            text="How many labeled examples of exactly this do you have?",
            default="none",
        ),
        "requests_per_day": Question(
            slot="requests_per_day", text="How many requests a day?", default="1,000"
        ),
        "wrong_answer_usd": Question(
            slot="wrong_answer_usd",
            text="What does a wrong answer cost you?",
            default=usd(found.job.wrong_answer_usd),
        ),
    }
    if turn.understanding.total_requests:
        del asked["requests_per_day"]
    return tuple(
        asked[h.slot] for h in found.hinges if h.slot in found.job.assumed and h.slot in asked
    )
