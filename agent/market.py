"""Which concrete models stand for each route: chosen from the catalogue by published boards.

Nothing here is a fixed list of models: add a model card with a score and a price, and it can be
chosen. The one table says which boards and which specializations belong to a type of task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from agent.core.api_prices import ApiPrice, api_price
from agent.core.task_words import words
from knowledge import Catalogue, Statement
from knowledge.schema import Model, Score, TaskType

INDEX = "Artificial Analysis Intelligence Index"
VOTES = "LMArena text"
TASK_VOTES: dict[str, str] = {
    "code_generation": "LMArena coding",
    "text_to_sql": "LMArena coding",
    "math": "LMArena math",
    "reasoning": "LMArena math",
    "function_calling": "LMArena instruction following",
    "agentic": "LMArena instruction following",
    "vision_document": "LMArena vision",
}
SKILLS: dict[str, str] = {
    "moderation": "moderation",
    "ner": "extraction",
    "extraction": "extraction",
    "text_to_sql": "sql",
    "code_generation": "code",
    "math": "math",
    "function_calling": "function_calling",
    "translation": "translation",
    "retrieval_ranking": "rerank",
    "embedding": "embedding",
    "speech": "speech",
    "vision_document": "vision_document",
    "time_series": "time_series",
}
DOMAINS = frozenset({"medical", "legal", "finance"})
LOWER_IS_BETTER = ("word error rate", "wer", "error", "mase", "crps", "loss")
NOT_A_LANGUAGE_JOB = frozenset({"embedding", "speech", "time_series"})
"""Jobs that a prompted language model does not do, or only where it takes that input."""
INPUT = {"speech": "audio", "vision_document": "image", "time_series": "time series"}
"""What a job's input is where it is not text: a model that can't read it is never proposed."""
LABELERS = frozenset(
    {"classification", "extraction", "ner", "moderation", "retrieval_ranking", "embedding"}
    | {"time_series"}
)
"""Jobs that a model without generated text can do."""
SMALL_ENOUGH_B = 1.0
"""Billions of parameters that a CPU server runs; the best of these is offered as well."""
NEAR_THE_TOP = 0.10
"""Within this share of the best index a model counts as frontier class."""
NOTICE = timedelta(days=90)
"""A model that leaves its maker's API sooner than this is not proposed."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that can be called by API, and its price."""

    model: Model
    price: ApiPrice

    def per_request(self, input_tokens: int, output_tokens: int) -> float:
        """Return list-price USD for one request."""
        return self.price.per_request(input_tokens, output_tokens)


@dataclass(slots=True)
class Market:
    """The models of the catalogue as choices for a job. Build once, ask often."""

    catalogue: Catalogue
    today: date
    _models: tuple[Model, ...] = ()
    _offers: tuple[Offer, ...] | None = None

    def __post_init__(self) -> None:
        """Read the models off the catalogue."""
        self._models = tuple(d for d in self.catalogue.of("model") if isinstance(d, Model))

    def score(self, model: Model, board: str) -> Score | None:
        """Return the best score of `model` on `board`, or None where it has none."""
        found = [score for score in model.scores if score.board == board]
        return max(found, key=lambda score: score.value, default=None)

    def score_statement(self, model: Model, board: str) -> Statement | None:
        """Return the citable statement of that score."""
        score = self.score(model, board)
        if score is None:
            return None
        wanted = f"{model.title}: {board} "
        return next(
            (
                s
                for s in self.catalogue.statements(model.id)
                if s.group == "score" and s.value == score.value and s.text.startswith(wanted)
            ),
            None,
        )

    def offers(self) -> tuple[Offer, ...]:
        """Return every general text model with a public price that will stay in its API."""
        if self._offers is None:
            offers = []
            for model in self._models:
                if not _general_text(model) or self.leaves_soon(model):
                    continue
                offer = self.offer(model)
                if offer is not None:
                    offers.append(offer)
            self._offers = tuple(offers)
        return self._offers

    def leaves_soon(self, model: Model) -> bool:
        """Tell whether the model has left its maker's API or will within the notice period."""
        status = (model.status or "").lower()
        if status.startswith(("retired", "old", "removed")) or "shut down" in status[:40]:
            return True
        if model.retires is None:
            return status.startswith("deprecated")
        return date.fromisoformat(f"{model.retires}-01-01"[:10]) <= self.today + NOTICE

    def offer(self, model: Model) -> Offer | None:
        """Return the API offer of one model, even if it is about to leave."""
        by_provider = {
            price.provider: s.id
            for price, s in zip(
                model.prices,
                (s for s in self.catalogue.statements(model.id) if s.group == "price"),
                strict=True,
            )
        }
        price = api_price(model, by_provider)
        return Offer(model, price) if price else None

    def frontier(self, task_type: TaskType | None, tokens: tuple[int, int]) -> Offer | None:
        """Return the cheapest model within a tenth of the best index; ties go to the votes."""
        rated = [(self.score(o.model, INDEX), o) for o in self.offers() if self._can(o, task_type)]
        indexed = [(s.value, o) for s, o in rated if s]
        if not indexed:
            return None
        best = max(value for value, _ in indexed)
        near = [offer for value, offer in indexed if value >= best * (1 - NEAR_THE_TOP)]
        votes = self.votes_board(task_type)
        return min(
            near or [offer for _, offer in indexed],
            key=lambda o: (round(o.per_request(*tokens), 6), -self._value(o.model, votes)),
        )

    def small_api(self, task_type: TaskType | None, tokens: tuple[int, int]) -> Offer | None:
        """Return the small or middle model with the most index points for its price."""
        small = [
            offer
            for offer in self.offers()
            if offer.model.size_class in ("mid", "small", "tiny")
            and self._can(offer, task_type)
            and self.score(offer.model, INDEX)
        ]
        if not small:
            return None
        top = max(self._value(o.model, INDEX) for o in small)
        near = [o for o in small if self._value(o.model, INDEX) >= 0.8 * top]
        return min(near, key=lambda o: (o.per_request(*tokens), -self._value(o.model, INDEX)))

    def open_general(
        self,
        *,
        max_parameters_b: float,
        min_parameters_b: float = 0.0,
        task_type: TaskType | None = None,
    ) -> list[Model]:
        """Return open general models of that size with a known architecture, best index first.

        Only those that read what a job of `task_type` takes in.
        """
        fitting = [
            model
            for model in self._models
            if model.open_weights
            and _general_text(model)
            and model.architecture is not None
            and reads(model, task_type)
            and min_parameters_b <= (model.value("parameters") or 0) <= max_parameters_b
        ]
        return sorted(fitting, key=lambda m: (-self._value(m, INDEX), m.id))

    def tunable(
        self, *, max_parameters_b: float = 15.0, task_type: TaskType | None = None
    ) -> Model | None:
        """Return the open model of up to that size to tune for a generating task."""
        found = self.open_general(
            max_parameters_b=max_parameters_b, min_parameters_b=6.0, task_type=task_type
        )
        return found[0] if found else None

    def encoder(self, task_type: TaskType | None = None) -> Model | None:
        """Return the newest plain encoder to tune for labels; for pictures, a small vision model.

        One that takes an instruction with the picture, since those that don't only read text off.
        """
        encoders = [
            model
            for model in self._models
            if model.open_weights
            and (
                _small_vision(model)
                if task_type == "vision_document"
                else model.specialization == "encoder" and "embeddings" in model.modalities_out
            )
        ]
        return max(encoders, key=lambda m: (m.published or "", m.id), default=None)

    def skilled(
        self,
        task_type: TaskType | None,
        domain: str | None,
        task: str = "",
        *,
        instructed: bool = False,
    ) -> tuple[Model, ...]:
        """Return ready-made models for the skill, then for the domain, the best of each.

        A model that gives fixed labels of a domain is one only where `task` speaks of them. With
        `instructed`, one for pictures has to take an instruction, since others only read text off.
        """
        skill = SKILLS.get(task_type or "")
        field = domain if domain in DOMAINS else None
        found = []
        guard = "moderation" if "modera" in words(task) else None
        for wanted in dict.fromkeys((skill, guard, field)):
            candidates = [
                model
                for model in self._models
                if wanted
                and model.specialization == wanted
                and model.open_weights
                and (model.value("parameters") or 0) <= 40
                and reads(model, task_type)
                and (not instructed or "text" in model.modalities_in)
                and (gives(model, task_type) or wanted == guard)
                and not needs_tuning(model, task)
            ]
            tiny = [m for m in candidates if (m.value("parameters") or 1.0) <= SMALL_ENOUGH_B]
            for group in (candidates, tiny):
                if group:
                    found.append(self._best_on_shared_board(group))
        return tuple({model.id: model for model in found}.values())

    def votes_board(self, task_type: TaskType | None) -> str:
        """Return the board of votes nearest to the type of task."""
        return TASK_VOTES.get(task_type or "", VOTES)

    def _can(self, offer: Offer, task_type: TaskType | None) -> bool:
        return task_type not in ("embedding", "time_series") and reads(offer.model, task_type)

    def _value(self, model: Model, board: str) -> float:
        score = self.score(model, board)
        return score.value if score else 0.0

    def _best_on_shared_board(self, models: list[Model]) -> Model:
        """Return the best model on the board that most of `models` share, else the newest."""
        counts: dict[str, int] = {}
        for model in models:
            for board in {score.board for score in model.scores}:
                counts[board] = counts.get(board, 0) + 1
        board, shared = max(counts.items(), key=lambda item: (item[1], item[0]), default=("", 0))
        if shared < 2:
            return max(models, key=lambda m: (m.published or "", m.id))
        rated = [(score, m) for m in models if (score := self.score(m, board))]
        metric = rated[0][0].metric.lower()
        sign = -1 if any(word in metric for word in LOWER_IS_BETTER) else 1
        return max(rated, key=lambda pair: (sign * pair[0].value, pair[1].id))[1]


def _general_text(model: Model) -> bool:
    return model.specialization == "general" and "text" in model.modalities_out


def reads(model: Model, task_type: TaskType | None) -> bool:
    """Tell whether the model takes the input of a job of that type."""
    needed = INPUT.get(task_type or "")
    return needed is None or needed in model.modalities_in


def gives(model: Model, task_type: TaskType | None) -> bool:
    """Tell whether the model's output is what a job of that type needs: text, where it writes."""
    return "text" in model.modalities_out or task_type in LABELERS


def needs_tuning(model: Model, task: str) -> bool:
    """Tell whether an encoder, or one of a domain, does nothing for `task` as it is.

    A bare encoder has no labels yet; one with fixed labels has those that its notes name.
    """
    if model.specialization not in {"encoder", *DOMAINS}:
        return False
    if "embeddings" in model.modalities_out:
        return True
    labels_only = "text" not in model.modalities_out
    named = [note.partition(":")[2] for note in model.notes if note.startswith("Labels:")]
    return labels_only and not words(task) & words(" ".join(named))


def _small_vision(model: Model) -> bool:
    return (
        model.specialization == "vision_document"
        and {"image", "text"} <= set(model.modalities_in)
        and (model.value("parameters") or SMALL_ENOUGH_B + 1) <= SMALL_ENOUGH_B
    )


def named_offers(
    market: Market, models: Iterable[Model], keep: Callable[[Model], bool] = lambda _: True
) -> list[Offer]:
    """Return the API offers of the models that a user named."""
    found = [market.offer(model) for model in models if keep(model) and _general_text(model)]
    return [offer for offer in found if offer is not None]
