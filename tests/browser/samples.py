"""Hand-made answers, one of each kind, to look at. Every product figure is made up."""

from __future__ import annotations

from agent.answer import (
    Answer,
    Attachment,
    Chart,
    Citation,
    Claim,
    CostLine,
    Flip,
    Option,
    Question,
    Row,
    Section,
    Series,
    Table,
)
from agent.calculation import Calculation, Input
from agent.profile import Profile

STUDY, TELECOM, SERVING = "studies/a#1", "studies/b#1", "hardware/l4#tok"
PRICE, NOTICE = "models/big#price", "cost/eu#notice"
MONTHLY, BREAK_EVEN = "calc/monthly", "calc/break-even"

CITATIONS = (
    Citation(
        number=1,
        doc_id="studies/a",
        kind="study",
        title="Fine-tuned small models on 25 text tasks",
        url="https://example.org/a",
        published="2025-03",
        basis="study",
        quote="Across the classification sets, tuned 7B models led the prompted large model on 9 "
        "of 11, with the gap closing below 500 labels.",
        evidence_ids=(STUDY,),
    ),
    Citation(
        number=2,
        doc_id="studies/b",
        kind="study",
        title="Support routing at a telecom operator",
        url="https://example.org/b",
        published="2025-09",
        basis="study",
        quote="Tuned 8B routed 93.4% of tickets to the right queue against 91.8%.",
        evidence_ids=(TELECOM,),
    ),
    Citation(
        number=3,
        doc_id="hardware/l4",
        kind="hardware",
        title="L4 serving an 8B model, FP8, batch 32",
        url="https://example.org/c",
        published="2026-08",
        basis="independent",
        quote="At batch 32 one card serves 610 tokens a second.",
        evidence_ids=(SERVING,),
    ),
    Citation(
        number=4,
        doc_id="models/big",
        kind="model",
        title="Large model price list",
        url="https://example.org/d",
        published="2026-11-19",
        basis="vendor",
        quote="$2.00 per million tokens in, $8.00 per million tokens out.",
        evidence_ids=(PRICE,),
    ),
    Citation(
        number=5,
        doc_id="cost/eu",
        kind="cost",
        title="EU region notice",
        url=None,
        published="2026-10",
        basis="press",
        quote="The EU region opens to all customers.",
        evidence_ids=(NOTICE,),
    ),
)
CALCULATIONS = (
    Calculation(
        id=MONTHLY,
        name="Monthly cost of one rented card",
        formula="hours x usd_per_hour + upkeep",
        inputs=(
            Input(name="hours", value=730, unit="h"),
            Input(name="usd_per_hour", value=0.8, unit="USD", source=PRICE),
            Input(name="upkeep", value=640, unit="USD"),
        ),
        value=1224,
        unit="USD",
        low=1100,
        high=1400,
        sources=(SERVING, PRICE),
    ),
    Calculation(
        id=BREAK_EVEN,
        name="Break-even volume",
        formula="monthly / (usd_per_request x days)",
        inputs=(Input(name="monthly", value=1224, unit="USD", source=MONTHLY),),
        value=11300,
        unit="requests a day",
        sources=(MONTHLY,),
    ),
)


def _claim(text: str, *ids: str) -> Claim:
    return Claim(text=text, evidence_ids=ids)


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
COMMON = {
    "as_of": "2026-11-24",
    "snapshot": "7f3c21aa",
    "seconds": 0.8,
    "citations": CITATIONS,
    "calculations": CALCULATIONS,
}

RECOMMENDATION = Answer(
    kind="recommendation",
    headline="Fine-tune a smaller model",
    verdict="specialized",
    confidence=0.87,
    confidence_low=0.79,
    confidence_high=0.92,
    text="**Fine-tune a smaller model.**",
    summary=_claim("An 8B model, LoRA on your 60k tickets, FP8 on one rented L4."),
    sections=(
        Section(
            title="Why",
            claims=(
                _claim(
                    "On classification with more than 10,000 labels, a tuned model of 7 to 9B "
                    "matched or beat the ultra-large one in 9 of 11 published comparisons.",
                    STUDY,
                    TELECOM,
                ),
                _claim(
                    "One L4 serves this load at 33% use, so the bill does not grow until about "
                    "60,000 tickets a day.",
                    SERVING,
                    MONTHLY,
                ),
                _claim("The large model costs $936 more each month.", PRICE, MONTHLY),
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
    **COMMON,
)
FIT_NO = Answer(
    kind="fit",
    headline="No, it is 57 GB short",
    outcome="no",
    text="**No**",
    summary=_claim(
        "671 GB of weights in FP8 against 614 GB usable on eight cards.", SERVING, MONTHLY
    ),
    sections=(
        Section(
            title="What would make it fit",
            claims=(
                _claim("Eight H200: 457 GB left, about 30 users at 32k context.", PRICE),
                _claim("Two nodes, FP8, tensor and pipeline split.", PRICE),
                _claim("One node at 4 bits: about 238 GB left.", BREAK_EVEN),
            ),
        ),
    ),
    chart=Chart(
        kind="memory",
        parts=(("Weights", 671.0),),
        limit=614.0,
        alt="671 GB of weights against 614 GB usable: 57 GB over.",
    ),
    question="Does DeepSeek V3 run on one 8xH100 node in FP8?",
    **COMMON,
)
FIT_YES = FIT_NO.model_copy(
    update={
        "headline": "Yes, with room for about 30 users",
        "outcome": "yes",
        "chart": Chart(
            kind="memory",
            parts=(("Weights", 400.0), ("KV cache", 120.0), ("Engine", 40.0)),
            limit=614.0,
            alt="560 of 614 GB are used.",
        ),
        "question": "Does it fit in 4 bits?",
    }
)
COST = RECOMMENDATION.model_copy(
    update={
        "kind": "cost",
        "headline": "$44,000 less over three years with your own 8B",
        "summary": _claim("$34,600 against $78,700.", MONTHLY, BREAK_EVEN),
        "question": "50k requests a day: three-year cost of the API against our own 8B?",
        "sections": (),
    }
)
COMPARISON = Answer(
    kind="comparison",
    headline="H200 for a 70B at long context",
    text="",
    summary=_claim("It is measured in your engine; the other is not.", SERVING),
    sections=(
        Section(
            title="Side by side",
            table=Table(
                columns=("", "H200", "MI300X"),
                rows=(
                    Row(
                        cells=(
                            _claim("Memory"),
                            _claim("141 GB", SERVING),
                            _claim("192 GB", PRICE),
                        )
                    ),
                    Row(
                        cells=(
                            _claim("Bandwidth"),
                            _claim("4.8 TB/s", SERVING),
                            _claim("5.3 TB/s", PRICE),
                        ),
                        picked=True,
                    ),
                ),
            ),
        ),
    ),
    question="H200 or MI300X for a 70B model?",
    **COMMON,
)
FACT = Answer(
    kind="fact",
    headline="3.35 TB/s",
    text="",
    summary=_claim("H100 SXM memory bandwidth, vendor data sheet, read 12 Nov 2026.", SERVING),
    question="What is the bandwidth of an H100 SXM?",
    **COMMON,
)
REALITY = Answer(
    kind="reality_check",
    headline="Possible on paper, measured by nobody",
    text="",
    summary=_claim("700B in 4 bits is 350 GB, so 192 GB cannot hold it whole.", MONTHLY),
    sections=(
        Section(
            title="Claim by claim",
            table=Table(
                columns=("Claim", "What must be true", "Our physics", "Who measured"),
                rows=(
                    Row(
                        cells=(
                            _claim("700B on one card", PRICE),
                            _claim("3 bits or fewer a weight"),
                            _claim("350 GB at 4 bits", MONTHLY),
                            _claim("nobody"),
                        )
                    ),
                ),
            ),
        ),
    ),
    question="Is the 700B at 240 W claim true?",
    **COMMON,
)
FINETUNE = Answer(
    kind="finetune",
    headline="LoRA on one 24 GB card takes about 5 hours",
    text="",
    summary=_claim("18 GB peak, $9 of power or $4 rented.", MONTHLY),
    sections=(
        Section(
            title="Steps",
            style="numbered",
            claims=(_claim("Clean and split the examples."), _claim("Train one epoch.", STUDY)),
        ),
    ),
    attachments=(
        Attachment(
            name="train.yaml",
            media_type="application/yaml",
            content="base_model: an-8b\nadapter: lora\nlora_r: 16\n",
            caption="The training config, ready to run.",
        ),
    ),
    question="How do I LoRA an 8B on one 24 GB card?",
    **COMMON,
)
TOOLKIT = FINETUNE.model_copy(
    update={
        "kind": "toolkit",
        "headline": "Unsloth for one card",
        "attachments": (),
        "question": "Unsloth or Axolotl?",
    }
)
CLARIFICATION = Answer(
    kind="clarification",
    headline="One thing decides this: what is the job?",
    text="",
    summary=_claim("Sorting text and writing strategy memos have opposite answers."),
    questions=(
        Question(
            slot="task_type",
            text="What should the model do?",
            default="sort or label short texts",
            choices=("Sort or label text", "Pull fields from documents", "Write code"),
        ),
        Question(slot="labeled_examples", text="How many labels have you?", default="none"),
    ),
    question="big or small?",
    as_of="2026-11-24",
)
REFUSAL = Answer(
    kind="refusal",
    headline="Outside what Rightsize answers",
    text="",
    summary=_claim("It sizes and compares models, hardware and toolkits."),
    suggestions=("What would a model for that job cost?",),
    question="Write me a poem.",
    as_of="2026-11-24",
)
NO_EVIDENCE = Answer(
    kind="no_evidence",
    headline="Nothing is known here about Zephyron X9",
    text="",
    summary=_claim("No document, fact or price names it. Add a page or PDF and ask again."),
    question="How does the Zephyron X9 compare with an H100?",
    as_of="2026-11-24",
)
FALLBACK = FACT.model_copy(
    update={
        "fallbacks": (
            "gpt-oss-20b at localhost:8000 did not reply within 20 s, so the built-in writer wrote "
            "this. Figures and picks are the same.",
        )
    }
)
ALL: dict[str, Answer] = {
    "recommendation": RECOMMENDATION,
    "fit_no": FIT_NO,
    "fit_yes": FIT_YES,
    "cost": COST,
    "comparison": COMPARISON,
    "fact": FACT,
    "reality": REALITY,
    "finetune": FINETUNE,
    "toolkit": TOOLKIT,
    "clarification": CLARIFICATION,
    "refusal": REFUSAL,
    "no_evidence": NO_EVIDENCE,
    "fallback": FALLBACK,
}
