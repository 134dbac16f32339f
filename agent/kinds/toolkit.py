"""A toolkit question: which tool for which stage, reviewed with its maintenance state."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.answer import Section
from agent.kinds.fact import cited_remark, cited_text
from agent.kinds.naming import short
from agent.kinds.plain import Back
from agent.turn import Draft, Turn
from agent.wording import day
from knowledge.schema import Toolkit

ALIVE = {"active": 0, "slow": 1, "unknown": 2, "maintenance_mode": 3, "archived": 4}
STAGES: dict[str, tuple[str, ...]] = {
    "serving": ("serv", "host", "deploy", "inference", "run a model", "run models", "engine"),
    "fine_tuning": ("fine-tun", "tun", "finetun", "lora", "train", "adapter"),
    "quantization": ("quanti", "gguf", "awq", "gptq", "compress"),
    "routing": ("rout", "gateway", "fallback", "proxy"),
    "orchestration": ("orchestrat", "agent", "rag", "chain", "pipeline"),
    "evaluation": ("eval", "test", "benchmark", "judge"),
    "management_monitoring": ("monitor", "observ", "trac", "registry", "experiment", "track"),
    "data": ("label", "annotat", "data prep", "dataset", "clean", "synthetic"),
    "cost_selection": ("cost", "sizing", "capacity", "select"),
}
MOST = 3
MEANINGS: dict[str, frozenset[str]] = {
    "single": frozenset({"single", "one"}),
    "many": frozenset({"many", "multi", "multiple", "several", "cluster", "node"}),
    "hobby": frozenset({"hobby", "consumer", "gaming", "geforce", "home", "desktop", "laptop"}),
    "gpu": frozenset({"gpu", "card", "graphic"}),
    "mac": frozenset({"mac", "macbook", "macos"}),
    "tuning": frozenset({"fine", "tune", "tuning", "finetune", "finetuning", "training", "train"}),
    "serving": frozenset({"serve", "serving", "host", "hosting", "deploy", "inference"}),
}
"""Words of one meaning, as documents and questions spell it."""
COMMON = frozenset(
    {
        "and",
        "any",
        "best",
        "big",
        "can",
        "for",
        "framework",
        "good",
        "how",
        "its",
        "large",
        "library",
        "llm",
        "model",
        "need",
        "new",
        "our",
        "own",
        "project",
        "recommend",
        "should",
        "small",
        "software",
        "team",
        "that",
        "the",
        "their",
        "tool",
        "toolkit",
        "use",
        "user",
        "using",
        "want",
        "what",
        "which",
        "who",
        "with",
        "work",
        "would",
    }
)
"""Words that do not tell one tool from another."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The toolkits to name, the best first, and the stage they serve."""

    toolkits: tuple[Toolkit, ...]
    stage: str | None
    asked_for: bool


def work_out(turn: Turn) -> Reviewed | Back:
    """Return the toolkits named, or the maintained ones of the stage asked about."""
    named = [turn.catalogue.get(i) for i in turn.understanding.toolkits]
    chosen = tuple(d for d in named if isinstance(d, Toolkit))
    if chosen:
        return Reviewed(chosen[:MOST], None, asked_for=True)
    stage = stage_of(turn.message)
    found = [turn.catalogue.get(p.doc_id) for p in turn.passages]
    ranked = [d for d in dict.fromkeys(d.id for d in found)]
    candidates = [d for i in ranked if isinstance(d := turn.catalogue.get(i), Toolkit)]
    inside = [t for t in candidates if stage is None or t.category == stage]
    others = [
        t
        for t in turn.catalogue.of("toolkit")
        if isinstance(t, Toolkit) and t.category == stage and t not in inside
    ]
    pool = [t for t in (*inside, *others) if t.maintenance in ("active", "slow")]
    wanted = wanted_words(turn)
    suited = [t for t in pool if not _ruled_out(t, wanted)]
    # The order of the search decides among those that suit equally well.
    suited.sort(key=lambda t: (-_suits(t, wanted), ALIVE[t.maintenance]))
    if not suited:
        return Back("problem", ("Say what the tool is for: serving, tuning, evaluation ...?",))
    return Reviewed(tuple(suited[:MOST]), stage, asked_for=False)


def wanted_words(turn: Turn) -> frozenset[str]:
    """Return what the message asks of a tool, as words of one meaning each."""
    words = _meanings(turn.message)
    for doc_id, count in turn.understanding.hardware:
        title = turn.catalogue.get(doc_id).title
        words |= _meanings(title) | ({"single"} if count == 1 else {"many"})
        maker = title.split()[0].lower()
        words |= {"gpu", maker} | ({"non-nvidia"} if maker != "nvidia" else set())
    return frozenset(words)


def _meanings(text: str) -> set[str]:
    """Return the telling words of `text`: plurals cut, words of one meaning made one."""
    low = re.sub(r"\bnon-(\w+)", r"non_\1", text.lower())
    words = {word.replace("_", "-") for word in re.findall(r"[a-z_]{3,}", low)}
    stems = {re.sub(r"(?<=\w{3})s$", "", word) for word in words} - COMMON
    for meaning, spellings in MEANINGS.items():
        if stems & spellings:
            stems = (stems - spellings) | {meaning}
    if stems & {"amd", "intel", "apple"}:
        stems.add("non-nvidia")
    return stems


def _ruled_out(toolkit: Toolkit, wanted: frozenset[str]) -> bool:
    """Tell whether a clause of what the tool is not for describes what is wanted."""
    clauses = re.split(r"[;,:]|\bor\b", toolkit.not_for or "")
    return any(_describes(_meanings(clause), wanted) for clause in clauses)


def _describes(clause: set[str], wanted: frozenset[str]) -> bool:
    shared = clause & wanted
    return len(shared - {"gpu"}) >= 1 and len(shared) >= max(2, (len(clause) + 1) // 2)


def _suits(toolkit: Toolkit, wanted: frozenset[str]) -> float:
    """Return the share of what is wanted that the tool's own "best for" names."""
    return len(_meanings(toolkit.best_for or "") & wanted) / max(1, len(wanted))


def stage_of(text: str) -> str | None:
    """Return the stage of the life cycle that `text` is about, or None."""
    low = text.lower()
    hits = {
        stage: sum(len(re.findall(rf"\b{re.escape(word)}", low)) for word in words)
        for stage, words in STAGES.items()
    }
    best = max(hits, key=lambda stage: hits[stage])
    return best if hits[best] else None


def write(found: Reviewed, turn: Turn) -> Draft:
    """Draft a short review: state first, who it is for and not for, complaints."""
    for toolkit in found.toolkits:
        turn.book.name(short(toolkit), toolkit.title, *toolkit.aliases, toolkit.version or "")
    first = found.toolkits[0]
    name = short(first)
    sections = [
        _section(toolkit, turn, titled=len(found.toolkits) > 1) for toolkit in found.toolkits
    ]
    headline = name if found.asked_for else f"Start with {name}"
    state = first.maintenance.replace("_", " ")
    if found.asked_for:
        headline = {
            "active": f"{name} is actively maintained",
            "slow": f"{name} is maintained, slowly",
            "maintenance_mode": f"{name} is in maintenance mode: don't start on it",
            "archived": f"{name} is archived: don't start on it",
            "unknown": f"{name}: its maintenance state is not known",
        }[first.maintenance]
    note = first.maintenance_note or f"Maintenance: {state}."
    version = (
        f" Newest version seen: {first.version}, {day(first.version_date)}."
        if first.version
        else ""
    )
    summary = cited_text(turn, first, f"{note.rstrip('.')}.{version}")
    return Draft(
        kind="toolkit",
        headline=headline,
        summary=summary.model_copy(
            update={
                "evidence_ids": (
                    *summary.evidence_ids,
                    *cited_text(
                        turn, first, f"{first.version or ''} {first.version_date or ''}"
                    ).evidence_ids,
                )
            }
        ),
        sections=tuple(sections),
        suggestions=(
            f"What are the alternatives to {name}?",
            f"Give me a recipe with {name}",
        ),
    )


def _section(toolkit: Toolkit, turn: Turn, *, titled: bool) -> Section:
    claims = [cited_text(turn, toolkit, toolkit.purpose)]
    if toolkit.best_for:
        claims.append(cited_text(turn, toolkit, f"For: {toolkit.best_for}"))
    if toolkit.not_for:
        claims.append(cited_text(turn, toolkit, f"Not for: {toolkit.not_for}"))
    for remark in toolkit.weaknesses[:1]:
        claims.append(cited_remark(turn, toolkit, remark, "Weakness"))
    for remark in toolkit.complaints[: 1 if titled else 2]:
        claims.append(cited_remark(turn, toolkit, remark, "One user's report"))
    return Section(title=short(toolkit) if titled else "", claims=tuple(claims))
