"""Hand-made answers, one of each kind, to look at. Every product figure is made up."""

from __future__ import annotations

from sample_evidence import AS_OF, BREAK_EVEN, MONTHLY, PRICE, SERVING, STUDY, answer, claim
from sample_recommendation import COST, RECOMMENDATION

from agent.answer import Answer, Attachment, Chart, Claim, Question, Row, Section, Table


def _row(*cells: Claim, picked: bool = False) -> Row:
    return Row(cells=cells, picked=picked)


FIT_NO = answer(
    "fit",
    "No, it is 57 GB short",
    claim("671 GB of weights in FP8 against 614 GB usable on eight cards.", SERVING, MONTHLY),
    text="**No**",
    outcome="no",
    sections=(
        Section(
            title="What would make it fit",
            claims=(
                claim("Eight H200: 457 GB left, about 30 users at 32k context.", PRICE),
                claim("Two nodes, FP8, tensor and pipeline split.", PRICE),
                claim("One node at 4 bits: about 238 GB left.", BREAK_EVEN),
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
COMPARISON = answer(
    "comparison",
    "H200 for a 70B at long context",
    claim("It is measured in your engine; the other is not.", SERVING),
    sections=(
        Section(
            title="Side by side",
            table=Table(
                columns=("", "H200", "MI300X"),
                rows=(
                    _row(claim("Memory"), claim("141 GB", SERVING), claim("192 GB", PRICE)),
                    _row(
                        claim("Bandwidth"),
                        claim("4.8 TB/s", SERVING),
                        claim("5.3 TB/s", PRICE),
                        picked=True,
                    ),
                ),
            ),
        ),
    ),
    question="H200 or MI300X for a 70B model?",
)
FACT = answer(
    "fact",
    "3.35 TB/s",
    claim("H100 SXM memory bandwidth, vendor data sheet, read 12 Nov 2026.", SERVING),
    question="What is the bandwidth of an H100 SXM?",
)
REALITY = answer(
    "reality_check",
    "Possible on paper, measured by nobody",
    claim("700B in 4 bits is 350 GB, so 192 GB cannot hold it whole.", MONTHLY),
    sections=(
        Section(
            title="Claim by claim",
            table=Table(
                columns=("Claim", "What must be true", "Our physics", "Who measured"),
                rows=(
                    _row(
                        claim("700B on one card", PRICE),
                        claim("3 bits or fewer a weight"),
                        claim("350 GB at 4 bits", MONTHLY),
                        claim("nobody"),
                    ),
                ),
            ),
        ),
    ),
    question="Is the 700B at 240 W claim true?",
)
FINETUNE = answer(
    "finetune",
    "LoRA on one 24 GB card takes about 5 hours",
    claim("18 GB peak, $9 of power or $4 rented.", MONTHLY),
    sections=(
        Section(
            title="Steps",
            style="numbered",
            claims=(claim("Clean and split the examples."), claim("Train one epoch.", STUDY)),
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
    summary=claim("Sorting text and writing strategy memos have opposite answers."),
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
    as_of=AS_OF,
)
REFUSAL = Answer(
    kind="refusal",
    headline="Outside what Rightsize answers",
    text="",
    summary=claim("It sizes and compares models, hardware and toolkits."),
    suggestions=("What would a model for that job cost?",),
    question="Write me a poem.",
    as_of=AS_OF,
)
NO_EVIDENCE = Answer(
    kind="no_evidence",
    headline="Nothing is known here about Zephyron X9",
    text="",
    summary=claim("No document, fact or price names it. Add a page or PDF and ask again."),
    question="How does the Zephyron X9 compare with an H100?",
    as_of=AS_OF,
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
