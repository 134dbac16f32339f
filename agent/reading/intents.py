"""What does the message ask for? Rules over its words, the products named and what stands before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.reading.wordlists import patterns
from agent.understanding import Intent, Understanding

QUANTITIES: tuple[tuple[str, str], ...] = (
    ("bandwidth", r"\bbandwidth|\bbandbreite|\bgb/s\b|\btb/s\b|bande passante|ancho de banda|带宽"),
    ("rental", r"\brent(al)?\b|\bper hour\b|\bhourly\b|\bcloud price|\ban hour\b"),
    ("price", r"\bprices?\b|\bpricing\b|\bhow much (is|does .{0,30} cost|are)\b|\bcosts?\b|\bpreis\b|\bprix\b|\bprecio\b|\bkostet|价格"),
    ("power", r"\bpower\b|\bwatts?\b|\btdp\b|\bconsum|\benergy\b|\bstrom"),
    ("kv_cache", r"\bkv[ -]?cache\b"),
    ("context", r"\bcontext\b|\bkontext|\bwindow\b"),
    ("max_output", r"\b(max|longest|output) (output|tokens out|limit)\b"),
    ("active_parameters", r"\bactive param"),
    ("parameters", r"\bparam(eter)?s?\b|\bhow (big|large) is\b|\bsize of\b|\bwie (groß|gross)"),
    ("compute_fp8", r"\bfp8 (tflops|flops|compute|performance)|\b(tflops|compute).{0,12}fp8"),
    ("compute_fp4", r"\bfp4 (tflops|flops|compute|performance)|\b(tflops|compute).{0,12}fp4"),
    ("compute_bf16", r"\b(bf16|fp16|tflops|flops|compute)\b"),
    ("retirement", r"\bend of life\b|\bretir|\bshut ?down\b|\bsunset|\beol\b|\bdeprecat|\bhow long .{0,30}available\b|\bdiscontinu|\bgoing away\b|\bstill (available|supported|around)\b|\bdisappear"),
    ("release_date", r"\bwhen (was|is|were|did|will|does)\b|\brelease(d| date)?\b|\bcome out\b|\blaunch|\bship date\b|\bhow old\b|\bannounced\b|\bwann\b"),
    ("licence", r"\blicen[cs]e|\bcommercial(ly)? use|\blizenz"),
    ("maintenance", r"\bmaintain|\bmaintenance|\barchived\b|\bactive(ly)? developed|\balive\b"),
    ("version", r"\bversion\b"),
    ("status", r"\bavailable\b|\bstatus\b|\bbuy\b|\bshipping\b|\bcan i (get|order)"),
    ("scores", r"\bbenchmark|\bscores?\b|\brating\b|\barena\b|\bmmlu|\bswe-?bench"),
    ("memory", r"\bmemory\b|\bvram\b|\bram\b|\bspeicher|\bmémoire|\bmemoria|显存|\bhow many gb\b"),
)  # fmt: skip
PRODUCT_INTENTS: tuple[Intent, ...] = (
    "fit",
    "speed",
    "comparison",
    "reality_check",
    "deploy",
    "finetune",
)
NONSENSE = re.compile(r"^[\W\d_]*$")


@dataclass(frozen=True, slots=True)
class Signals:
    """What intent is decided from."""

    text: str
    has_job: bool
    slots: int
    models: int
    hardware: int
    toolkits: int
    unknown: int
    has_size: bool
    quantity: str | None
    last: Understanding | None


def quantity_of(text: str) -> str | None:
    """Return which fact of a product is asked for, or None."""
    low = text.lower()
    return next((name for name, pattern in QUANTITIES if re.search(pattern, low)), None)


def is_nonsense(text: str) -> bool:
    """Tell whether the text holds nothing to understand: empty, marks only, or binary."""
    stripped = text.strip()
    if not stripped or NONSENSE.match(stripped):
        return True
    control = sum(ord(c) < 32 and c not in "\n\r\t" for c in stripped)
    strange = sum(c == "\ufffd" for c in stripped)
    if (control + strange) / len(stripped) > 0.05:
        return True
    words = re.findall(r"[^\W\d_]{2,}", stripped)
    if not words:
        return True
    longest = max(map(len, words))
    vowels = sum(
        bool(re.search(r"[aeiouyäöüéèáíóú\u4e00-\u9fff\u0400-\u04ff]", w.lower())) for w in words
    )
    return longest > 60 or (len(words) <= 3 and vowels == 0 and longest > 4)


def matches(name: str, text: str) -> bool:
    """Tell whether one of the patterns of an intent matches the lower-case text."""
    return any(pattern.search(text) for pattern in patterns("intents")[name])


def intent_of(s: Signals) -> Intent:
    """Return the intent; the order of the questions below is the rule."""
    low = s.text.lower().strip()
    products = s.models + s.hardware + s.toolkits + s.unknown
    if matches("hostile", low) and not (s.has_job and s.slots):
        return "hostile"
    if matches("greeting", low):
        return "greeting"
    if matches("sources", low):
        return "sources"
    if s.last is not None and matches("explain", low) and not s.slots:
        return "explain"
    if not products and not s.has_size and matches("vague", low):
        return "vague"
    if not products and not s.has_size and not s.slots and matches("off_topic", low):
        return "off_topic"
    return _asked(s, low, products)


def _asked(s: Signals, low: str, products: int) -> Intent:
    device = s.hardware > 0 or s.unknown > 0
    model = s.models > 0 or s.has_size
    wants_pick = matches("recommendation", low)
    if matches("deploy", low) and (products or s.has_size):
        return "deploy"
    if matches("finetune", low) and not (wants_pick and s.has_job and re.search(r"\bor\b", low)):
        return "finetune"
    if _two_sides(s, low) and not (s.has_job and s.slots >= 2 and s.models < 2):
        return "comparison"
    if s.hardware + s.unknown and matches("reality_check", low) and not (model and _fits(low, s)):
        return "reality_check"
    if matches("cost", low) and not (wants_pick and s.has_job) and _costable(s, low):
        return "cost"
    if matches("speed", low) and (device or model):
        return "speed"
    if _fits(low, s):
        return "fit"
    if s.toolkits and not s.has_job:
        return "comparison" if s.toolkits > 1 and re.search(r"\bor\b", low) else "toolkit"
    if matches("toolkit", low) and not (wants_pick and s.has_job and s.slots):
        return "toolkit"
    if s.has_job and (wants_pick or s.slots or not products):
        return "recommendation"
    if products and (matches("fact", low) or s.quantity):
        return "fact"
    if matches("reality_check", low) and (products or s.has_size):
        return "reality_check"
    if s.has_job or s.slots:
        return "recommendation"
    if products:
        return "fact"
    return _nothing_named(s, low, wants_pick)


def _nothing_named(s: Signals, low: str, wants_pick: bool) -> Intent:
    about_models = re.search(
        r"\b(?:llms?|models?|gpus?|ai|ki|chips?|inference|tokens?|hardware|fine-?tun\w*|quanti\w+|modell\w*|模型)\b",
        low,
    )
    if s.has_size or (about_models and wants_pick):
        return "vague" if not s.has_size else "fit"
    if about_models and matches("fact", low):
        return "fact"
    if about_models:
        return "vague"
    return "off_topic" if len(low.split()) > 2 else "vague"


def _two_sides(s: Signals, low: str) -> bool:
    several = s.hardware > 1 or s.toolkits > 1 or s.models > 1
    joined = re.search(r"\b(?:or|vs\.?|versus|against|oder|ou|o)\b|还是", low)
    return several and (matches("comparison", low) or bool(joined)) and not matches("cost", low)


def _fits(low: str, s: Signals) -> bool:
    if not matches("fit", low):
        return False
    return bool(s.hardware or s.models or s.has_size or s.unknown)


def _costable(s: Signals, low: str) -> bool:
    """Costs of a job or a model are worked out; the price of a product is a fact."""
    if s.hardware and not s.models and not s.has_size and not s.slots:
        return False
    if re.search(r"\bprice of\b", low) and not s.slots:
        return False
    if (
        s.models
        and not s.slots
        and not re.search(r"break.?even|self.?host|own|over \w+ years|per month|a month", low)
    ):
        return False
    return True
