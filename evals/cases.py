"""An eval case: what a person types, and what a right answer must and must not be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from agent.answer import AnswerKind, Verdict
from agent.profile import Profile

FOLDER = Path(__file__).parent / "cases"


class CaseError(ValueError):
    """A case file is not valid; the message names the file."""


def _listed(value: object) -> object:
    """Return a single value as a list of one, so that YAML may say `kind: fit`."""
    return [value] if isinstance(value, str) else value


class CaseRecord(BaseModel):
    """A frozen record of a case file; unknown fields are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SlotExpectation(CaseRecord):
    """What a slot of the profile must hold; `tolerance` is a share of the value."""

    value: float | str | bool | list[object] | None = None
    tolerance: float = Field(default=0.0, ge=0, le=0.5)
    unknown: bool = Field(default=False, description="the slot must have been left empty")


class FigureExpectation(CaseRecord):
    """A figure that must be right.

    `calc` is a pattern of a calculation's id and name; without it the figure is sought in the
    text. With `at_most` the value is a ceiling that no such calculation may pass, its high end
    included.
    """

    value: float
    unit: str = ""
    tolerance: float = Field(default=0.05, ge=0, le=0.5)
    calc: str | None = None
    at_most: bool = False

    @model_validator(mode="after")
    def _ceilings_name_a_calculation(self) -> Self:
        if self.at_most and self.calc is None:
            raise ValueError("a figure with at_most needs calc")
        return self


class Expectation(CaseRecord):
    """What a right answer to the last turn is. A field left out is not judged."""

    kind: Annotated[tuple[AnswerKind, ...], BeforeValidator(_listed)] = Field(min_length=1)
    verdict: Annotated[tuple[Verdict | None, ...], BeforeValidator(_listed)] = ()
    outcome: Literal["yes", "no"] | None = None
    profile: dict[str, SlotExpectation] = {}
    min_citations: int = Field(default=0, ge=0)
    min_citation_kinds: int = Field(default=0, ge=0)
    min_options: int = Field(default=0, ge=0)
    min_flips: int = Field(default=0, ge=0)
    attachments: int = Field(default=0, ge=0)
    figures: tuple[FigureExpectation, ...] = ()
    present: tuple[str, ...] = Field(default=(), description="patterns that the text must hold")
    absent: tuple[str, ...] = Field(default=(), description="patterns that it must not hold")
    facts: tuple[str, ...] = Field(
        default=(), description="ids to cite; alternatives are joined by |"
    )
    max_words: int | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _patterns_and_slots_exist(self) -> Self:
        for pattern in (*self.present, *self.absent):
            re.compile(pattern)
        if unknown := sorted(set(self.profile) - set(Profile.model_fields)):
            slots = ", ".join(Profile.model_fields)
            raise ValueError(f"{unknown[0]!r} is no slot of the profile; slots are {slots}")
        return self

    def judges(self) -> int:
        """Return how many things beside the kind are judged."""
        return sum(bool(getattr(self, name)) for name in type(self).model_fields if name != "kind")


class Case(CaseRecord):
    """One conversation and what its last answer must be. `why` says who would sign that."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9.]+)*$")]
    tags: tuple[str, ...] = Field(min_length=1)
    turns: tuple[str, ...] = Field(min_length=1)
    expect: Expectation
    why: str = ""


def load_cases(folder: Path = FOLDER) -> tuple[Case, ...]:
    """Return the cases of every YAML file in `folder`, in the order of the file names.

    Raises:
        CaseError: if a file is not valid or an id is used twice.
    """
    cases: list[Case] = []
    for path in sorted(folder.glob("*.yaml")):
        cases += _read(path)
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise CaseError(f"The case id {case.id!r} is used twice.")
        seen.add(case.id)
    return tuple(cases)


def chosen(cases: Iterable[Case], only: str | None) -> tuple[Case, ...]:
    """Return the cases whose id or tag is, or whose id begins with, one of `only` (by commas).

    Raises:
        CaseError: if none is.
    """
    known = tuple(cases)
    if not only:
        return known
    wanted = [item.strip() for item in only.split(",") if item.strip()]
    found = tuple(
        case for case in known if any(w in case.tags or case.id.startswith(w) for w in wanted)
    )
    if not found:
        tags = ", ".join(sorted({tag for case in known for tag in case.tags}))
        raise CaseError(f"No case has the id or tag {only!r}; tags are {tags}.")
    return found


def _read(path: Path) -> list[Case]:
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [Case.model_validate(entry) for entry in entries or ()]
    except (yaml.YAMLError, ValidationError, re.error) as error:
        raise CaseError(f"{path.name!r} holds an invalid case: {error}") from error
