"""How candidates are made: one bench a turn, with the market, the book and the frontier model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from agent.answer import Route, Verdict
from agent.chances import (
    indexed_chance,
    voted_chance,
)
from agent.core.defaults import Defaults
from agent.core.running import Load
from agent.core.spend import api_spend
from agent.evidence import EvidenceBook
from agent.job import Job
from agent.kinds.naming import bits_name, cards, short
from agent.market import Market, Offer
from agent.placing import Place, place_spend
from agent.policy import (
    Candidate,
    Chance,
)
from agent.turn import Turn
from knowledge.schema import Model

T = TypeVar("T")
HARD_WORK = frozenset(
    {"reasoning", "math", "agentic", "code_generation", "open_writing", "qa_open_knowledge"}
)
WELL_COVERED = frozenset(
    {
        "en",
        "de",
        "fr",
        "es",
        "it",
        "pt",
        "nl",
        "pl",
        "zh",
        "ja",
        "ko",
        "ru",
        "ar",
        "tr",
        "sv",
        "da",
        "fi",
        "cs",
        "uk",
        "hi",
        "vi",
        "no",
        "ro",
        "el",
        "hu",
        "he",
        "id",
        "th",
    }
)
"""Languages that small models were trained on in quantity; in others size tells (AfroBench)."""
MIDDLE_WORK = frozenset({"function_calling", "text_to_sql", "dialogue", "other"})


class Bench:
    """What the candidates of one turn are made with."""

    def __init__(self, turn: Turn, job: Job, defaults: Defaults) -> None:
        """Look up the frontier model that the others are measured against."""
        self.turn, self.job, self.defaults = turn, job, defaults
        self.market: Market = turn.market
        self.book: EvidenceBook = turn.book
        self.tokens = (job.input_tokens, job.output_tokens)
        self.frontier = self.market.frontier(job.task_type, self.tokens)

    def general_chance(self, model: Model) -> Callable[[Job], Chance]:
        """Return the odds of a general model against the frontier: by index or by votes."""
        frontier = self.frontier

        @remembered
        def chance(job: Job) -> Chance:
            if frontier is None:
                return Chance(0.5, 0.3, 0.7)
            if job.task_type in HARD_WORK | MIDDLE_WORK or not set(job.languages) <= WELL_COVERED:
                return indexed_chance(self.market, self.book, small=model, large=frontier.model)
            board = self.market.votes_board(job.task_type)
            return voted_chance(
                self.market, self.book, small=model, large=frontier.model, board=board
            )

        return chance

    def gap_scale(self, verdict: Verdict) -> float:
        """Return how much of the usual distance counts for a general model on this job."""
        rare = not set(self.job.languages) <= WELL_COVERED
        if verdict != "small_general" or self.job.task_type in HARD_WORK or rare:
            return 1.0
        middle = self.job.task_type in MIDDLE_WORK
        return self.defaults["middle_work" if middle else "easy_work"]

    def api(self, offer: Offer, verdict: Verdict, chance: Callable[[Job], Chance]) -> Candidate:
        """Return a hosted model as a candidate."""
        model = offer.model
        self.book.name(model.title, short(model))
        price = self.turn.fact(offer.price.statement_id)
        ids = self.book.state(price, self.turn.fact(f"{model.id}#retires"))
        pace = self.job.output_tokens / self.defaults["api_tokens_per_second"]
        return Candidate(
            key=f"api/{model.id}",
            label=f"{short(model)}, prompted"
            + (f" at {offer.price.provider}" if model.open_weights else ""),
            verdict=verdict,
            route="api",
            chance=chance,
            spend=remembered(lambda job: api_spend(offer.price, load_of(job), self.defaults)),
            model=model.id,
            latency_ms=self.defaults["api_latency_ms"] + 1000 * pace,
            gap_scale=self.gap_scale(verdict),
            leaves_premises=True,
            warning="it leaves its maker's API soon" if self.market.leaves_soon(model) else None,
            evidence_ids=ids,
        )

    def placed(
        self,
        model: Model,
        place: Place,
        *,
        key: str,
        label: str,
        verdict: Verdict,
        project: str,
        runs: str | None,
        chance: Callable[[Job], Chance],
        toolkit: str,
    ) -> Candidate:
        """Return a model on devices as a candidate."""
        self.book.name(model.title, short(model), place.hardware.title, short(place.hardware))
        spend = remembered(
            lambda job: place_spend(place, load_of(job), self.defaults, project=project, runs=runs)
        )
        count = spend(self.job).devices or place.estimate.devices
        where = cards(count, short(place.hardware))
        route: Route = place.route
        how = "rented"
        if route == "owned_hardware":
            how = "your own" if count <= place.owned else "bought"
            if 0 < place.owned < count:
                how = f"{count - place.owned} of them to buy"
        sized = place.estimate
        latency = None
        if sized.ttft_s.value is not None and sized.decode_tok_s.value:
            latency = 1000 * (
                sized.ttft_s.value + self.job.output_tokens / sized.decode_tok_s.value
            )
        self.book.work(*sized.calculations)
        return Candidate(
            key=key,
            label=f"{label}, {bits_name(sized.precision)} on {where}, {how}",
            verdict=verdict,
            route=route,
            chance=chance,
            spend=spend,
            model=model.id,
            hardware=place.hardware.id,
            devices=count,
            toolkit=toolkit,
            latency_ms=latency,
            gap_scale=self.gap_scale(verdict),
            leaves_premises=route == "rented_gpu",
            own_gpu=route == "owned_hardware",
            evidence_ids=self.book.state(place.price),
        )


def load_of(job: Job) -> Load:
    """Return the load of `job`."""
    return Load(job.requests_per_day, job.input_tokens, job.output_tokens, running=job.running)


def remembered(function: Callable[[Job], T]) -> Callable[[Job], T]:
    """Remember results by the slots that odds and costs depend on."""
    known: dict[tuple[object, ...], T] = {}

    def call(job: Job) -> T:
        key = (
            job.requests_per_day,
            job.input_tokens,
            job.output_tokens,
            job.labeled_examples,
            job.rules_change_often,
        )
        if key not in known:
            known[key] = function(job)
        return known[key]

    return call
