"""Where products stand among all that are known: two figures each, and who is unbeaten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.core.on_chip import reads_on_chip
from agent.kinds.naming import short
from agent.market import INDEX, Market
from knowledge import Catalogue
from knowledge.schema import Document, Hardware, Model

TOKENS = (1000, 200)
"""Tokens in and out of the request that models are priced at."""


@dataclass(frozen=True, slots=True)
class Point:
    """One product at (x, y)."""

    doc_id: str
    name: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Field:
    """All products with both figures. A high y leads; so does a low x, where `low_x_leads`."""

    title: str
    x_name: str
    y_name: str
    x_unit: str
    y_unit: str
    points: tuple[Point, ...]
    low_x_leads: bool
    note: str = ""

    def frontier(self) -> tuple[Point, ...]:
        """Return the points that no other beats in both figures, by rising x."""
        sign = 1 if self.low_x_leads else -1
        best, found = float("-inf"), []
        for point in sorted(self.points, key=lambda p: (sign * p.x, -p.y, p.doc_id)):
            if point.y > best:
                best = point.y
                found.append(point)
        return tuple(sorted(found, key=lambda p: p.x))


def model_field(market: Market, chosen: Sequence[Document] = ()) -> Field:
    """Return the hosted models by what 1,000 requests cost and by their index.

    Models that leave their maker's API soon are there only where they are `chosen`.
    """
    asked = (market.offer(model) for model in chosen if isinstance(model, Model))
    offers = {o.model.id: o for o in (*market.offers(), *filter(None, asked))}
    points = _positive(
        Point(o.model.id, short(o.model), 1000 * o.per_request(*TOKENS), score.value)
        for o in offers.values()
        if (score := market.score(o.model, INDEX))
    )
    return Field(
        "Cost against quality",
        "USD for 1,000 requests",
        INDEX,
        "USD",
        "points",
        points,
        low_x_leads=True,
        note=f"Requests of {TOKENS[0]:,} tokens in and {TOKENS[1]} out at list price. ",
    )


def device_field(catalogue: Catalogue, chosen: Sequence[Document] = ()) -> Field:
    """Return devices by memory and bandwidth: those that ship, and the `chosen`; none with SRAM.

    Figures of a rack or of a server are no figures of a device.
    """
    devices = [
        d
        for d in catalogue.of("hardware")
        if isinstance(d, Hardware)
        and (d.status == "shipping" or d in chosen)
        and d.unit_scope == "per device"
        and not reads_on_chip(d)
    ]
    points = _positive(
        Point(d.id, short(d), d.value("memory") or 0.0, d.value("bandwidth") or 0.0)
        for d in devices
    )
    return Field(
        "Memory against bandwidth", "Memory", "Bandwidth", "GB", "GB/s", points, low_x_leads=False
    )


def _positive(points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(point for point in points if point.x > 0 and point.y > 0)
