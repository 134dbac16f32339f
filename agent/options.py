"""The concrete options for a job: models from the catalogue on the routes the job allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from agent.answer import Route, Verdict
from agent.chances import (
    indexed_chance,
    made_for_it_chance,
    ready_made_chance,
    tuned_chance,
    voted_chance,
)
from agent.core.defaults import Defaults
from agent.core.precision import parse_precision
from agent.core.sizing import weights_gb
from agent.core.spend import (
    Load,
    Spend,
    api_spend,
    cascade_spend,
    cpu_llm_spend,
    encoder_spend,
)
from agent.evidence import EvidenceBook
from agent.job import Job
from agent.kinds.naming import bits_name, cards, short
from agent.market import DOMAINS, NOT_A_LANGUAGE_JOB, Market, Offer, named_offers
from agent.placing import Place, find_place, place_spend
from agent.policy import (
    Candidate,
    Chance,
    cascade_chance,
    escalation_share,
    scaled,
)
from agent.turn import Turn
from knowledge.schema import Model, Training

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
LABELS_ONLY = frozenset({"classification", "moderation", "ner"})


@dataclass(frozen=True, slots=True)
class Choices:
    """The candidates for a job, and the frontier offer they are measured against."""

    candidates: tuple[Candidate, ...]
    frontier: Offer | None
    named: tuple[Model, ...]


def load_of(job: Job) -> Load:
    """Return the load of `job`."""
    return Load(job.requests_per_day, job.input_tokens, job.output_tokens)


def choices(turn: Turn, job: Job, defaults: Defaults) -> Choices:
    """Return every candidate for the job; nothing is ruled out here."""
    return _Maker(turn, job, defaults).choices()


def api_candidate(turn: Turn, job: Job, defaults: Defaults, model: Model) -> Candidate | None:
    """Return `model` by API, or None where it has no public price."""
    return _Maker(turn, job, defaults).by_api(model)


def placed_general(turn: Turn, job: Job, defaults: Defaults, model: Model) -> Candidate | None:
    """Return `model` on own or rented hardware, or None where nothing priced holds it."""
    return _Maker(turn, job, defaults).by_hardware(model)


class _Maker:
    """Builds the candidates of one turn from its market, studies and profile."""

    def __init__(self, turn: Turn, job: Job, defaults: Defaults) -> None:
        self.turn, self.job, self.defaults = turn, job, defaults
        self.market: Market = turn.market
        self.book: EvidenceBook = turn.book
        self.tokens = (job.input_tokens, job.output_tokens)
        self.frontier = self.market.frontier(job.task_type, self.tokens)

    def choices(self) -> Choices:
        named = self._named()
        large = [self._large(offer) for offer in self._frontier_offers(named)]
        small = self._small_offers()
        special = self._specialized()
        own = self._own_general()
        first_large = next((c for c in large if c.warning is None), None)
        cascades = [
            cascade
            for base in self._cascade_bases(special, small)
            if first_large is not None and (cascade := self._cascade(base, first_large))
        ]
        found = [*special, *large, *small, *own, *self._on_cpu(), *cascades]
        models = tuple(offer.model for offer in named)
        return Choices(tuple({c.key: c for c in found}.values()), self.frontier, models)

    def by_api(self, model: Model) -> Candidate | None:
        offer = self.market.offer(model)
        if offer is None:
            return None
        large = model.size_class in ("ultra_large", "large")
        return self._api(offer, "ultra_large" if large else "small_general", self._general(model))

    def by_hardware(self, model: Model) -> Candidate | None:
        place = find_place(self.turn, self.job, model)
        if place is None:
            return None
        large = (model.value("parameters") or 0) >= 100
        return self._placed(
            model,
            place,
            key=f"own/{model.id}",
            label=f"{short(model)}, prompted",
            verdict="ultra_large" if large else "small_general",
            project="ready_made_project_hours",
            runs_usd=0.0,
            chance=self._general(model),
            toolkit="toolkits/vllm",
        )

    # The frontier and small general models, by API.

    def _named(self) -> list[Offer]:
        documents = [self.turn.catalogue.get(i) for i in self.turn.understanding.models]
        return named_offers(self.market, [d for d in documents if isinstance(d, Model)])

    def _frontier_offers(self, named: list[Offer]) -> list[Offer]:
        if self.job.task_type in ("embedding", "time_series"):
            return []
        offers = [self.frontier] if self.frontier else []
        offers += [o for o in named if o.model.size_class in ("ultra_large", "large")][:2]
        return list({offer.model.id: offer for offer in offers}.values())

    def _large(self, offer: Offer) -> Candidate:
        return self._api(offer, "ultra_large", self._large_chance(offer))

    def _large_chance(self, offer: Offer) -> Callable[[Job], Chance]:
        """Return the odds against the frontier offer: even for itself, by votes for others."""
        if self.frontier is None or offer.model.id == self.frontier.model.id:
            return lambda _: Chance(0.5, 0.5, 0.5)
        return self._general(offer.model)

    def _small_offers(self) -> list[Candidate]:
        offer = self.market.small_api(self.job.task_type, self.tokens)
        if offer is None or self.frontier is None:
            return []
        return [self._api(offer, "small_general", self._general(offer.model))]

    def _gap_scale(self, verdict: Verdict) -> float:
        """Return how much of the usual distance counts for a general model on this job."""
        rare = not set(self.job.languages) <= WELL_COVERED
        if verdict != "small_general" or self.job.task_type in HARD_WORK or rare:
            return 1.0
        middle = self.job.task_type in MIDDLE_WORK
        return self.defaults["middle_work" if middle else "easy_work"]

    def _general(self, model: Model) -> Callable[[Job], Chance]:
        frontier = self.frontier

        @_cached
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

    def _api(self, offer: Offer, verdict: Verdict, chance: Callable[[Job], Chance]) -> Candidate:
        model = offer.model
        self.book.name(model.title, short(model))
        price = self.turn.fact(offer.price.statement_id)
        ids = self.book.state(price, self.turn.fact(f"{model.id}#retires"))
        pace = self.job.output_tokens / self.defaults["api_tokens_per_second"]
        return Candidate(
            key=f"api/{model.id}",
            label=f"{short(model)}, prompted",
            verdict=verdict,
            route="api",
            chance=chance,
            spend=_cached(lambda job: api_spend(offer.price, load_of(job), self.defaults)),
            model=model.id,
            latency_ms=self.defaults["api_latency_ms"] + 1000 * pace,
            gap_scale=self._gap_scale(verdict),
            leaves_premises=True,
            warning="it leaves its maker's API soon" if self.market.leaves_soon(model) else None,
            evidence_ids=ids,
        )

    # Specialized models: tuned on the job's labels, or ready made for the skill or the domain.

    def _specialized(self) -> list[Candidate]:
        found: list[Candidate] = []
        job = self.job
        if job.task_type not in NOT_A_LANGUAGE_JOB:
            tuned = self._tuned_encoder() if self._labels_only() else self._tuned_llm()
            if tuned is not None:
                found.append(tuned)
        for model in self.market.skilled(job.task_type, job.domain):
            candidate = self._ready_made(model)
            if candidate is not None:
                found.append(candidate)
        return found

    def _labels_only(self) -> bool:
        return self.job.task_type in LABELS_ONLY and set(self.job.languages) <= {"en"}

    def _tuned_encoder(self) -> Candidate | None:
        model = self.market.encoder()
        if model is None:
            return None
        self.book.name(model.title, short(model))
        parameters = model.value("parameters") or 0.15
        return Candidate(
            key=f"tuned/{model.id}",
            label=f"{short(model)}, tuned on your labels, on a small CPU server",
            verdict="specialized",
            route="cpu",
            chance=_cached(
                lambda job: tuned_chance(self.turn.studies, job, parameters_b=parameters)
            ),
            spend=_cached(
                lambda job: encoder_spend(
                    load_of(job), self.defaults, parameters_m=parameters * 1000
                )
            ),
            model=model.id,
            toolkit="toolkits/setfit" if self.job.labeled_examples < 500 else "toolkits/trl",
            latency_ms=self.defaults["cpu_latency_ms"],
            evidence_ids=self.book.state(self.turn.fact(f"{model.id}#parameters")),
        )

    def _tuned_llm(self) -> Candidate | None:
        model = self.market.tunable()
        place = find_place(self.turn, self.job, model) if model else None
        if model is None or place is None:
            return None
        parameters = model.value("parameters")
        return self._placed(
            model,
            place,
            key=f"tuned/{model.id}",
            label=f"{short(model)}, LoRA on your examples",
            verdict="specialized",
            project="tuned_llm_project_hours",
            runs_usd=self.defaults["tuning_runs_usd"],
            chance=_cached(
                lambda job: tuned_chance(self.turn.studies, job, parameters_b=parameters)
            ),
            toolkit="toolkits/trl",
        )

    def _ready_made(self, model: Model) -> Candidate | None:
        training: Training = "domain" if model.specialization in DOMAINS else "skill"
        parameters = model.value("parameters")

        def odds(job: Job) -> Chance:
            if job.task_type in NOT_A_LANGUAGE_JOB:
                return made_for_it_chance(model, job.task_type.replace("_", " "))
            return ready_made_chance(
                self.turn.studies, job, training=training, parameters_b=parameters
            )

        chance = _cached(odds)
        self.book.name(model.title, short(model))
        if (parameters or 1.0) <= 1.0:
            return Candidate(
                key=f"ready/{model.id}",
                label=f"{short(model)}, as it is, on a CPU server",
                verdict="specialized",
                route="cpu",
                chance=chance,
                spend=_cached(
                    lambda job: encoder_spend(
                        load_of(job),
                        self.defaults,
                        parameters_m=(parameters or 0.3) * 1000,
                        tuned=False,
                    )
                ),
                model=model.id,
                latency_ms=self.defaults["cpu_latency_ms"] * 3,
                evidence_ids=self.book.state(self.turn.fact(f"{model.id}#parameters")),
            )
        place = find_place(self.turn, self.job, model)
        if place is None:
            return None
        return self._placed(
            model,
            place,
            key=f"ready/{model.id}",
            label=f"{short(model)}, as it is",
            verdict="specialized",
            project="ready_made_project_hours",
            runs_usd=0.0,
            chance=chance,
            toolkit="toolkits/vllm",
        )

    # General models on own or rented hardware.

    def _own_general(self) -> list[Candidate]:
        if self.job.task_type in NOT_A_LANGUAGE_JOB:
            return []
        if not (self.job.residency == "on_premises" or self.job.hardware):
            return []
        found = []
        sizes: tuple[tuple[Verdict, float, float], ...] = (
            ("small_general", 3.0, 40.0),
            ("ultra_large", 100.0, 2500.0),
        )
        for verdict, low, high in sizes:
            for model in self.market.open_general(min_parameters_b=low, max_parameters_b=high)[:6]:
                place = find_place(self.turn, self.job, model)
                if place is None:
                    continue
                found.append(
                    self._placed(
                        model,
                        place,
                        key=f"own/{model.id}",
                        label=f"{short(model)}, prompted",
                        verdict=verdict,
                        project="ready_made_project_hours",
                        runs_usd=0.0,
                        chance=self._general(model),
                        toolkit="toolkits/vllm",
                    )
                )
                break
        return found

    def _on_cpu(self) -> list[Candidate]:
        """Return a small open model on a CPU server, where GPUs or the cloud are out."""
        if self.job.task_type in NOT_A_LANGUAGE_JOB:
            return []
        if self.job.hardware != () and self.job.residency != "on_premises":
            return []
        models = self.market.open_general(min_parameters_b=1.0, max_parameters_b=5.0)
        if not models:
            return []
        model = models[0]
        self.book.name(model.title, short(model))
        size_gb = weights_gb(model, parse_precision("q4_k_m"))
        parameters_b = model.value("parameters") or 4.0
        pace = self.defaults["cpu_llm_bandwidth"] / size_gb
        reading = self.defaults["cpu_llm_tflops"] * 1000 / (2 * parameters_b)
        answer_s = self.job.input_tokens / reading + self.job.output_tokens / pace
        return [
            Candidate(
                key=f"cpu/{model.id}",
                label=f"{short(model)}, prompted, 4 bit (Q4_K_M) on a CPU server",
                verdict="small_general",
                route="cpu",
                chance=self._general(model),
                spend=_cached(
                    lambda job: cpu_llm_spend(
                        load_of(job), self.defaults, reading_tok_s=reading, writing_tok_s=pace
                    )
                ),
                model=model.id,
                toolkit="toolkits/llama-cpp",
                latency_ms=1000 * answer_s,
                gap_scale=self._gap_scale("small_general"),
                evidence_ids=self.book.state(self.turn.fact(f"{model.id}#parameters")),
            )
        ]

    def _placed(
        self,
        model: Model,
        place: Place,
        *,
        key: str,
        label: str,
        verdict: Verdict,
        project: str,
        runs_usd: float,
        chance: Callable[[Job], Chance],
        toolkit: str,
    ) -> Candidate:
        self.book.name(model.title, short(model), place.hardware.title, short(place.hardware))
        count = place.estimate.devices
        where = cards(count, short(place.hardware))
        verb = {"rented_gpu": "rented", "owned_hardware": "your own" if place.owned else "bought"}
        route: Route = place.route
        sized = place.estimate
        latency = None
        if sized.ttft_s.value is not None and sized.decode_tok_s.value:
            latency = 1000 * (
                sized.ttft_s.value + self.job.output_tokens / sized.decode_tok_s.value
            )
        self.book.work(*sized.calculations)
        return Candidate(
            key=key,
            label=f"{label}, {bits_name(sized.precision)} on {where}, {verb[route]}",
            verdict=verdict,
            route=route,
            chance=chance,
            spend=_cached(
                lambda job: place_spend(
                    place, load_of(job), self.defaults, project=project, runs_usd=runs_usd
                )
            ),
            model=model.id,
            hardware=place.hardware.id,
            devices=count,
            toolkit=toolkit,
            latency_ms=latency,
            gap_scale=self._gap_scale(verdict),
            leaves_premises=route == "rented_gpu",
            own_gpu=route == "owned_hardware",
            evidence_ids=self.book.state(place.price),
        )

    # Cascades: the small model first, the frontier for what it is unsure of.

    def _cascade_bases(self, special: list[Candidate], small: list[Candidate]) -> list[Candidate]:
        if self.job.task_type in NOT_A_LANGUAGE_JOB:
            return []
        return [*special[:1], *small[:1]]

    def _cascade(self, base: Candidate, large: Candidate) -> Candidate:
        def chance(job: Job) -> Chance:
            own = base.chance(job)
            return scaled(own, cascade_chance(own, escalation_share(own.value)))

        def spend(job: Job) -> Spend:
            share = escalation_share(base.chance(job).value)
            return cascade_spend(base.spend(job), large.spend(job), share, self.defaults)

        name = base.label.split(",")[0]
        large_name = large.label.split(",")[0]
        return replace(
            base,
            key=f"cascade/{base.key}",
            label=f"{name} first, {large_name} for what it is unsure of",
            verdict="hybrid",
            route="cascade",
            chance=_cached(chance),
            spend=_cached(spend),
            latency_ms=(base.latency_ms or 0.0) + (large.latency_ms or 0.0),
            leaves_premises=True,
            evidence_ids=(*base.evidence_ids, *large.evidence_ids),
        )


def _cached(function: Callable[[Job], T]) -> Callable[[Job], T]:
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
