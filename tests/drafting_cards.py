"""Model cards as a hub gives them: configurations in the shapes of their families."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class HubCard:
    """A model card of an account that is in no catalogue."""

    repo_id: str = "acme-labs/Zephyrine-9B"
    readme: str = "# Zephyrine 9B\n\nA language model for tests."
    metadata: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    url: str = "https://hub.example/acme-labs/Zephyrine-9B"
    tensors: Mapping[str, int] | None = None
    last_modified: str | None = "2026-09-01T10:00:00.000Z"


def sized(family: str, **fields: Any) -> dict[str, Any]:
    """Return a configuration with common dimensions and `fields` over them."""
    return {
        "model_type": family,
        "num_hidden_layers": 32,
        "hidden_size": 4096,
        "num_attention_heads": 32,
        "vocab_size": 32000,
        "intermediate_size": 11008,
        "max_position_embeddings": 4096,
    } | fields


LLAMA_2_7B = sized("llama")
LLAMA_3_8B = sized(
    "llama",
    num_key_value_heads=8,
    vocab_size=128256,
    intermediate_size=14336,
    max_position_embeddings=131072,
)
MIXTRAL = sized(
    "mixtral",
    num_key_value_heads=8,
    intermediate_size=14336,
    num_local_experts=8,
    num_experts_per_tok=2,
    sliding_window=None,
    max_position_embeddings=32768,
)
QWEN_3_30B = sized(
    "qwen3_moe",
    num_hidden_layers=48,
    hidden_size=2048,
    head_dim=128,
    num_key_value_heads=4,
    vocab_size=151936,
    intermediate_size=6144,
    moe_intermediate_size=768,
    num_experts=128,
    num_experts_per_tok=8,
    max_window_layers=48,
    sliding_window=None,
    use_sliding_window=False,
    max_position_embeddings=40960,
    mlp_only_layers=[],
    decoder_sparse_step=1,
)
DEEPSEEK_V3 = sized(
    "deepseek_v3",
    num_hidden_layers=61,
    hidden_size=7168,
    num_attention_heads=128,
    num_key_value_heads=128,
    vocab_size=129280,
    intermediate_size=18432,
    max_position_embeddings=163840,
    n_routed_experts=256,
    n_shared_experts=1,
    num_experts_per_tok=8,
    moe_intermediate_size=2048,
    first_k_dense_replace=3,
    kv_lora_rank=512,
    q_lora_rank=1536,
    qk_rope_head_dim=64,
    qk_nope_head_dim=128,
    v_head_dim=128,
)
GPT_OSS_20B = sized(
    "gpt_oss",
    num_hidden_layers=24,
    hidden_size=2880,
    num_attention_heads=64,
    num_key_value_heads=8,
    head_dim=64,
    vocab_size=201088,
    intermediate_size=2880,
    num_local_experts=32,
    num_experts_per_tok=4,
    experts_per_token=4,
    sliding_window=128,
    layer_types=["sliding_attention", "full_attention"] * 12,
    max_position_embeddings=131072,
)
GEMMA_3_4B = {
    "model_type": "gemma3",
    "text_config": {
        "model_type": "gemma3_text",
        "hidden_size": 2560,
        "intermediate_size": 10240,
        "num_hidden_layers": 34,
        "sliding_window": 1024,
    },
    "vision_config": {"hidden_size": 1152, "num_hidden_layers": 27, "num_attention_heads": 16},
}
FALCON_7B = {
    "model_type": "falcon",
    "hidden_size": 4544,
    "num_hidden_layers": 32,
    "num_attention_heads": 71,
    "vocab_size": 65024,
    "multi_query": True,
    "new_decoder_architecture": False,
}
MPT_7B = {
    "model_type": "mpt",
    "d_model": 4096,
    "n_heads": 32,
    "n_layers": 32,
    "max_seq_len": 2048,
    "vocab_size": 50432,
    "expansion_ratio": 4,
}
OPT_6_7B = {
    "model_type": "opt",
    "hidden_size": 4096,
    "ffn_dim": 16384,
    "num_attention_heads": 32,
    "num_hidden_layers": 32,
    "vocab_size": 50272,
    "max_position_embeddings": 2048,
}
BERT_BASE = {
    "model_type": "bert",
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "vocab_size": 30522,
    "max_position_embeddings": 512,
}
QWEN_3_NEXT = sized(
    "qwen3_next",
    num_hidden_layers=48,
    hidden_size=2048,
    num_attention_heads=16,
    num_key_value_heads=2,
    head_dim=256,
    vocab_size=151936,
    intermediate_size=5120,
    full_attention_interval=4,
    num_experts=512,
    num_experts_per_tok=10,
    moe_intermediate_size=512,
    shared_expert_intermediate_size=512,
    max_position_embeddings=262144,
)
JAMBA = sized(
    "jamba",
    num_key_value_heads=8,
    vocab_size=65536,
    intermediate_size=14336,
    attn_layer_period=8,
    attn_layer_offset=4,
    expert_layer_period=2,
    expert_layer_offset=1,
    num_experts=16,
    num_experts_per_tok=2,
    sliding_window=None,
    max_position_embeddings=262144,
)
NEMOTRON_H = sized(
    "nemotron_h",
    num_hidden_layers=8,
    num_key_value_heads=8,
    head_dim=128,
    hybrid_override_pattern="M-M*-M-*",
    max_position_embeddings=8192,
)
GEMMA_2_9B = sized(
    "gemma2",
    num_hidden_layers=42,
    hidden_size=3584,
    num_attention_heads=16,
    num_key_value_heads=8,
    head_dim=256,
    vocab_size=256000,
    intermediate_size=14336,
    sliding_window=4096,
    max_position_embeddings=8192,
)
