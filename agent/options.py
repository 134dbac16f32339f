"""The concrete options for a job: models from the catalogue on the routes the job allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice

from agent.candidates import Bench, load_of, remembered
from agent.core.defaults import Defaults
from agent.core.precision import parse_precision
from agent.core.sizing import weights_gb
from agent.core.spend import (
    Spend,
    cascade_spend,
    cpu_llm_spend,
)
from agent.job import Job
from agent.kinds.naming import cards, short
from agent.market import NOT_A_LANGUAGE_JOB, Offer, named_offers
from agent.named import can_be_general, named_models, named_special
from agent.on_device import on_device
from agent.placing import find_place, owned_place
from agent.policy import (
    Candidate,
    Chance,
    cascade_chance,
    escalation_share,
    scaled,
)
from agent.special import specialized
from agent.split import routine_bench, split_candidate
from agent.turn import Turn
from knowledge.schema import Model

LARGE_B = 100.0
"""Billions of parameters from which an open model counts as ultra-large."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The candidates for a job, and the frontier offer they are measured against."""

    candidates: tuple[Candidate, ...]
    frontier: Offer | None
    named: tuple[Model, ...]
    named_devices: tuple[str, ...] = ()


def choices(turn: Turn, job: Job, defaults: Defaults) -> Choices:
    """Return every candidate for the job; nothing is ruled out here."""
    bench = Bench(turn, job, defaults)
    named = named_models(bench)
    large = [_large(bench, offer) for offer in _frontier_offers(bench, named)]
    small = _small_offers(bench)
    if job.on_device:
        found = [*on_device(bench), *large, *small]
    else:
        special = [*specialized(bench), *named_special(bench)]
        found = [*special, *large, *small, *_own_general(bench), *_on_cpu(bench)]
        found += [*_named_open(bench, named), *_cascades(bench, special, large, small)]
    devices = tuple(doc_id for doc_id, _ in turn.understanding.hardware)
    return Choices(tuple({c.key: c for c in found}.values()), bench.frontier, tuple(named), devices)


def api_candidate(turn: Turn, job: Job, defaults: Defaults, model: Model) -> Candidate | None:
    """Return `model` by API, or None where it has no public price."""
    bench = Bench(turn, job, defaults)
    offer = bench.market.offer(model)
    if offer is None:
        return None
    large = model.size_class in ("ultra_large", "large")
    return bench.api(
        offer, "ultra_large" if large else "small_general", bench.general_chance(model)
    )


def placed_general(
    turn: Turn, job: Job, defaults: Defaults, model: Model, *, on: str | None = None
) -> Candidate | None:
    """Return `model` on own or rented hardware, or None where nothing priced holds it.

    With `on`, the id of a device, only that device is tried.
    """
    return _placed_general(Bench(turn, job, defaults), model, on=on)


def _placed_general(bench: Bench, model: Model, *, on: str | None = None) -> Candidate | None:
    place = find_place(bench.turn, bench.job, model, on=on)
    if place is None:
        return None
    large = (model.value("parameters") or 0) >= LARGE_B
    return bench.placed(
        model,
        place,
        key=f"own/{model.id}" if on is None else f"own/{model.id}/{on}",
        label=f"{short(model)}, prompted",
        verdict="ultra_large" if large else "small_general",
        project="ready_made_project_hours",
        runs=None,
        chance=bench.general_chance(model),
        toolkit="toolkits/vllm",
    )


def _frontier_offers(bench: Bench, named: list[Model]) -> list[Offer]:
    """Return the frontier model and the large ones that are named."""
    if bench.job.task_type in ("embedding", "time_series"):
        return []
    offers = [bench.frontier] if bench.frontier else []
    offers += [o for o in named_offers(bench.market, named) if _is_large(o.model)]
    return list({offer.model.id: offer for offer in offers}.values())


def _is_large(model: Model) -> bool:
    return model.size_class in ("ultra_large", "large")


def _named_open(bench: Bench, named: list[Model]) -> list[Candidate]:
    """Return named general models without a public price, on devices that hold them."""
    homeless = [
        model
        for model in named
        if can_be_general(bench, model) and model.open_weights and not bench.market.offer(model)
    ]
    return [c for model in homeless if (c := _placed_general(bench, model))]


def _large(bench: Bench, offer: Offer) -> Candidate:
    return bench.api(offer, "ultra_large", _large_chance(bench, offer))


def _large_chance(bench: Bench, offer: Offer) -> Callable[[Job], Chance]:
    """Return the odds against the frontier offer: even for itself, by votes for others."""
    if bench.frontier is None or offer.model.id == bench.frontier.model.id:
        return lambda _: Chance(0.5, 0.5, 0.5)
    return bench.general_chance(offer.model)


def _small_offers(bench: Bench) -> list[Candidate]:
    """Return the small hosted model of the market, and those that are named."""
    offer = bench.market.small_api(bench.job.task_type, bench.tokens)
    if offer is None or bench.frontier is None:
        return []
    named = named_offers(bench.market, named_models(bench))
    offers = [offer, *(o for o in named if not _is_large(o.model))]
    return [bench.api(o, "small_general", bench.general_chance(o.model)) for o in offers]


def _own_general(bench: Bench) -> list[Candidate]:
    if bench.job.task_type in NOT_A_LANGUAGE_JOB:
        return []
    if not (bench.job.residency == "on_premises" or bench.job.hardware):
        return []
    found: list[Candidate] = []
    for low, high in ((1.0, 40.0), (LARGE_B, 2500.0)):
        models = bench.market.open_general(
            min_parameters_b=low, max_parameters_b=high, task_type=bench.job.task_type
        )
        held = [m for m in models if owned_place(bench.turn, bench.job, m) is not None]
        wanted = models[:6] if not bench.job.hardware else held[:1]
        placed = (_placed_general(bench, model) for model in wanted)
        found += list(islice(filter(None, placed), 1))
    return found


def _indoors(bench: Bench) -> bool:
    return bench.job.residency == "on_premises"


def _on_cpu(bench: Bench) -> list[Candidate]:
    """Return a small open model on a CPU server, where GPUs or the cloud are out."""
    if bench.job.task_type in NOT_A_LANGUAGE_JOB:
        return []
    if bench.job.hardware or (bench.job.hardware is None and not _indoors(bench)):
        return []
    models = bench.market.open_general(
        min_parameters_b=1.0, max_parameters_b=5.0, task_type=bench.job.task_type
    )
    if not models:
        return []
    model = models[0]
    bench.book.name(model.title, short(model))
    size_gb = weights_gb(model, parse_precision("q4_k_m"))
    parameters_b = model.value("parameters") or 4.0
    pace = bench.defaults["cpu_llm_bandwidth"] / size_gb
    reading = bench.defaults["cpu_llm_tflops"] * 1000 / (2 * parameters_b)
    answer_s = bench.job.input_tokens / reading + bench.job.output_tokens / pace
    spend = remembered(
        lambda job: cpu_llm_spend(
            load_of(job), bench.defaults, reading_tok_s=reading, writing_tok_s=pace
        )
    )
    servers = cards(spend(bench.job).devices or 1, "CPU server")
    return [
        Candidate(
            key=f"cpu/{model.id}",
            label=f"{short(model)}, prompted, 4 bit (Q4_K_M) on {servers}",
            verdict="small_general",
            route="cpu",
            chance=bench.general_chance(model),
            spend=spend,
            model=model.id,
            toolkit="toolkits/llama-cpp",
            latency_ms=1000 * answer_s,
            gap_scale=bench.gap_scale("small_general"),
            evidence_ids=bench.book.state(bench.turn.fact(f"{model.id}#parameters")),
        )
    ]


def _cascades(
    bench: Bench, special: list[Candidate], large: list[Candidate], small: list[Candidate]
) -> list[Candidate]:
    """Return small models with the large one behind them; by the stated share where one is."""
    last = next((c for c in large if c.warning is None), None)
    if last is None or bench.job.task_type in NOT_A_LANGUAGE_JOB:
        return []
    share = bench.job.routine_share
    if share is not None:
        easy = routine_bench(bench)
        bases = [*(specialized(easy) if bench.job.labeled_examples else ()), *_small_offers(easy)]
        return [split_candidate(bench, base, last, share) for base in bases[:1]]
    return [_cascade(bench, base, last) for base in (*special[:1], *small[:1])]


def _cascade(bench: Bench, base: Candidate, large: Candidate) -> Candidate:
    def chance(job: Job) -> Chance:
        own = base.chance(job)
        return scaled(own, cascade_chance(own, escalation_share(own.value)))

    def spend(job: Job) -> Spend:
        share = escalation_share(base.chance(job).value)
        return cascade_spend(base.spend(job), large.spend(job), share, bench.defaults)

    name = base.label.split(",")[0]
    large_name = large.label.split(",")[0]
    return replace(
        base,
        key=f"cascade/{base.key}",
        label=f"{name} first, {large_name} for what it is unsure of",
        verdict="hybrid",
        route="cascade",
        chance=remembered(chance),
        spend=remembered(spend),
        latency_ms=(base.latency_ms or 0.0) + (large.latency_ms or 0.0),
        leaves_premises=True,
        evidence_ids=(*base.evidence_ids, *large.evidence_ids),
    )
