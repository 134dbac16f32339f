"""The rule interpreter: a message in, its intent, slots and products out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.profile import Owned, Profile
from agent.reading import places
from agent.reading.folding import tidy
from agent.reading.intents import Signals, intent_of, is_nonsense, matches, quantity_of
from agent.reading.slots import (
    CORRECTION,
    MULTIPLE,
    MULTIPLES,
    PERIOD_WORDS,
    PERIODS_A_DAY,
    Found,
    read_slots,
)
from agent.reading.tasks import domain, job_words, task_type
from agent.understanding import Intent, Understanding
from knowledge import Catalogue, Mention

HEAD, TAIL = 8000, 500
"""A long paste is read by its beginning and its end."""
SIZE = re.compile(
    r"(?<![\w.$€£-])(?P<size>\d{1,4}(?:\.\d)?)\s?(?:b\b|billion (?:param|model))", re.IGNORECASE
)
PRECISION = re.compile(
    r"\b(?P<name>iq\d_\w+|q\d(?:_[k01](?:_[sml])?)?|fp32|fp16|bf16|fp8|fp4|nvfp4|mxfp4|int8|int4|awq|gptq|w4a16|w8a8|"
    r"(?:4|5|6|8|16|four|eight|sixteen)[\s-]?bits?)\b",
    re.IGNORECASE,
)
BIT_WORDS = {"four": "4", "eight": "8", "sixteen": "16"}
ENGINES = re.compile(
    r"\b(vllm|sglang|tensorrt-llm|trt-llm|llama\.cpp|ollama|mlx|exllama\w*|lmdeploy|transformers)\b",
    re.I,
)
JUST_ANSWER = re.compile(
    r"\b(?:just answer|just (?:give|tell) me|assume (?:whatever|something)|skip (?:the )?questions|your best guess|egal, antworte)\b",
    re.I,
)
STARTS_ON = re.compile(
    r"^\s*(?:and|but|so|then|ok(?:ay)?,?|what (?:about|if|happens)|how about|what of|und|et|y|aber|sorry|actually|no,|"
    r"now|instead|same|also|make (?:it|that)|change|if\b|with\b|without\b|at\b|on (?:a|two|one|\d)|for (?:a|the|two|\d)|only|just|or\b|"
    r"i meant|we (?:also )?(?:only )?have|it (?:has|must|needs|should)|our data|the data|was ist mit|et si|y si)\b",
    re.IGNORECASE,
)
REFERS = re.compile(
    r"\b(?:it|that|this|them|those|the same|instead|there|two of|the other)\b", re.I
)
NUMBER_OF_CARDS = re.compile(
    r"\b(?P<n>one|two|three|four|six|eight|a pair of|\d{1,3})\b(?!\s?(?:-?bit|b\b|k\b|x\b|%|tok|ms|gb|users|years))",
    re.I,
)
CARD_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "eight": 8, "a pair of": 2}
INHERITS: frozenset[Intent] = frozenset(
    {
        "fit",
        "speed",
        "cost",
        "deploy",
        "finetune",
        "comparison",
        "fact",
        "reality_check",
        "toolkit",
        "recommendation",
    }
)
WHOLE = frozenset({"input_tokens", "output_tokens", "labeled_examples", "classes"})
PROFILE_SLOTS = (
    "requests_per_day", "input_tokens", "output_tokens", "labeled_examples", "latency_ms",
    "budget_usd_per_month", "quality_bar", "wrong_answer_usd", "ml_engineers", "classes",
)  # fmt: skip
ANNOUNCEMENT = 1500
"""A message longer than this that names a product is taken as pasted: it adds no slots."""


@dataclass(frozen=True, slots=True)
class Named:
    """The products of a message by kind, and names that nothing is known of."""

    models: tuple[str, ...]
    hardware: tuple[Owned, ...]
    toolkits: tuple[str, ...]
    documents: tuple[str, ...]
    unknown: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    mentions: tuple[Mention, ...]


class RuleInterpreter:
    """Reads a message by rules. It needs the catalogue for the names of products."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Keep the catalogue; nothing is read before the first message."""
        self._catalogue = catalogue

    def understand(
        self, message: str, *, profile: Profile, last: Understanding | None
    ) -> Understanding:
        """Return the understanding of `message`; `last` is that of the thread's turn before."""
        text = tidy(message)
        if len(text) > HEAD + TAIL:
            text = f"{text[:HEAD]}\n{text[-TAIL:]}"
        if is_nonsense(text):
            return Understanding(message=message, intent="invalid")
        language = places.language_of(text)
        named = self._named(text)
        found = read_slots(text, language=language, products=list(named.spans))
        pasted = len(message) > ANNOUNCEMENT and bool(named.hardware or named.unknown)
        patch, owned = self._patch(
            text, found, named, profile, last, language=language, pasted=pasted
        )
        sizes = [
            float(m["size"]) for m in SIZE.finditer(text) if not _inside(m.start(), named.spans)
        ]
        signals = Signals(
            text=text,
            has_job=task_type(text) is not None,
            slots=len(
                [s for s in patch.stated() if s not in ("task", "task_type", "domain", "languages")]
            ),
            models=len(named.models),
            hardware=len(named.hardware),
            toolkits=len(named.toolkits),
            unknown=len(named.unknown),
            has_size=bool(sizes),
            quantity=quantity_of(text),
            last=last,
        )
        intent = intent_of(signals)
        reading = Understanding(
            message=message,
            intent=intent,
            patch=patch
            if intent not in ("hostile", "off_topic", "invalid", "greeting")
            else Profile(),
            models=named.models,
            hardware=() if owned and intent == "recommendation" else named.hardware,
            toolkits=named.toolkits,
            documents=named.documents,
            unknown=named.unknown,
            parameters_b=max(sizes, default=None),
            precision=_precision(text),
            context_tokens=_whole(found, "context_tokens"),
            concurrency=_whole(found, "concurrency"),
            tokens_per_second=found.values.get("tokens_per_second"),
            engine=engine[0].lower() if (engine := ENGINES.search(text)) else None,
            quantity=signals.quantity,
            years=found.values.get("years"),
            just_answer=bool(JUST_ANSWER.search(text)),
            problems=tuple(
                dict.fromkeys([*found.problems, *_contradictions(text, patch, named, profile)])
            ),
            language=language,
        )
        return self._in_thread(reading, text, signals, last)

    def _named(self, text: str) -> Named:
        mentions = self._catalogue.mentions(text)
        by_kind: dict[str, list[Mention]] = {}
        for mention in mentions:
            by_kind.setdefault(mention.kind, []).append(mention)
        hardware: dict[str, int] = {}
        for mention in by_kind.get("hardware", []):
            hardware[mention.doc_id] = max(hardware.get(mention.doc_id, 1), mention.count)
        unknown = self._catalogue.unknown_products(text)
        spans = [(m.start, m.end) for m in mentions]
        for name in unknown:
            start = text.find(name)
            if start >= 0:
                spans.append((start, start + len(name)))
        return Named(
            models=_unique(by_kind.get("model", [])),
            hardware=tuple(hardware.items()),
            toolkits=_unique(by_kind.get("toolkit", [])),
            documents=_unique([m for m in mentions if m.kind in ("study", "cost", "note")]),
            unknown=unknown,
            spans=tuple(spans),
            mentions=mentions,
        )

    def _patch(
        self,
        text: str,
        found: Found,
        named: Named,
        profile: Profile,
        last: Understanding | None,
        *,
        language: str,
        pasted: bool,
    ) -> tuple[Profile, bool]:
        """Return the slots that the message states, and whether its hardware is owned."""
        if pasted:
            return Profile(), False
        values: dict[str, object] = {}
        words = dict(found.words)
        for slot in PROFILE_SLOTS:
            value = found.values.get(slot)
            if value is not None and (
                value > 0 or slot in ("labeled_examples", "ml_engineers", "wrong_answer_usd")
            ):
                values[slot] = round(value) if slot in WHOLE else value
        self._rescaled(text, values, words, profile)
        kind = task_type(text)
        if kind is not None and not _only_products(text, named):
            values["task_type"] = kind
            words["task_type"] = job_words(text) or text[:80]
            values["task"] = job_words(text) or text.strip()[:140]
            if field := domain(text):
                values["domain"] = field
        for slot, reading in (("data_residency", places.residency(text)),):
            if reading:
                values[slot], words[slot] = reading
        spoken = places.languages(text) or (
            (language,) if language in ("de", "fr", "es", "zh") else ()
        )
        if spoken:
            values["languages"] = spoken
        if match := places.CHANGES.search(text):
            values["rules_change_often"], words["rules_change_often"] = True, match[0]
        elif match := places.STABLE.search(text):
            values["rules_change_often"], words["rules_change_often"] = False, match[0]
        if match := places.DEADLINE.search(text):
            values["deadline"], words["deadline"] = match["when"], match[0]
        owned = self._owned(text, named)
        if match := places.NO_GPU.search(text):
            values["hardware"], words["hardware"] = (), match[0]
        elif owned:
            values["hardware"] = owned
            words["hardware"] = " and ".join(
                m.words for m in named.mentions if m.kind == "hardware"
            )
        kept = {slot: text for slot, text in words.items() if slot in values}
        return Profile(**values, words=kept), bool(owned)  # type: ignore[arg-type]

    def _rescaled(
        self, text: str, values: dict[str, object], words: dict[str, str], profile: Profile
    ) -> None:
        """Apply "sorry, per week" and "ten times the volume" to the volume known so far."""
        known = profile.requests_per_day
        if known is None or "requests_per_day" in values:
            return
        if match := CORRECTION.search(text):
            raw = match["period"].lower()
            period = PERIOD_WORDS.get(raw, raw)
            values["requests_per_day"] = known * PERIODS_A_DAY[period] / _stated_period(profile)
            words["requests_per_day"] = f"{profile.words.get('requests_per_day', '')}, {match[0]}"
        elif (match := MULTIPLE.search(text)) and re.search(
            r"\b(volume|traffic|load|requests|grow|usage|more|tickets|as much|many)", text, re.I
        ):
            factor = (
                float(match["times"])
                if match["times"]
                else MULTIPLES[match["word"].lower().replace("-", " ")[:5]]
            )
            values["requests_per_day"] = known * factor
            words["requests_per_day"] = match[0]

    def _owned(self, text: str, named: Named) -> tuple[Owned, ...]:
        """Return the devices that the user says to have, as against those asked about."""
        owned: dict[str, int] = {}
        for mention in named.mentions:
            if mention.kind != "hardware":
                continue
            before = re.split(r"[.!?;]", text[max(0, mention.start - 45) : mention.start])[-1]
            after = re.split(r"[.!?;]", text[mention.end : mention.end + 30])[0]
            asked = re.search(
                r"\b(?:should|buy|waiting|wait|rent|fit|run|need|can)\b(?!')", before[-22:], re.I
            )
            if (places.OWNED.search(before) and not asked) or re.search(
                r"^\s?(?:already|available|idle|sitting|we (?:own|have))", after, re.I
            ):
                owned[mention.doc_id] = max(owned.get(mention.doc_id, 1), mention.count)
        return tuple(owned.items())

    def _in_thread(
        self, reading: Understanding, text: str, s: Signals, last: Understanding | None
    ) -> Understanding:
        """Let a follow-up inherit from the question before what it does not say itself."""
        aside = ("hostile", "greeting", "sources", "explain")
        if reading.intent == "off_topic" and matches("off_topic", text.lower()):
            return reading
        if last is None or reading.intent in aside:
            if reading.intent in ("sources", "explain") and last is not None:
                return reading.model_copy(update={"follow_up": True})
            return reading
        if reading.just_answer and last.intent in ("vague", "recommendation", "greeting"):
            return reading.model_copy(update={"intent": "recommendation", "follow_up": True})
        if not _follows(reading, text, s, last):
            return reading
        return _inherited(reading, text, s, last)


def _follows(reading: Understanding, text: str, s: Signals, last: Understanding) -> bool:
    """Tell whether the message goes on with the question before."""
    short = len(text.split()) <= 14
    if last.intent in ("vague", "greeting") and last.intent != reading.intent:
        return reading.intent in ("vague", "off_topic")
    if reading.intent in ("vague", "off_topic"):
        return short and bool(s.slots or s.has_job or STARTS_ON.search(text) or REFERS.search(text))
    if STARTS_ON.search(text) and short:
        return True
    return short and bool(REFERS.search(text)) and not (s.models and s.hardware)


def _inherited(reading: Understanding, text: str, s: Signals, last: Understanding) -> Understanding:
    own_kind = reading.intent in (
        "fit",
        "speed",
        "cost",
        "deploy",
        "finetune",
        "comparison",
    ) and _names_it(reading.intent, text)
    intent = reading.intent if own_kind else last.intent
    if last.intent in ("vague", "greeting", "invalid"):
        intent = "recommendation" if s.has_job or s.slots else reading.intent
    if intent == "fact" and reading.quantity is None and reading.intent != "fact":
        intent = last.intent
    hardware = reading.hardware or last.hardware
    count = NUMBER_OF_CARDS.search(text)
    if (
        not reading.hardware
        and count
        and last.hardware
        and intent in ("fit", "speed", "cost", "deploy", "finetune")
    ):
        n = CARD_WORDS.get(count["n"].lower()) or int(count["n"])
        if 1 <= n <= 64 and not _slot_number(text, count.start()):
            hardware = tuple((doc_id, n) for doc_id, _ in last.hardware)
    return reading.model_copy(
        update={
            "intent": intent,
            "follow_up": True,
            "models": reading.models or (() if reading.parameters_b else last.models),
            "parameters_b": reading.parameters_b or (None if reading.models else last.parameters_b),
            "hardware": hardware,
            "toolkits": reading.toolkits or last.toolkits,
            "precision": reading.precision or last.precision,
            "context_tokens": reading.context_tokens or last.context_tokens,
            "concurrency": reading.concurrency or last.concurrency,
            "tokens_per_second": reading.tokens_per_second or last.tokens_per_second,
            "engine": reading.engine or last.engine,
            "quantity": reading.quantity or last.quantity,
            "years": reading.years or last.years,
        }
    )


def _names_it(intent: Intent, text: str) -> bool:
    """Tell whether a follow-up names its own kind of question in so many words."""
    words = {
        "speed": r"\bfast|\bspeed|\busers|\btok|\blatency|\bthroughput",
        "cost": r"\bcosts?\b|\bcheap|\bprice|\bmoney|\bbreak|\bmonth",
        "deploy": r"\bserve|\bdeploy|\bcommand|\bcompose",
        "finetune": r"\btun|\blora|\btrain",
        "comparison": r"\bcompare|\bvs\b|\bbetter",
        "fit": r"\bfit|\brun\b",
    }
    return bool(re.search(words.get(intent, r"(?!)"), text, re.IGNORECASE))


def _slot_number(text: str, start: int) -> bool:
    return bool(
        re.match(
            r"\S+\s?(?:labels?|examples|requests|tickets|days?|weeks?|months?)", text[start:], re.I
        )
    )


def _stated_period(profile: Profile) -> float:
    """Return the factor with which the last volume was converted to a day."""
    words = profile.words.get("requests_per_day", "").lower()
    for word, period in (*PERIOD_WORDS.items(), *((p, p) for p in PERIODS_A_DAY)):
        if re.search(rf"(?:\b(?:a|an|per|each|every|pro)\s|/\s?){re.escape(word)}s?\b", words):
            return PERIODS_A_DAY[period]
    return 1.0


def _contradictions(text: str, patch: Profile, named: Named, profile: Profile) -> list[str]:
    """Return constraints that exclude each other, in words."""
    found = []
    residency = patch.data_residency or profile.data_residency
    api_only = re.search(
        r"\b(?:only|must|have to|want to|insist)\b[^.?!]{0,30}\b(?:openai|api|cloud api|gpt|claude|gemini)\b(?: only)?",
        text,
        re.I,
    )
    if patch.data_residency == "on_premises" and api_only and residency == "on_premises":
        found.append(
            "The data may not leave the building, yet only a hosted API is wanted: one of the two has to give."
        )
    if (
        patch.hardware == ()
        and named.hardware
        and re.search(r"\b(?:our|on our|we (?:have|own)|use the)\b[^.?!]{0,20}", text, re.I)
    ):
        if any(
            m.kind == "hardware"
            and re.search(r"\b(?:our|own|have)\b[^.?!]{0,25}$", text[: m.start], re.I)
            for m in named.mentions
        ):
            found.append("There are no GPUs, yet some of your own are named: which is it?")
    if re.search(r"(?<![\d.])0 (?:gpus?|cards?|devices?)\b", text, re.I):
        found.append("0 devices can't run anything: name at least one.")
    return found


def _only_products(text: str, named: Named) -> bool:
    """Tell whether the words of a task stand only inside product names."""
    bare = text
    for start, end in sorted(named.spans, reverse=True):
        bare = f"{bare[:start]} {bare[end:]}"
    return task_type(bare) is None


def _precision(text: str) -> str | None:
    match = PRECISION.search(text)
    if not match:
        return None
    name = re.sub(r"[\s-]+", "", match["name"].lower())
    for word, digit in BIT_WORDS.items():
        name = name.replace(word, digit)
    return re.sub(r"bits?$", "bit", name)


def _unique(mentions: list[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.doc_id for m in mentions))


def _inside(position: int, spans: tuple[tuple[int, int], ...]) -> bool:
    return any(start <= position < end for start, end in spans)


def _whole(found: Found, slot: str) -> int | None:
    value = found.values.get(slot)
    return round(value) if value and value >= 1 else None
