"""A computed quantity with its 80% interval."""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict


class Quantity(BaseModel):
    """A figure and its 80% interval. All three are None where the figure can't be known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def exact(cls, value: float) -> Quantity:
        """Return a figure without spread."""
        return cls(value=value, low=value, high=value)

    @classmethod
    def spread(cls, value: float, relative: float) -> Quantity:
        """Return `value` with an interval that is symmetric on a log scale.

        `relative` 0.2 means a factor of e^0.2 either way (about 0.82 to 1.22).
        """
        factor = math.exp(relative)
        return cls(value=value, low=value / factor, high=value * factor)


UNKNOWN = Quantity()
