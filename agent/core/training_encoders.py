"""Scripts for encoders: sort texts, tag words, or find texts, with a sample of the data."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.finetune import FineTunePlan
from agent.core.recipes import RecipeFile
from agent.core.training_choice import LARGEST_ENCODER_B
from agent.core.training_template import filled, planned_values


@dataclass(frozen=True, slots=True)
class _Job:
    """A template, the encoders it starts from (English, any language), and a row of its data."""

    template: str
    english: str
    multilingual: str
    sample_name: str
    sample: str
    caption: str


_LABELS = 'text,label\n"The text to sort, in quotes","its label"\n'
_SORT = _Job(
    "encoder.py.txt",
    "answerdotai/ModernBERT-base",
    "FacebookAI/xlm-roberta-base",
    "train.csv",
    _LABELS,
    "An encoder tuned on closed labels",
)
_FEW = _Job(
    "setfit.py.txt",
    "sentence-transformers/all-MiniLM-L6-v2",
    "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
    "train.csv",
    _LABELS,
    "SetFit on few examples",
)
_TAG = _Job(
    "tagger.py.txt",
    "answerdotai/ModernBERT-base",
    "FacebookAI/xlm-roberta-base",
    "train.jsonl",
    '{"tokens": ["Anna", "lives", "here"], "tags": ["B-PERSON", "O", "O"]}\n',
    "An encoder tuned to tag words",
)
_FIND = _Job(
    "embedder.py.txt",
    "BAAI/bge-small-en-v1.5",
    "BAAI/bge-m3",
    "train.jsonl",
    '{"anchor": "what is searched", "positive": "the text that answers it"}\n',
    "An embedder tuned to find the right text",
)
_JOBS = {"ner": _TAG, "embedding": _FIND, "retrieval_ranking": _FIND}


def encoder_files(plan: FineTunePlan) -> tuple[RecipeFile, ...]:
    """Return the script of an encoder plan and a sample of its data.

    The model is tuned itself where it is an encoder; else a small one, English or multilingual.
    """
    job = _FEW if plan.method == "setfit" else _JOBS.get(plan.task_type or "", _SORT)
    own = plan.hf_id if plan.parameters_b <= LARGEST_ENCODER_B else None
    english = all(code == "en" for code in plan.languages)
    text = filled(
        job.template,
        title=f"{plan.labeled_examples or 'your'} examples",
        task=(plan.task_type or "classification").replace("_", " "),
        **{**planned_values(plan), "hf_id": own or (job.english if english else job.multilingual)},
    )
    return (
        RecipeFile(
            name=f"train_{plan.method}.py",
            media_type="text/x-python",
            content=text,
            caption=job.caption,
        ),
        RecipeFile(
            name=job.sample_name,
            media_type="text/csv" if job.sample_name.endswith("csv") else "application/jsonl",
            content=job.sample,
            caption="The form of the examples",
        ),
    )
