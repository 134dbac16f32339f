"""A model's config.json: numbers by their names in each family, checked against what can be.

Names and defaults are those of the configuration classes in huggingface/transformers
(src/transformers/models/*/configuration_*.py); a default is listed only where its class sets it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knowledge.errors import DocumentError


def _families(names: str) -> frozenset[str]:
    return frozenset(names.split())


NAMES: dict[str, tuple[str, ...]] = {
    "layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "hidden_size": ("hidden_size", "n_embd", "n_embed", "d_model", "dim"),
    "heads": ("num_attention_heads", "n_head", "n_heads"),
    "kv_heads": ("num_key_value_heads", "num_kv_heads", "n_head_kv", "multi_query_group_num"),
    "head_dim": ("head_dim", "kv_channels", "attention_head_dim"),
    "vocab_size": ("vocab_size", "padded_vocab_size"),
    "intermediate_size": (
        "intermediate_size_mlp",
        "intermediate_size",
        "ffn_hidden_size",
        "ffn_dim",
        "n_inner",
        "hidden_dim",
    ),
    "context_tokens": (
        "max_position_embeddings",
        "n_positions",
        "max_seq_len",
        "max_sequence_length",
        "seq_length",
    ),
    "experts": ("num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"),
    "experts_per_token": (
        "num_experts_per_tok",
        "experts_per_token",
        "num_experts_per_token",
        "top_k_experts",
        "moe_k",
    ),
    "expert_intermediate_size": ("moe_intermediate_size",),
    "shared_intermediate_size": (
        "shared_expert_intermediate_size",
        "moe_shared_expert_intermediate_size",
        "shared_intermediate_size",
    ),
    "shared_experts": ("n_shared_experts", "num_shared_experts"),
    "dense_layers": ("first_k_dense_replace",),
    "kv_lora_rank": ("kv_lora_rank",),
    "q_lora_rank": ("q_lora_rank",),
    "qk_rope_head_dim": ("qk_rope_head_dim",),
    "qk_nope_head_dim": ("qk_nope_head_dim",),
    "v_head_dim": ("v_head_dim",),
    "window": ("sliding_window", "local_attention", "attention_chunk_size"),
}
MOST: dict[str, int] = {
    "layers": 2_000,
    "hidden_size": 200_000,
    "heads": 10_000,
    "kv_heads": 10_000,
    "head_dim": 10_000,
    "vocab_size": 5_000_000,
    "intermediate_size": 2_000_000,
    "context_tokens": 100_000_000,
    "experts": 20_000,
    "experts_per_token": 20_000,
    "expert_intermediate_size": 2_000_000,
    "shared_intermediate_size": 2_000_000,
    "shared_experts": 1_000,
    "dense_layers": 2_000,
    "kv_lora_rank": 100_000,
    "q_lora_rank": 100_000,
    "qk_rope_head_dim": 10_000,
    "qk_nope_head_dim": 10_000,
    "v_head_dim": 10_000,
    "window": 100_000_000,
}
MAY_BE_ZERO = frozenset({"experts", "experts_per_token", "shared_experts", "dense_layers"}) | {
    "shared_intermediate_size"
}
ENCODERS = _families(
    "bert roberta xlm-roberta camembert distilbert electra mpnet deberta deberta-v2 modernbert "
    "nomic_bert new albert"
)
UNTIED = _families(
    "llama llama4 mistral mistral3 mixtral ministral qwen2 qwen2_moe qwen2_vl "
    "qwen2_5_vl qwen3 qwen3_moe qwen3_next qwen3_vl qwen3_vl_moe phi phi3 phimoe deepseek_v2 "
    "deepseek_v3 deepseek_v32 kimi_k2 gpt_oss glm glm4 glm4_moe glm_moe_dsa chatglm gpt_neox "
    "granite granitemoe granitemoehybrid olmo olmo2 olmo3 olmoe jamba nemotron nemotron_h "
    "minimax minimax_m1 minimax_m2 bamba internlm2 stablelm qwen3_5 qwen3_5_moe"
)
TIED = ENCODERS | _families(
    "gemma gemma2 gemma3 gemma4 falcon mpt opt gpt2 cohere cohere2 starcoder2 smollm3 bloom"
)
HEAD_DIMS = {
    "gemma": 256,
    "gemma2": 256,
    "gemma3": 256,
    "gemma4": 256,
    "gpt_oss": 64,
    "glm": 128,
    "glm4": 128,
    "qwen3": 128,
    "qwen3_next": 256,
    "nemotron_h": 128,
    "llama4": 128,
}
HEADS = {"gemma3": (8, 4), "gemma4": (8, 4)}
VOCABULARIES = {"gemma3": 262_208, "gemma4": 262_144}
CONTEXTS = {"gemma3": 131_072, "gemma4": 131_072, "falcon": 2048}
KV_HEADS = {"mistral": 8, "mixtral": 8, "jamba": 8, "nemotron_h": 8, "gpt_oss": 8}
PER_HEAD = ENCODERS | _families(
    "llama phi phi3 gpt_neox gpt2 opt mpt cohere cohere2 granite granitemoe granitemoehybrid olmo "
    "olmo2 olmo3 olmoe qwen deepseek_v2 deepseek_v3 deepseek_v32 kimi_k2 glm_moe_dsa bloom "
    "internlm2 stablelm"
)
"""Families whose class takes one key-value head a query head where the file gives none."""
TWO_MATRICES = ENCODERS - {"modernbert", "nomic_bert", "new"} | _families(
    "falcon mpt opt gpt2 gpt_neox phi starcoder2 nemotron nemotron_h bloom"
)
"""Families whose feed-forward part has an up and a down matrix and no gate."""
FOURFOLD = _families("falcon mpt gpt2 bloom phi")
"""Families whose feed-forward part is four times as wide as the model where the file is silent."""


class Config:
    """The language part of a config.json."""

    def __init__(self, config: Mapping[str, Any], name: str) -> None:
        """Read `config`; `name` is what messages call it."""
        inner = config.get("text_config") or config.get("llm_config")
        nested = inner if isinstance(inner, Mapping) else {}
        self._fields = {**config, **nested}
        self._name = name
        if "tie_word_embeddings" in config and "tie_word_embeddings" not in nested:
            self._fields["tie_word_embeddings"] = config["tie_word_embeddings"]
        kind = nested.get("model_type") or config.get("model_type") or ""
        self.family = str(kind).removesuffix("_text")

    def raw(self, name: str) -> Any:
        """Return what the file has under `name`, or None."""
        return self._fields.get(name)

    def whole(self, field: str) -> int | None:
        """Return the number that `field` has under one of its names, or None where there is none.

        Raises:
            DocumentError: if it is no whole number in the range that a model can have.
        """
        found = next((n for n in NAMES[field] if self._fields.get(n) is not None), None)
        if found is None:
            return None
        return self.checked(found, self._fields[found], MOST[field], field in MAY_BE_ZERO)

    def checked(self, name: str, value: object, most: int, zero: bool = False) -> int:
        """Return `value` where it is a whole number up to `most`.

        Raises:
            DocumentError: if not.
        """
        least = 0 if zero else 1
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.fault(name, value, f"a whole number from {least} to {most:,}")
        return value

    def fault(self, name: str, value: object, valid: str) -> DocumentError:
        """Return the error for a value that can't be."""
        shown = repr(value)
        shown = shown if len(shown) <= 60 else f"{shown[:57]}..."
        return DocumentError(f"{self._name}: {name!r} is {shown}; it must be {valid}")

    def tied(self) -> bool | None:
        """Return whether input and output embeddings are one matrix; None where not known."""
        stated = self.raw("tie_word_embeddings")
        if isinstance(stated, bool):
            return stated
        if self.family in TIED:
            return True
        return False if self.family in UNTIED else None
