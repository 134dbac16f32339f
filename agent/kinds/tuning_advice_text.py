"""The words around a training run: settings, data, test, retraining, and who else would do it."""

from __future__ import annotations

import math

from agent.answer import Claim, Section
from agent.calculation import Calculation, Input
from agent.core.finetune import FineTunePlan
from agent.core.finetune_method import (
    ENCODER_EXAMPLES,
    ENCODER_TASKS,
    ENCODERS,
    ENOUGH_EXAMPLES,
    LORA_EXAMPLES,
    SETFIT_PER_CLASS,
    TAGGING_EXAMPLES,
)
from agent.core.learning_curve import crossings
from agent.core.workings import tail
from agent.kinds.hosted_tuning import sold_for
from agent.kinds.tuning import Tuning
from agent.turn import Turn
from agent.wording import number, usd

TEST_SHARE = 0.1
LEAST_TEST, MOST_TEST = 50, 500
Z95 = 1.96
RUNS_A_YEAR = 2
"""Assumed: no published statistics on the cadence were found."""
OPTIMIZERS = {"adamw-mixed": "AdamW", "adamw-8bit": "paged 8-bit AdamW"}


def settings_claim(found: Tuning, turn: Turn) -> Claim:
    """Return the settings that the attached file has."""
    plan = found.plan
    work = Calculation(
        id=f"calc/{tail(plan.model)}/{plan.method}/{tail(plan.hardware)}-x{plan.devices}/settings",
        name="settings of the run",
        formula="examples at once by memory x accumulation x devices, rank by the size of the set",
        inputs=(
            Input(name="examples at once", value=plan.micro_batch),
            Input(name="accumulation", value=plan.gradient_accumulation),
            Input(name="rank", value=plan.rank),
            Input(name="tokens of a row", value=plan.sequence_tokens),
            Input(name="learning rate", value=plan.learning_rate),
            Input(name="steps", value=plan.steps or 0),
            Input(name="optimizer", value=_optimizer(found)),
        ),
        value=plan.micro_batch * plan.gradient_accumulation * plan.devices,
        unit="examples a step",
    )
    parts = [
        _batch(plan),
        f"rows of {plan.sequence_tokens:,} tokens",
    ]
    if plan.method in ("lora", "qlora"):
        parts.insert(0, f"rank {plan.rank}")
    if plan.method not in ENCODERS:
        parts += [
            _optimizer(found),
            "gradient checkpointing" if plan.checkpointing else "no gradient checkpointing",
        ]
    parts.append(plan.precision.upper())
    text = f"Settings: {', '.join(parts)}."
    return Claim(text=text, evidence_ids=turn.book.work(work))


def _optimizer(found: Tuning) -> str:
    return "Adam" if found.hardware.vendor == "Apple" else OPTIMIZERS[found.plan.optimizer]


def _batch(plan: FineTunePlan) -> str:
    if plan.gradient_accumulation == 1:
        return f"batch {plan.micro_batch}"
    return f"batch {plan.micro_batch} x {plan.gradient_accumulation} steps of accumulation"


def data_section(found: Tuning, turn: Turn) -> Section:
    """Return how many examples it takes, and in which form."""
    plan = found.plan
    labels = plan.method in ENCODERS
    work = Calculation(
        id=f"calc/tuning/{'labels' if labels else 'examples'}",
        name="examples that training takes",
        formula="published thresholds: SetFit (arXiv 2209.11055), LIMA (arXiv 2305.11206)",
        inputs=(
            Input(name="examples a class, SetFit", value=SETFIT_PER_CLASS),
            Input(name="least for free text", value=LORA_EXAMPLES),
            Input(name="least to tag words, assumed", value=TAGGING_EXAMPLES),
        ),
        value=ENCODER_EXAMPLES if labels else ENOUGH_EXAMPLES,
        unit="examples",
    )
    tags = labels and plan.task_type in ENCODER_TASKS
    text = (
        f"From about {TAGGING_EXAMPLES} examples on a tuned encoder is worth a try."
        if tags
        else f"From {SETFIT_PER_CLASS} examples a class on SetFit works; from about "
        f"{ENCODER_EXAMPLES:,} in all a fully tuned encoder is at least as good."
        if labels
        else f"From about {LORA_EXAMPLES} examples on it is worth a try, and "
        f"{ENOUGH_EXAMPLES:,} careful ones can be enough; right and uniform answers count more "
        "than many."
    )
    form = (
        "One row a text with its label; the attached sample shows the form."
        if labels
        else "One chat a line; the attached sample shows the form."
    )
    return Section(
        title="Data",
        claims=(
            Claim(text=text, evidence_ids=turn.book.work(work)),
            *(_drawn_level(plan, turn) if labels and not tags else ()),
            *((Claim(text=form),) if found.files else ()),
        ),
    )


def _drawn_level(plan: FineTunePlan, turn: Turn) -> tuple[Claim, ...]:
    """Return in how many published jobs a tuned model was level with so many labels."""
    count = _examples(plan)
    if count is None:
        return ()
    jobs = crossings()
    level = sum(job.examples is not None and job.examples <= count for job in jobs)
    work = Calculation(
        id=f"calc/tuning/level-at-{count}",
        name="published jobs in which the tuned model had drawn level",
        formula="jobs whose crossing lies at or below the labels at hand, of all jobs",
        inputs=(
            Input(name="labels at hand", value=count),
            Input(name="jobs", value=len(jobs)),
            *(Input(name=job.job, value=job.examples or f"over {job.beyond:g}") for job in jobs),
        ),
        value=level,
        unit="jobs",
    )
    text = (
        f"With {count:,} labels the tuned model had drawn level with a large prompted one in "
        f"{level} of {len(jobs)} published jobs."
    )
    return (Claim(text=text, evidence_ids=turn.book.work(work)),)


def test_section(found: Tuning, turn: Turn) -> Section:
    """Return how to test the result, and when to train again."""
    plan = found.plan
    count = _examples(plan)
    held = MOST_TEST if count is None else _held_out(count)
    margin = 100 * Z95 * math.sqrt(0.25 / held)
    work = Calculation(
        id=f"calc/{tail(plan.model)}/test-margin",
        name="margin of a share measured on the test set, at 95%",
        formula="100 x 1.96 x square root of (0.25 / examples)",
        inputs=(Input(name="examples held out", value=held),),
        value=margin,
        unit="points",
    )
    tested = (
        f"Hold out {held} examples before anything else and never train on them; on so many, "
        f"differences under {number(margin, 2)} points are noise."
    )
    rival = (
        "Prompt a general model on the same ones first, and keep the tuned model only if it "
        "beats it"
    )
    runs = "; evaluate.py prints the margin." if _tests(found) else "."
    return Section(
        title="Test and retrain",
        claims=(
            Claim(text=tested, evidence_ids=turn.book.work(work)),
            Claim(text=rival + runs),
            _retraining(plan, turn),
        ),
    )


def _held_out(count: int) -> int:
    """Return a tenth of the examples, at least 50 and at most 500, and never above half."""
    return max(1, min(count // 2, max(LEAST_TEST, min(MOST_TEST, round(TEST_SHARE * count)))))


def _tests(found: Tuning) -> bool:
    return any(file.name == "evaluate.py" for file in found.files)


def _examples(plan: FineTunePlan) -> int | None:
    if plan.labeled_examples is not None:
        return plan.labeled_examples
    return round((plan.training_tokens or 0) / plan.tokens_per_example) or None


def _retraining(plan: FineTunePlan, turn: Turn) -> Claim:
    """Return when to train again and, where the money is known, what a year of it costs."""
    trigger = turn.fact("costs/retraining#retrain-trigger")
    ids = turn.book.state(trigger)
    when = "its score on fresh examples falls" + (" by over 5 points" if trigger else "")
    text = (
        f"Score fresh examples every month; train again when {when}, or when rules, labels or the "
        "base model change"
    )
    if plan.usd.low is not None and plan.usd.high is not None and plan.fits is not False:
        cost = Calculation(
            id=f"calc/{tail(plan.model)}/retraining-a-year",
            name="rent of retraining, a year",
            formula="runs a year x rent of one run",
            inputs=(
                Input(name="runs a year", value=RUNS_A_YEAR),
                Input(name="rent of one run", value=round(plan.usd.value or 0, 4), unit="USD"),
            ),
            value=RUNS_A_YEAR * (plan.usd.value or 0),
            low=RUNS_A_YEAR * plan.usd.low,
            high=RUNS_A_YEAR * plan.usd.high,
            unit="USD",
        )
        ids += turn.book.work(cost)
        text += f". At {RUNS_A_YEAR} runs a year: {_span(cost)}, relabeling not counted"
    return Claim(text=f"{text}.", evidence_ids=ids)


def _span(cost: Calculation) -> str:
    if (cost.high or 0.0) < 1:
        return "under a dollar of rent"
    return f"{usd(cost.low or 0.0)} to {usd(cost.high or 0.0)} of rent"


def hosted_section(found: Tuning, turn: Turn) -> Section | None:
    """Return what a provider would charge, None where none is known for that model."""
    if found.first or found.plan.method in ENCODERS or found.objective != "sft":
        return None
    claims = sold_for(turn, found.plan)
    return Section(title="Or have it tuned", claims=claims) if claims else None


def first_claims(found: Tuning, turn: Turn) -> tuple[Claim, ...]:
    """Return what to do before any training."""
    if found.first is None:
        return ()
    if found.first.method == "retrieval":
        return (
            Claim(
                text="Index the texts, let the model answer from the passages found, and measure "
                "that first. Tune for form and tone only, if the answers need it."
            ),
        )
    return (
        Claim(
            text="Put the best examples into the prompt of a general model, and keep the others "
            "to test it. Save every answer that a person corrects: that is the training set."
        ),
    )
