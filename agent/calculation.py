"""A worked figure: its formula, its inputs with their sources, its value and its range."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Input(BaseModel):
    """One input of a calculation. `source` is a fact id, another calculation's id or "assumed"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    value: float | str
    unit: str = ""
    source: str = "assumed"


class Calculation(BaseModel):
    """A computed figure that an answer may rest on.

    `low` and `high` are an 80% interval where the value is an estimate, None where it is exact.
    `sources` are the ids of the facts and calculations it used.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    name: str
    formula: str
    inputs: tuple[Input, ...]
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    sources: tuple[str, ...] = ()
