"""Which engine does a name mean, in which version, built for what? A table of spellings."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict

from agent.errors import InputError

_VERSION = re.compile(
    r"^[\s(=@:_-]*(?:version|release|build|commit)?\s*"
    r"(v?\d+(?:\.\d+)+(?:\.?(?:dev|post|rc|a|b)\d+)*|v\d+|b?\d{3,6}|(?=[0-9a-f]*\d)[0-9a-f]{7,40})"
    r"(?![\w.]*(?:bit|bpw)|\w)",
    re.IGNORECASE,
)
"""A dotted number, a build such as b4567 or a commit, right behind the product's name."""
_STACK = re.compile(r"^[^:]*\bv?\d[\d.]*\s+(?P<entrant>[^:]+?)\s*(?::\s*(?P<stack>.+))?$")
"""What follows the name of a benchmark: its round, who entered, and what they ran."""


class Engine(BaseModel):
    """An engine as named. `version` is the `product`'s, which may be built on the `family`.

    `backend` is what the build runs on where the name says so or there is just one; `trains`
    marks a family that only trains and can't serve, `tuned` an entry to a benchmark.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    family: str
    product: str
    version: str | None = None
    backend: str | None = None
    trains: bool = False
    tuned: bool = False


class _Product(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    product: str
    family: str
    names: tuple[str, ...]
    backend: str | None = None
    trains: bool = False


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    products: tuple[_Product, ...]
    makers: tuple[str, ...]
    harness: str
    entrants: dict[str, tuple[str, ...]]
    backends: dict[str, tuple[str, ...]]


@lru_cache(maxsize=512)
def parse_engine(text: str) -> Engine:
    """Return the engine that `text` names: "vLLM 0.6.4 ROCm", "llama.cpp vulkan_radv", "TRT-LLM".

    The product must stand first, behind its maker at most; of two names the first counts.

    Raises:
        InputError: if no such engine is known; the message holds the families.
    """
    wanted = " ".join(text.lower().split())
    if wanted.startswith(_table().harness):
        return _entered(text, wanted)
    found = _named(wanted)
    if found is None:
        raise _unknown(text)
    return found


def engine_families() -> tuple[str, ...]:
    """Return the families that `parse_engine` may return."""
    return tuple(dict.fromkeys(item.family for item in _table().products))


@lru_cache(maxsize=1)
def _table() -> _Table:
    text = resources.files("agent.core").joinpath("data/engines.yaml").read_text("utf-8")
    return _Table.model_validate(yaml.safe_load(text))


@lru_cache(maxsize=1)
def _spellings() -> tuple[re.Pattern[str], dict[str, _Product]]:
    """Return a pattern of every spelling, the longest first, and what each means."""
    known = {_squeezed(name): item for item in _table().products for name in item.names}
    names = sorted((name for item in _table().products for name in item.names), key=len)
    spelled = "|".join(name.replace(" ", r"[\s._/-]?") for name in reversed(names))
    makers = "|".join(_table().makers)
    return re.compile(rf"(?:(?:{makers})[\s'’s:/-]+)*({spelled})(?![a-z]|\.[a-z])"), known


def _squeezed(text: str) -> str:
    return re.sub(r"[\s._/-]", "", text)


def _named(wanted: str) -> Engine | None:
    pattern, known = _spellings()
    match = pattern.match(wanted)
    if match is None:
        return None
    item = known[_squeezed(match[1])]
    rest = wanted[match.end() :]
    version = _VERSION.match(rest)
    return Engine(
        family=item.family,
        product=item.product,
        version=version[1].removeprefix("v") if version else None,
        backend=_backend(rest) or item.backend,
        trains=item.trains,
    )


def _backend(rest: str) -> str | None:
    """Return what the build runs on; None where nothing or more than one is named."""
    found = {
        backend
        for backend, words in _table().backends.items()
        for word in words
        if re.search(rf"(?<![a-z]){word}(?![a-z])", rest)
    }
    return found.pop() if len(found) == 1 else None


def _entered(text: str, wanted: str) -> Engine:
    """Return what an entrant of the benchmark ran: the stack it states, else its usual one."""
    stated = _STACK.match(wanted)
    if stated is None:
        raise _unknown(text)
    usual = (
        product
        for product, entrants in _table().entrants.items()
        if re.match(rf"(?:{'|'.join(entrants)})(?![a-z])", stated["entrant"])
    )
    found = _named(stated["stack"] or next(usual, ""))
    if found is None:
        raise _unknown(text)
    return found.model_copy(update={"tuned": True})


def _unknown(text: str) -> InputError:
    return InputError(f"No engine called {text!r} is known. Valid: {', '.join(engine_families())}.")
