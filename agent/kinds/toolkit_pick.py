"""Which of several tools: by what their own pages say they are for, against the situation named."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.turn import Turn
from knowledge.schema import Hardware, Toolkit

MANY = 5
"""From this many users at once, a tool made for one is the wrong one."""
PEOPLE = re.compile(
    r"\b(\d{1,6})\s+(?:\w+\s)?(?:people|users|employees|colleagues|developers|staff|seats"
    r"|nutzer\w*|leute|mitarbeiter\w*|personas|personnes)\b",
    re.IGNORECASE,
)
FITS, MISFITS, NO_SUPPORT = 2, -2, -6
"""What one situation adds where a page names it as the tool's use, as no use, or not at all."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One thing that decides between tools.

    `asked` finds it in a message; `for_it` and `against` find it in what a page says a tool is best
    for; `against` is its opposite. `support` is what the list of supported hardware must hold.
    """

    words: str
    asked: str
    for_it: str
    against: str = r"(?!)"
    support: str | None = None


SITUATIONS = (
    Situation(
        "many users at once",
        r"concurren|many users|multi-?user|\bproduction\b|\bprod\b|high (?:load|traffic|throughput)"
        r"|viele nutzer|produktiv|parallel",
        r"many (?:concurrent )?users|concurren|multi-?user|production",
        r"personal|single[- ]user|one machine|prototyp|laptops|small (?:internal|local)",
    ),
    Situation(
        "one person",
        r"\bjust me\b|\bmyself\b|\bone user\b|\bsingle[- ]user\b|\bpersonal\b|\bhobby|\bat home\b"
        r"|\bzu ?hause\b|\bprototyp",
        r"personal|prototyp|laptops|desktops|workstation|non-specialist",
        r"many (?:concurrent )?users|data-?cent(?:er|re)",
    ),
    Situation(
        "one GPU",
        r"\b(?:one|single|1 ?x?|ein(?:e|er|em|en|zelne\w*)?|una?|une) (?:\w+ ){0,2}"
        r"(?:gpu|card|karte|\d{4}\b)|\bconsumer (?:gpu|card)|\bgaming (?:gpu|card|pc)",
        r"single-gpu|consumer|workstation|one machine",
        r"multi-gpu|many gpus|multi-node|data-?cent(?:er|re)",
    ),
    Situation(
        "several GPUs",
        r"\b(?:multi-?gpu|several gpus|many gpus|multi-?node|cluster|nodes)\b"
        r"|\b(?:[2-9]|\d{2,}) ?x? ?(?:gpus|cards|nodes|karten)",
        r"multi-gpu|many gpus|multi-node|cluster|data-?cent(?:er|re)",
        r"single-gpu|one machine|laptops",
    ),
    Situation(
        "a Mac",
        r"\bmac\w*|\bapple\b|\bm[1-5] (?:pro|max|ultra)\b",
        r"\bmac\b|apple|laptops|desktops",
        r"data-?cent(?:er|re)|non-apple",
        support=r"apple|metal|mlx",
    ),
    Situation(
        "a machine without a GPU",
        r"\bcpu\b|\b(?:no|without|ohne) (?:a )?(?:gpu|graphics card|grafikkarte)\b|raspberry",
        r"laptops|edge|cpu",
        r"data-?cent(?:er|re)|\bgpus\b",
        support=r"cpu",
    ),
    Situation(
        "an AMD card",
        r"\bamd\b|\bradeon\b|\brx ?\d{4}|\bmi\d{3}",
        r"\bamd\b",
        support=r"amd|rocm|vulkan",
    ),
    Situation(
        "people without training engineers",
        r"beginner|newbie|no[- ]code|\bgui\b|graphical|easy|simple|anfänger|einfach|non-technical",
        r"without training engineers|graphical|non-specialist|quick|fast experiments",
        r"engineers who|python teams",
    ),
    Situation(
        "preference tuning",
        r"\bdpo\b|\bgrpo\b|\brlhf\b|\bppo\b|\bkto\b|preference|reinforcement",
        r"preference|\brl\b|reinforcement",
    ),
    Situation(
        "configurations under version control",
        r"\byaml\b|reproducib|version control|\bci\b",
        r"reproducib",
    ),
    Situation("many LoRA adapters", r"\badapters\b|multi-?lora", r"adapters"),
    Situation(
        "agents with long shared prompts",
        r"\bagents?\b|multi-turn|shared prefix|long prompts",
        r"agent|multi-turn|shared prefix",
    ),
)


@dataclass(frozen=True, slots=True)
class Pick:
    """The tool whose page fits the situation best; `best` None where nothing decides.

    `for_many` are ids of the others that are made for many users, where that was not asked.
    """

    best: Toolkit | None
    situations: tuple[str, ...]
    not_for: dict[str, str]
    for_many: tuple[str, ...] = ()


def pick(turn: Turn, toolkits: tuple[Toolkit, ...]) -> Pick:
    """Weigh each tool's "best for", "not for" and supported hardware against the situation."""
    held = tuple(s for s in SITUATIONS if _holds(turn, s))
    alive = [t for t in toolkits if t.maintenance not in ("archived", "maintenance_mode")]
    scored = sorted(((_score(t, held), t) for t in alive), key=lambda pair: -pair[0])
    against = {t.id: clause for t in toolkits if (clause := _ruling_out(t, held))}
    words = tuple(s.words for s in held)
    if not held or not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return Pick(None, words, against)
    best = scored[0][1]
    crowd = SITUATIONS[0]
    open_to = tuple(
        t.id for t in alive if t is not best and t.category == "serving" and _meant_for(t, crowd)
    )
    decided = crowd in held or _meant_for(best, crowd)
    return Pick(best, words, against, () if decided else open_to)


def _meant_for(toolkit: Toolkit, situation: Situation) -> bool:
    return _says(situation.for_it, toolkit.best_for or "")


def _holds(turn: Turn, situation: Situation) -> bool:
    asked = turn.understanding
    if re.search(situation.asked, turn.message, re.IGNORECASE):
        return True
    devices = [
        (d, count)
        for doc_id, count in asked.hardware
        if isinstance(d := turn.catalogue.get(doc_id), Hardware)
    ]
    match situation.words:
        case "many users at once":
            people = max((int(n) for n in PEOPLE.findall(turn.message)), default=0)
            return max(asked.concurrency or 0, people) >= MANY
        case "one GPU":
            return any(count == 1 and d.device == "gpu" for d, count in devices)
        case "several GPUs":
            return any(count > 1 for _, count in devices)
        case "a Mac":
            return any(d.vendor == "Apple" for d, _ in devices)
        case "an AMD card":
            return any(d.vendor == "AMD" for d, _ in devices)
    return False


def _score(toolkit: Toolkit, held: tuple[Situation, ...]) -> int:
    total = 0
    for situation in held:
        best = toolkit.best_for or ""
        total += FITS * _says(situation.for_it, best) + MISFITS * _says(situation.against, best)
        total += MISFITS * bool(_ruling_out(toolkit, (situation,)))
        support = " ".join(toolkit.hardware_support)
        if situation.support and support and not _says(situation.support, support):
            total += NO_SUPPORT
    return total


def _ruling_out(toolkit: Toolkit, held: tuple[Situation, ...]) -> str | None:
    """Return the clause of what the tool is not for that describes a situation, or None."""
    return _clause(toolkit.not_for or "", held)


def _clause(text: str, held: tuple[Situation, ...]) -> str | None:
    """Return the clause of `text` that most of the situations describe, as it is written."""
    clauses = [c.strip().rstrip(".") for c in re.split(r"[;,]\s", text)]
    hits = [(sum(_says(s.for_it, c) for s in held), c) for c in clauses if c]
    most = max(hits, key=lambda pair: pair[0], default=(0, ""))
    return most[1] if most[0] else None


def _says(pattern: str, text: str) -> bool:
    return bool(re.search(pattern, text, re.IGNORECASE))
