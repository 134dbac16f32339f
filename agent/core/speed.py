"""How fast does it run? Decode by bandwidth, prompts by compute, batches by both.

Every formula works on single figures and, for the fit, on arrays of them. A term is on the scale
of its logarithm, shares of bandwidth or compute on that of their log-odds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

CHUNK_TOKENS = {"native": 512.0, "other": 4096.0}
"""Prompt tokens read in one pass: llama.cpp's default micro-batch, and a server's chunk."""
EXPERT_TOKENS = 32.0
"""Prompt tokens that one expert sees at which `prompt_share_moe` holds."""
USUAL_PEAK_TFLOPS = 150.0
"""Peak at which `prompt_share` holds."""
CPU_EFFICIENCY = 0.7
"""Share of system memory's bandwidth that weights kept there are read with."""


@dataclass(frozen=True, slots=True)
class Load:
    """One case in figures: sizes in GB of 1e9 bytes, rates in GB/s and TFLOPS, flags 0 or 1.

    `read_gb` are the weights one step reads for all `streams`, `chunk_gb` those one pass over a
    chunk of prompt reads, `system_gb` and `system_chunk_gb` the parts of them in system memory,
    `cache_gb` the cache of one stream. `attention_tflop` is one prompt's
    attention, `step_attention_tflop` that of one generated token. `tensor` and `pipeline` are the
    devices that share each layer and that hold other layers at work; with `split` devices take
    turns, `turns` of them at once over the chunks of a prompt. `group` is how many query heads
    share a key head. Logs are natural.
    """

    streams: float
    prompt: float
    output: float
    read_gb: float
    chunk_gb: float
    cache_gb: float
    system_gb: float
    system_chunk_gb: float
    system_gb_s: float
    layers: float
    hidden: float
    active_b: float
    experts: float
    group: float
    attention_tflop: float
    step_attention_tflop: float
    devices: float
    tensor: float
    pipeline: float
    replicas: float
    bandwidth: float
    peak_16bit: float
    peak: float
    link_generation: float
    chunk_tokens: float
    log_bandwidth: float
    log_peak: float
    log_expert_tokens: float
    batched: float
    parallel: float
    moe: float
    hybrid: float
    eager: float
    slow_link: float
    split: float
    turns: float


Rates = Mapping[str, float]


def _exp(value: float) -> float:
    result: float = math.e**value
    return result


def _share(log_odds: float) -> float:
    return 1 / (1 + _exp(-log_odds))


def _norm(one: float, other: float, power: float) -> float:
    """Return the time of two works that overlap: their sum at power 1, the longer at a high one."""
    result: float = (one**power + other**power) ** (1 / power)
    return result


def bandwidth_share(load: Load, rates: Rates) -> float:
    """Return the share of the memory's bandwidth that reading weights reaches."""
    return _share(
        rates["bandwidth_share"]
        + rates["bandwidth_share_by_bandwidth"] * load.log_bandwidth
        + rates["bandwidth_share_moe"] * load.moe
    )


def layer_s(load: Load, rates: Rates) -> float:
    """Return the fixed seconds of one layer: launches, routing, an eager loop over experts."""
    fixed = _exp(
        rates["layer_s"]
        + rates["layer_s_by_bandwidth"] * load.log_bandwidth
        + rates["layer_s_hybrid"] * load.hybrid
    )
    loop = load.eager * load.experts * _exp(rates["expert_s"])
    return fixed + load.moe * _exp(rates["router_s"]) + loop


def prompt_share(load: Load, rates: Rates) -> float:
    """Return the share of the compute peak that reading a prompt reaches."""
    routed = (
        rates["prompt_share_moe"] + rates["prompt_share_by_expert_tokens"] * load.log_expert_tokens
    )
    return _exp(
        rates["prompt_share"] + rates["prompt_share_by_peak"] * load.log_peak + routed * load.moe
    )


def _peak(load: Load, rates: Rates) -> float:
    """Return the usable peak: narrow formats gain less than their published multiple."""
    gain: float = (load.peak / load.peak_16bit) ** _share(rates["narrow_peak"])
    return load.peak_16bit * gain


def _cache_gb(load: Load, rates: Rates) -> float:
    """Return the cache traffic of one stream and step.

    Eager attention appends by copying the cache and repeats each key head for its query heads.
    """
    copies = 1 + load.eager * (2 + 4 * load.group)
    return load.cache_gb * _exp(rates["cache_cost"]) * copies


def _sent_s(load: Load, rates: Rates, tokens: float) -> float:
    """Return the seconds that activations of `tokens` travel between the devices of a layer.

    Two all-reduces a layer of 16-bit activations (Megatron-LM, arXiv 1909.08053), each sent and
    received; slow links differ by their generation.
    """
    slow = load.link_generation * _exp(rates["link_gb_s_slow"])
    width = load.slow_link * slow + (1 - load.slow_link) * _exp(rates["link_gb_s_fast"])
    sent_gb = tokens * load.hidden * 4 * (load.tensor - 1) / load.tensor / 1e9
    return 2 * load.layers * sent_gb / width


def _latency_s(load: Load, rates: Rates) -> float:
    """Return the fixed seconds of one step's all-reduces."""
    slow, fast = _exp(rates["allreduce_s_slow"]), _exp(rates["allreduce_s_fast"])
    one = load.slow_link * slow + (1 - load.slow_link) * fast
    return 2 * load.layers * load.parallel * one


def step_s(load: Load, rates: Rates) -> float:
    """Return the seconds of one decoding step for all streams.

    seconds = norm(bytes / (bandwidth x share), FLOPs / (peak x share)) + layers x time a layer
    + all-reduces + fixed times a step, a stream and a hop. Weights are read once a step, the cache
    of every stream. Source: roofline of Pope et al. 2022 (arXiv 2211.05102), terms fitted.
    """
    at_work = load.tensor * load.pipeline
    read_gb = load.read_gb - load.system_gb + load.streams * _cache_gb(load, rates)
    turns = 1 + load.split * (_exp(rates["split_cost"]) - 1)
    memory = read_gb / (load.bandwidth * bandwidth_share(load, rates) * at_work) * turns
    used = _share(rates["compute_share"])
    dense = 2 * load.active_b * load.streams / 1e3 / (_peak(load, rates) * used)
    attention = (
        load.streams
        * load.step_attention_tflop
        / (load.peak_16bit * used * _exp(rates["attention_compute_share"]))
    )
    compute = load.batched * (dense + attention) / at_work + 1e-12
    power = _exp(rates["overlap"])
    device = _norm(memory, compute, power)
    host = load.layers * layer_s(load, rates)
    power = 1 + load.eager * (_exp(rates["eager_overlap"]) - 1)
    work = _norm(device, host, power)
    links = _latency_s(load, rates) + _sent_s(load, rates, load.streams)
    hops = load.split * (load.devices - 1) * _exp(rates["hop_s"])
    streams = (load.streams - 1) * _exp(rates["stream_s"])
    system = load.system_gb / (load.system_gb_s * CPU_EFFICIENCY)
    return work + links + hops + streams + system + _exp(rates["step_s"])


def prompt_s(load: Load, rates: Rates) -> float:
    """Return the seconds to read one prompt.

    FLOPs / (peak x share), attention at a share of that, all-reduces, and for each chunk one pass
    over the weights with its layers' fixed time. Devices that take turns work on several chunks at
    once. Dense FLOPs are 2 x active parameters a token
    (Kaplan et al. 2020, arXiv 2001.08361).
    """
    at_work = load.tensor * load.pipeline
    share = prompt_share(load, rates)
    dense = 2 * load.active_b * load.prompt / 1e3 / (_peak(load, rates) * share)
    attention = load.attention_tflop / (load.peak_16bit * share * _exp(rates["prompt_attention"]))
    read = load.chunk_gb / (load.bandwidth * bandwidth_share(load, rates) * at_work)
    host = (1 - load.eager) * load.layers * layer_s(load, rates)
    chunks = load.prompt / load.chunk_tokens
    passes = _exp(rates["chunk_cost"]) * (read + host) * chunks
    system = load.system_chunk_gb / (load.system_gb_s * CPU_EFFICIENCY) * (1 + chunks)
    gain: float = load.turns ** _share(rates["split_gain"])
    work = ((dense + attention) / at_work + passes) / gain + _sent_s(load, rates, load.prompt)
    return work + system + _exp(rates["step_s"])


def throughput_tok_s(load: Load, rates: Rates) -> float:
    """Return output tokens a second over all streams and replicas, prompts included.

    One round serves every stream: their prompts one after another, then the steps together.
    """
    round_s = load.streams * prompt_s(load, rates) + load.output * step_s(load, rates)
    return load.replicas * load.streams * load.output / round_s
