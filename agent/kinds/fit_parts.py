"""The figures of a fit answer: what is missing, how many users it holds, cells and the chart."""

from __future__ import annotations

from agent.answer import Chart, Claim
from agent.calculation import Calculation, Input
from agent.core.estimate import Estimate
from agent.core.sizing import BINARY_GB
from agent.kinds.machine import Machine
from agent.kinds.naming import bits_name, working
from agent.wording import number

SHORT = 1000
"""Contexts above this are told in whole hundreds of tokens."""
LEAST_CONTEXT = 512
"""A shorter context is of no use, so it is not offered."""
FEW_BITS = 3.5
"""Below this many bits a weight quality falls off (arXiv 2212.09720)."""


def shortfall(item: Estimate) -> Calculation | None:
    """Return by how much the memory falls short, or None where it does not."""
    if item.fits is not False or item.usable_gb is None or item.total_gb.value is None:
        return None
    total, usable = working(item, "total"), working(item, "usable")
    return Calculation(
        id=total.replace("/total", "/shortfall"),
        name="memory that is missing",
        formula="memory needed - usable memory",
        inputs=(
            Input(name="needed", value=round(item.total_gb.value, 2), unit="GB", source=total),
            Input(name="usable", value=round(item.usable_gb, 2), unit="GB", source=usable),
        ),
        value=item.total_gb.value - item.usable_gb,
        unit="GB",
        sources=(total, usable),
    )


def users_working(item: Estimate) -> Calculation | None:
    """Return how many contexts the memory holds at once, worked from the estimate's parts."""
    total = working(item, "total")
    if item.max_concurrency is None or item.usable_gb is None or item.kv_cache_gb.value is None:
        return None
    each = item.kv_cache_gb.value / item.concurrency
    return Calculation(
        id=total.replace("/total", "/users"),
        name="contexts of that length held at once",
        formula="(usable memory - runtime - weights) / cache of one context, rounded down",
        inputs=(
            Input(
                name="usable",
                value=round(item.usable_gb, 2),
                unit="GB",
                source=working(item, "usable"),
            ),
            Input(
                name="weights",
                value=round(item.weights_gb.value or 0, 2),
                unit="GB",
                source=working(item, "weights"),
            ),
            Input(name="cache of one context", value=round(each, 3), unit="GB"),
        ),
        value=item.max_concurrency,
        unit="contexts",
        sources=(working(item, "usable"), working(item, "weights")),
    )


def context_working(item: Estimate) -> Calculation | None:
    """Return the longest context that fits where the one asked for does not, or None."""
    longest = item.max_context_tokens
    if item.fits is not False or not longest or item.usable_gb is None:
        return None
    total, usable = working(item, "total"), working(item, "usable")
    return Calculation(
        id=total.replace("/total", "/longest"),
        name="longest context that fits",
        formula="(usable memory - runtime - weights) / cache of one token, rounded down",
        inputs=(
            Input(name="usable", value=round(item.usable_gb, 2), unit="GB", source=usable),
            Input(name="users", value=item.concurrency),
        ),
        value=longest // 100 * 100 if longest > SHORT else longest,
        unit="tokens",
        sources=(usable, working(item, "weights")),
    )


def cell(text: str, *ids: str) -> Claim:
    """Return a cell; ids that are empty are left out."""
    return Claim(text=text, evidence_ids=tuple(i for i in ids if i))


def speed_cell(item: Estimate) -> Claim:
    """Return the range of speed that each stream sees."""
    speed = item.decode_tok_s
    if speed.value is None or speed.low is None or speed.high is None:
        return Claim(text="not known")
    text = f"{number(speed.low, 2)}-{number(speed.high, 2)} tok/s"
    return cell(text, working(item, "decode"))


def pace_heading(users: int) -> str:
    """Return the heading of a column of speeds estimated for `users` at once."""
    return "speed, one user" if users == 1 else f"speed, each of {users}"


def memory_of(machine: Machine) -> float | None:
    """Return all memory of a machine in GB of 1e9 bytes; None where it is not known."""
    each = machine.hardware.value("memory")
    beside = machine.beside.gb if machine.beside else 0.0
    return None if each is None else (each * machine.devices + beside) * BINARY_GB


def memory_chart(item: Estimate, full: float | None = None) -> Chart | None:
    """Return the memory by part against what can be used of `full` GB.

    An unknown cache is left out of the parts and named in the words.
    """
    if item.usable_gb is None or item.weights_gb.value is None:
        return None
    weights, cache = item.weights_gb.value, item.kv_cache_gb.value
    rest = max(0.0, (item.total_gb.value or 0.0) - weights - (cache or 0.0))
    parts = (("Weights", weights), ("KV cache", cache), ("Engine", rest))
    said = [
        f"{name.lower().replace('kv', 'KV')} "
        + ("not known" if size is None else f"{number(size, 2)} GB")
        for name, size in parts
    ]
    low, high = item.total_gb.low, item.total_gb.high
    return Chart(
        kind="memory",
        parts=tuple((name, round(size, 2)) for name, size in parts if size is not None),
        limit=round(item.usable_gb, 1),
        full=full,
        needed=(low, high) if low is not None and high is not None else None,
        alt=f"Memory at {bits_name(item.precision)}: {', '.join(said)}, of "
        f"{number(item.usable_gb)} GB usable.",
    )
