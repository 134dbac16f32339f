"""What a cost rests on besides facts: typed, sourced or marked as assumed, all overridable."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, Field

from agent.calculation import Input
from agent.errors import InputError
from knowledge.schema import TaskType

SET_BY_YOU = "set by you"
EXPERT_DOMAINS = frozenset({"medical", "legal"})


class Default(BaseModel):
    """One assumed or sourced value. `source` is a cost item's id or "assumed"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    value: float = Field(ge=0)
    unit: str
    source: str
    why: str


class Effort(BaseModel):
    """Hours of an engineer on one thing. `source` is a cost item's id or "assumed"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item: str
    hours: float = Field(gt=0)
    why: str
    source: str = "assumed"


class TaskDefault(BaseModel):
    """Usual tokens of a type of task, and the minutes a wrong answer costs a person."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input_tokens: int = Field(gt=0)
    output_tokens: int = Field(gt=0)
    minutes: float = Field(ge=0)


class Unit(BaseModel):
    """What one request of a named kind is: its tokens, and in words how large it is thought."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input_tokens: int = Field(gt=0)
    words: str


class Defaults(BaseModel):
    """All defaults by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    values: dict[str, Default]
    tasks: dict[TaskType, TaskDefault]
    units: dict[str, Unit]
    efforts: dict[str, tuple[Effort, ...]]

    def __getitem__(self, name: str) -> float:
        """Return the value called `name`."""
        return self.values[name].value

    def hours(self, name: str) -> float:
        """Return the hours of the efforts called `name`, together."""
        return sum(effort.hours for effort in self.efforts[name])

    def input(self, name: str) -> Input:
        """Return the default as the input of a calculation."""
        item = self.values[name]
        return Input(
            name=name.replace("_", " "), value=item.value, unit=item.unit, source=item.source
        )

    def wrong_answer_usd(self, task_type: TaskType, domain: str | None = None) -> float:
        """Return what a wrong answer costs: minutes of a person at the hourly rate, in USD.

        In medicine and law the person is an expert, and looks longer.
        """
        if domain in EXPERT_DOMAINS:
            minutes = self.tasks[task_type].minutes * self["expert_times_longer"]
            return minutes / 60 * self["expert_usd_per_hour"]
        return self.tasks[task_type].minutes / 60 * self["person_usd_per_hour"]

    def replace(self, **changes: float) -> Defaults:
        """Return the defaults with some values replaced by the user's own.

        Raises:
            InputError: if a name is not a default, or a value is negative.
        """
        values = dict(self.values)
        for name, value in changes.items():
            if name not in values:
                raise InputError(
                    f"No default is called {name!r}. Valid: {', '.join(sorted(values))}."
                )
            if value < 0:
                raise InputError(f"{name} must be 0 or more, not {value!r}.")
            values[name] = values[name].model_copy(
                update={"value": value, "source": "assumed", "why": SET_BY_YOU}
            )
        return self.model_copy(update={"values": values})


@lru_cache(maxsize=1)
def defaults() -> Defaults:
    """Return the defaults that ship with the package."""
    text = resources.files("agent.core").joinpath("data/defaults.yaml").read_text("utf-8")
    raw = yaml.load(text, Loader=yaml.CSafeLoader)
    tasks, units, efforts = raw.pop("tasks"), raw.pop("units"), raw.pop("hours")
    return Defaults(
        values={name: Default(**fields) for name, fields in raw.items()},
        tasks={
            name: TaskDefault(input_tokens=row[0], output_tokens=row[1], minutes=row[2])
            for name, row in tasks.items()
        },
        units={name: Unit(input_tokens=row[0], words=row[1]) for name, row in units.items()},
        efforts={name: tuple(Effort(**row) for row in rows) for name, rows in efforts.items()},
    )
