"""Are these the flags of that server? Names, types, choices and bounds of its own parser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from agent.errors import InputError


class Flag(BaseModel):
    """What a server accepts behind a flag."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["int", "float", "switch", "choice", "text"]
    choices: tuple[str, ...] = ()
    least: float | None = None
    above: float | None = None
    most: float | None = None
    below: float | None = None


class Program(BaseModel):
    """The flags of one program that recipes use, the version they were read from, and where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    source: str
    flags: dict[str, Flag]


@lru_cache(maxsize=1)
def programs() -> dict[str, Program]:
    """Return the programs by name: "vllm", "vllm bench serve", "llama-bench"."""
    text = resources.files("agent.core").joinpath("data/server_flags.yaml").read_text("utf-8")
    return {name: Program.model_validate(row) for name, row in yaml.safe_load(text).items()}


def check_flags(program: str, words: Sequence[str]) -> None:
    """Check that `words` are flags of `program`, each with a value that it accepts.

    A value that starts with "$" is a variable of the shell and is not looked into.

    Raises:
        InputError: if one is not; the message names it and what is valid.
    """
    known = programs()[program].flags
    for name, value in _pairs(words):
        if name not in known:
            raise InputError(f"{program} has no flag {name!r}. Valid: {', '.join(known)}.")
        _check(program, name, value, known[name])


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Yield each flag with its value, None where it has none."""
    for index, word in enumerate(words):
        if _is_flag(word):
            after = words[index + 1] if index + 1 < len(words) else None
            yield word, None if after is None or _is_flag(after) else after
        elif index == 0 or not _is_flag(words[index - 1]):
            raise InputError(f"{word!r} belongs to no flag.")


def _is_flag(word: str) -> bool:
    return (word.startswith("-") and word[1:2].isalpha()) or word.startswith("--")


def _check(program: str, name: str, value: str | None, flag: Flag) -> None:
    if (value is None) is not (flag.kind == "switch"):
        needs = "no value" if flag.kind == "switch" else "a value"
        raise InputError(f"{name} of {program} takes {needs}, not {value!r}.")
    if value is None or value.startswith("$"):
        return
    if flag.kind == "choice" and value not in flag.choices:
        valid = ", ".join(flag.choices)
        raise InputError(f"{name} of {program} can't be {value!r}. Valid: {valid}.")
    if flag.kind in ("int", "float"):
        _check_number(program, name, value, flag)


def _check_number(program: str, name: str, value: str, flag: Flag) -> None:
    try:
        number = int(value) if flag.kind == "int" else float(value)
    except ValueError as error:
        raise InputError(f"{name} of {program} takes {flag.kind}, not {value!r}.") from error
    within = (
        (flag.least is None or number >= flag.least)
        and (flag.above is None or number > flag.above)
        and (flag.most is None or number <= flag.most)
        and (flag.below is None or number < flag.below)
    )
    if not within:
        bounds = {"at least": flag.least, "above": flag.above, "at most": flag.most}
        valid = ", ".join(
            f"{word} {bound:g}" for word, bound in bounds.items() if bound is not None
        )
        raise InputError(f"{name} of {program} can't be {value!r}. Valid: {valid}.")
