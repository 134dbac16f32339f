"""Where two kinds of question share their words, which of them is meant?"""

from __future__ import annotations

from dataclasses import dataclass

from agent.interpreters.entities import Entities
from agent.interpreters.reading import Reading
from agent.interpreters.slots import Slots
from agent.interpreters.tasks import Job
from agent.interpreters.wordlists import word_set
from agent.understanding import Intent

CLEAR = 4.0
"""The weight from which the words alone say what is asked."""
JOB_SLOTS = (
    "requests_per_day",
    "rules_change_often",
    "input_tokens",
    "output_tokens",
    "labeled_examples",
    "classes",
    "wrong_answer_usd",
    "quality_bar",
)
Scores = dict[Intent, float]


@dataclass(frozen=True, slots=True)
class Scene:
    """What a message says, names and states."""

    reading: Reading
    entities: Entities
    slots: Slots
    job: Job

    @property
    def has_job(self) -> bool:
        """Whether a job is described, by its kind or by a figure of it."""
        return bool(self.job.task_type) or self.has_figures

    @property
    def has_product(self) -> bool:
        """Whether a model or a device is named, known or not."""
        entities = self.entities
        return bool(entities.models or entities.has_device or entities.unknown)

    @property
    def is_sized(self) -> bool:
        """Whether a model is named, or a size such as 70B."""
        return bool(self.entities.models) or self.entities.parameters_b is not None

    @property
    def has_figures(self) -> bool:
        """Whether a figure of a job is stated."""
        return any(slot in self.slots.values for slot in JOB_SLOTS)

    @property
    def is_loaded(self) -> bool:
        """Whether a volume, labels or what is at stake is stated: the signs of a real job."""
        signs = ("requests_per_day", "labeled_examples", "wrong_answer_usd", "quality_bar")
        return any(slot in self.slots.values for slot in signs)

    @property
    def is_full_job(self) -> bool:
        """Whether a volume is stated with the labels or the classes of a job."""
        return self.has_volume and bool(self.slots.values.keys() & {"labeled_examples", "classes"})

    @property
    def has_volume(self) -> bool:
        """Whether a volume is stated."""
        return "requests_per_day" in self.slots.values

    def has_word(self, name: str) -> bool:
        """Return whether a word of the set called `name` stands in the message."""
        words = word_set(name)
        return any(token.text in words for token in self.reading.tokens)


def settle(scores: Scores, scene: Scene) -> None:
    """Shift `scores` where neighbours share their words; the order of the steps matters."""
    cost, fact = scores["cost"], scores["fact"]
    _price_or_cost(scores, scene)
    _tuning(scores, scene)
    if cost >= CLEAR and _is_for_the_cheapest(scene):
        scores["recommendation"] += 3
    elif cost >= CLEAR and scene.job.task_type and _seeks_alternative(scene.reading):
        scores["recommendation"] = max(scores["recommendation"], scores["cost"]) + 1
    elif cost >= CLEAR and _is_about_money(scene):
        scores["cost"] += 3 if scores["recommendation"] >= CLEAR else 0
        scores["comparison"] -= 3
        scores["fit"] -= 3
        scores["speed"] -= 2
    _memory(scores, scene)
    if scores["finetune"] >= CLEAR and cost >= CLEAR and not scene.has_volume:
        scores["finetune"] = max(scores["finetune"], scores["cost"] + 1)
    _deployment(scores, scene)
    if scores["speed"] >= CLEAR and scores["fit"] >= CLEAR:
        scores["speed"] += 2
    _jobs(scores, scene)
    _tools(scores, scene)
    if scores["fit"] >= 2 and scene.entities.has_device and not (scene.is_sized or scene.has_job):
        scores["fit"] += 0 if _asks_for_memory(scene) else 1.5
    if scores["deploy"] >= CLEAR and _opens_with_how(scene.reading):
        scores["deploy"] += 3
    if scores["fit"] >= CLEAR and fact >= CLEAR and _opens_with_can(scene.reading):
        scores["fit"] += 2
    _products_or_job(scores, scene)
    _without_subject(scores, scene)


def _products_or_job(scores: Scores, scene: Scene) -> None:
    """Tell a question about products that mentions a use from a job that mentions products."""
    described = scene.job.task_type is not None and scene.is_loaded
    if described and scene.reading.has("talk/worth_a_change"):
        scores["recommendation"] = max(scores.values()) + 1
        return
    doubted = scene.reading.pasted or scene.reading.has("talk/doubted_claim")
    if scene.is_full_job and not doubted and scores["cost"] < CLEAR:
        rivals = (scores[intent] for intent in ("recommendation", "comparison", "reality_check"))
        scores["recommendation"] = max(rivals) + 0.5
    if scene.is_loaded:
        return
    above = scores["recommendation"] + 1
    if scores["fit"] >= CLEAR and scene.entities.has_device:
        scores["fit"] = max(scores["fit"], above)
    elif scores["fact"] >= CLEAR and scene.entities.models and not scene.reading.has("talk/want"):
        scores["fact"] = max(scores["fact"], above)


def _price_or_cost(scores: Scores, scene: Scene) -> None:
    """Tell the price of a thing from the cost of using it."""
    cost, fact = scores["cost"], scores["fact"]
    if cost < CLEAR:
        return
    if fact >= CLEAR:
        owned = scene.reading.has("slots/years", "talk/ownership")
        used = scene.has_volume or owned or scene.has_word("comparing")
        priced = scene.has_product or scene.reading.has("talk/the_device")
        scores["cost" if used or not priced else "fact"] += 3
    elif scores["finetune"] >= CLEAR:
        return
    elif scene.has_product and not scene.has_job and _is_price(scene):
        scores["fact"] = cost + 1


def _tuning(scores: Scores, scene: Scene) -> None:
    """Tell "how do I fine-tune" from "should we fine-tune or prompt"."""
    if scores["finetune"] < CLEAR:
        return
    scores["finetune"] += 1 if scores["cost"] >= CLEAR or scores["toolkit"] < CLEAR else 0
    scores["fit"] -= 2
    if scores["recommendation"] >= CLEAR and scene.has_job and not _asks_how(scene.reading):
        scores["recommendation"] += 3


def _deployment(scores: Scores, scene: Scene) -> None:
    """Tell "how do we host it" from "does it run", and a tuning config from a serving one."""
    if scores["deploy"] < CLEAR:
        return
    hits = scene.reading.all("intents/deploy")
    steps = any(hit.weight > CLEAR for hit in hits) or scene.reading.has("talk/how_to_serve")
    scores["fit"] -= 3 if steps else 0
    scores["fact"] -= 3 if scene.is_sized and scene.entities.has_device else 0
    if scene.entities.tunes:
        scores["finetune"] = max(scores["finetune"], scores["deploy"] + 1)


def _memory(scores: Scores, scene: Scene) -> None:
    """Tell the memory that a model needs from the memory that a card has."""
    if scores["fit"] >= CLEAR and scene.reading.has("quantities/kv_cache"):
        scores["fit"] += 1
    if not (_asks_for_memory(scene) or _asks_for_devices(scene)):
        return
    if scene.is_sized and not scene.entities.hardware:
        scores["finetune" if scores["finetune"] >= CLEAR else "fit"] += 3
    elif scene.entities.hardware and not scene.is_sized:
        scores["fact"] = max(scores["fact"], scores["fit"]) + 1


def _jobs(scores: Scores, scene: Scene) -> None:
    """Tell a choice for a job from a comparison of products and from a claim."""
    hosting = scene.has_volume and scene.reading.has("talk/hosting_self")
    if scores["comparison"] >= CLEAR and hosting and not scene.job.task_type:
        scores["cost"] = max(scores["cost"], scores["comparison"]) + 1
    if scores["comparison"] >= CLEAR and scores["recommendation"] >= CLEAR and scene.has_job:
        priced = len(scene.entities.models) > 1 and _is_about_money(scene)
        described = scene.job.task_type is not None and scene.has_volume and not priced
        if not described and scene.entities.are_several and not scene.has_figures:
            scores["comparison"] += 3
        scores["recommendation"] += 2 if described else 0.5
    if scores["reality_check"] >= CLEAR:
        scores["reality_check"] += 2 if scene.has_product or not scene.has_job else -2
        scores["speed"] -= 2 if scene.reading.has("talk/doubted_claim") else 0


def _tools(scores: Scores, scene: Scene) -> None:
    """Tell a question about a tool from a fact and from a choice of model."""
    tunes = scene.entities.tunes and scene.is_sized and not scene.entities.hardware
    if tunes and scores["comparison"] < CLEAR:
        scores["finetune"] = max(scores["finetune"], scores["toolkit"] + 1)
    if scores["fact"] >= CLEAR and scene.entities.toolkits and not _asks_a_figure(scene):
        scores["toolkit"] = max(scores["toolkit"], scores["fact"] + 2)
    toolkit = scores["toolkit"]
    if toolkit >= CLEAR and scores["fact"] >= CLEAR and scene.entities.toolkits:
        state = scene.reading.has(
            "quantities/maintenance", "quantities/retirement", "talk/supports"
        )
        scores["toolkit"] += 1 if state else -1
    if toolkit >= CLEAR and scores["finetune"] >= CLEAR and scene.has_word("tool_words"):
        scores["toolkit"] = max(scores["toolkit"], scores["finetune"]) + 1
    wanted = toolkit > CLEAR or (toolkit == CLEAR and not scene.job.task_type)
    if wanted and scores["recommendation"] >= CLEAR:
        scores["toolkit"] += 3


def _without_subject(scores: Scores, scene: Scene) -> None:
    """Turn a recommendation about nothing in particular into a vague question."""
    if scene.has_job or scene.has_product:
        scores["vague"] = min(scores["vague"], CLEAR - 1) if scores["vague"] < CLEAR else 0
        return
    if scene.entities.parameters_b is not None:
        return
    told = scene.reading.has("talk/want") and scene.reading.has("talk/job_frame")
    if told and scores["vague"] < CLEAR and scene.reading.word_count >= _TOLD:
        return
    if scores["recommendation"] >= 2 and scores["recommendation"] >= scores["vague"] - 1:
        scores["vague"] = max(scores["vague"], scores["recommendation"] + 0.5)
        scores["recommendation"] = 0
    if scene.reading.has("talk/big_small") and scores["cost"] < CLEAR:
        scores["vague"] += 2


_SHORT_QUESTION = 12
_TOLD = 8


def _is_price(scene: Scene) -> bool:
    """Return whether "what does X cost" asks for the price of X and not for a job's cost."""
    reading = scene.reading
    short = reading.word_count <= _SHORT_QUESTION and not scene.has_word("comparing")
    used = reading.has("slots/volume", "slots/years", "talk/ownership", "talk/its_cost")
    return short and reading.has("quantities/price") and not used


def _asks_for_memory(scene: Scene) -> bool:
    """Return whether memory in an amount is asked for, and not that of the cache alone."""
    reading = scene.reading
    wanted = reading.has("quantities/memory") and not reading.has("quantities/kv_cache")
    return wanted and scene.has_word("amounts")


def _asks_for_devices(scene: Scene) -> bool:
    """Return whether machines for a model are asked for: "need hw for", "how many GPUs for"."""
    asked = any(hit.weight >= CLEAR for hit in scene.reading.all("intents/fit"))
    return asked and scene.reading.has("talk/device_choice")


def _asks_a_figure(scene: Scene) -> bool:
    """Return whether a tool's version, licence or the like is asked for."""
    figures = ("version", "licence", "release_date", "price", "memory")
    return scene.reading.has(*(f"quantities/{name}" for name in figures))


def _asks_how(reading: Reading) -> bool:
    hits = reading.all("intents/finetune")
    return any(reading.tokens[hit.first].text in word_set("how") for hit in hits)


def _is_for_the_cheapest(scene: Scene) -> bool:
    """Return whether the cheapest way to do a job is asked for, not what something costs."""
    superlative = scene.has_word("superlatives") and scene.job.task_type is not None
    return superlative and not scene.has_product


def _seeks_alternative(reading: Reading) -> bool:
    """Return whether another model is looked for ("anything cheaper?") and no sum is asked."""
    return reading.has("talk/alternative") and not reading.has("talk/asks_sum")


def _is_about_money(scene: Scene) -> bool:
    reading = scene.reading
    return any(
        hit.weight >= CLEAR
        and any(
            token.text in word_set("money") for token in reading.tokens[hit.first : hit.last + 1]
        )
        for hit in reading.all("intents/cost")
    )


def _opens_with_how(reading: Reading) -> bool:
    """Return whether the way is asked for, not an amount ("how much is ...")."""
    if len(reading.tokens) < 2 or reading.tokens[0].text not in word_set("how"):
        return False
    return reading.tokens[1].text not in word_set("amounts")


def _opens_with_can(reading: Reading) -> bool:
    return bool(reading.tokens) and reading.tokens[0].text in word_set("can")
