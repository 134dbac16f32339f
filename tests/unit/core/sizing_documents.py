"""Documents that the sizing tests share, with figures from public model and device cards."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.schema import (
    Architecture,
    Experts,
    Fact,
    Hardware,
    LatentAttention,
    Model,
    SlidingWindow,
    Source,
)

_SOURCES = {"s": Source(url="https://example.org/card")}
_UNITS = {
    "memory": "GB",
    "bandwidth": "GB/s",
    "parameters": "billion",
    "active_parameters": "billion",
    "context": "tokens",
}


@dataclass(frozen=True)
class Item:
    """A document as a catalogue holds it."""

    document: Hardware | Model
    body: str = ""


def facts(**values: float) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            name=name,
            value=value,
            unit=_UNITS.get(name, "TOPS" if name == "compute_int8" else "TFLOPS"),
            source="s",
            basis="vendor",
        )
        for name, value in values.items()
    )


def device(
    name: str, title: str, vendor: str = "NVIDIA", memory_type: str = "GDDR6X", **values: float
) -> Hardware:
    return Hardware(
        id=f"hardware/{name}",
        title=title,
        read_on="2026-11-24",
        sources=_SOURCES,
        vendor=vendor,
        device="gpu",
        status="shipping",
        memory_type=memory_type,
        interconnect="NVLink 4" if "HBM" in memory_type else "PCIe 4.0 x16, no NVLink",
        facts=facts(**values),
    )


def model(
    name: str,
    parameters: float | None,
    *,
    active: float | None = None,
    architecture: Architecture | None = None,
    vendor: str = "Meta",
    open_weights: bool = True,
    context: int = 131072,
    size_class: str = "mid",
) -> Model:
    stated = {"context": float(context)}
    if parameters is not None:
        stated |= {"parameters": parameters, "active_parameters": active or parameters}
    return Model.model_validate(
        {
            "id": f"models/{name}",
            "title": name,
            "read_on": "2026-11-24",
            "sources": _SOURCES,
            "vendor": vendor,
            "open_weights": open_weights,
            "licence": "open",
            "size_class": size_class,
            "specialization": "general",
            "facts": facts(**stated),
            "architecture": architecture,
        }
    )


def dense(
    layers: int, hidden: int, heads: int, kv_heads: int, vocab: int = 128256, **more: object
) -> Architecture:
    fields: dict[str, object] = {
        "source": "s",
        "hf_id": "maker/model",
        "layers": layers,
        "hidden_size": hidden,
        "heads": heads,
        "kv_heads": kv_heads,
        "head_dim": 128,
        "vocab_size": vocab,
        "context_tokens": 131072,
        "attention": "gqa",
        "tied_embeddings": False,
    }
    return Architecture.model_validate(fields | more)


H100 = device(
    "nvidia-h100-sxm",
    "NVIDIA H100 SXM5 80GB",
    memory_type="HBM3",
    memory=80,
    bandwidth=3350,
    compute_bf16=989,
    compute_fp8=1979,
    compute_int8=1979,
)
H200 = device(
    "nvidia-h200-sxm",
    "NVIDIA H200 SXM 141GB",
    memory_type="HBM3e",
    memory=141,
    bandwidth=4800,
    compute_bf16=989,
    compute_fp8=1979,
)
A100 = device(
    "nvidia-a100-80gb-sxm",
    "NVIDIA A100 80GB SXM",
    memory_type="HBM2e",
    memory=80,
    bandwidth=2039,
    compute_bf16=312,
    compute_int8=624,
)
RTX_4090 = device(
    "nvidia-rtx-4090",
    "NVIDIA GeForce RTX 4090",
    memory=24,
    bandwidth=1008,
    compute_fp32=82.6,
    compute_bf16=165.2,
    compute_fp8=330.3,
)
RTX_4070_TI = device(
    "nvidia-rtx-4070-ti", "NVIDIA GeForce RTX 4070 Ti", memory=12, bandwidth=504, compute_fp32=40.1
)
RTX_A6000 = device(
    "nvidia-rtx-a6000",
    "NVIDIA RTX A6000",
    memory_type="GDDR6",
    memory=48,
    bandwidth=768,
    compute_bf16=154.8,
)
RTX_5000_ADA = device(
    "nvidia-rtx-5000-ada",
    "NVIDIA RTX 5000 Ada",
    memory_type="GDDR6",
    memory=32,
    bandwidth=576,
)
UNMEASURED = device("maker-card", "Maker Card", vendor="Maker", memory_type="LPDDR5", memory=384)

LLAMA_8B = model("llama-3.1-8b", 8.03, architecture=dense(32, 4096, 32, 8), size_class="small")
LLAMA_70B = model("llama-3.3-70b", 70.55, architecture=dense(80, 8192, 64, 8), size_class="large")
LLAMA_405B = model(
    "llama-3.1-405b", 405.85, architecture=dense(126, 16384, 128, 8), size_class="ultra_large"
)
DEEPSEEK_V3 = model(
    "deepseek-v3",
    671,
    active=37,
    vendor="DeepSeek",
    size_class="ultra_large",
    architecture=dense(
        61,
        7168,
        128,
        128,
        129280,
        attention="mla",
        mla=LatentAttention(kv_lora_rank=512, qk_rope_head_dim=64),
        moe=Experts(
            experts=256, experts_per_token=8, expert_intermediate_size=2048, dense_layers=3
        ),
    ),
)
GPT_OSS_20B = model(
    "gpt-oss-20b",
    20.9,
    active=3.6,
    vendor="OpenAI",
    architecture=dense(
        24,
        2880,
        64,
        8,
        201088,
        head_dim=64,
        moe=Experts(experts=32, experts_per_token=4, expert_intermediate_size=2880),
        sliding_window=SlidingWindow(window=128, local_layers=12),
    ),
)
HYBRID = model(
    "hybrid-27b",
    27.0,
    architecture=dense(64, 5120, 24, 4, head_dim=256, attention="hybrid", full_attention_layers=16),
)
UNLAID = model("unlaid-32b", 32.0)
CLOSED = model("closed", None, open_weights=False)
