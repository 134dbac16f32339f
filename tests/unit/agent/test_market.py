"""Models are chosen from the documents: a better, cheaper or retiring one changes the choice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import get_args

import pytest

from agent.market import INDEX, NOTICE, VOTES, Market, named_offers
from knowledge import Catalogue
from knowledge.documents import Loaded
from knowledge.schema import Fact, Model, Score, Source, TaskType, TokenPrice

TODAY = date(2026, 11, 24)
TOKENS = (300, 5)


def made_up(
    name: str,
    *,
    index: float | None = 50.0,
    votes: float = 1400.0,
    usd: float = 1.0,
    size_class: str = "large",
    billions: float | None = None,
    **changes: object,
) -> Model:
    """Return a general text model of a maker that the price map does not know."""
    scores = [Score(board=VOTES, metric="rating", value=votes, source="s", basis="independent")]
    if index is not None:
        scores.append(
            Score(board=INDEX, metric="points", value=index, source="s", basis="independent")
        )
    price = TokenPrice(
        provider="Nobody",
        input_usd_per_mtok=usd,
        output_usd_per_mtok=4 * usd,
        source="s",
        basis="vendor",
    )
    facts: tuple[Fact, ...] = ()
    if billions is not None:
        facts = (
            Fact(name="parameters", value=billions, unit="billion", source="s", basis="vendor"),
        )
    fields: dict[str, object] = {
        "id": f"models/{name}",
        "title": name,
        "read_on": "2026-11-20",
        "vendor": "Nobody",
        "open_weights": False,
        "licence": "closed",
        "size_class": size_class,
        "specialization": "general",
        "modalities_in": ("text",),
        "modalities_out": ("text",),
        "sources": {"s": Source(url="https://example.org/card")},
        "scores": tuple(scores),
        "prices": (price,),
        "facts": facts,
    }
    return Model.model_validate(fields | changes)


def market_of(models: Iterable[Model], today: date = TODAY) -> Market:
    return Market(Catalogue([_loaded(model) for model in models]), today)


def with_model(catalogue: Catalogue, *models: Model) -> Market:
    """Return the market of the bundled documents with `models` added."""
    kept = [_loaded(d) for d in catalogue.of("model") if isinstance(d, Model)]
    return Market(Catalogue([*kept, *(_loaded(model) for model in models)]), TODAY)


def _loaded(model: Model) -> Loaded:
    return Loaded(document=model, body="", sha256="")


def frontier(market: Market, task_type: TaskType = "classification") -> str | None:
    offer = market.frontier(task_type, TOKENS)
    return offer.model.id if offer else None


def small(market: Market, task_type: TaskType = "classification") -> str | None:
    offer = market.small_api(task_type, TOKENS)
    return offer.model.id if offer else None


def test_the_frontier_is_the_cheapest_within_a_tenth_of_the_best_index() -> None:
    models = (
        made_up("best", index=70, usd=10.0),
        made_up("near", index=64, usd=2.0),
        made_up("far", index=60, usd=0.5),
    )

    assert frontier(market_of(models)) == "models/near"


def test_a_better_model_document_takes_the_place_of_the_frontier(
    catalogue: Catalogue, market: Market
) -> None:
    before = frontier(market)
    better = made_up("newcomer", index=200, usd=3.0)

    assert before not in (None, "models/newcomer")
    assert frontier(with_model(catalogue, better)) == "models/newcomer"


def test_a_cheaper_small_model_document_takes_the_place_of_the_small_one(
    catalogue: Catalogue, market: Market
) -> None:
    now = market.small_api("classification", TOKENS)
    assert now is not None
    score = market.score(now.model, INDEX)
    assert score is not None
    cheaper = made_up("bargain", index=score.value + 1, usd=0.001, size_class="small")

    assert small(with_model(catalogue, cheaper)) == "models/bargain"


def test_a_model_without_an_index_is_not_called_frontier(catalogue: Catalogue) -> None:
    unrated = made_up("unrated", index=None, usd=0.01)

    assert frontier(with_model(catalogue, unrated)) != "models/unrated"


@pytest.mark.parametrize(
    "changes",
    [
        {"retires": str(TODAY + NOTICE)},
        {"retires": str(TODAY - timedelta(days=1))},
        {"retires": "2026"},
        {"status": "retired"},
        {"status": "deprecated"},
        {"status": "Old: replaced by another"},
    ],
    ids=["within notice", "gone", "some time this year", "retired", "deprecated", "old"],
)
def test_a_model_that_leaves_its_api_is_never_proposed(
    catalogue: Catalogue, changes: dict[str, str]
) -> None:
    leaving = made_up("leaving", index=200, usd=0.01).model_copy(update=changes)
    market = with_model(catalogue, leaving)

    assert market.leaves_soon(leaving)
    assert all(offer.model.id != leaving.id for offer in market.offers())
    assert frontier(market) != leaving.id


def test_a_model_that_stays_longer_than_the_notice_is_proposed(catalogue: Catalogue) -> None:
    staying = made_up(
        "staying", index=200, usd=0.01, retires=str(TODAY + NOTICE + timedelta(days=1))
    )

    assert frontier(with_model(catalogue, staying)) == staying.id


def test_a_retiring_model_that_the_user_names_still_has_its_offer(catalogue: Catalogue) -> None:
    leaving = made_up("leaving", retires=str(TODAY))
    market = with_model(catalogue, leaving)

    assert [offer.model.id for offer in named_offers(market, [leaving])] == [leaving.id]


@pytest.mark.parametrize("task_type", get_args(TaskType))
def test_no_bundled_choice_retires_within_the_notice(market: Market, task_type: TaskType) -> None:
    chosen = [market.frontier(task_type, TOKENS), market.small_api(task_type, TOKENS)]

    for offer in chosen:
        if offer is not None:
            assert not market.leaves_soon(offer.model)


@pytest.mark.parametrize(
    ("task_type", "modality"), [("speech", "audio"), ("vision_document", "image")]
)
def test_only_models_that_take_the_input_are_offered(
    market: Market, task_type: TaskType, modality: str
) -> None:
    for offer in (market.frontier(task_type, TOKENS), market.small_api(task_type, TOKENS)):
        assert offer is not None
        assert modality in offer.model.modalities_in


@pytest.mark.parametrize("task_type", ["embedding", "time_series"])
def test_no_prompted_model_is_offered_for_what_prompts_cannot_do(
    market: Market, task_type: TaskType
) -> None:
    assert market.frontier(task_type, TOKENS) is None
    assert market.small_api(task_type, TOKENS) is None


def test_ready_made_models_are_of_the_skill_or_the_domain(market: Market) -> None:
    for task_type, domain in (("text_to_sql", None), ("moderation", None), ("qa_closed", "legal")):
        found = market.skilled(task_type, domain)  # type: ignore[arg-type]  # names of the table
        assert all(model.open_weights for model in found)
        assert {model.specialization for model in found} <= {"sql", "moderation", "legal"}
    assert market.skilled("summarization", None) == ()


def test_the_model_to_tune_is_open_sized_and_known_in_its_layout(market: Market) -> None:
    model = market.tunable()

    assert model is not None
    assert model.open_weights
    assert model.architecture is not None
    assert 6 <= (model.value("parameters") or 0) <= 15


def test_open_models_come_best_index_first(market: Market) -> None:
    found = market.open_general(max_parameters_b=40.0)
    values = [score.value if (score := market.score(m, INDEX)) else 0.0 for m in found]

    assert len(found) > 5
    assert values == sorted(values, reverse=True)


def test_a_score_can_be_cited(market: Market) -> None:
    offer = market.frontier("classification", TOKENS)
    assert offer is not None
    statement = market.score_statement(offer.model, INDEX)
    score = market.score(offer.model, INDEX)

    assert statement is not None
    assert score is not None
    assert statement.value == score.value
    assert INDEX in statement.text


@pytest.mark.parametrize(
    ("task_type", "needed"), [("vision_document", "image"), ("speech", "audio")]
)
def test_every_model_chosen_for_a_job_reads_its_input(
    market: Market, task_type: TaskType, needed: str
) -> None:
    chosen = [
        market.tunable(task_type=task_type),
        *market.open_general(max_parameters_b=2500.0, task_type=task_type),
        *market.skilled(task_type, None),
    ]
    if task_type == "vision_document":
        chosen.append(market.encoder(task_type))

    assert any(chosen)
    assert all(needed in model.modalities_in for model in chosen if model)


@pytest.mark.parametrize("domain", ["medical", "legal", "finance"])
@pytest.mark.parametrize("task_type", ["summarization", "qa_closed", "translation", "agentic"])
def test_only_models_that_write_are_ready_made_for_writing(
    market: Market, task_type: TaskType, domain: str
) -> None:
    for model in market.skilled(task_type, domain):
        assert "text" in model.modalities_out


@pytest.mark.parametrize(
    ("task", "domain", "offered"),
    [
        ("classify the sentiment of news", "finance", "models/finbert"),
        ("sort filings into 12 types", "finance", None),
        ("label clauses", "legal", None),
    ],
)
def test_an_encoder_is_ready_made_only_for_the_labels_it_has(
    market: Market, task: str, domain: str, offered: str | None
) -> None:
    tiny = [
        model.id
        for model in market.skilled("classification", domain, task)
        if "text" not in model.modalities_out
    ]

    assert tiny == ([offered] if offered else [])


def test_what_only_reads_text_off_is_not_asked_to_label_pictures(market: Market) -> None:
    found = market.skilled("vision_document", None, "moderate pictures", instructed=True)

    assert all("text" in model.modalities_in for model in found)
    assert "models/llama-guard-4-12b" in {model.id for model in found}
