"""Which server runs on a device, in which image, and which repository has the weights it loads?"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, Field

from agent.core.precision import native_precision, parse_precision
from agent.errors import InputError
from knowledge.schema import Hardware, Model

WIDE = frozenset({"bf16", "fp16"})
"""Formats of 16 bit."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cache(_Row):
    """Where a server in a container keeps weights, and the variable that says so."""

    variable: str
    folder: str


class Server(_Row):
    """A server with a recipe. `images` is by stack, None where it runs there without a container.

    `online` are the formats that it makes from a 16-bit checkpoint while loading, with the value
    of --quantization.
    """

    title: str
    toolkit: str
    port: int
    cache: Cache
    health: str
    formats: tuple[str, ...]
    online: dict[str, str] = {}
    plugins: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    images: dict[str, str | None]
    source: str


class _Stack(_Row):
    stack: str
    vendor: str = ""
    title: str = ""
    device: tuple[str, ...] = ()


class _Other(_Row):
    title: str
    stacks: tuple[str, ...]


class Parsers(_Row):
    """The names of the parsers of tool calls and of reasoning, None where none is documented.

    `own` are flags that the maker's own files need with them.
    """

    tools: str | None = None
    reasoning: str | None = None
    own: tuple[str, ...] = ()


class _Family(_Row):
    prefix: str
    vllm: Parsers
    sglang: Parsers


class _Suffix(_Row):
    prefix: str
    excluded: tuple[str, ...] = Field(alias="not")
    formats: dict[str, str]


class _Table(_Row):
    stacks: tuple[_Stack, ...]
    servers: dict[str, Server]
    others: dict[str, _Other]
    parsers: tuple[_Family, ...]
    suffixes: tuple[_Suffix, ...]
    checkpoints: dict[str, dict[str, str]]
    quants: dict[str, tuple[str, ...]]
    ollama: dict[str, str]


@lru_cache(maxsize=1)
def _table() -> _Table:
    text = resources.files("agent.core").joinpath("data/servers.yaml").read_text("utf-8")
    return _Table.model_validate(yaml.safe_load(text))


def servers() -> dict[str, Server]:
    """Return the servers that have a recipe, by name."""
    return _table().servers


def stack_of(hardware: Hardware) -> str | None:
    """Return the software stack of a device ("cuda", "metal"), None where no server here has it."""
    for row in _table().stacks:
        right_kind = not row.device or hardware.device in row.device
        right_maker = row.vendor in ("", hardware.vendor)
        if right_maker and right_kind and re.search(row.title, hardware.title):
            return row.stack
    return None


def servers_on(hardware: Hardware) -> tuple[str, ...]:
    """Return the servers that run on `hardware`."""
    stack = stack_of(hardware)
    return tuple(name for name, server in servers().items() if stack in server.images)


def barred(name: str, hardware: Hardware, precision: str | None = None) -> str | None:
    """Say why a server can't run on `hardware` or load `precision`, and which ones can.

    None means that it can, or that nothing is known of it.
    """
    stack, server = stack_of(hardware), servers().get(name)
    other = _table().others.get(name)
    runs = server.images if server else other.stacks if other else (stack,)
    title = server.title if server else other.title if other else name
    if stack not in runs and server and hardware.vendor in server.plugins:
        return (
            f"{title} itself does not run on {hardware.title}, but a plug-in of it, for which "
            f"there is no recipe here. {_instead(hardware, precision)}"
        )
    if stack not in runs:
        return f"{title} does not run on {hardware.title}. {_instead(hardware, precision)}"
    if server and precision and not _loads(server, precision):
        formats = ", ".join("GGUF" if one == "gguf" else one.upper() for one in server.formats)
        return (
            f"{title} does not load {precision.upper()} weights, but {formats}. "
            f"{_instead(hardware, precision)}"
        )
    return None


def require_server(name: str, hardware: Hardware, precision: str) -> Server:
    """Return the server `name`, checked to run on `hardware` and to load `precision`.

    Raises:
        InputError: if it has no recipe, or can't; the message holds those that can.
    """
    if reason := barred(name, hardware, precision):
        raise InputError(reason)
    if name not in servers():
        other = _table().others.get(name)
        title = other.title if other else repr(name)
        raise InputError(f"There is no recipe for {title}. {_instead(hardware, precision)}")
    return servers()[name]


def _instead(hardware: Hardware, precision: str | None) -> str:
    able = [
        servers()[one].title
        for one in servers_on(hardware)
        if precision is None or _loads(servers()[one], precision)
    ]
    return f"Valid: {', '.join(able) or 'none that has a recipe here'}."


def _loads(server: Server, precision: str) -> bool:
    return _format(precision) in server.formats


def _format(precision: str) -> str:
    """Return the precision as formats list it: "gguf" for all files of llama.cpp."""
    return "gguf" if parse_precision(precision).kind == "gguf" else precision


def repository(model: Model) -> str | None:
    """Return the maker's repository, None where it is not known."""
    hf_id = model.architecture.hf_id if model.architecture else ""
    return hf_id if "/" in hf_id else None


def published_in(model: Model, precision: str) -> str | None:
    """Return the repository that holds `model` in `precision`, None where none is known here."""
    repo, kind = repository(model), _format(precision)
    if repo is None or (kind != "gguf" and precision in {*WIDE, native_precision(model).name}):
        return repo
    return _listed(repo, kind)


def gguf_in(model: Model, precision: str) -> str | None:
    """Return the GGUF files of `model` as llama.cpp names them ("repo:Q4_K_M"), else None."""
    repo = repository(model)
    found = _listed(repo, "gguf") if repo else None
    if found is None:
        return None
    if precision == native_precision(model).name and precision not in WIDE:
        return found
    owner = found.partition("/")[0]
    held = _table().quants.get(owner, _table().quants[""])
    return f"{found}:{precision.upper()}" if precision in held else None


def ollama_name(model: Model, precision: str) -> str | None:
    """Return the name in Ollama's library, None where it has none that is known in `precision`."""
    default = precision in {"q4_k_m", "mxfp4"}
    return _table().ollama.get(repository(model) or "") if default else None


def _listed(repo: str, kind: str) -> str | None:
    single = _table().checkpoints.get(repo, {})
    if kind in single:
        return single[kind]
    name = repo.lower()
    rules = [
        row
        for row in _table().suffixes
        if name.startswith(row.prefix) and not any(word in name for word in row.excluded)
    ]
    rule = max(rules, key=lambda row: len(row.prefix), default=None)
    return repo + rule.formats[kind] if rule and kind in rule.formats else None


def parsers_of(model: Model, server: str, loaded: str) -> Parsers:
    """Return the parsers that are documented for the repository `loaded` in vLLM or SGLang."""
    name = (repository(model) or "").rpartition("/")[2].lower()
    rows = [row for row in _table().parsers if name.startswith(row.prefix)]
    row = max(rows, key=lambda one: len(one.prefix), default=None)
    if row is None or server not in ("vllm", "sglang"):
        return Parsers()
    found = row.vllm if server == "vllm" else row.sglang
    return found if not found.own or loaded == repository(model) else Parsers()
