"""What bandwidth allows at most: the check of an announced decode speed."""

from __future__ import annotations

from agent.errors import InputError

LEAST_BITS = 3.64
"""The fewest bits a weight taken as usable: Q3_K_S, the smallest 3-bit file of llama.cpp (its
quantize README). Quality falls off below four bits (Dettmers and Zettlemoyer 2022, arXiv
2212.09720), and no announcement's arithmetic may rest on less than this."""


def decode_ceiling(active_params_b: float, bits: float, bandwidth_gb_s: float) -> float:
    """Return the most tokens per second one stream can reach: bandwidth / bytes read a token.

    Every active weight is read once a token; cache, overhead and inefficiency only lower it. Use
    the card's bandwidth for a figure about the card and one chip's for a figure about a chip.
    Source: roofline model, Williams et al. 2009; Pope et al. 2022 (arXiv 2211.05102).

    Args:
        active_params_b: parameters used for one token, in billions.
        bits: bits per weight, scales included.
        bandwidth_gb_s: memory bandwidth in GB/s (1e9 bytes).

    Raises:
        InputError: if any argument is not positive.
    """
    for name, value in (
        ("active_params_b", active_params_b),
        ("bits", bits),
        ("bandwidth_gb_s", bandwidth_gb_s),
    ):
        if not value > 0:
            raise InputError(f"{name} must be above 0, not {value!r}.")
    return bandwidth_gb_s / (active_params_b * bits / 8)


def bandwidth_needed(active_params_b: float, bits: float, tokens_per_second: float) -> float:
    """Return the bandwidth in GB/s that `tokens_per_second` of one stream needs at the least.

    Raises:
        InputError: if any argument is not positive.
    """
    if not tokens_per_second > 0:
        raise InputError(f"tokens_per_second must be above 0, not {tokens_per_second!r}.")
    return tokens_per_second / decode_ceiling(active_params_b, bits, 1.0)


def bits_that_fit(parameters_b: float, memory_gb: float) -> float:
    """Return the bits per weight at which `parameters_b` billion weights fill `memory_gb` exactly.

    Nothing is then left for cache or runtime. 700 billion in 384 GB leave 4.39 bits. Below
    `LEAST_BITS` the model does not fit: use `holds` before reckoning with the result.

    Raises:
        InputError: if any argument is not positive.
    """
    if not (parameters_b > 0 and memory_gb > 0):
        raise InputError(f"Sizes must be above 0, not {parameters_b!r} and {memory_gb!r}.")
    return memory_gb * 8 / parameters_b


def holds(parameters_b: float, memory_gb: float) -> bool:
    """Return whether `memory_gb` hold the weights at a precision that keeps a model usable.

    Raises:
        InputError: if any argument is not positive.
    """
    return bits_that_fit(parameters_b, memory_gb) >= LEAST_BITS
