"""Answers written by hand: one fact, one fit, one recommendation. All of them are grounded."""

from __future__ import annotations

from agent.answer import Answer, Citation, Claim, Flip, Option
from agent.calculation import Calculation, Input
from agent.profile import Profile


def _cite(
    number: int,
    fact: str,
    *,
    title: str,
    page: str,
    published: str,
    says: str,
    kind: str = "hardware",
) -> Citation:
    """Cite the maker's `fact` about a product, such as "hardware/h100-sxm#power"."""
    return Citation(
        number=number,
        doc_id=fact.partition("#")[0],
        kind=kind,
        title=title,
        url=f"https://example.org/{page}",
        published=published,
        basis="vendor",
        quote=f"{title}: {says}",
        evidence_ids=(fact,),
    )


FACT_QUESTION = "What is the bandwidth of an H100 SXM?"
FACT = Answer(
    kind="fact",
    headline="3.35 TB/s",
    text=(
        "**3.35 TB/s.** NVIDIA H100 SXM5 80GB: memory bandwidth 3350 GB/s: the maker's figure, "
        "22 Aug 2026 [1]. Power is 700 W [2]."
    ),
    claims=(
        Claim(text="memory bandwidth 3350 GB/s", evidence_ids=("hardware/h100-sxm#bandwidth",)),
    ),
    citations=(
        _cite(
            1,
            "hardware/h100-sxm#bandwidth",
            title="NVIDIA H100 SXM5 80GB",
            page="h100",
            published="2026-08-22",
            says="memory bandwidth 3350 GB/s",
        ),
        _cite(
            2,
            "hardware/h100-sxm#power",
            title="NVIDIA H100 SXM5 80GB",
            page="power",
            published="2026-08",
            says="power 700 W",
        ),
    ),
    as_of="2026-11-24",
    question=FACT_QUESTION,
)


def _weights(name: str, bits: float, gigabytes: float) -> Calculation:
    return Calculation(
        id=f"calc/llama-3.3-70b/{name}/weights",
        name=f"weights of Llama 3.3 70B Instruct at {name}",
        formula="parameters x bits per weight / 8",
        inputs=(
            Input(
                name="parameters",
                value=70.55,
                unit="billion",
                source="models/llama-3.3-70b#parameters",
            ),
            Input(name="bits per weight", value=bits, unit="bits"),
        ),
        value=gigabytes,
        unit="GB",
        sources=("models/llama-3.3-70b#parameters",),
    )


FIT_QUESTION = "can i run llama 3.3 70b on a single 4090"
FIT = Answer(
    kind="fit",
    outcome="no",
    headline="No, not even at 4 bit",
    text=(
        "**No, not even at 4 bit.** The weights of Llama 3.3 70B alone need 141 GB at 16 bit and "
        "43 GB at 4 bit (Q4_K_M); the card has 24 GB [1] (c1, c2). *As of 24 Nov 2026.*\n\n"
        "| precision | weights | 8,192 tokens of context | speed, one user |\n"
        "|---|---|---|---|\n"
        "| 16 bit | 141 GB (c1) | no | - |\n"
        "| 4 bit (Q4_K_M) | 43 GB (c2) | no | 15-19 tok/s (c3) |\n\n"
        "1. Two RTX 4090 hold it.\n"
        "2. Rent costs $0.29 an hour [2].\n"
    ),
    citations=(
        _cite(
            1,
            "hardware/nvidia-rtx-4090#memory",
            title="NVIDIA GeForce RTX 4090",
            page="4090",
            published="2026-05-02",
            says="memory 24 GB",
        ),
        _cite(
            2,
            "hardware/nvidia-rtx-4090#rental-openrelay-on-demand",
            title="NVIDIA GeForce RTX 4090",
            page="rent",
            published="2026-09",
            says="rental 0.29 USD per hour at OpenRelay, on demand",
        ),
    ),
    calculations=(
        _weights("bf16", 16, 141.1),
        _weights("q4_k_m", 4.89, 43.1),
        Calculation(
            id="calc/llama-3.3-70b/q4_k_m/nvidia-rtx-4090-x2/decode",
            name="decode speed of one stream",
            formula="1 / (bytes read / bandwidth)",
            inputs=(Input(name="bandwidth", value=1008, unit="GB/s"),),
            value=17,
            unit="tokens/s",
            low=15.1,
            high=19.2,
        ),
    ),
    assumed={"context": "8,192 tokens of context"},
    as_of="2026-11-24",
    question=FIT_QUESTION,
)

JOB_QUESTION = "20k tickets a day into 12 queues, 60k labeled: GPT-5 or fine-tune something?"
JOB = Answer(
    kind="recommendation",
    verdict="specialized",
    confidence=0.9,
    headline="Specialized: fine-tune a small encoder on your 60,000 tickets",
    text=(
        "**Specialized: fine-tune a small encoder on your 60,000 tickets.** About 90% odds that "
        "it at least matches a frontier model [1] (c1). *As of 24 Nov 2026.*\n\n"
        "- **Your labels decide it:** legal labels, 82.4 against 59.8 for GPT-4 [1].\n"
        "- At 608,000 tickets a month GPT-6.1 Sol costs $395 a month (c2, c3).\n"
        "- GPT-5's API ends on 11 December 2026 [2].\n\n"
        "| option | odds | per month |\n|---|---|---|\n"
        "| **ModernBERT-base, tuned** | 0.90 (c1) | $60 (c4) |\n"
        "| GPT-6.1 Sol, prompted | - | $395 (c3) |\n"
    ),
    claims=(Claim(text="60,000 tickets", evidence_ids=("profile/labeled_examples",)),),
    citations=(
        Citation(
            number=1,
            doc_id="studies/lawma-2024",
            kind="study",
            title="Lawma: The Power of Specialization for Legal Tasks",
            url="https://example.org/lawma",
            published="2024-07",
            basis="study",
            quote="On LegalBench, Lawma 8B (8B parameters) scored 82.4 against 59.8 of GPT-4",
        ),
        _cite(
            2,
            "models/gpt-5#retires",
            title="GPT-5",
            page="gpt-5",
            published="2026-11-24",
            says="last day in the maker's API 2026-12-11; replacement gpt-6.1-sol",
            kind="model",
        ),
    ),
    calculations=(
        Calculation(
            id="calc/odds",
            name="odds that specialized at least matches",
            formula="logistic",
            inputs=(Input(name="labeled examples", value=60000),),
            value=0.9,
            unit="probability",
            low=0.81,
            high=0.95,
        ),
        Calculation(
            id="calc/requests",
            name="requests a month",
            formula="requests a day x 30.4",
            inputs=(Input(name="requests a day", value=20000),),
            value=608000,
            unit="requests/month",
        ),
        Calculation(
            id="calc/api",
            name="API bill of GPT-6.1 Sol",
            formula="requests x tokens x price",
            inputs=(Input(name="input tokens", value=300, unit="tokens"),),
            value=395.2,
            unit="USD/month",
        ),
        Calculation(
            id="calc/serving",
            name="serving ModernBERT",
            formula="hours x price",
            inputs=(Input(name="price", value=0.082, unit="USD/hour"),),
            value=60.1,
            unit="USD/month",
        ),
    ),
    profile=Profile(
        task_type="classification",
        requests_per_day=20000,
        labeled_examples=60000,
        classes=12,
        words={"requests_per_day": "20k tickets a day", "labeled_examples": "60k labeled"},
    ),
    options=(
        Option(label="ModernBERT-base, tuned", route="cpu", verdict="specialized"),
        Option(label="GPT-6.1 Sol, prompted", route="api", verdict="ultra_large"),
    ),
    flips=(Flip(slot="labeled_examples", text="below 300 labels", value=300, yours=60000),),
    as_of="2026-11-24",
    question=JOB_QUESTION,
)
ALL = ((FACT_QUESTION, FACT), (FIT_QUESTION, FIT), (JOB_QUESTION, JOB))
