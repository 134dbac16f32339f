"""The rule interpreter: a message and its thread in, an understanding out, with no model."""

from __future__ import annotations

from dataclasses import replace

from agent.interpreters.entities import engine_of
from agent.interpreters.finding import Found, find, put_job
from agent.interpreters.follow_up import follow_up_intent, is_follow_up
from agent.interpreters.gates import is_greeting, is_hostile, is_invalid, is_off_topic
from agent.interpreters.inheriting import Inherited, inherit
from agent.interpreters.lexicon import lexicon
from agent.interpreters.listed_jobs import first_of_several
from agent.interpreters.neighbours import CLEAR
from agent.interpreters.once import read_bare_total
from agent.interpreters.quantity import find_quantity
from agent.interpreters.reading import Reading, read
from agent.interpreters.shares import read_shares
from agent.interpreters.terms import held_terms
from agent.interpreters.unread import why_unread
from agent.interpreters.volume import read_bare_volume
from agent.interpreters.wordlists import word_set
from agent.profile import Profile
from agent.understanding import Intent, Understanding
from knowledge import Catalogue

_MOST_OF_A_REQUEST = 1_000_000
_SHORT_ASIDE = 9
_MOST_EARLIER = 4
_TOLD = 8
"""From so many words on, a wish of a firm describes a job."""
_FEW_WORDS = 3
_SURE_JOB = 3.0
_OF_THE_JOB = (
    "task",
    "task_type",
    "domain",
    "classes",
    "requests_per_day",
    "input_tokens",
    "output_tokens",
    "labeled_examples",
    "latency_ms",
    "languages",
    "quality_bar",
    "wrong_answer_usd",
    "rules_change_often",
    "routine_share",
    "on_device",
    "deadline",
)


class RuleInterpreter:
    """Reads messages by word lists and rules; the same message always reads the same."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Read products by the names in `catalogue`."""
        self._catalogue = catalogue
        self._lexicon = lexicon()

    def understand(
        self, message: str, *, profile: Profile, last: Understanding | None
    ) -> Understanding:
        """Return the understanding of `message`; `last` is that of the thread's turn before."""
        reading = read(message, self._catalogue, self._lexicon)
        language = _language(reading, last)
        if is_invalid(message, reading, self._lexicon):
            return Understanding(message=message, intent="invalid", language=language)
        if last is None and _is_bare_number(reading):
            return Understanding(message=message, intent="invalid", language=language)
        if is_hostile(reading):
            return Understanding(message=message, intent="hostile", language=language)
        found = find(
            reading,
            self._catalogue,
            self._lexicon,
            profile=profile,
            in_thread=last is not None,
            of_serving=last is not None and last.intent in ("fit", "speed"),
        )
        read_shares(message, found.slots)
        said = _aside(message, found, last)
        stray = is_off_topic(reading, found.job)
        if said is None and last is not None and not stray and is_follow_up(found, last):
            said = self._follow_up(message, found, profile, last)
        if said is None:
            said = self._fresh(message, found, profile, last)
        return said.model_copy(update={"language": language, "earlier": _earlier(said, last)})

    def _fresh(
        self, message: str, found: Found, profile: Profile, last: Understanding | None
    ) -> Understanding:
        intent = found.asked.intent or _otherwise(found)
        if found.reading.pasted and found.asked.weight == 0 and not found.slots.values:
            intent = "reality_check"
        if intent == "off_topic" or is_off_topic(found.reading, found.job):
            return Understanding(message=message, intent="off_topic")
        found, left = first_of_several(found) if intent == "recommendation" else (found, ())
        put_job(found, intent)
        _ask_for_the_split(found, intent, known=profile.requests_per_day is not None)
        cleared = [*found.slots.cleared]
        if last is not None and _is_new_job(found, intent, profile):
            cleared += [slot for slot in _OF_THE_JOB if getattr(profile, slot) is not None]
        quantity = find_quantity(found.reading) if intent in ("fact", "toolkit") else None
        own = Inherited(found.entities, found.serving)
        said = self._understanding(message, found, own, intent=intent, quantity=quantity)
        gone = tuple(slot for slot in dict.fromkeys(cleared) if slot not in found.slots.values)
        return said.model_copy(update={"cleared": gone, "left": left})

    def _follow_up(
        self, message: str, found: Found, profile: Profile, last: Understanding
    ) -> Understanding:
        intent = follow_up_intent(found, last, profile)
        if last.total_requests is not None and found.total_requests is None:
            found = replace(found, total_requests=read_bare_total(found.reading, found.slots))
        if intent in ("recommendation", "cost"):
            read_bare_volume(found.reading, found.slots, self._lexicon, profile=profile)
        if _says_none(found.reading) and profile.labeled_examples is None:
            found.slots.put("labeled_examples", 0, found.reading.text.strip())
        if profile.task_type is None or _names_a_new_job(found, profile):
            put_job(found, intent)
        together = inherit(
            found, last, intent=intent, lexicon=self._lexicon, catalogue=self._catalogue
        )
        quantity = find_quantity(found.reading) if intent == "fact" else None
        if quantity is None and intent == last.intent:
            quantity = last.quantity
        said = self._understanding(message, found, together, intent=intent, quantity=quantity)
        cleared = tuple(slot for slot in found.slots.cleared if slot not in found.slots.values)
        update = {"follow_up": True, "cleared": cleared, "engine": said.engine or last.engine}
        said = said.model_copy(update=update | held_terms(said, last))
        unread = why_unread(found, said, last, self._lexicon)
        return said.model_copy(update={"unread": unread})

    def _understanding(
        self,
        message: str,
        found: Found,
        named: Inherited,
        *,
        intent: Intent,
        quantity: str | None,
    ) -> Understanding:
        entities, serving, reading = named.entities, named.serving, found.reading
        return Understanding(
            message=message,
            intent=intent,
            patch=found.slots.profile(),
            models=entities.models,
            hardware=entities.hardware,
            toolkits=entities.toolkits,
            documents=entities.documents,
            unknown=entities.unknown,
            parameters_b=entities.parameters_b,
            precision=serving.precision,
            context_tokens=serving.context_tokens,
            concurrency=serving.concurrency,
            tokens_per_second=serving.tokens_per_second,
            engine=engine_of(found.entities.toolkits, self._catalogue),
            quantity=quantity,
            years=serving.years,
            total_requests=found.total_requests,
            cached_tokens=found.terms.cached_tokens,
            batch=found.terms.batch,
            acquire=found.terms.acquire,
            memory_gb=entities.memory_gb,
            just_answer=reading.has("talk/just_answer"),
            problems=tuple(found.slots.problems),
        )


def _ask_for_the_split(found: Found, intent: Intent, *, known: bool) -> None:
    """Note tokens that no bill can be made of: in and out are not told apart, or no period is.

    A request of a million tokens and more is beyond most models, so that is a total.
    """
    slots = found.slots
    priced = intent == "cost" or (intent == "fact" and found.reading.has("quantities/price"))
    if not priced or "requests_per_day" in slots.values:
        return
    length = slots.values.get("input_tokens")
    if isinstance(length, int) and length >= _MOST_OF_A_REQUEST and not known:
        words = slots.words["input_tokens"]
        slots.reject(words, "number of tokens", "how often it comes, such as every day")
    if found.totals.unsplit:
        valid = "the tokens in and the tokens out apart, such as 8M in and 2M out"
        slots.reject(found.totals.unsplit, "token total", valid)


def _is_bare_number(reading: Reading) -> bool:
    """Return whether there is a number and nothing that says of what."""
    return all(token.kind in ("number", "mark", "stop") for token in reading.tokens)


def _language(reading: Reading, last: Understanding | None) -> str:
    """Return the language; a few words that tell nothing are in that of the thread."""
    telling = any(token.text in word_set("telling_english") for token in reading.tokens)
    if last is None or reading.language != "en" or telling or reading.word_count > _FEW_WORDS:
        return reading.language
    return last.language


def _aside(message: str, found: Found, last: Understanding | None) -> Understanding | None:
    """Return what a message does that states nothing of its own: greet, ask why, wave on."""
    reading, asked = found.reading, found.asked
    if is_greeting(reading):
        closes = last is not None and reading.has("talk/closing")
        return Understanding(message=message, intent="greeting", follow_up=closes)
    if reading.word_count > _SHORT_ASIDE or found.slots.values:
        return None
    content = asked.weight >= CLEAR or found.job.weight >= _SURE_JOB
    named = {"models": found.entities.models, "hardware": found.entities.hardware}
    asks_more = content and (asked.intent in ("toolkit", "fact") or found.entities.is_any)
    if reading.has("talk/sources") and not asks_more:
        return Understanding(message=message, intent="sources", follow_up=last is not None)
    if last is None:
        return None
    if reading.has("talk/explain") and not _asks_of_products(found):
        said = Understanding(message=message, intent="explain", follow_up=True)
        return said.model_copy(update=named)
    if reading.has("talk/just_answer") and not content:
        again = {"message": message, "patch": Profile(), "cleared": (), "problems": ()}
        return last.model_copy(update={**again, "follow_up": True, "just_answer": True})
    return None


def _asks_of_products(found: Found) -> bool:
    """Return whether "why ..." asks about products by name rather than about the answer."""
    clear = found.asked.weight >= CLEAR
    how_to = found.asked.intent in ("finetune", "deploy")
    return clear and (found.entities.are_several or how_to)


def _says_none(reading: Reading) -> bool:
    words = [token.text for token in reading.tokens if token.kind not in ("mark", "stop")]
    if len(words) <= _FEW_WORDS and reading.has("slots/have_none"):
        return True
    return len(words) == 1 and words[0] in word_set("nothing") - {"no", "nope"}


def _otherwise(found: Found) -> Intent:
    """Return the intent of a message that names no product and asks nothing we know."""
    reading, slots = found.reading, found.slots
    if reading.pasted:
        return "reality_check"
    told = bool(slots.values) and not reading.has("talk/off_topic")
    if reading.has("talk/ai_word") or told or slots.problems or slots.cleared:
        return "vague"
    if reading.has("talk/want") and reading.has("talk/job_frame"):
        return "recommendation" if reading.word_count >= _TOLD else "vague"
    return "off_topic"


def _names_a_new_job(found: Found, profile: Profile) -> bool:
    """Return whether a follow-up describes another job than the standing one, in clear words."""
    job = found.job
    return job.weight >= _SURE_JOB and job.task_type not in (None, profile.task_type)


def _earlier(said: Understanding, last: Understanding | None) -> tuple[str, ...]:
    """Return the products that the thread spoke of before and `said` does not name."""
    if last is None:
        return ()
    now = {*said.models, *(doc_id for doc_id, _ in said.hardware)}
    before = (*last.models, *(doc_id for doc_id, _ in last.hardware), *last.earlier)
    return tuple(doc_id for doc_id in dict.fromkeys(before) if doc_id not in now)[:_MOST_EARLIER]


def _is_new_job(found: Found, intent: Intent, profile: Profile) -> bool:
    """Return whether another job than the standing one is described."""
    before, now = profile.task_type, found.job.task_type
    return intent == "recommendation" and before is not None and now is not None and now != before
