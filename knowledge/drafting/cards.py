"""A model card as a document: what the hub's files say, marked as not reviewed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol

from pydantic import ValidationError

from knowledge.catalogue import Catalogue
from knowledge.documents import Loaded, content_hash, faults_of
from knowledge.drafting.architecture import Drafted, draft_architecture
from knowledge.drafting.ids import (
    checked_date,
    doc_id_of,
    free_aliases,
    known_as,
    makers,
    source_of,
    today,
)
from knowledge.errors import DocumentError
from knowledge.names import fold
from knowledge.schema import Architecture, Fact, Model, Score

SIZES: tuple[tuple[float, Literal["tiny", "small", "mid", "large"]], ...] = (
    (1.0, "tiny"),
    (12.1, "small"),
    (40.0, "mid"),
    (200.0, "large"),
)
"""Billions of parameters below which a model of the corpus is of the class."""
IN_NAME = re.compile(r"(?<![a-z0-9.])(\d{1,4}(?:\.\d{1,2})?)([bm])(?![a-z0-9])", re.IGNORECASE)
ACTIVE_IN_NAME = re.compile(r"(?<![a-z0-9.])a(\d{1,3}(?:\.\d{1,2})?)b(?![a-z0-9])", re.IGNORECASE)
PACKED = re.compile(
    r"(?i)[-_](?:awq|gptq|gguf|int[48]|[48]-?bit|bnb|nf4|nvfp4|mxfp4|fp8|exl2|w4a16)"
)
SCORES_KEPT = 40
LARGEST_B = 20_000.0
TASKS = {
    "feature-extraction": "embedding",
    "sentence-similarity": "embedding",
    "text-ranking": "rerank",
    "automatic-speech-recognition": "speech",
    "text-to-speech": "speech",
    "audio-text-to-text": "speech",
    "translation": "translation",
    "time-series-forecasting": "time_series",
    "token-classification": "extraction",
    "document-question-answering": "vision_document",
    "fill-mask": "encoder",
    "text-classification": "encoder",
    "zero-shot-classification": "encoder",
}
DOMAINS = (
    ("medical", r"medic(?:al|ine)|clinical|biomed\w*|health(?:care)?"),
    ("legal", r"legal|law"),
    ("finance", r"financ(?:e|ial)|fintech|banking"),
    ("sql", r"(?:text[-_ ]?(?:to|2)[-_ ]?)?sql"),
    ("math", r"math\w*"),
    ("code", r"code|coder|coding|programming"),
    ("function_calling", r"function[-_ ]calling|tool[-_ ](?:use|calling)"),
    ("moderation", r"moderation|guard|safety|guardrails?"),
    ("translation", r"translation"),
    ("rerank", r"rerank(?:er|ing)?"),
    ("embedding", r"embeddings?|sentence[-_ ]transformers"),
)


class Card(Protocol):
    """A model on a hub, as its files tell."""

    @property
    def repo_id(self) -> str: ...  # noqa: D102
    @property
    def readme(self) -> str | None: ...  # noqa: D102
    @property
    def metadata(self) -> Mapping[str, Any] | None: ...  # noqa: D102
    @property
    def config(self) -> Mapping[str, Any] | None: ...  # noqa: D102
    @property
    def url(self) -> str | None: ...  # noqa: D102
    @property
    def tensors(self) -> Mapping[str, int] | None: ...  # noqa: D102
    @property
    def last_modified(self) -> str | None: ...  # noqa: D102


def draft_card(card: Card, catalogue: Catalogue, *, doc_id: str | None = None) -> Loaded:
    """Return the model that `card` describes; facts, scores and dimensions are not reviewed.

    `doc_id` names the document to write or to replace; without it the model must be new.

    Raises:
        DocumentError: if a document covers the model already, a number can't be, or nothing says
            how many parameters there are.
    """
    metadata = card.metadata or {}
    name = card.repo_id.rpartition("/")[2].strip() or "model"
    known = doc_id or doc_id_of("model", name)
    _check_new(card.repo_id, name, catalogue, doc_id)
    now = today()
    changed = checked_date(card.last_modified or "", until=now)
    drafted = (
        draft_architecture(card.config, hf_id=card.repo_id, source="s1")
        if card.config
        else Drafted(None, "there is no config.json")
    )
    facts, conflicts = _facts(card, name, drafted.architecture, changed)
    size = next((fact.value for fact in facts if fact.name == "parameters"), None)
    if not size:
        raise DocumentError(
            f"{card.repo_id}: neither config.json, nor the weights, nor the name say how many "
            "parameters the model has; write a document with front matter of kind 'model'"
        )
    publisher = card.repo_id.rpartition("/")[0] or None
    task = str(metadata.get("pipeline_tag") or "")
    try:
        model = Model(
            id=known,
            title=name,
            aliases=free_aliases([card.repo_id, name.replace("-", " ")], name, catalogue, known),
            published=changed,
            read_on=now,
            sources={"s1": source_of(card.repo_id, card.url, publisher, changed)},
            facts=facts,
            conflicts=conflicts,
            notes=_notes(metadata, drafted),
            vendor=makers(catalogue).get(fold(publisher), publisher) if publisher else "not stated",
            open_weights=True,
            licence=_licence(metadata),
            size_class=size_class(size),
            specialization=_specialization(name, metadata),
            modalities_in=_inputs(task),
            modalities_out=("text",) if _makes_text(task) else (),
            languages=_languages(metadata),
            scores=tuple(_scores(metadata, changed))[:SCORES_KEPT],
            architecture=drafted.architecture,
        )
    except ValidationError as error:
        raise DocumentError(f"{card.repo_id}: {faults_of(error)}") from error
    body = (card.readme or "").strip() or f"## {name}\nThe repository has no card."
    return Loaded(model, body, content_hash(model.model_dump_json() + body))


def size_class(billions: float) -> Literal["ultra_large", "large", "mid", "small", "tiny"]:
    """Return the class of a model with so many billions of parameters."""
    return next((name for most, name in SIZES if billions < most), "ultra_large")


def domain_in(text: str) -> str | None:
    """Return what a model is made for by the words of its name and tags, or None."""
    plain = re.sub(r"[-_/.:\d]+", " ", fold(text))
    return next(
        (kind for kind, words in DOMAINS if re.search(rf"(?<![a-z])(?:{words})(?![a-z])", plain)),
        None,
    )


def size_in_name(name: str) -> float | None:
    """Return the billions of parameters that `name` states ("Demo-8B"), or None if not one."""
    found = {
        float(number) / (1 if unit.lower() == "b" else 1000)
        for number, unit in IN_NAME.findall(name)
    }
    return found.pop() if len(found) == 1 and 0 not in found else None


def _check_new(repo_id: str, name: str, catalogue: Catalogue, doc_id: str | None) -> None:
    covering = next(
        (
            document.id
            for document in catalogue.of("model")
            if isinstance(document, Model)
            and document.architecture
            and document.architecture.hf_id.casefold() == repo_id.casefold()
        ),
        None,
    ) or known_as(name, catalogue, "model")
    own = doc_id_of("model", name)
    covering = covering or (own if own in catalogue else None)
    if covering and covering != doc_id:
        raise DocumentError(
            f"{repo_id}: {covering!r} already covers this model; to replace it, give that id "
            f"explicitly (doc_id={covering!r})"
        )


def _facts(
    card: Card, name: str, architecture: Architecture | None, as_of: str | None
) -> tuple[tuple[Fact, ...], tuple[str, ...]]:
    counted = _stored(card, name)
    computed = architecture.parameters_b if architecture else None
    found: list[Fact] = []
    conflicts: list[str] = []
    named = size_in_name(name)
    if counted and computed and not 0.9 <= counted / computed <= 1.5:
        conflicts.append(
            f"parameters: the weight files hold {counted:g} billion, the dimensions of config.json "
            f"make {computed:g} billion"
        )
        counted = None
    if counted:
        found.append(_fact("parameters", counted, as_of, "counted in the weight files"))
    elif computed:
        note = "computed from the dimensions of config.json"
        found.append(_fact("parameters", computed, as_of, note, computed=True))
    elif named:
        found.append(_fact("parameters", named, as_of, "as the name says"))
    active = architecture.active_parameters_b if architecture else None
    in_name = ACTIVE_IN_NAME.search(name)
    if active and architecture and architecture.moe:
        note = "computed from the dimensions of config.json"
        found.append(_fact("active_parameters", active, as_of, note, computed=True))
    elif in_name and 0 < float(in_name[1]) < (counted or computed or named or 0):
        found.append(_fact("active_parameters", float(in_name[1]), as_of, "as the name says"))
    if architecture:
        tokens = architecture.context_tokens
        found.append(_fact("context", tokens, as_of, "window configured in config.json"))
    return tuple(found), tuple(conflicts)


def _fact(
    name: str, value: float, as_of: str | None, conditions: str, *, computed: bool = False
) -> Fact:
    return Fact(
        name=name,
        value=value,
        unit="tokens" if name == "context" else "billion",
        basis="computed" if computed else "vendor",
        source="s1",
        as_of=as_of,
        conditions=conditions,
        unreviewed=True,
    )


def _stored(card: Card, name: str) -> float | None:
    """Return the parameters in the weight files in billions; None where they may be packed."""
    total = (card.tensors or {}).get("total_parameters")
    if total is None or (card.config or {}).get("quantization_config") or PACKED.search(name):
        return None
    if isinstance(total, bool) or not isinstance(total, int) or not 0 < total <= LARGEST_B * 1e9:
        raise DocumentError(
            f"{card.repo_id}: 'total_parameters' is {total!r}; it must be a whole number from 1 to "
            f"{LARGEST_B * 1e9:,.0f}"
        )
    return round(total / 1e9, 4)


def _notes(metadata: Mapping[str, Any], drafted: Drafted) -> tuple[str, ...]:
    bases = [item for item in _several(metadata.get("base_model")) if item]
    notes = ["drafted from the model card; nobody has reviewed it yet"]
    notes += [f"tuned from {', '.join(bases[:4])}"] if bases else []
    notes += [f"architecture: {drafted.reason}"] if drafted.reason else []
    return tuple(notes)


def _licence(metadata: Mapping[str, Any]) -> str:
    licence = ", ".join(_several(metadata.get("license")))
    name = str(metadata.get("license_name") or "").strip()
    if not licence:
        return "not stated on the card"
    if licence == "other":
        return f"{name} (the maker's own terms)" if name else "other; see the model page"
    llama = re.fullmatch(r"llama-?(\d(?:\.\d)?)", licence)
    if llama:
        return f"Llama {llama[1]} Community License"
    if licence == "gemma":
        return "Gemma terms"
    if licence.startswith(("cc", "mit", "bsd", "gpl", "agpl")):
        return licence.upper()
    return licence[:1].upper() + licence[1:]


def _specialization(name: str, metadata: Mapping[str, Any]) -> str:
    task = TASKS.get(str(metadata.get("pipeline_tag") or ""))
    kind = domain_in(" ".join([name, *_several(metadata.get("tags"))]))
    return kind if kind and task not in {"embedding", "rerank", "speech"} else task or "general"


def _inputs(task: str) -> tuple[str, ...]:
    if task in {"automatic-speech-recognition", "audio-text-to-text"}:
        return ("audio",)
    if task == "any-to-any":
        return ()
    return ("text", "image") if "image" in task or "document" in task else ("text",)


def _makes_text(task: str) -> bool:
    return task in {
        "text-generation",
        "image-text-to-text",
        "translation",
        "summarization",
        "text2text-generation",
        "automatic-speech-recognition",
        "audio-text-to-text",
    }


def _languages(metadata: Mapping[str, Any]) -> str | None:
    listed = _several(metadata.get("language"))
    if not listed:
        return None
    more = f" and {len(listed) - 20} more" if len(listed) > 20 else ""
    return ", ".join(listed[:20]) + more


def _scores(metadata: Mapping[str, Any], as_of: str | None) -> Iterator[Score]:
    """Yield the results of the card's `model-index`, as its maker gives them."""
    entries = metadata.get("model-index")
    for entry in entries if isinstance(entries, list) else []:
        for result in _mappings(_get(entry, "results")):
            board = _get(_get(result, "dataset"), "name") or _get(_get(result, "task"), "name")
            for metric in _mappings(_get(result, "metrics")):
                value, name = _get(metric, "value"), _get(metric, "name") or _get(metric, "type")
                if isinstance(value, bool) or not isinstance(value, int | float):
                    continue
                if board and name and math.isfinite(value):
                    yield Score(
                        board=str(board)[:120],
                        metric=str(name)[:120],
                        value=value,
                        basis="vendor",
                        source="s1",
                        as_of=as_of,
                        conditions="as the model card states",
                        unreviewed=True,
                    )


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _get(value: object, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _several(value: object) -> list[str]:
    items: Sequence[object] = value if isinstance(value, list) else [value]
    return [
        str(item).strip() for item in items if isinstance(item, str | int) and str(item).strip()
    ]
