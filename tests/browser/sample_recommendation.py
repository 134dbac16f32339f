"""A hand-made recommendation with all its parts, and the cost answer beside it."""

from __future__ import annotations

from sample_evidence import BREAK_EVEN, MONTHLY, PRICE, SERVING, STUDY, TELECOM, answer, claim

from agent.answer import Chart, CostLine, Flip, Option, Section, Series
from agent.profile import Profile


def _steps(start: float, step: float) -> tuple[tuple[float, float], ...]:
    volumes = [200 * 1.1**i for i in range(80)]
    return tuple((v, start + step * (v // 60000)) for v in volumes)


CHART = Chart(
    kind="cost",
    series=(
        Series(label="Own 8B", verdict="specialized", points=_steps(1224, 600)),
        Series(
            label="Both",
            verdict="hybrid",
            points=tuple((v, c + 0.0162 * v + 160) for v, c in _steps(1224, 600)),
        ),
        Series(
            label="Large API",
            verdict="ultra_large",
            points=tuple((v, 0.108 * v) for v, _ in _steps(0, 0)),
        ),
    ),
    you=20000,
    break_even=11300,
    alt="Cost a month over requests a day. The API is cheaper below 11,300 requests a day.",
)
OPTIONS = (
    Option(
        label="Own 8B",
        route="rented_gpu",
        verdict="specialized",
        model="Tuned 8B",
        hardware="L4 24 GB",
        devices=1,
        quality_odds=0.87,
        usd_per_month=1224,
        usd_one_time=6800,
        latency_ms=340,
        lines=(
            CostLine(item="One rented card", usd_per_month=584, source=MONTHLY),
            CostLine(item="Upkeep", usd_per_month=640, source="assumed: one day a month"),
            CostLine(item="Tuning and tests", usd_one_time=6800, source=STUDY),
        ),
        evidence_ids=(STUDY, MONTHLY),
    ),
    Option(
        label="Both",
        route="cascade",
        verdict="hybrid",
        quality_odds=0.91,
        usd_per_month=1708,
        usd_one_time=7600,
        latency_ms=1100,
        hardware="L4 24 GB",
        evidence_ids=(TELECOM,),
    ),
    Option(
        label="Large API",
        route="api",
        verdict="ultra_large",
        quality_odds=0.62,
        usd_per_month=2160,
        usd_one_time=900,
        latency_ms=1900,
        lines=(CostLine(item="Tokens", usd_per_month=2160, source=PRICE),),
        evidence_ids=(PRICE,),
    ),
    Option(
        label="Own 70B",
        route="owned_hardware",
        verdict="specialized",
        ruled_out_because="Two cards are needed, and the budget holds one.",
    ),
)
PROFILE = Profile(
    task="route support tickets",
    task_type="classification",
    requests_per_day=20000,
    labeled_examples=60000,
    data_residency="eu",
    words={"requests_per_day": "20,000 support tickets a day", "labeled_examples": "60k labeled"},
)
RECOMMENDATION = answer(
    "recommendation",
    "Fine-tune a smaller model",
    claim("An 8B model, LoRA on your 60k tickets, FP8 on one rented L4."),
    text="**Fine-tune a smaller model.**",
    verdict="specialized",
    confidence=0.87,
    confidence_low=0.79,
    confidence_high=0.92,
    sections=(
        Section(
            title="Why",
            claims=(
                claim(
                    "On classification with more than 10,000 labels, a tuned model of 7 to 9B "
                    "matched or beat the ultra-large one in 9 of 11 published comparisons.",
                    STUDY,
                    TELECOM,
                ),
                claim(
                    "One L4 serves this load at 33% use, so the bill does not grow until about "
                    "60,000 tickets a day.",
                    SERVING,
                    MONTHLY,
                ),
                claim("The large model costs $936 more each month.", PRICE, MONTHLY),
            ),
        ),
    ),
    profile=PROFILE,
    assumed={"input_tokens": "1,000 tokens in, 200 out", "latency_ms": "answer within 2 s"},
    options=OPTIONS,
    flips=(
        Flip(
            slot="requests_per_day",
            text="Below about 11,300 requests a day, the API is cheaper.",
            value=11300,
            yours=20000,
            verdict="ultra_large",
            label="API",
        ),
        Flip(
            slot="labeled_examples",
            text="Below about 1,400 labels the API is the better pick.",
            value=1400,
            yours=60000,
            verdict="ultra_large",
            label="API",
        ),
        Flip(
            slot="wrong_answer_usd",
            text="Above $0.06 a wrong answer, both together are cheaper.",
            value=0.06,
            yours=0,
            direction="above",
            verdict="hybrid",
            label="Both",
        ),
    ),
    chart=CHART,
    suggestions=("and with 300 labels?", "What if volume grows tenfold?", "Show the sources"),
    question="20,000 support tickets a day into 12 queues. We have 60k labeled tickets and data "
    "must stay in the EU. GPT-4.1 or fine-tune something? It costs us $5 to $10 a ticket. "
    "<script>alert(1)</script>",
)
COST = RECOMMENDATION.model_copy(
    update={
        "kind": "cost",
        "headline": "$44,000 less over three years with your own 8B",
        "summary": claim("$34,600 against $78,700.", MONTHLY, BREAK_EVEN),
        "question": "50k requests a day: three-year cost of the API against our own 8B?",
        "sections": (),
    }
)
