from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from drafting_cards import (
    BERT_BASE,
    DEEPSEEK_V3,
    FALCON_7B,
    GEMMA_2_9B,
    GEMMA_3_4B,
    GPT_OSS_20B,
    JAMBA,
    LLAMA_2_7B,
    LLAMA_3_8B,
    MIXTRAL,
    MPT_7B,
    NEMOTRON_H,
    OPT_6_7B,
    QWEN_3_30B,
    QWEN_3_NEXT,
    HubCard,
)

from knowledge.catalogue import Catalogue
from knowledge.drafting import draft_card
from knowledge.drafting.architecture import draft_architecture
from knowledge.errors import DocumentError
from knowledge.facts import statements
from knowledge.schema import Architecture, Model


def model(catalogue: Catalogue, card: HubCard, doc_id: str | None = None) -> Model:
    document = draft_card(card, catalogue, doc_id=doc_id).document
    assert isinstance(document, Model)
    return document


def architecture(config: Mapping[str, Any]) -> Architecture:
    found = draft_architecture(config, hf_id="acme-labs/x", source="s1").architecture
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("config", "attention", "kv_heads", "head_dim", "tied", "billions"),
    [
        (LLAMA_2_7B, "mha", 32, 128, False, 6.738),
        (LLAMA_3_8B, "gqa", 8, 128, False, 8.03),
        (MIXTRAL, "gqa", 8, 128, False, 46.703),
        (QWEN_3_30B, "gqa", 4, 128, False, 30.53),
        (DEEPSEEK_V3, "mla", 128, 192, False, 671.025),
        (GPT_OSS_20B, "gqa", 8, 64, False, 20.909),
        (GEMMA_3_4B, "gqa", 4, 256, True, 3.88),
        (GEMMA_2_9B, "gqa", 8, 256, True, 9.241),
        (FALCON_7B, "mqa", 1, 64, True, 6.921),
        (MPT_7B, "mha", 32, 128, True, 6.649),
        (OPT_6_7B, "mha", 32, 128, True, 6.648),
        (BERT_BASE, "mha", 12, 64, True, 0.109),
    ],
    ids=lambda value: value.get("model_type") if isinstance(value, dict) else None,
)
def test_dimensions_become_an_architecture_with_its_published_size(
    config: Mapping[str, Any],
    attention: str,
    kv_heads: int,
    head_dim: int,
    tied: bool,
    billions: float,
) -> None:
    found = architecture(config)

    assert (found.attention, found.kv_heads, found.head_dim) == (attention, kv_heads, head_dim)
    assert found.tied_embeddings is tied
    assert found.parameters_b == pytest.approx(billions, rel=0.002)
    assert found.unreviewed


@pytest.mark.parametrize(
    ("config", "window", "local", "full"),
    [
        (GEMMA_3_4B, 1024, 29, None),
        (GEMMA_2_9B, 4096, 21, None),
        (GPT_OSS_20B, 128, 12, None),
        (QWEN_3_NEXT, None, None, 12),
        (JAMBA, None, None, 4),
        (NEMOTRON_H, None, None, 2),
        (QWEN_3_30B, None, None, None),
    ],
    ids=lambda value: value.get("model_type") if isinstance(value, dict) else None,
)
def test_only_layers_that_keep_a_cache_count(
    config: Mapping[str, Any], window: int | None, local: int | None, full: int | None
) -> None:
    found = architecture(config)
    sliding = found.sliding_window

    assert (sliding and sliding.window, sliding and sliding.local_layers) == (window, local)
    assert found.full_attention_layers == full
    assert (found.attention == "hybrid") is (full is not None)


def test_latent_attention_and_experts_are_read() -> None:
    found = architecture(DEEPSEEK_V3)

    assert found.mla is not None
    assert (found.mla.kv_lora_rank, found.mla.qk_rope_head_dim) == (512, 64)
    assert found.moe is not None
    assert (found.moe.experts, found.moe.experts_per_token, found.moe.dense_layers) == (256, 8, 3)
    assert found.active_parameters_b == pytest.approx(37.5, rel=0.01)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("num_hidden_layers", 0, "1 to 2,000"),
        ("num_hidden_layers", 2001, "1 to 2,000"),
        ("num_hidden_layers", -3, "1 to 2,000"),
        ("num_hidden_layers", 32.5, "whole number"),
        ("num_hidden_layers", "32", "whole number"),
        ("num_hidden_layers", True, "whole number"),
        ("hidden_size", 200_001, "200,000"),
        ("hidden_size", 4097, "num_attention_heads"),
        ("num_key_value_heads", 7, "divisor of the 32"),
        ("num_key_value_heads", 64, "divisor of the 32"),
        ("vocab_size", 5_000_001, "5,000,000"),
        ("max_position_embeddings", 100_000_001, "100,000,000"),
        ("num_experts_per_tok", 9, "at most the 8"),
        ("num_experts_per_tok", 0, "from 1 to 8"),
        ("layer_types", ["full_attention"] * 31, "32 layers"),
    ],
)
def test_numbers_that_no_model_has_are_refused(
    catalogue: Catalogue, field: str, value: object, said: str
) -> None:
    card = HubCard(config={**MIXTRAL, field: value})

    with pytest.raises(DocumentError, match=said) as error:
        draft_card(card, catalogue)
    assert "acme-labs/Zephyrine-9B" in str(error.value)


def test_a_card_becomes_a_model_in_the_words_of_the_catalogue(catalogue: Catalogue) -> None:
    card = HubCard(
        repo_id="Qwen/Zephyrine-Clinical-8B",
        config=LLAMA_3_8B,
        tensors={"total_parameters": 8_030_261_248},
        metadata={
            "license": "apache-2.0",
            "language": ["en", "de"],
            "base_model": "meta-llama/Llama-3.1-8B",
            "pipeline_tag": "text-generation",
            "tags": ["clinical"],
            "model-index": [
                {
                    "name": "z",
                    "results": [
                        {
                            "task": {"type": "text-generation"},
                            "dataset": {"name": "MedQA", "type": "medqa"},
                            "metrics": [{"type": "accuracy", "value": 71.5}],
                        }
                    ],
                }
            ],
        },
    )
    found = model(catalogue, card)

    assert (found.id, found.title) == ("models/zephyrine-clinical-8b", "Zephyrine-Clinical-8B")
    assert (found.vendor, found.licence) == ("Alibaba", "Apache-2.0")
    assert (found.size_class, found.specialization) == ("small", "medical")
    assert (found.languages, found.published) == ("en, de", "2026-09-01")
    assert found.value("parameters") == pytest.approx(8.0303)
    assert found.value("context") == 131072
    assert [(s.board, s.metric, s.value) for s in found.scores] == [("MedQA", "accuracy", 71.5)]
    assert "tuned from meta-llama/Llama-3.1-8B" in found.notes
    assert "Qwen/Zephyrine-Clinical-8B" in found.aliases
    assert found.sources["s1"].url == card.url
    assert all(item.unreviewed for item in statements(found))


@pytest.mark.parametrize(
    "repo_id", ["Qwen/Qwen3-8B", "someone/Qwen3-8B", "x/Llama-3.1-8B-Instruct"]
)
def test_a_model_that_is_known_is_refused_with_the_way_to_replace_it(
    catalogue: Catalogue, repo_id: str
) -> None:
    card = HubCard(repo_id=repo_id, config=LLAMA_3_8B)

    with pytest.raises(DocumentError, match="already covers") as error:
        draft_card(card, catalogue)
    covering = str(error.value).split("'")[1]
    assert model(catalogue, card, covering).id == covering


@pytest.mark.parametrize(
    ("card", "billions", "conditions"),
    [
        (HubCard(tensors={"total_parameters": 9_100_000_000}), 9.1, "weight files"),
        (HubCard(config=LLAMA_3_8B), 8.03, "computed"),
        (HubCard(config=LLAMA_3_8B, tensors={"total_parameters": 2_000_000_000}), 8.03, "computed"),
        (HubCard(), 9.0, "name says"),
        (
            HubCard(repo_id="a/Zephyrine-9B-AWQ", tensors={"total_parameters": 2_000_000_000}),
            9.0,
            "name says",
        ),
    ],
)
def test_parameters_come_from_weights_then_dimensions_then_the_name(
    catalogue: Catalogue, card: HubCard, billions: float, conditions: str
) -> None:
    fact = model(catalogue, card).fact("parameters")

    assert fact is not None
    assert fact.value == pytest.approx(billions, rel=0.001)
    assert conditions in (fact.conditions or "")


def test_weights_that_contradict_the_dimensions_are_a_conflict(catalogue: Catalogue) -> None:
    card = HubCard(config=LLAMA_3_8B, tensors={"total_parameters": 2_000_000_000})

    (conflict,) = model(catalogue, card).conflicts
    assert "2 billion" in conflict
    assert "8.03 billion" in conflict


@pytest.mark.parametrize("total", [0, -5, 10**17, True])
def test_an_absurd_count_of_weights_is_refused(catalogue: Catalogue, total: int) -> None:
    with pytest.raises(DocumentError, match="total_parameters"):
        draft_card(HubCard(tensors={"total_parameters": total}), catalogue)


def test_a_card_that_says_no_size_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(DocumentError, match="how many parameters"):
        draft_card(HubCard(repo_id="acme-labs/zephyrine"), catalogue)


def test_dimensions_that_are_missing_are_said_and_not_guessed(catalogue: Catalogue) -> None:
    config = {"model_type": "llama", "hidden_size": 4096}
    found = model(catalogue, HubCard(config=config))

    assert found.architecture is None
    assert any("num_hidden_layers" in note for note in found.notes)


@pytest.mark.parametrize("stamp", ["2099-01-01T00:00:00Z", "soon", None])
def test_a_date_in_the_future_or_none_is_unknown(catalogue: Catalogue, stamp: str | None) -> None:
    assert model(catalogue, replace(HubCard(), last_modified=stamp)).published is None
