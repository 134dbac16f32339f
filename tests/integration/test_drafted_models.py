"""A model drafted from its card can be sized at once, and an answer says that it is unreviewed."""

from __future__ import annotations

import pytest
from drafting_cards import DEEPSEEK_V3, GEMMA_3_4B, JAMBA, LLAMA_3_8B, QWEN_3_30B, HubCard

from agent import estimate
from knowledge.catalogue import Catalogue
from knowledge.documents import CORPUS, load_folder
from knowledge.drafting import draft_card


@pytest.mark.parametrize(
    ("config", "precision", "devices", "weights_gb"),
    [
        (LLAMA_3_8B, None, 1, 16.06),
        (QWEN_3_30B, None, 1, 61.06),
        (GEMMA_3_4B, None, 1, 7.76),
        (DEEPSEEK_V3, "fp8", 16, 671.0),
        (JAMBA, None, 1, 18.0),
    ],
    ids=lambda value: value.get("model_type") if isinstance(value, dict) else None,
)
def test_a_drafted_model_is_sized(
    config: dict[str, object], precision: str | None, devices: int, weights_gb: float
) -> None:
    items = load_folder(CORPUS)
    drafted = draft_card(HubCard(config=config), Catalogue(items))
    found = estimate(
        model=drafted.document.title,
        hardware="H100 SXM",
        devices=devices,
        precision=precision,
        catalogue=Catalogue([*items, drafted]),
    )

    assert found.weights_gb.value == pytest.approx(weights_gb, rel=0.01)
    assert (found.kv_cache_gb.value or 0) > 0
    assert (found.decode_tok_s.value or 0) > 0
