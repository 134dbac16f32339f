"""When a load runs, how many whole devices it takes, and for which hours they are paid."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

from agent.core.defaults import Defaults
from agent.errors import InputError

MONTH_DAYS = 30.4375
MONTH_HOURS = 730.5
SECONDS_A_DAY = 86_400.0
Running = Literal["always", "by_the_hour", "in_batch"]
"""Devices on at all hours; on in the busy hours and off in the others; or once a day until the
work of the day is done."""


@dataclass(frozen=True, slots=True)
class Load:
    """How much is asked: requests a day, tokens in and out of each; some of those in are cached."""

    requests_per_day: float
    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    running: Running = "always"

    def __post_init__(self) -> None:
        """Refuse what can't be a load."""
        for name in ("requests_per_day", "input_tokens", "output_tokens"):
            if not getattr(self, name) > 0:
                raise InputError(f"{name} must be above 0, not {getattr(self, name)!r}.")

    @property
    def requests_per_month(self) -> float:
        """Requests in a month of 30.4375 days."""
        return self.requests_per_day * MONTH_DAYS

    @property
    def output_per_second(self) -> float:
        """Tokens out a second, on average over the day."""
        return self.requests_per_day * self.output_tokens / SECONDS_A_DAY


@dataclass(frozen=True, slots=True)
class Paid:
    """Whole devices, the hours a month each is paid for, and the share of those that is used."""

    devices: int
    hours_a_month: float
    share: float

    @property
    def words(self) -> str:
        """The hours in words: "all hours", "8 hours a day"."""
        daily = self.hours_a_month / MONTH_DAYS
        return "all hours" if daily > 23.99 else f"{daily:.3g} hours a day"


def paid(load: Load, defaults: Defaults, *, tokens_per_second: float, devices: int) -> Paid:
    """Return the whole devices of `load` and the hours that they are paid for.

    On at all hours they carry the peak. By the hour they do so as well, and the whole load is taken
    to fall into the busiest 24 / peak hours of a day, whole ones. In batch a day's work is done at
    full pace in whole hours, by as many replicas as end it within the day.

    Args:
        load: what is asked.
        defaults: the values in force.
        tokens_per_second: output of one replica, prompts included.
        devices: devices of one replica.
    """
    average = load.output_per_second
    if load.running == "in_batch":
        hours = max(1, ceil(24 * average / tokens_per_second))
        replicas = ceil(hours / 24)
        share = 24 * average / tokens_per_second / hours
        return Paid(replicas * devices, hours / replicas * MONTH_DAYS, share)
    peak = defaults["peak_to_average"]
    replicas = max(1, ceil(average * peak / tokens_per_second))
    daily = min(24, ceil(24 / peak)) if load.running == "by_the_hour" else 24
    share = average * 24 / daily / (replicas * tokens_per_second)
    return Paid(replicas * devices, daily * MONTH_DAYS, share)
